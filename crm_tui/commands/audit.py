"""``crm-tui audit``: who did what and when."""

from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import time_json, value_json
from crm_tui.commands.naming import find_ref, find_user
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.shown import shown
from crm_tui.commands.values import moment
from crm_tui.domain.fields import label_of
from crm_tui.domain.history import action_label
from crm_tui.domain.ids import is_id
from crm_tui.domain.modules import ACTIVITIES, PARENTS, SINGULAR, Module
from crm_tui.domain.records import Ref
from crm_tui.domain.told import shown_text
from crm_tui.errors import CrmError, NotFound
from crm_tui.formats import format_datetime
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.store.repositories.audit import AuditRow

_MODULES = (*PARENTS, *ACTIVITIES, Module.NOTE)


class Tampered(CrmError):
    """A row of the audit trail doesn't fit the chain."""

    code = "tampered"


@click.command(cls=CrmCommand, help=N_("Show who did what and when, the latest first."))
@click.argument("record", required=False)
@option("--by", metavar="USER", help=N_("Only what this user did."))
@option("--since", metavar="T", help=N_("Only from this time on; such as yesterday or 2026-11-20 9:00."))
@option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    metavar="N",
    help=N_("Rows at most."),
)
@option("--after", type=click.IntRange(1), metavar="CURSOR", help=N_("Continue after this row."))
@option("--verify", is_flag=True, help=N_("Seal what is new, and check that no row was changed or removed."))
@click.pass_obj
def audit(
    invocation: Invocation,
    record: str | None,
    by: str | None,
    since: str | None,
    limit: int,
    after: int | None,
    verify: bool,
) -> Answer:
    """List the audit trail of everything, of one record or of one user."""
    if verify:
        return in_session(invocation, _verify, writes=True)

    async def work(session: Session) -> Answer:
        rows = await session.services.audit.list(
            session.actor,
            record=await _record(session, record) if record else None,
            by=await find_user(session, by) if by else None,
            since=moment("since", since, session.now, past=True) if since else None,
            before_id=after,
            limit=limit,
        )
        records = [_json(session, row) for row in rows]
        following = str(rows[-1].id) if len(rows) == limit else None
        header = (_("Time"), _("User"), _("Action"), _("Module"), _("Record"), _("What was changed"))
        cells = [
            (
                format_datetime(row.at, session.zone, session.language),
                row.user_name,
                action_label(row.action),
                _module_name(row.module),
                row.record_name,
                _told(session, row),
            )
            for row in rows
        ]
        more = _("There is more: --after %(cursor)s") % {"cursor": following} if following else ""
        return Answer({"rows": records, "next": following}, Table(header, cells), records, more=more)

    return in_session(invocation, work)


async def _verify(session: Session) -> Answer:
    found = await session.services.audit.verify(session.actor)
    if found.broken_at is not None:
        raise Tampered(
            _("Row %(number)s of the audit trail was tampered with.") % {"number": found.broken_at},
            _("Compare it with a backup."),
        )
    return Answer({"sealed": found.sealed, "broken_at": None}, notes=(_("The audit trail is unbroken."),))


async def _record(session: Session, text: str) -> Ref:
    """Return the record or user that is named; by its id also one that was deleted."""
    try:
        return await find_ref(session, text, _MODULES)
    except NotFound:
        return Ref(Module.NOTE, text, "") if is_id(text) else await find_user(session, text)


def _module_name(code: str) -> str:
    return next((_(SINGULAR[module]) for module in SINGULAR if module.value == code), code)


def _told(session: Session, row: "AuditRow") -> str:
    """Return what was changed with labels, and why."""
    entry = session.services.audit.entry(row)
    parts = [
        f"{label_of(change.field)}: {shown(session, change.field, change.old) or '–'}"
        f" → {shown(session, change.field, change.new) or '–'}"
        for change in entry.changes
    ]
    return "; ".join([*parts, entry.reason] if entry.reason else parts)


def _json(session: Session, row: "AuditRow") -> dict[str, Json]:
    by: Json = None
    if row.user_id is not None:
        by = {"module": "user", "id": row.user_id, "name": row.user_name}
    return {
        "id": row.id,
        "at": time_json(row.at, session.zone),
        "by": by,
        "action": row.action,
        "module": row.module or None,
        "record_id": row.record_id,
        "record_name": row.record_name,
        "changes": value_json(row.changes, session.zone),
        "reason": shown_text(row.reason) or None,
    }
