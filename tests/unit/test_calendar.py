"""Days of a calendar: weeks and months, half hours across changes of the clocks, entries side by side."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.calendar import (
    Entry,
    day_start,
    days_between,
    days_of,
    in_order,
    other_month,
    sheet_of,
    week_of,
)
from crm_tui.domain.calendar_layout import DayPlan, cells_of, next_slot, plan_day, rows_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 25)
MONDAY, SUNDAY = 0, 6


def entry(name: str, start: datetime, end: datetime | None = None, *, zone: ZoneInfo = BERLIN) -> Entry:
    first, last = days_of(start, end, zone)
    return Entry(Ref(Module.EVENT, name, name), "scheduled", None, first, last, start, end)


def at(clock: str, day: date = DAY, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


def event(name: str, start: str, end: str) -> Entry:
    return entry(name, at(start), at(end))


@pytest.mark.parametrize(
    ("zone", "day", "number", "missing", "twice"),
    [
        ("Asia/Tokyo", date(2026, 3, 29), 48, (), ()),
        ("Europe/Berlin", date(2026, 3, 29), 46, ("02:00", "02:30"), ()),
        ("Europe/Berlin", date(2026, 10, 25), 50, (), ("02:00", "02:30")),
        ("America/New_York", date(2026, 3, 8), 46, ("02:00", "02:30"), ()),
        ("America/New_York", date(2026, 11, 1), 50, (), ("01:00", "01:30")),
        # Half an hour of daylight saving.
        ("Australia/Lord_Howe", date(2026, 10, 4), 47, ("02:00",), ()),
        ("Australia/Lord_Howe", date(2026, 4, 5), 49, (), ("01:30",)),
        # Clocks go forward at midnight: the day begins at one.
        ("America/Santiago", date(2026, 9, 6), 46, ("00:00", "00:30"), ()),
        # Samoa crossed the date line and had no such day.
        ("Pacific/Apia", date(2011, 12, 30), 0, (), ()),
        ("Pacific/Apia", date(2011, 12, 31), 48, (), ()),
    ],
)
def test_a_day_has_the_half_hours_that_its_clocks_show(
    zone: str, day: date, number: int, missing: tuple[str, ...], twice: tuple[str, ...]
) -> None:
    rows = rows_of(day, ZoneInfo(zone))
    labels = [row.label for row in rows]
    assert len(rows) == number
    assert not set(missing) & set(labels)
    assert [row.label for row in rows if row.is_repeat] == list(twice)
    assert all(labels.count(label) == 2 for label in twice)


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Tokyo",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "UTC",
    ],
)
def test_days_follow_each_other_without_gap_and_each_moment_has_one_row(zone: str) -> None:
    """The rows of many days, laid end to end, are all half hours there were."""
    where = ZoneInfo(zone)
    days = days_between(date(2011, 12, 1), date(2012, 4, 30)) + days_between(
        date(2026, 1, 1), date(2026, 12, 31)
    )
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            rows = rows_of(before, where)
            starts = [row.start for row in rows]
            assert starts == [day_start(before, where) + timedelta(minutes=30) * n for n in range(len(rows))]
            assert all(start.astimezone(where).date() == before for start in starts)
            if starts:
                assert starts[-1] < day_start(day, where) <= starts[-1] + timedelta(minutes=30)
            else:
                assert day_start(before, where) == day_start(day, where)


def test_an_entry_stands_in_the_rows_that_its_time_covers_in_real_hours() -> None:
    """On the day when clocks go back, two to three is two hours; on the other day there is no such hour."""
    autumn, spring = date(2026, 10, 25), date(2026, 3, 29)
    night = entry("night", day_start(autumn, BERLIN), day_start(autumn, BERLIN) + timedelta(hours=4))
    plan = plan_day(autumn, [night], BERLIN)
    [place] = plan.placed
    assert (place.top, place.bottom) == (0, 7)
    assert plan.rows[place.bottom].label == "02:30"
    assert plan.rows[place.bottom].is_repeat
    morning = entry("morning", at("01:00", spring), at("04:00", spring))
    plan = plan_day(spring, [morning], BERLIN)
    [place] = plan.placed
    assert [plan.rows[row].label for row in range(place.top, place.bottom + 1)] == [
        "01:00",
        "01:30",
        "03:00",
        "03:30",
    ]


def test_an_entry_of_several_days_stands_on_each() -> None:
    shift = entry("shift", at("22:00"), at("06:00", DAY + timedelta(days=1)))
    labels = []
    for day in (DAY, DAY + timedelta(days=1)):
        plan = plan_day(day, [shift], BERLIN)
        [place] = plan.placed
        labels.append((plan.rows[place.top].label, plan.rows[place.bottom].label))
    assert labels == [("22:00", "23:30"), ("00:00", "05:30")]
    assert not plan_day(DAY + timedelta(days=2), [shift], BERLIN).placed
    assert entry("until midnight", at("20:00"), at("00:00", DAY + timedelta(days=1))).last_day == DAY


def test_what_shares_rows_stands_side_by_side() -> None:
    plan = plan_day(
        DAY,
        [
            event("long", "09:00", "12:00"),
            event("early", "09:00", "10:00"),
            event("later", "10:30", "11:00"),
            event("alone", "14:00", "15:00"),
            # They don't overlap, but share half an hour of the screen.
            event("short", "16:00", "16:10"),
            event("shorter", "16:15", "16:20"),
        ],
        BERLIN,
    )
    lanes = {place.entry.ref.name: (place.lane, place.lanes) for place in plan.placed}
    assert lanes == {
        "long": (0, 2),
        "early": (1, 2),
        "later": (1, 2),
        "alone": (0, 1),
        "short": (0, 2),
        "shorter": (1, 2),
    }


def test_any_day_is_laid_out_without_two_things_in_one_place() -> None:
    """However many there are: each in its rows, lanes without collision, cells that fill the width."""
    random = Random(7)
    for _round in range(60):
        entries = []
        for number in range(random.randrange(1, 25)):
            start = at("00:00") + timedelta(minutes=5 * random.randrange(-24, 300))
            entries.append(entry(str(number), start, start + timedelta(minutes=5 * random.randrange(0, 60))))
        plan = plan_day(DAY, entries, BERLIN)
        assert {place.entry.ref.name for place in plan.placed} == {
            one.ref.name for one in entries if one.on(DAY)
        }
        for row in range(len(plan.rows)):
            here = [place.lane for place in plan.at(row)]
            assert len(here) == len(set(here))
            _check_cells(plan, row, random.randrange(8, 120))


def _check_cells(plan: DayPlan, row: int, width: int) -> None:
    cells = cells_of(plan, row, width, 12)
    assert sum(cell.width for cell in cells) == width
    assert [cell.left for cell in cells] == [sum(c.width for c in cells[:n]) for n in range(len(cells))]
    shown = [cell.placed for cell in cells if cell.placed is not None]
    begun = [place for place in plan.at(row) if place.top == row]
    assert sum(cell.hidden for cell in cells) == len([place for place in begun if place not in shown])


def test_what_has_no_room_is_counted_and_comes_into_view_with_the_cursor() -> None:
    plan = plan_day(DAY, [event(name, "09:00", "10:00") for name in "abcd"], BERLIN)
    row = plan.row_of(at("09:00"))
    cells = cells_of(plan, row, 30, 12)
    assert [(cell.placed and cell.placed.entry.ref.name, cell.hidden) for cell in cells] == [
        ("a", 0),
        ("b", 2),
    ]
    wanted = cells_of(plan, row, 30, 12, wanted="d")
    assert [cell.placed and cell.placed.entry.ref.name for cell in wanted] == ["c", "d"]


def test_whole_days_come_first_and_each_entry_once() -> None:
    task = Entry(Ref(Module.TASK, "t", "task"), "not_started", None, DAY, DAY)
    late, early = event("late", "15:00", "16:00"), event("early", "9:00".zfill(5), "10:00")
    found = in_order([late, task, early, late])
    assert [one.ref.name for one in found] == ["task", "early", "late"]
    assert plan_day(DAY, found, BERLIN).all_day == (task,)


def test_weeks_begin_where_the_agent_wants() -> None:
    assert week_of(DAY, MONDAY) == (date(2026, 11, 23), date(2026, 11, 29))
    assert week_of(DAY, SUNDAY) == (date(2026, 11, 22), date(2026, 11, 28))
    assert week_of(date(2026, 11, 22), SUNDAY)[0] == date(2026, 11, 22)
    assert sheet_of(DAY, MONDAY) == (date(2026, 10, 26), date(2026, 12, 6))
    assert sheet_of(date(2027, 2, 28), MONDAY)[0] == date(2027, 2, 1)


def test_the_same_day_of_another_month_or_its_last() -> None:
    assert other_month(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert other_month(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert other_month(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert other_month(date(2028, 1, 31), 1) == date(2028, 2, 29)


def test_the_next_half_hour() -> None:
    assert next_slot(at("09:10")) == at("09:30")
    assert next_slot(at("09:30")) == at("10:00")
