"""``crm-tui undo``: takes the last change of the acting user back."""

from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json, time_json
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.modules import SINGULAR
from crm_tui.errors import NotFound
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.undo import LastChange, Undone

LEFT_OUT = 6
"""Exit code: done, but for some records."""


@click.command(cls=CrmCommand, help=N_("Undo what you changed last, in the console or here."))
@option("--dry-run", is_flag=True, help=N_("Say what would be undone, and leave it as it is."))
@option("--skip", is_flag=True, help=N_("Forget the last change, so that the one before is next."))
@click.pass_obj
def undo(invocation: Invocation, dry_run: bool, skip: bool) -> Answer:
    """Undo, show or skip the last change."""
    if dry_run and skip:
        raise click.UsageError(_("--dry-run and --skip exclude each other."))

    async def work(session: Session) -> Answer:
        change = await session.services.undo.peek(session.actor)
        if change is None:
            raise NotFound(_("There is nothing to undo."))
        if dry_run:
            return Answer(_change_json(session, change))
        if skip:
            await session.services.undo.skip(session.actor, change.id)
            return Answer({**_change_json(session, change), "skipped": True})
        return _answer(session, change, await session.services.undo.undo(session.actor, change.id))

    return in_session(invocation, work, writes=not dry_run)


def _change_json(session: Session, change: "LastChange") -> dict[str, Json]:
    return {
        "change": change.label,
        "at": time_json(change.at, session.zone),
        "number": change.records,
    }


def _answer(session: Session, change: "LastChange", undone: "Undone") -> Answer:
    data: dict[str, Json] = {
        **_change_json(session, change),
        "undone": [ref_json(ref) for ref in undone.records],
        "left_out": [{"record": ref_json(one.record), "reason": one.reason} for one in undone.left_out],
    }
    rows = [(_(SINGULAR[ref.module]), ref.name, _("undone")) for ref in undone.records]
    rows += [
        (
            _(SINGULAR[one.record.module]) if one.record else "",
            one.record.name if one.record else "",
            one.reason,
        )
        for one in undone.left_out
    ]
    table = Table((_("Module"), _("Record"), _("Result")), rows)
    return Answer(data, table, notes=(undone.label,), exit_code=LEFT_OUT if undone.left_out else 0)
