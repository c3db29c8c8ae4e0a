"""Why a record that somebody knows is no longer there."""

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.errors import Gone, NotFound
from crm_tui.formats import format_datetime
from crm_tui.i18n import _, language
from crm_tui.policies.records import can_delete
from crm_tui.services.history_sight import as_seen
from crm_tui.store.repositories.audit import AuditRepository
from crm_tui.store.repositories.bin import BinRepository
from crm_tui.store.store import Connection

LOOKED_AT = 5
"""Lines of the audit trail among which the merge of a record is looked for."""


async def gone_error(connection: Connection, actor: Actor, module: Module, record_id: str) -> NotFound:
    """Return the error for a record that isn't there: who deleted it and when, where the actor may know.

    A record out of the actor's sight looks like one that never was.
    """
    found = (await BinRepository(connection).get(actor, [record_id])).get(record_id)
    if found is None or found.ref.module is not module:
        return NotFound(_("There is no such record, or you may not see it."))
    facts = {
        "who": found.deleted_by.name if found.deleted_by else "?",
        "name": found.ref.name,
        "when": format_datetime(found.deleted_at, local_zone(actor.zone), language()),
        "into": await _merged_into(connection, actor, record_id),
    }
    text = _("%(who)s deleted “%(name)s” (%(when)s).")
    if facts["into"]:
        text = _("%(who)s merged “%(name)s” into “%(into)s” (%(when)s).")
    hint = _("It lies in the bin; somebody who may delete such records can restore it.")
    if can_delete(actor, module) is True:
        hint = _("It lies in the bin and can be restored there.")
    return Gone(text % facts, hint)


async def _merged_into(connection: Connection, actor: Actor, record_id: str) -> str:
    """Return the name of what a record was merged into, "" if it was just deleted."""
    rows = await AuditRepository(connection).rows(record_id=record_id, limit=LOOKED_AT)
    last = next((row for row in rows if row.action in ("merge", "delete")), None)
    if last is None or "merged_into" not in last.changes:
        return ""
    (seen,) = await as_seen(connection, actor, [last])
    return str(seen.changes["merged_into"][1].get("name", ""))
