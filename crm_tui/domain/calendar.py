"""What a calendar shows: entries, the days they stand on, whose they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from crm_tui.domain.records import Ref

SLOT = timedelta(minutes=30)
"""A row of a day. What has no end of its own, like a scheduled call, fills one."""

DAYS_OF_WEEK = 7
WEEKS_OF_MONTH = 6
"""A month touches six weeks at most; always showing six keeps the days where they are."""

LONGEST = WEEKS_OF_MONTH * DAYS_OF_WEEK
"""Days that a calendar reads at most at a time: those of a month's sheet."""

OVER = frozenset({"completed", "cancelled"})


class Scope(StrEnum):
    """Whose entries a calendar shows."""

    OWN = "own"
    TEAM = "team"
    USER = "user"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose entries a calendar shows.

    Attributes:
        scope: Own, the team's, one colleague's, or everybody's.
        user: The colleague.
    """

    scope: Scope = Scope.OWN
    user: Ref | None = None

    @property
    def is_of_several(self) -> bool:
        """Entries of more than one user stand in it, so that each has to name its own."""
        return self.scope in (Scope.TEAM, Scope.ALL)


OWN = Whose()


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, a call or a task as a calendar shows it.

    Attributes:
        ref: Which activity; its name is the subject.
        status: As the agent sees it: a scheduled call whose time has passed is overdue.
        owner: Whose it is.
        first_day: The day it begins on, in the reader's zone.
        last_day: The last day it reaches into.
        starts_at: UTC; None for what belongs to whole days.
        ends_at: UTC, None where nobody knows.
        who: The lead or contact, if the reader may see it.
        related_to: The account, deal, case or campaign, if the reader may see it.
        location: Of an event.
        takes_part: The user whose calendar it is takes part in it and doesn't own it.
        overlaps: Ids of what takes the same user's time too.
    """

    ref: Ref
    status: str
    owner: Ref | None
    first_day: date
    last_day: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    who: Ref | None = None
    related_to: Ref | None = None
    location: str = ""
    takes_part: bool = False
    overlaps: tuple[str, ...] = ()

    @property
    def all_day(self) -> bool:
        """It belongs to whole days: a task by its due date, an event without times."""
        return self.starts_at is None

    @property
    def is_over(self) -> bool:
        """Completed or cancelled."""
        return self.status in OVER

    @property
    def shown_end(self) -> datetime:
        """Until when it is painted; UTC. What is shorter than a row fills it.

        Raises:
            ValueError: It belongs to whole days.
        """
        if self.starts_at is None:
            raise ValueError("an entry of whole days has no end")
        return max(self.ends_at or self.starts_at, self.starts_at)

    def on(self, day: date) -> bool:
        """Return whether it reaches into ``day``."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a calendar has on some days.

    Attributes:
        first: First day.
        last: Last day.
        entries: In the order of `order`.
        more: How many entries of a day were left out, for days on which there are too many to show.
    """

    first: date
    last: date
    entries: tuple[Entry, ...] = ()
    more: Mapping[date, int] = field(default_factory=dict)

    def on(self, day: date) -> tuple[Entry, ...]:
        """Return the entries of a day, those of whole days first."""
        return tuple(entry for entry in self.entries if entry.on(day))

    def covers(self, first: date, last: date) -> bool:
        """Return whether all days from ``first`` to ``last`` were read."""
        return self.first <= first and last <= self.last


def order(entry: Entry) -> tuple[date, bool, datetime, str, str]:
    """Return by what entries are sorted: day, whole days first, start, subject."""
    start = entry.starts_at or datetime.min.replace(tzinfo=UTC)
    day = entry.first_day
    return (day, not entry.all_day, start, entry.ref.name.casefold(), entry.ref.id)


def day_start(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of ``day`` in ``zone``; UTC.

    A day whose midnight daylight saving skips begins with the moment that follows. One that a zone left
    out altogether begins, and ends, with the one after it.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def span(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the first moment of some days and the first one after them; UTC.

    Raises:
        OverflowError: The last day is that of the calendar.
    """
    return day_start(first, zone), day_start(last + timedelta(days=1), zone)


def week_of(day: date, week_start: int) -> tuple[date, date]:
    """Return the first and the last day of a week.

    Args:
        day: Any of its days.
        week_start: The weekday that weeks begin with; 0 is Monday.
    """
    first = day - timedelta(days=(day.weekday() - week_start) % DAYS_OF_WEEK)
    return first, first + timedelta(days=DAYS_OF_WEEK - 1)


def sheet_of(day: date, week_start: int) -> tuple[date, date]:
    """Return the first and the last of the 42 days that a month's sheet shows."""
    first, _last = week_of(day.replace(day=1), week_start)
    return first, first + timedelta(days=LONGEST - 1)


def other_month(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return all days from ``first`` to ``last``."""
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def days_of(start: datetime, end: datetime | None, zone: tzinfo) -> tuple[date, date]:
    """Return the first and the last day that something reaches into; midnight ends a day.

    Args:
        start: Its start, aware.
        end: Its end, aware; None or before the start: it has no length.
        zone: Whose days.
    """
    first = start.astimezone(zone).date()
    if end is None or end <= start:
        return first, first
    return first, (end - timedelta(microseconds=1)).astimezone(zone).date()


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries as a calendar lists them, each once."""
    return tuple(sorted({entry.ref.id: entry for entry in entries}.values(), key=order))


def after(entries: Sequence[Entry], current: str, step: int) -> Entry | None:
    """Return the entry some places after or before the one with id ``current``; None where the list ends."""
    places = [place for place, entry in enumerate(entries) if entry.ref.id == current]
    if not places:
        return None
    place = places[0] + step
    return entries[place] if 0 <= place < len(entries) else None
