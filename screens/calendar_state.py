"""Where an agent is in the calendar, and where each key leads. No terminal in here."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from crm_tui.domain.calendar import (
    DAYS_OF_WEEK,
    Agenda,
    Entry,
    days_between,
    other_month,
    sheet_of,
    week_of,
)
from crm_tui.domain.calendar_layout import DayPlan, next_slot, plan_day
from crm_tui.domain.call import CallStatus
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref


class View(StrEnum):
    """How many days are shown at a time."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


Place = tuple[date, int, int, str]
"""An entry on one of its days: day, row, lane, id. Entries of the whole day have rows below 0."""

FIRST_DAY, LAST_DAY = date(1900, 2, 1), date(9999, 10, 31)
"""Days that can be gone to; a month around each lies in the calendar."""


@dataclass(slots=True)
class Cursor:
    """Where the agent is.

    Attributes:
        day: The day.
        row: The half hour, counted from the first of the day; below 0 an entry of the whole day.
        entry: Id of the entry, "" where nothing stands.
    """

    day: date
    row: int
    entry: str = ""


class CalendarState:
    """Cursor, view and what was read.

    Args:
        zone: The agent's time zone.
        now: The present moment.
        week_start: The weekday that weeks begin with; 0 is Monday.
        first_hour: The hour that a day's view begins with unless something else has to be seen.
    """

    def __init__(self, zone: tzinfo, now: datetime, week_start: int = 0, first_hour: int = 8) -> None:
        self.zone = zone
        self.week_start = week_start
        self.first_hour = first_hour
        self.view = View.DAY
        self.now = now
        self.agenda = Agenda(self.today, self.today)
        self._plans: dict[date, DayPlan] = {}
        self.cursor = Cursor(self.today, 0)
        self.cursor.row = self.plan().row_of(now)

    # What is shown.

    @property
    def today(self) -> date:
        """The present day in the agent's zone."""
        return self.now.astimezone(self.zone).date()

    def shown(self) -> tuple[date, ...]:
        """Return the days of the view."""
        if self.view is View.DAY:
            return (self.cursor.day,)
        return days_between(*(self._week() if self.view is View.WEEK else self.sheet()))

    def wanted(self) -> tuple[date, date]:
        """Return the first and the last day that have to be read for what is shown.

        That is the week around a day, so that most steps to another day read nothing.
        """
        return self.sheet() if self.view is View.MONTH else self._week()

    def is_read(self) -> bool:
        """Return whether everything shown has been read."""
        return self.agenda.covers(*self.wanted())

    def take(self, agenda: Agenda) -> None:
        """Show what was read; the cursor stays on its entry, wherever that is now, or where it is."""
        self.agenda = agenda
        self._plans.clear()
        entry = self.current()
        if entry is not None and not self._follow(entry.ref.id):
            self.cursor.day = max(entry.first_day, agenda.first)
        if entry is None or not self._follow(entry.ref.id):
            self._hold("")

    def plan(self, day: date | None = None) -> DayPlan:
        """Return a day with its entries in their places."""
        day = day or self.cursor.day
        if day not in self._plans:
            self._plans[day] = plan_day(day, self.agenda.on(day), self.zone)
        return self._plans[day]

    def more(self, day: date) -> int:
        """Return how many entries of a day weren't read because there are too many."""
        return self.agenda.more.get(day, 0)

    def current(self) -> Entry | None:
        """Return the entry under the cursor."""
        return next((one for one in self.agenda.entries if one.ref.id == self.cursor.entry), None)

    def is_late(self, entry: Entry) -> bool:
        """Return whether the time of an open entry has passed, as `has_passed` says of an activity."""
        if entry.is_over or (entry.status == CallStatus.IN_PROGRESS and entry.ref.module is Module.CALL):
            return False
        if entry.starts_at is None:
            return entry.last_day < self.today
        return (entry.ends_at or entry.starts_at) < self.now

    def here(self) -> tuple[Entry, ...]:
        """Return everything that stands where the cursor is; all of the day in a month's view."""
        plan = self.plan()
        if self.view is View.MONTH:
            return (*plan.all_day, *(place.entry for place in plan.placed))
        if self.cursor.row < 0:
            return tuple(plan.all_day[self.cursor.row :][:1])
        return tuple(place.entry for place in plan.at(self.cursor.row))

    def slot(self) -> datetime | None:
        """Return the start of the half hour under the cursor, UTC; None for the whole day."""
        rows = self.plan().rows
        return rows[self.cursor.row].start if 0 <= self.cursor.row < len(rows) else None

    def first_moment(self) -> datetime:
        """Return when something can be done on the day under the cursor: its first hour, today soon; UTC."""
        if self.cursor.day == self.today:
            return next_slot(self.now)
        rows = self.plan().rows
        return rows[self._first_row(self.plan())].start if rows else self.now

    # Keys.

    def to_view(self, view: View) -> None:
        """Show more or fewer days around the cursor."""
        self.view = view
        if not self._follow(self.cursor.entry):
            self._hold("")

    def to_now(self) -> None:
        """Go to the present half hour."""
        self.cursor = Cursor(self.today, self.plan(self.today).row_of(self.now))
        self._hold("")

    def step_days(self, days: int) -> None:
        """Go some days on or back, at the same time of day."""
        step = 1 if days > 0 else -1
        day = self.cursor.day + timedelta(days=days)
        # A day that a zone left out has no half hours, nothing can stand there.
        while FIRST_DAY < day < LAST_DAY and not self.plan(day).rows:
            day += timedelta(days=step)
        self.to_day(day)

    def step_period(self, direction: int) -> None:
        """Go a week on or back, in a month's view a month."""
        if self.view is View.MONTH:
            self.to_day(other_month(self.cursor.day, direction))
        else:
            self.to_day(self.cursor.day + timedelta(days=direction * DAYS_OF_WEEK))

    def step_rows(self, rows: int) -> None:
        """Go some half hours on or back, in a month's view as many weeks; a day's ends hold the cursor."""
        if self.view is View.MONTH:
            self.to_day(self.cursor.day + timedelta(days=rows * DAYS_OF_WEEK))
            return
        plan = self.plan()
        last = max(len(plan.rows) - 1, 0)
        self.cursor.row = min(max(self.cursor.row + rows, -len(plan.all_day)), last)
        self._hold(self.cursor.entry)

    def to_edge(self, direction: int) -> None:
        """Go to the first or the last half hour of the day, in a month's view to its first or last day."""
        if self.view is View.MONTH:
            first = self.cursor.day.replace(day=1)
            self.to_day(first if direction < 0 else other_month(first, 1) - timedelta(days=1))
            return
        self.cursor.row = 0 if direction < 0 else max(len(self.plan().rows) - 1, 0)
        self._hold("")

    def step_entries(self, step: int) -> bool:
        """Go to the next or the previous entry, also of other days that were read; say if there is one."""
        places = self._places()
        here = (self.cursor.day, self.cursor.row)
        known = [number for number, place in enumerate(places) if self._is_here(place)]
        if known:
            number = known[0] + step
        elif step > 0:
            number = bisect_right(places, (*here, 1 << 30, ""))
        else:
            number = bisect_left(places, (*here, 0, "")) - 1
        if not 0 <= number < len(places):
            return False
        day, row, _lane, entry = places[number]
        self.cursor = Cursor(day, row, entry)
        return True

    def go_to(self, ref: Ref, day: date, moment: datetime | None) -> None:
        """Go to an entry that may not have been read yet.

        Args:
            day: One of its days.
            moment: When it begins; None if it belongs to the whole day.
        """
        row = self.plan(day).row_of(moment) if moment is not None else 0
        self.cursor = Cursor(day, row, ref.id)

    # Inside.

    def sheet(self) -> tuple[date, date]:
        """Return the first and the last of the 42 days around the cursor's month."""
        return sheet_of(self.cursor.day, self.week_start)

    def _week(self) -> tuple[date, date]:
        return week_of(self.cursor.day, self.week_start)

    def to_day(self, day: date) -> None:
        """Go to a day, at the same time of day."""
        before = self.cursor
        day = min(max(day, FIRST_DAY), LAST_DAY)
        row = self._same_time(before, day) if before.row >= 0 else before.row
        self.cursor = Cursor(day, row)
        if before.row >= 0 or not self._follow(before.entry):
            self._hold(before.entry)

    def _same_time(self, before: Cursor, day: date) -> int:
        old, new = self.plan(before.day).rows, self.plan(day).rows
        label = old[before.row].label if before.row < len(old) else ""
        return max(min(bisect_left([row.label for row in new], label), len(new) - 1), 0)

    def _hold(self, entry: str) -> None:
        """Keep the cursor where it is: on ``entry`` if that stands there, else on the first that does."""
        plan, cursor = self.plan(), self.cursor
        if cursor.row < -len(plan.all_day):
            cursor.row = -len(plan.all_day) or self._first_row(plan)
        cursor.row = min(cursor.row, max(len(plan.rows) - 1, 0))
        ids = [one.ref.id for one in self.here()]
        cursor.entry = entry if entry in ids else next(iter(ids), "")
        if self.view is View.MONTH:
            self._follow(cursor.entry)

    def _first_row(self, plan: DayPlan) -> int:
        labels = [row.label for row in plan.rows]
        return min(bisect_left(labels, f"{self.first_hour:02d}:00"), max(len(labels) - 1, 0))

    def _follow(self, entry: str) -> bool:
        """Put the cursor on ``entry``; return whether it stands on the cursor's day."""
        plan, cursor = self.plan(), self.cursor
        for number, one in enumerate(plan.all_day):
            if one.ref.id == entry:
                cursor.row, cursor.entry = number - len(plan.all_day), entry
                return True
        for place in plan.placed:
            if place.entry.ref.id == entry:
                cursor.row = cursor.row if place.covers(cursor.row) else place.top
                cursor.entry = entry
                return True
        return False

    def _is_here(self, place: Place) -> bool:
        return place[0] == self.cursor.day and place[3] == self.cursor.entry

    def _places(self) -> list[Place]:
        """Return everything that was read around here, in the order in which it is stepped through."""
        first, last = self.wanted()
        found: list[Place] = []
        for day in days_between(max(first, self.agenda.first), min(last, self.agenda.last)):
            plan = self.plan(day)
            number = len(plan.all_day)
            found += [(day, row - number, 0, one.ref.id) for row, one in enumerate(plan.all_day)]
            found += [(day, place.top, place.lane, place.entry.ref.id) for place in plan.placed]
        return found
