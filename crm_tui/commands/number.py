"""``crm-tui number``: telephone numbers that are invalid or must not be called, whoever has them."""

from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import time_json
from crm_tui.commands.session import Session, in_session
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.numbers import NumberFlag, NumberState

_DO_NOT_CALL = option("--do-not-call", is_flag=True, help=N_("Its owner doesn't want to be called."))
_INVALID = option("--invalid", is_flag=True, help=N_("The number leads nowhere."))
_REASON = option("--reason", metavar="R", required=True, help=N_("Why; it is kept in the audit trail."))


@click.group(cls=CrmGroup, help=N_("Flag telephone numbers as invalid or as not to be called."))
def number() -> None:
    """Group of the commands about numbers."""


@number.command("show", cls=CrmCommand, help=N_("Show what is known of a number."))
@click.argument("text", metavar="NUMBER")
@click.pass_obj
def show(invocation: Invocation, text: str) -> Answer:
    """Show the flags of a number."""

    async def work(session: Session) -> Answer:
        return _answer(session, await session.services.numbers.state(session.actor, text))

    return in_session(invocation, work)


@number.command("flag", cls=CrmCommand, help=N_("Flag a number, for everybody who has it."))
@click.argument("text", metavar="NUMBER")
@_DO_NOT_CALL
@_INVALID
@_REASON
@click.pass_obj
def flag(invocation: Invocation, text: str, do_not_call: bool, invalid: bool, reason: str) -> Answer:
    """Set flags."""
    return _change(invocation, text, True, do_not_call, invalid, reason)


@number.command("clear", cls=CrmCommand, help=N_("Take flags off a number."))
@click.argument("text", metavar="NUMBER")
@_DO_NOT_CALL
@_INVALID
@_REASON
@click.pass_obj
def clear(invocation: Invocation, text: str, do_not_call: bool, invalid: bool, reason: str) -> Answer:
    """Take flags away."""
    return _change(invocation, text, False, do_not_call, invalid, reason)


@number.command("list", cls=CrmCommand, help=N_("List the numbers that are flagged."))
@option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help=N_("Rows at most."))
@option("--after", metavar="NUMBER", help=N_("Continue after the page that ended with this cursor."))
@click.pass_obj
def list_numbers(invocation: Invocation, limit: int, after: str | None) -> Answer:
    """List flagged numbers in the order of their digits."""

    async def work(session: Session) -> Answer:
        numbers, actor = session.services.numbers, session.actor
        found = await numbers.list(actor, after=after or "", limit=limit + 1)
        states = found[:limit]
        following = states[-1].e164 if len(found) > limit else None
        records = [_json(session, state) for state in states]
        header = (_("Number"), _("Flags"), _("Reason"), _("Set by"))
        rows = [(state.shown, state.badge, _reasons(state), _users(state)) for state in states]
        more = _("There is more: --after %(cursor)s") % {"cursor": following} if following else ""
        return Answer({"rows": records, "next": following}, Table(header, rows), records, more=more)

    return in_session(invocation, work)


def _require_flag(do_not_call: bool, invalid: bool) -> None:
    if not do_not_call and not invalid:
        raise click.UsageError(_("Say which flag: --do-not-call or --invalid."))


def _answer(session: Session, state: "NumberState") -> Answer:
    pairs = [
        (_("Number"), state.shown),
        (_("Flags"), state.badge or _("none")),
        (_("Reason"), _reasons(state)),
        (_("Set by"), _users(state)),
    ]
    return Answer(_json(session, state), Table((), [pair for pair in pairs if pair[1]]))


def _json(session: Session, state: "NumberState") -> dict[str, Json]:
    return {
        "number": state.e164 or None,
        "shown": state.shown,
        "do_not_call": _flag_json(session, state.do_not_call),
        "invalid": _flag_json(session, state.invalid),
    }


def _flag_json(session: Session, given: "NumberFlag | None") -> Json:
    if given is None:
        return None
    at = time_json(given.at, session.zone) if given.at is not None else None
    return {"reason": given.reason, "by": given.by or None, "at": at}


def _flags(state: "NumberState") -> "list[NumberFlag]":
    return [given for given in (state.do_not_call, state.invalid) if given is not None]


def _reasons(state: "NumberState") -> str:
    return ", ".join(dict.fromkeys(given.reason for given in _flags(state)))


def _users(state: "NumberState") -> str:
    return ", ".join(dict.fromkeys(given.by for given in _flags(state)))


def _change(
    invocation: Invocation, text: str, sets: bool, do_not_call: bool, invalid: bool, reason: str
) -> Answer:
    _require_flag(do_not_call, invalid)

    async def work(session: Session) -> Answer:
        numbers = session.services.numbers
        change = numbers.flag if sets else numbers.clear
        state = await change(session.actor, text, invalid=invalid, do_not_call=do_not_call, reason=reason)
        return _answer(session, state)

    return in_session(invocation, work, writes=True)
