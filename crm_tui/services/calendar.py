"""The calendar: what stands on which day, for oneself, a colleague or a team."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.calendar import (
    LONGEST,
    OWN,
    Agenda,
    Entry,
    Scope,
    Whose,
    days_between,
    days_of,
    in_order,
    span,
)
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.overlaps import Taken, overlapping, time_taken
from crm_tui.domain.records import Ref, Value
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.services.activity_records import shown_status
from crm_tui.services.core import Core
from crm_tui.store.repositories.calendar import AROUND, Asked, CalendarRepository, CalendarRow, Days
from crm_tui.store.store import Connection

MOST = 1_000
"""Entries that are read at a time; where there are more, each day shows its first ones."""

COUNTED = 10_000
"""Entries of a day that are counted at most."""


class CalendarService:
    """Events, calls and tasks by day."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def between(
        self,
        actor: Actor,
        first_day: date,
        last_day: date,
        whose: Whose = OWN,
        *,
        closed: bool = True,
        tasks: bool = True,
    ) -> Agenda:
        """Return what stands on some days of the actor's time zone, at most six weeks.

        That is what begins on them or is due, and events that began before and reach into them; of somebody's
        own calendar also the events in which they take part. What the actor may not see is left out.

        Args:
            closed: Also what is completed or cancelled.
            tasks: Also tasks, on the day they are due.

        Raises:
            Invalid: There are too many days or none, or they lie where the calendar ends.
            NotAllowed: The actor may not see activities.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_view(actor, Area.ACTIVITY), "calendar", Module.EVENT)
        zone = local_zone(actor.zone)
        days = _days(first_day, last_day, zone)
        asked = Asked(whose, closed, tasks)
        async with self._core.store.read() as connection:
            rows, more = await self._read(connection, actor, asked, days, zone)
        now = self._core.clock.now()
        entries = (_entry(row, zone, now) for row in rows)
        shown = [one for one in entries if one.first_day <= last_day and one.last_day >= first_day]
        user = whose.user.id if whose.scope is Scope.USER and whose.user else actor.id
        return Agenda(first_day, last_day, in_order(_with_overlaps(shown, user, zone)), more)

    async def _read(
        self, connection: Connection, actor: Actor, asked: Asked, days: Days, zone: tzinfo
    ) -> tuple[list[CalendarRow], dict[date, int]]:
        """Return all entries; where these are too many the first of each day, and how many it has more."""
        repository = CalendarRepository(connection)
        rows = await repository.rows(actor, asked, [days], MOST + 1)
        if len(rows) <= MOST:
            return rows, {}
        each = [_days(day, day, zone) for day in days_between(days.first, days.last)]
        rows = await repository.rows(actor, asked, each, MOST // len(each))
        counts = await repository.counts(actor, asked, each, COUNTED)
        here = Counter(_entry(row, zone, days.start).first_day for row in _begun(rows))
        more = {one.first: count - here[one.first] for one, count in zip(each, counts, strict=True)}
        return rows, {day: number for day, number in more.items() if number > 0}


def _begun(rows: Sequence[CalendarRow]) -> list[CalendarRow]:
    return list({row.id: row for row in rows if not row.takes_part}.values())


def _days(first: date, last: date, zone: tzinfo) -> Days:
    if not 0 <= (last - first).days < LONGEST:
        reason = _("A calendar shows from 1 to %(days)d days at a time.") % {"days": LONGEST}
        raise Invalid(reason, fields={"to": reason})
    try:
        start, end = span(first, last, zone)
        for moment in (start - 2 * AROUND, end + 2 * AROUND):
            # What reaches into these days is looked for around them.
            moment.astimezone(zone)
        return Days(first, last, start, end)
    except OverflowError as error:
        reason = _("This date or time doesn't exist.")
        raise Invalid(reason, fields={"to": reason}) from error


def _entry(row: CalendarRow, zone: tzinfo, now: datetime) -> Entry:
    values = row.values
    start, end = _times(row)
    first, last = days_of(start, end, zone) if start is not None else _whole_days(row)
    owner, who, related = (values.get(name) for name in ("owner", "who", "related_to"))
    return Entry(
        Ref(row.module, row.id, str(values.get("subject") or "")),
        str(shown_status(row.module, values.get("status"), start, now) or ""),
        owner if isinstance(owner, Ref) else None,
        first,
        last,
        start,
        end,
        who if isinstance(who, Ref) else None,
        related if isinstance(related, Ref) else None,
        str(values.get("location") or ""),
        row.takes_part,
    )


def _times(row: CalendarRow) -> tuple[datetime | None, datetime | None]:
    """Return start and end of what isn't of whole days."""
    start, end, seconds = (row.values.get(name) for name in ("starts_at", "ends_at", "duration_seconds"))
    if row.all_day or not isinstance(start, datetime):
        return None, None
    if row.module is Module.CALL:
        return start, start + timedelta(seconds=seconds) if isinstance(seconds, int) else None
    return start, end if isinstance(end, datetime) else None


def _whole_days(row: CalendarRow) -> tuple[date, date]:
    """Return the days of a task or of an event of whole days; the latter are kept as midnights of UTC."""
    due, start, end = (row.values.get(name) for name in ("due_date", "starts_at", "ends_at"))
    first = _day(due if row.module is Module.TASK else start) or date.max
    return first, max(first, _day(end) or first)


def _day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _with_overlaps(entries: Sequence[Entry], user: str, zone: tzinfo) -> list[Entry]:
    """Name to each entry what takes the same user's time.

    Whole days don't count: they stand on top, and with them everything of their days would be marked.

    Args:
        user: Whose time events take in which somebody takes part without owning them.
        zone: In which whole days begin and end.
    """
    taken = []
    for entry in entries:
        whose = user if entry.takes_part or entry.owner is None else entry.owner.id
        if entry.starts_at is None:
            continue
        times = time_taken(entry.ref.module, entry.status, entry.starts_at, entry.ends_at, zone)
        if times is not None:
            taken.append(Taken(entry.ref.id, whose, *times))
    others = overlapping(taken)
    return [replace(entry, overlaps=tuple(sorted(others.get(entry.ref.id, ())))) for entry in entries]
