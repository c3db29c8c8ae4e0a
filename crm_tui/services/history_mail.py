"""Lines of the audit trail about mail, as somebody may read them who may not see the mail.

They say that something was done, by whom and when; what the mail alone tells is left out: its subject,
its addressees, and whom and what it belongs to. The trail itself keeps all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.told import mails_of, without_mail
from crm_tui.store.models.types import NOBODY
from crm_tui.store.repositories.audit import AuditRow
from crm_tui.store.repositories.mail_trail import mail_ids_in_sight
from crm_tui.store.store import Connection

UNSEEN: Final = "?"
"""Stands where something was named that is out of sight."""


async def mail_as_seen(connection: Connection, actor: Actor, rows: Sequence[AuditRow]) -> Sequence[AuditRow]:
    """Return lines of the audit trail without what mail out of the actor's sight would tell."""
    named = {row.record_id for row in rows if row.record_id and _is_of_mail(row)}
    told = {mail for row in rows for mail in mails_of(row.reason)}
    if not told and not any(map(_is_of_mail, rows)):
        return rows
    seen = await mail_ids_in_sight(connection, actor, named | told)

    def shown(row: AuditRow) -> AuditRow:
        if _is_of_mail(row) and row.record_id not in seen and not _is_own_outgoing(actor, row):
            name = UNSEEN if row.record_name else ""
            row = replace(row, record_name=name, changes=_hidden(row.changes))
        return replace(row, reason=without_mail(row.reason, seen, UNSEEN))

    return [shown(row) for row in rows]


def _is_of_mail(row: AuditRow) -> bool:
    """Whether a line tells of a mail or an account; a refusal names nothing but what was asked for."""
    one = row.module == Module.MAIL.value and row.record_id not in (None, NOBODY)
    return one and row.action != "denied"


def _is_own_outgoing(actor: Actor, row: AuditRow) -> bool:
    """Whether the actor did this to mail of their own on its way out, which may be taken back by now."""
    own = row.user_id == actor.id and row.action.endswith(" outgoing")
    return own and actor.grant(Module.MAIL).view


def _hidden(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _hidden_value(value) for name, value in changes.items()}


def _hidden_value(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 2:
        return [_hidden_value(one) for one in value]
    return value if value is None or isinstance(value, bool) else UNSEEN
