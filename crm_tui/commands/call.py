"""``crm-tui call``: calls that run, that are over and that are planned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import click

from crm_tui.commands import listing
from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.assign import assign_command
from crm_tui.commands.follow_ups import follow_up_notes, follow_ups_json
from crm_tui.commands.framework import CrmCommand, CrmGroup, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json, time_json
from crm_tui.commands.naming import find_person, find_relatable
from crm_tui.commands.overlaps import with_overlaps
from crm_tui.commands.records import delete_command, edit_command, saved_answer, show_command
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.values import duration_seconds, field_values, moment
from crm_tui.domain.call import Call, CallStatus, StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.schema import field_of
from crm_tui.domain.validation import PROTECTED
from crm_tui.errors import NotFound
from crm_tui.formats import clock_warning
from crm_tui.i18n import N_, _

_MODULE = Module.CALL
Options = dict[str, str | None]

_SUBJECT = option("--subject", metavar="S", help=N_("What it is about."))
_TYPE = option("--type", metavar="CODE", help=N_("Call type: outbound, inbound or missed."))
_WHO = option("--who", metavar="W", help=N_("The lead or contact: id, mail address or exact name."))
_PURPOSE = option("--purpose", metavar="CODE", help=N_("Call purpose, such as demo."))
_RESULT = option("--result", metavar="CODE", help=N_("Call result, such as interested."))
_RELATED_TO = option("--related-to", metavar="X", help=N_("An account, deal, case or campaign."))
_DESCRIPTION = option("--description", metavar="T", help=N_("Notes on the call."))
_DURATION = option("--duration", metavar="D", help=N_("Such as 3:20, 200s or 1:02:03."))
_REMINDER = option("--reminder", metavar="CODE", help=N_("When to be reminded, such as 15_minutes."))
_CALL_BACK = option(
    "--call-back", metavar="T", help=N_("Schedule a call back for then, such as tomorrow 14:00.")
)
_AT = option("--at", metavar="T", required=True, help=N_("Such as 2026-11-25 9:30, tomorrow 14:00 or +2d."))


def _options(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


call = CrmGroup("call", help=N_("Start, stop, save, log, schedule and list calls."))
call.add_command(listing.command(_MODULE))
call.add_command(show_command(_MODULE))
call.add_command(edit_command(_MODULE))
call.add_command(delete_command(_MODULE))
call.add_command(assign_command(_MODULE))


@call.command("log", cls=CrmCommand, help=N_("Log a call that is over."))
@_options(_TYPE, _WHO, _SUBJECT, _PURPOSE, _RESULT, _RELATED_TO)
@option(
    "--started-at",
    metavar="T",
    help=N_("When it started, such as 14:05; unless given, it has ended just now."),
)
@_options(_DURATION, _DESCRIPTION, _CALL_BACK)
@option("--phone", metavar="NUMBER", help=N_("The number; a missed call needs nothing else."))
@click.pass_obj
def log(invocation: Invocation, /, **given: str | None) -> Answer:
    """Make a completed call."""
    return _with_call(invocation, lambda session: _log(session, given))


@call.command("add", cls=CrmCommand, help=N_("Log a call that is over, field by field."))
@option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help=N_("Value of a field; repeat it."))
@click.pass_obj
def add(invocation: Invocation, pairs: tuple[str, ...]) -> Answer:
    """Make a completed call out of fields."""
    given = field_values(_MODULE, pairs)
    ignored = tuple(sorted(name for name in given if _is_not_for_a_logged_call(name)))
    return _with_call(
        invocation, lambda session: session.services.calls.log(session.actor, given), ignored=ignored
    )


@call.command(
    "start", cls=CrmCommand, help=N_("Start a call, a planned one if it is named; the timer runs from now.")
)
@click.argument("call_name", metavar="[CALL]", required=False)
@_options(_WHO, _TYPE, _SUBJECT, _PURPOSE, _RELATED_TO)
@option("--phone", metavar="NUMBER", help=N_("The number that is dialled or that calls."))
@option(
    "--override",
    metavar="REASON",
    help=N_("Why a person or number is called that must not be; stored in the audit trail."),
)
@click.pass_obj
def start(invocation: Invocation, /, call_name: str | None, **given: str | None) -> Answer:
    """Start the call of the acting user."""
    if call_name and any(value for name, value in given.items() if name not in ("phone", "override")):
        raise click.UsageError(_("A planned call is started as it was planned: leave the other options out."))

    async def work(session: Session) -> Call:
        if call_name:
            scheduled = await _call_id(session, call_name)
            planned = StartCall(
                scheduled_id=scheduled, phone=given["phone"] or "", override=given["override"] or ""
            )
            return await session.services.calls.start(session.actor, planned)
        who = await find_person(session, given["who"]) if given["who"] else None
        related_to = await find_relatable(session, given["related_to"]) if given["related_to"] else None
        begun = StartCall(
            who,
            related_to,
            given["type"] or "outbound",
            subject=given["subject"] or "",
            purpose=given["purpose"] or "",
            phone=given["phone"] or "",
            override=given["override"] or "",
        )
        return await session.services.calls.start(session.actor, begun)

    return _with_call(invocation, work)


@call.command("stop", cls=CrmCommand, help=N_("Stop the timer of your running call."))
@click.argument("call_name", metavar="[CALL]", required=False)
@click.pass_obj
def stop(invocation: Invocation, call_name: str | None) -> Answer:
    """Stop a call; its wrap-up time begins."""

    async def work(session: Session) -> Call:
        return await session.services.calls.stop(session.actor, await _call_id(session, call_name))

    return _with_call(invocation, work)


@call.command("save", cls=CrmCommand, help=N_("Complete your running call; it is stopped if it still runs."))
@click.argument("call_name", metavar="[CALL]", required=False)
@_options(_RESULT, _TYPE, _WHO, _SUBJECT, _PURPOSE, _RELATED_TO, _DESCRIPTION, _CALL_BACK)
@click.pass_obj
def save(invocation: Invocation, /, call_name: str | None, **given: str | None) -> Answer:
    """Complete a call; after this nobody can change it."""

    async def work(session: Session) -> Call:
        call_id = await _call_id(session, call_name)
        back = _call_back(session, given)
        values = _values(session, given)
        return await session.services.calls.save(session.actor, call_id, values, call_back=back)

    return _with_call(invocation, work)


@call.command("schedule", cls=CrmCommand, help=N_("Plan a call."))
@_options(_TYPE, _WHO, _SUBJECT, _AT, _PURPOSE, _RELATED_TO)
@option("--owner", metavar="U", help=N_("Who is to call; you, unless you name somebody."))
@_options(_REMINDER, _RESULT, _DESCRIPTION)
@click.pass_obj
def schedule(invocation: Invocation, /, **given: str | None) -> Answer:
    """Make a scheduled call."""

    async def work(session: Session) -> Call:
        return await session.services.calls.schedule(session.actor, _values(session, given))

    return _with_call(invocation, work)


@call.command("complete", cls=CrmCommand, help=N_("Complete a planned call."))
@click.argument("call_name", metavar="CALL")
@_options(_DURATION, _RESULT, _PURPOSE, _DESCRIPTION, _CALL_BACK)
@option("--started-at", metavar="T", help=N_("When it started; the planned time, unless you say."))
@click.pass_obj
def complete(invocation: Invocation, /, call_name: str, **given: str | None) -> Answer:
    """Complete a scheduled call."""

    async def work(session: Session) -> Call:
        call_id = await _call_id(session, call_name)
        back = _call_back(session, given)
        values = _values(session, given)
        return await session.services.calls.complete(session.actor, call_id, values, call_back=back)

    return _with_call(invocation, work)


@call.command("reschedule", cls=CrmCommand, help=N_("Move a planned call to another time."))
@click.argument("call_name", metavar="CALL")
@_AT
@click.pass_obj
def reschedule(invocation: Invocation, call_name: str, at: str) -> Answer:
    """Move a scheduled call."""

    async def work(session: Session) -> Call:
        call_id = await _call_id(session, call_name)
        return await session.services.calls.reschedule(session.actor, call_id, at)

    return _with_call(invocation, work)


@call.command("cancel", cls=CrmCommand, help=N_("Cancel a planned or running call."))
@click.argument("call_name", metavar="CALL")
@click.pass_obj
def cancel(invocation: Invocation, call_name: str) -> Answer:
    """Cancel a call."""

    async def work(session: Session) -> Call:
        return await session.services.calls.cancel(session.actor, await _call_id(session, call_name))

    return _with_call(invocation, work)


def _is_not_for_a_logged_call(name: str) -> bool:
    """Return whether only the program, or only planning a call, sets the field ``name``."""
    field = field_of(_MODULE, name)
    return name in PROTECTED or name == "reminder" or (field is not None and field.read_only)


def _with_call(
    invocation: Invocation, work: Callable[[Session], Any], *, ignored: tuple[str, ...] = ()
) -> Answer:
    """Run ``work`` and answer with the call it made, as ``call show`` would."""

    async def answer(session: Session) -> Answer:
        made: Call = await work(session)
        try:
            record = await session.services.records(_MODULE).get(session.actor, made.id)
        except NotFound:
            return _out_of_sight(session, made)
        saved = saved_answer(session, record, ignored)
        warning = clock_warning(made)
        notes = (*saved.notes, *([warning] if warning else []), *await _notes(session, made))
        if made.status is CallStatus.SCHEDULED:
            return await with_overlaps(session, replace(saved, notes=notes), record)
        if made.status is not CallStatus.COMPLETED or not isinstance(saved.data, dict):
            return replace(saved, notes=notes)
        data = {**saved.data, "follow_ups": follow_ups_json(session, made)}
        return replace(saved, data=data, notes=notes)

    return in_session(invocation, answer, writes=True)


def _out_of_sight(session: Session, made: Call) -> Answer:
    """Return what is known of a call that was saved for somebody whose calls the acting user may not see."""
    data: Json = {
        "id": made.id,
        "module": _MODULE.value,
        "name": made.subject,
        "version": made.version,
        "status": made.status.value,
        "owner": ref_json(made.owner),
        "starts_at": time_json(made.starts_at, session.zone) if made.starts_at else None,
    }
    pairs = [(_("Id"), made.id), (_("Subject"), made.subject), (_("Owner"), made.owner.name)]
    return Answer(data, Table((), pairs))


async def _notes(session: Session, made: Call) -> tuple[str, ...]:
    """Return what followed from a call, or why a planned one won't be made without a reason."""
    if made.status is not CallStatus.SCHEDULED:
        return follow_up_notes(session, made)
    return (await session.services.calls.blocked(session.actor, made.who, made.phone)).reasons


async def _log(session: Session, given: Options) -> Call:
    values = _values(session, given)
    duration = values.get("duration_seconds")
    if isinstance(duration, int) and "starts_at" not in values:
        values["starts_at"] = session.now - timedelta(seconds=duration)
    back, phone = _call_back(session, given), given["phone"] or ""
    return await session.services.calls.log(session.actor, values, phone=phone, call_back=back)


def _call_back(session: Session, given: Options) -> datetime | None:
    """Return when to call back, None for not at all."""
    text = given["call_back"]
    return moment("call_back", text, session.now, timed=True) if text else None


def _values(session: Session, given: Options) -> dict[str, object]:
    """Return the values of the options that were given, under the names of the fields."""
    values: dict[str, object] = {}
    for name in (
        "type",
        "subject",
        "purpose",
        "result",
        "description",
        "reminder",
        "owner",
        "who",
        "related_to",
    ):
        if given.get(name) is not None:
            values[name] = given[name]
    if text := given.get("duration"):
        values["duration_seconds"] = duration_seconds(text)
    if text := given.get("started_at"):
        values["starts_at"] = moment("starts_at", text, session.now, past=True, timed=True)
    if text := given.get("at"):
        values["starts_at"] = moment("starts_at", text, session.now, timed=True)
    return values


async def _call_id(session: Session, name: str | None) -> str:
    """Return the id of the call that is named, or of the acting user's running call.

    Raises:
        NotFound: No call is named and none is running.
    """
    if name:
        return (await session.services.records(_MODULE).resolve(session.actor, name)).id
    running = await session.services.calls.running(session.actor)
    if running is None:
        raise NotFound(_("You have no running call."), _("Start one, or name a call."))
    return running.id
