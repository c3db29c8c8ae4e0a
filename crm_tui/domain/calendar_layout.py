"""Where the entries of a day stand: half-hour rows, side by side where they share one.

A row is half an hour of real time. On the day when clocks go back the repeated half hours therefore stand
there twice, on the day when they go forward the skipped ones don't stand there at all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from crm_tui.domain.calendar import SLOT, Entry, day_start


@dataclass(frozen=True, slots=True)
class Row:
    """Half an hour of a day.

    Attributes:
        start: Its first moment; UTC.
        label: The time of day that clocks show then, ``09:30``.
        is_repeat: Clocks have been put back and show this time of day for the second time.
    """

    start: datetime
    label: str
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry in the rows of a day.

    Attributes:
        top: Its first row.
        bottom: Its last row.
        lane: Its place among those that share its rows, from the left.
        lanes: How many places there are side by side.
        group: Number of those that share rows with each other, directly or through others.
    """

    entry: Entry
    top: int
    bottom: int
    lane: int = 0
    lanes: int = 1
    group: int = 0

    def covers(self, row: int) -> bool:
        """Return whether it stands in ``row``."""
        return self.top <= row <= self.bottom


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day with everything in its place.

    Attributes:
        day: Which.
        rows: Its half hours; none of a day that the zone left out.
        all_day: What belongs to the whole day.
        placed: What has a time, in the order of its rows and lanes.
    """

    day: date
    rows: tuple[Row, ...]
    all_day: tuple[Entry, ...]
    placed: tuple[Placed, ...]

    def at(self, row: int) -> tuple[Placed, ...]:
        """Return what stands in a row."""
        return tuple(place for place in self.placed if place.covers(row))

    def row_of(self, moment: datetime) -> int:
        """Return the row of a moment; before the day the first, after it the last."""
        starts = [row.start for row in self.rows]
        return min(max(bisect_right(starts, moment) - 1, 0), max(len(starts) - 1, 0))


def next_slot(moment: datetime) -> datetime:
    """Return when the half hour after the present one begins.

    All zones are whole quarters of an hour away from UTC; where it is half of the half hour off, a mark that
    follows the clock comes a quarter late.
    """
    since = (moment - datetime(1970, 1, 1, tzinfo=UTC)) % SLOT
    return moment + SLOT - since


def rows_of(day: date, zone: tzinfo) -> tuple[Row, ...]:
    """Return the half hours of a day in ``zone``: 48 of most, fewer or more when clocks are changed."""
    start, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    rows: list[Row] = []
    seen: set[str] = set()
    while start < end:
        label = f"{start.astimezone(zone):%H:%M}"
        rows.append(Row(start, label, label in seen))
        seen.add(label)
        start += SLOT
    return tuple(rows)


def plan_day(day: date, entries: Iterable[Entry], zone: tzinfo) -> DayPlan:
    """Return a day with its entries in their rows; those of other days are left out."""
    rows = rows_of(day, zone)
    here = [entry for entry in entries if entry.on(day)]
    all_day = tuple(entry for entry in here if entry.all_day)
    starts = [row.start for row in rows]
    places = [_placed(entry, starts) for entry in here if not entry.all_day] if rows else []
    places.sort(key=lambda place: (place.top, -place.bottom, place.entry.starts_at, place.entry.ref.id))
    return DayPlan(day, rows, all_day, tuple(_side_by_side(places)))


def _placed(entry: Entry, starts: Sequence[datetime]) -> Placed:
    begin = entry.starts_at or datetime.min.replace(tzinfo=UTC)
    end = entry.shown_end
    top = max(bisect_right(starts, begin) - 1, 0)
    bottom = max(bisect_left(starts, end) - 1, top)
    return Placed(entry, top, min(bottom, len(starts) - 1))


def _side_by_side(places: Sequence[Placed]) -> list[Placed]:
    """Give each place the first free lane; those that touch each other share one number of lanes."""
    groups: list[list[Placed]] = []
    ends: list[int] = []
    for place in places:
        if not ends or place.top > max(ends):
            groups.append([])
            ends = []
        lane = next((number for number, end in enumerate(ends) if end < place.top), len(ends))
        ends[lane : lane + 1] = [place.bottom]
        groups[-1].append(replace(place, lane=lane, group=len(groups)))
    return [place for group in groups for place in _of_one_width(group)]


def _of_one_width(group: Sequence[Placed]) -> list[Placed]:
    lanes = max(place.lane for place in group) + 1
    return [replace(place, lanes=lanes) for place in group]


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a row: part of an entry, or free.

    Attributes:
        left: First terminal cell, counted from the left edge of the day.
        width: Terminal cells.
        placed: What stands there; None where nothing does.
        hidden: How many entries begin in this row and have no room beside it.
    """

    left: int
    width: int
    placed: Placed | None
    hidden: int = 0


def cells_of(plan: DayPlan, row: int, width: int, narrowest: int, wanted: str = "") -> tuple[Cell, ...]:
    """Return what stands in a row of a day that is ``width`` terminal cells wide.

    Args:
        narrowest: Terminal cells that a lane needs; lanes that don't fit are left out and counted.
        wanted: Id of an entry whose lane is shown in any case.
    """
    here = plan.at(row)
    if not here:
        return (Cell(0, width, None),)
    shown, first = _window(plan, here[0], width, narrowest, wanted)
    hidden = sum(place.top == row and not first <= place.lane < first + shown for place in here)
    by_lane = {place.lane: place for place in here}
    cells = []
    for number in range(shown):
        left, right = width * number // shown, width * (number + 1) // shown
        count = hidden if number == shown - 1 else 0
        cells.append(Cell(left, right - left, by_lane.get(first + number), count))
    return tuple(cells)


def _window(plan: DayPlan, one: Placed, width: int, narrowest: int, wanted: str) -> tuple[int, int]:
    """Return how many lanes are shown and which is the first, the same for all rows of a group."""
    shown = min(one.lanes, max(1, width // narrowest))
    group = (each for each in plan.placed if each.group == one.group)
    lane = next((each.lane for each in group if each.entry.ref.id == wanted), 0)
    return shown, max(0, lane - shown + 1)
