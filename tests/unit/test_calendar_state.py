"""The keys of the calendar: where each leads, and what the cursor stays on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.calendar import Agenda, Entry, days_of, in_order
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.text import cell_len
from screens.calendar_grid import ASCII_EDGES, Edges, Grid
from screens.calendar_month import MonthSheet
from screens.calendar_pieces import Line
from screens.calendar_state import CalendarState, View

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 1, 10, tzinfo=UTC)
"""10:10 in Tokyo, a Wednesday."""

DAY = date(2026, 11, 25)


def at(clock: str, day: date = DAY, zone: ZoneInfo = TOKYO) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


def event(name: str, start: datetime, end: datetime | None = None, zone: ZoneInfo = TOKYO) -> Entry:
    return Entry(Ref(Module.EVENT, name, name), "scheduled", None, *days_of(start, end, zone), start, end)


def task(name: str, day: date = DAY) -> Entry:
    return Entry(Ref(Module.TASK, name, name), "not_started", None, day, day)


def state_with(*entries: Entry, zone: ZoneInfo = TOKYO, now: datetime = NOW) -> CalendarState:
    state = CalendarState(zone, now)
    read(state, *entries)
    return state


def read(state: CalendarState, *entries: Entry) -> None:
    first, last = state.wanted()
    here = [one for one in entries if one.first_day <= last and one.last_day >= first]
    state.take(Agenda(first, last, in_order(here)))


def label(state: CalendarState) -> str:
    return state.plan().rows[state.cursor.row].label


def test_it_opens_at_the_present_half_hour() -> None:
    state = state_with(event("meeting", at("10:00"), at("11:00")))
    assert (state.cursor.day, label(state), state.cursor.entry) == (DAY, "10:00", "meeting")


def test_rows_lead_into_the_strip_of_whole_days_and_stop_at_the_ends() -> None:
    state = state_with(task("first"), task("second"))
    state.to_edge(-1)
    assert (label(state), state.cursor.entry) == ("00:00", "")
    state.step_rows(-1)
    assert (state.cursor.entry, state.slot()) == ("second", None)
    state.step_rows(-5)
    assert state.cursor.entry == "first"
    state.to_edge(1)
    state.step_rows(1)
    assert label(state) == "23:30"


def test_an_entry_stays_under_the_cursor_in_all_of_its_rows() -> None:
    state = state_with(event("long", at("10:00"), at("12:00")), event("other", at("10:30"), at("11:00")))
    state.step_rows(1)
    assert (label(state), state.cursor.entry) == ("10:30", "long")
    state.step_rows(3)
    assert (label(state), state.cursor.entry) == ("12:00", "")
    state.step_rows(-1)
    assert state.cursor.entry == "long"


def test_the_next_entry_beside_below_and_on_other_days() -> None:
    """From one that shares its time to the next time, from the last of a day to the next day's first."""
    tomorrow = DAY + timedelta(days=1)
    state = state_with(
        event("a", at("10:00"), at("11:00")),
        event("b", at("10:00"), at("11:00")),
        event("c", at("15:00"), at("16:00")),
        task("d", tomorrow),
        event("e", at("09:00", tomorrow), at("10:00", tomorrow)),
    )
    seen = [state.cursor.entry]
    while state.step_entries(1):
        seen.append(state.cursor.entry)
    assert seen == ["a", "b", "c", "d", "e"]
    assert state.cursor.day == tomorrow
    while state.step_entries(-1):
        seen.pop()
    assert state.cursor.entry == "a"
    state.cursor.row = state.plan().row_of(at("13:00"))
    state.step_rows(0)
    assert state.cursor.entry == ""
    assert state.step_entries(-1)
    assert state.cursor.entry == "b"


def test_another_day_at_the_same_time_of_day_whatever_the_clocks_do() -> None:
    """On the short day 10:00 is another row than on the day before; a time that is skipped gives the next."""
    state = state_with(zone=BERLIN, now=at("10:00", date(2026, 3, 28), BERLIN))
    state.step_days(1)
    assert (state.cursor.day, label(state), state.cursor.row) == (date(2026, 3, 29), "10:00", 18)
    state.step_days(-1)
    state.cursor.row = 5
    assert label(state) == "02:30"
    state.step_days(1)
    assert label(state) == "03:00"


def test_a_day_that_never_was_is_passed_over() -> None:
    apia = ZoneInfo("Pacific/Apia")
    state = state_with(zone=apia, now=datetime(2011, 12, 29, 22, 0, tzinfo=UTC))
    assert state.cursor.day == date(2011, 12, 29)
    state.step_days(1)
    assert state.cursor.day == date(2011, 12, 31)
    state.step_days(-1)
    assert state.cursor.day == date(2011, 12, 29)
    state.to_view(View.WEEK)
    assert all("-" in _text(line) for line in _grid(state, 100, 20).lines()[1:3])


def test_weeks_and_months() -> None:
    state = state_with()
    state.step_period(1)
    assert state.cursor.day == date(2026, 12, 2)
    state.to_view(View.MONTH)
    state.step_period(-1)
    assert state.cursor.day == date(2026, 11, 2)
    state.step_rows(1)
    assert state.cursor.day == date(2026, 11, 9)
    state.to_edge(1)
    assert state.cursor.day == date(2026, 11, 30)
    assert state.wanted() == (date(2026, 10, 26), date(2026, 12, 6))


def test_something_new_without_a_time_begins_in_the_first_hour_today_soon() -> None:
    state = state_with()
    assert state.first_moment() == at("10:30")
    state.step_days(1)
    assert state.first_moment() == at("08:00", DAY + timedelta(days=1))


def test_the_cursor_follows_its_entry_when_others_move_it() -> None:
    state = state_with(event("meeting", at("10:00"), at("11:00")))
    read(state, event("meeting", at("15:00"), at("16:00")))
    assert (label(state), state.cursor.entry) == ("15:00", "meeting")
    later = DAY + timedelta(days=2)
    read(state, event("meeting", at("09:00", later), at("10:00", later)))
    assert (state.cursor.day, label(state)) == (later, "09:00")
    read(state, event("new", at("09:00", later)))
    assert (state.cursor.day, state.cursor.entry) == (later, "new")


def test_changing_the_view_keeps_the_entry() -> None:
    state = state_with(event("meeting", at("10:00"), at("11:00")), event("call", at("15:00")))
    assert state.step_entries(1)
    for view in (View.MONTH, View.WEEK, View.DAY):
        state.to_view(view)
        assert state.cursor.entry == "call", view
    assert label(state) == "15:00"


def test_the_ends_of_time_hold_the_cursor() -> None:
    state = state_with()
    state.to_day(date.max)
    state.step_period(1)
    state.to_view(View.MONTH)
    state.step_period(1)
    assert state.wanted()[1] < date.max
    state.to_day(date.min)
    state.step_period(-1)
    assert state.cursor.day.year == 1900


def test_what_is_late_and_what_isnt() -> None:
    """A planned call from its start on, anything else from its end on; nothing that is over or under way."""
    state = state_with()
    call = replace(event("call", at("10:00")), ref=Ref(Module.CALL, "call", "call"))
    late = {
        "call": state.is_late(call),
        "under way": state.is_late(replace(call, status="in_progress")),
        "done": state.is_late(replace(call, status="completed")),
        "meeting": state.is_late(event("meeting", at("10:00"), at("11:00"))),
        "past": state.is_late(event("past", at("09:00"), at("10:00"))),
        "today": state.is_late(task("today")),
        "yesterday": state.is_late(task("yesterday", DAY - timedelta(days=1))),
    }
    assert [name for name, is_late in late.items() if is_late] == ["call", "past", "yesterday"]


@pytest.mark.parametrize(("width", "height"), [(80, 17), (80, 10), (100, 33), (120, 33), (200, 53)])
@pytest.mark.parametrize("view", list(View))
def test_every_line_has_exactly_the_cells_of_the_terminal(view: View, width: int, height: int) -> None:
    """Also with Japanese subjects, many at one time, and signs of ASCII alone."""
    names = ("定例会議（全員参加）", "Review", "契約更新のご案内と見積もりの確認", "A very long subject " * 5)
    entries = [
        event(f"{name}{hour}", at(f"{hour:02d}:00"), at(f"{hour + 1:02d}:40"))
        for hour in range(8, 17)
        for name in names
    ]
    state = state_with(*entries, *(task(f"資料を送る{number}") for number in range(6)))
    state.to_view(view)
    for edges in (Edges(), ASCII_EDGES):
        lines = _lines(state, width, height, edges)
        assert len(lines) == height
        assert {sum(cell_len(text) for text, _style in line) for line in lines} == {width}
        assert any(">" in _text(line) for line in lines)


def test_the_cursor_is_always_in_view() -> None:
    state = state_with(task("task"))
    top = 16
    for step in [1] * 30 + [-1] * 60 + [8, 8, 8, 8, -8]:
        state.step_rows(step)
        grid = _grid(state, 80, 15, top)
        top = grid.top
        assert any(">" in _text(line)[6:] for line in grid.lines())


def test_a_week_in_which_clocks_go_back_shows_the_hour_twice() -> None:
    """Days that have it once stand beside the day that has it twice, in the same lines."""
    sunday = date(2026, 10, 25)
    state = state_with(
        event("night", at("01:00", sunday, BERLIN), at("03:00", sunday, BERLIN), BERLIN),
        zone=BERLIN,
        now=at("01:00", sunday, BERLIN),
    )
    state.to_view(View.WEEK)
    texts = [_text(line) for line in _grid(state, 120, 20, 0).lines()]
    assert [text[:6].strip() for text in texts[3:9]] == [
        "01:00<",
        "01:30",
        "02:00",
        "02:30",
        "02:00+",
        "02:30+",
    ][:6]
    assert "-" in texts[7]
    assert "03:00" in texts[9]


def _grid(state: CalendarState, width: int, height: int, top: int = 0) -> Grid:
    return Grid(state, width, height, Edges(), with_owner=False, top=top)


def _lines(state: CalendarState, width: int, height: int, edges: Edges) -> list[Line]:
    if state.view is View.MONTH:
        return MonthSheet(state, width, height, edges.free, with_owner=True).lines()
    return Grid(state, width, height, edges, with_owner=True, top=16).lines()


def _text(line: Line) -> str:
    return "".join(text for text, _style in line)
