"""``crm-tui calendar``: what stands on which day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Json, Table
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.json import ref_json, time_json
from crm_tui.commands.session import Session, in_session
from crm_tui.domain.calendar import OWN, Agenda, Entry, Scope, Whose, in_order
from crm_tui.domain.modules import SINGULAR
from crm_tui.domain.picklists import ACTIVITY_STATUS
from crm_tui.domain.when import WhenError, parse_date
from crm_tui.errors import Invalid
from crm_tui.formats import format_date, format_datetime
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.services.container import Services

_USUAL_DAYS = 7
"""Days shown unless the last one is named; as many are read at a time, so that little is left out."""

_MOST_DAYS = 366
_WORDS = {"me": Scope.OWN, "own": Scope.OWN, "team": Scope.TEAM, "all": Scope.ALL}


@click.command(
    cls=CrmCommand,
    help=N_(
        "List events, calls and tasks by day, with what overlaps.\n"
        "Both days belong to the period. Without them: the seven days from today."
    ),
)
@option("--from", "first", metavar="D", help=N_("First day, such as 2026-11-25 or tomorrow."))
@option("--to", "last", metavar="D", help=N_("Last day, such as 2026-11-30 or +2w."))
@option("--of", "whose", metavar="USER|team|all", help=N_("Whose calendar; your own unless you say."))
@option("--open", "only_open", is_flag=True, help=N_("Nothing that is completed or cancelled."))
@option("--no-tasks", "no_tasks", is_flag=True, help=N_("No tasks."))
@click.pass_obj
def calendar(
    invocation: Invocation,
    first: str | None,
    last: str | None,
    whose: str | None,
    only_open: bool,
    no_tasks: bool,
) -> Answer:
    """List what the acting user may see."""

    async def work(session: Session) -> Answer:
        start = _day(session, "from", first) if first is not None else session.now.date()
        end = _day(session, "to", last) if last is not None else _usual_end(start)
        of = await _whose(session, whose)
        services, found = session.services, []
        for part in _parts(start, end):
            found.append(await _read(services, session, part, of, closed=not only_open, tasks=not no_tasks))
        return _answer(session, start, end, found)

    return in_session(invocation, work)


async def _read(
    services: "Services", session: Session, part: tuple[date, date], of: Whose, *, closed: bool, tasks: bool
) -> Agenda:
    return await services.calendar.between(session.actor, *part, of, closed=closed, tasks=tasks)


def _day(session: Session, name: str, text: str) -> date:
    try:
        return parse_date(text, today=session.now.date())
    except WhenError as error:
        raise Invalid(str(error), fields={name: str(error)}) from error


def _usual_end(start: date) -> date:
    return start + timedelta(days=min(_USUAL_DAYS - 1, (date.max - start).days))


async def _whose(session: Session, name: str | None) -> Whose:
    if name is None:
        return OWN
    if name.casefold() in _WORDS:
        scope = _WORDS[name.casefold()]
        if scope is Scope.TEAM and session.actor.team_id is None:
            raise Invalid(_("You are in no team."), fields={"of": _("You are in no team.")})
        return Whose(scope)
    return Whose(Scope.USER, (await session.services.users.get(session.actor, name)).ref)


def _parts(start: date, end: date) -> Iterator[tuple[date, date]]:
    """Yield pieces of a period."""
    if not 0 <= (end - start).days < _MOST_DAYS:
        reason = _("A period has from 1 to %(days)d days.") % {"days": _MOST_DAYS}
        raise Invalid(reason, fields={"to": reason})
    while start <= end:
        last = min(end, _usual_end(start))
        yield start, last
        if last == end:
            return
        start = last + timedelta(days=1)


def _answer(session: Session, start: date, end: date, found: list[Agenda]) -> Answer:
    more = {day: number for agenda in found for day, number in agenda.more.items()}
    entries: dict[str, Entry] = {}
    for entry in (one for agenda in found for one in agenda.entries):
        before = entries.get(entry.ref.id, entry)
        overlaps = tuple(sorted({*before.overlaps, *entry.overlaps}))
        entries[entry.ref.id] = replace(entry, overlaps=overlaps)
    shown = in_order(entries.values())
    rows = [_json(session, entry) for entry in shown]
    data: Json = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "rows": rows,
        "next": None,
        "more": {day.isoformat(): number for day, number in more.items()},
    }
    header = (_("Start"), _("End"), _("Activity type"), _("Subject"), _("Status"), _("Owner"), _("Overlaps"))
    notes = tuple(
        _("%(day)s: %(number)d more; “crm-tui call list” and its like list all.")
        % {"day": day.isoformat(), "number": number}
        for day, number in more.items()
    )
    return Answer(data, Table(header, [_cells(session, entry) for entry in shown]), rows, notes=notes)


def _json(session: Session, entry: Entry) -> dict[str, Json]:
    start, end = entry.starts_at, entry.ends_at
    return {
        "start": time_json(start, session.zone) if start else entry.first_day.isoformat(),
        "end": (time_json(end, session.zone) if end else None) if start else entry.last_day.isoformat(),
        "all_day": entry.all_day,
        "subject": entry.ref.name,
        "module": entry.ref.module.value,
        "id": entry.ref.id,
        "status": entry.status,
        "owner": ref_json(entry.owner),
        "who": ref_json(entry.who),
        "related_to": ref_json(entry.related_to),
        "location": entry.location or None,
        "takes_part": entry.takes_part,
        "overlaps": list(entry.overlaps),
    }


def _cells(session: Session, entry: Entry) -> tuple[str, ...]:
    start, end = entry.starts_at, entry.ends_at
    if start is not None:
        times = [
            format_datetime(each, session.zone, session.language) if each else "" for each in (start, end)
        ]
    else:
        times = [format_date(each, session.language) for each in (entry.first_day, entry.last_day)]
    return (
        *times,
        _(SINGULAR[entry.ref.module]),
        entry.ref.name,
        session.services.settings.picklists.label(ACTIVITY_STATUS, entry.status, session.language),
        entry.owner.name if entry.owner else "",
        _("yes") if entry.overlaps else "",
    )
