"""Call reports: what is counted, how it is grouped, and the formulas behind the figures.

A call belongs to the moment it was saved, and to a day, month or hour by the clock on the wall of
the agent who reads the report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType

from crm_tui.i18n import N_

MISSED = "missed"
INBOUND = "inbound"

FOLLOW_UP = timedelta(days=30)
"""A caller who rings again about the same purpose within this time was not helped by the first call."""

SLICE_SECONDS = 900
"""A store counts calls by slices of this length, counted from 1970 in UTC.

All zones are whole quarters of an hour away from UTC, so that days and hours of each are made of slices.
"""

QUARTERS_OF_A_DAY = 86_400 // SLICE_SECONDS

FORMULAS: Mapping[str, str] = {
    "calls": N_("Calls = completed + missed calls, each booked on the day it was saved."),
    "average_duration_seconds": N_("Average call duration = talk ÷ completed calls."),
    "average_handling_seconds": N_(
        "Average handling time = (talk + wrap-up) ÷ handled calls, each call booked on the day it was saved."
    ),
    "missed_rate": N_("Missed rate = missed inbound ÷ (answered + missed inbound)."),
    "first_call_resolution": N_(
        "First-call resolution = 1 − calls followed by another inbound call from the same lead or contact "
        "with the same purpose within 30 days ÷ all completed inbound calls."
    ),
}
"""How each figure is made, in the order in which a report prints them."""

TOTAL = "total"
"""Key of the row that holds the figures of all others."""

_DECIMALS = 4

HEADINGS = {
    "calls": N_("Calls"),
    "handled": N_("Handled"),
    "talk_seconds": N_("Talk"),
    "wrap_up_seconds": N_("Wrap-up"),
    "average_duration_seconds": N_("Average call duration"),
    "average_handling_seconds": N_("Average handling time"),
    "missed": N_("Missed"),
    "missed_rate": N_("Missed rate"),
    "first_call_resolution": N_("First-call resolution"),
}
"""Columns in order: names for programs, headings for people."""


class By(StrEnum):
    """What the rows of a report stand for."""

    DAY = "day"
    MONTH = "month"
    HOUR = "hour"
    AGENT = "agent"
    TEAM = "team"
    TYPE = "type"
    PURPOSE = "purpose"
    RESULT = "result"


BY_TIME = frozenset({By.DAY, By.MONTH, By.HOUR})

LABELS: Mapping[By, str] = {
    By.DAY: N_("Day"),
    By.MONTH: N_("Month"),
    By.HOUR: N_("Hour"),
    By.AGENT: N_("Agent"),
    By.TEAM: N_("Team"),
    By.TYPE: N_("Type"),
    By.PURPOSE: N_("Purpose"),
    By.RESULT: N_("Result"),
}

NAMELESS: Mapping[By, str] = {
    By.AGENT: N_("no agent"),
    By.TEAM: N_("no team"),
    By.TYPE: N_("no type"),
    By.PURPOSE: N_("no purpose"),
    By.RESULT: N_("no result"),
}
"""What the row of the calls without one is called."""

FILTERABLE = (By.AGENT, By.TEAM, By.TYPE, By.PURPOSE, By.RESULT, By.HOUR)
"""What a report can be limited to; its period limits days and months."""

Filters = Mapping[By, str]
"""Keys of rows, as in `ReportRow`, that calls must belong to; "" means the calls without one."""

NO_FILTERS: Filters = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a calendar, both included."""

    first: date
    last: date

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the first moment of the period and the first one after it, in UTC.

        A day whose midnight daylight saving skips begins with the moment that follows.

        Raises:
            OverflowError: The period ends where the calendar does.
        """
        after = self.last + timedelta(days=1)
        start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.first, after))
        return start, end


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted; figures of several groups can be added.

    Attributes:
        calls: Completed and missed calls.
        missed: Missed calls.
        inbound: Inbound calls that were answered.
        followed: Those of them that were followed by another one within `FOLLOW_UP`.
        talk_seconds: Duration of all but the missed calls.
        wrap_up_seconds: From their end until they were saved.
    """

    calls: int = 0
    missed: int = 0
    inbound: int = 0
    followed: int = 0
    talk_seconds: int = 0
    wrap_up_seconds: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.calls + other.calls,
            self.missed + other.missed,
            self.inbound + other.inbound,
            self.followed + other.followed,
            self.talk_seconds + other.talk_seconds,
            self.wrap_up_seconds + other.wrap_up_seconds,
        )

    @property
    def handled(self) -> int:
        """Calls in which somebody talked: all but the missed ones."""
        return self.calls - self.missed

    @property
    def average_duration_seconds(self) -> float | None:
        """Average call duration; None without a call."""
        return _ratio(self.talk_seconds, self.handled)

    @property
    def average_handling_seconds(self) -> float | None:
        """Average handling time; None without a call."""
        return _ratio(self.talk_seconds + self.wrap_up_seconds, self.handled)

    @property
    def missed_rate(self) -> float | None:
        """Part of the inbound calls that nobody answered, 0 to 1; None without one."""
        return _ratio(self.missed, self.inbound + self.missed)

    @property
    def first_call_resolution(self) -> float | None:
        """Part of the answered inbound calls that weren't followed by another, 0 to 1; None without one."""
        return _ratio(self.inbound - self.followed, self.inbound)


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures as a store counts them.

    Attributes:
        group: A code, an id or None.
        slice_number: Number of the slice since 1970 where times are told apart, else 0.
    """

    group: str | None
    slice_number: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of a report.

    Attributes:
        key: ``2026-11-20``, ``2026-11``, ``09``, the code of a pick-list value, the login name of an agent or
            the name of a team; None for calls without one.
        label: The same as an agent reads it; never empty.
    """

    key: str | None
    label: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """A call report.

    Attributes:
        by: What the rows stand for; None: there are none, only the total.
        rows: Days, months and hours in their order, all else with the most calls first.
        filters: Which calls were counted, each with the label that an agent reads.
    """

    period: Period
    by: By | None
    rows: tuple[ReportRow, ...]
    total: Figures
    filters: Mapping[By, tuple[str, str]] = field(default_factory=dict)


def time_key(slice_number: int, by: By, zone: tzinfo) -> str:
    """Return the day, month or hour of the day that a slice belongs to in ``zone``."""
    moment = datetime.fromtimestamp(slice_number * SLICE_SECONDS, UTC).astimezone(zone)
    if by is By.HOUR:
        return f"{moment.hour:02d}"
    day = moment.date().isoformat()
    return day[:7] if by is By.MONTH else day


def quarters_of(hour: str, start: datetime, end: datetime, zone: tzinfo) -> frozenset[int]:
    """Return the quarters of a day in UTC, 0 to 95, that can belong to an hour of the day in ``zone``.

    Args:
        hour: As in a row: ``09``.
        start: First moment of the period, in UTC.
        end: First one after it.
    """
    days = (start + timedelta(days=day) for day in range((end - start).days + 1))
    offsets = {moment.astimezone(zone).utcoffset() for moment in (*days, end)}
    first = [
        int(hour) * 4 - int((offset or timedelta()).total_seconds()) // SLICE_SECONDS for offset in offsets
    ]
    return frozenset((quarter + more) % QUARTERS_OF_A_DAY for quarter in first for more in range(4))


def add_up(tallies: Iterable[tuple[str | None, Figures]]) -> dict[str | None, Figures]:
    """Return the figures of each key."""
    sums: dict[str | None, Figures] = {}
    for key, figures in tallies:
        sums[key] = sums.get(key, _NONE) + figures
    return sums


def total_of(figures: Iterable[Figures]) -> Figures:
    """Return the figures of all groups together."""
    return sum(figures, _NONE)


def in_order(rows: Iterable[ReportRow], by: By) -> tuple[ReportRow, ...]:
    """Return rows as a report shows them: by time, or the most frequent first."""
    if by in BY_TIME:
        return tuple(sorted(rows, key=lambda row: row.key or ""))
    return tuple(
        sorted(rows, key=lambda row: (-row.figures.calls, row.key is None, row.label, row.key or ""))
    )


_NONE = Figures()


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def figures_of(figures: Figures) -> dict[str, int | float | None]:
    """Return all figures of a row by name, for programs: seconds, and parts from 0 to 1."""
    return {name: _rounded(getattr(figures, name)) for name in HEADINGS}


def _rounded(number: float | None) -> int | float | None:
    return number if number is None or isinstance(number, int) else round(number, _DECIMALS)
