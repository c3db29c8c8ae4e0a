"""Reports and the live board by keys: figures, chart, the way into a row and back, files, clocks."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.domain.call import StartCall
from crm_tui.domain.records import Ref
from crm_tui.domain.report_choices import Measure, PeriodCode
from crm_tui.domain.reports import By, Period
from screens.board_screen import BoardScreen
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.report_calls import ReportCallsScreen
from screens.report_screen import ReportScreen
from tests.screens.conftest import Console, OpenConsole, Sample


async def log(console: Console, who: Ref, seconds: int, **values: object) -> None:
    """Log a completed call of the agent."""
    start = console.services.clock.now() - timedelta(hours=1)
    given = {"type": "inbound", "who": who, "subject": "Question", "purpose": "desk", "result": "interested"}
    await console.services.calls.log(
        console.actor, {**given, "starts_at": start, "duration_seconds": seconds, **values}
    )


async def open_reports(console: Console) -> ReportScreen:
    await console.press("0")
    await console.until_on(ReportScreen)
    screen = console.app.screen
    assert isinstance(screen, ReportScreen)
    return screen


async def choose(console: Console, key: str, *digits: str) -> None:
    """Open a dialog with digits and choose."""
    await console.press(key)
    for digit in digits:
        await console.until_on(ChoiceModal)
        modal = console.app.screen
        await console.press(digit)
        await console.until(lambda modal=modal: console.app.screen is not modal)  # type: ignore[misc]


async def test_a_report_is_put_together_by_keys(
    console: Console, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Downloads").mkdir()
    for seconds, purpose in ((200, "desk"), (100, "desk"), (600, "demo")):
        await log(console, sample.taro.ref, seconds, purpose=purpose)
    screen = await open_reports(console)
    await console.until_shown("Calls by day")
    assert "this month" in console.text()
    await choose(console, "v", "1")
    await console.until_shown("Calls by purpose")
    await console.until(lambda: screen.table.cursor_key == "desk")
    assert "> Desk 2" in console.text(), "the chart has label and figure"
    total = next(line for line in console.text().split("\n") if line.strip().startswith("Total"))
    assert total.split()[1:4] == ["3", "15:00", "0:00"]
    await choose(console, "m", "2")
    await console.until_shown("Average call duration by purpose")
    assert "Desk  2:30" in console.text()
    await choose(console, "f", "4", "5")
    await console.until_shown("Purpose: Demo")
    await console.until(lambda: screen.table.cursor_key == "demo")
    await console.press("e")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_on(FieldsModal)
    await console.press("enter")
    await console.until_shown("The report is in")
    [file] = (tmp_path / "Downloads").iterdir()
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows[0][:4] == ["Purpose", "Calls", "Handled", "Talk"]
    assert [row[:4] for row in rows[1:]] == [["Demo", "1", "1", "0:10:00"], ["Total", "1", "1", "0:10:00"]]


async def test_from_a_month_to_its_calls_and_back(console: Console, sample: Sample) -> None:
    await log(console, sample.taro.ref, 60)
    screen = await open_reports(console)
    await choose(console, "v", "5")
    await console.until(lambda: screen.state.by is By.MONTH and screen.table.cursor_row is not None)
    await console.press("enter")
    await console.until(lambda: screen.state.by is By.DAY and screen.table.cursor_row is not None)
    await console.until_shown("by day")
    await console.press("enter")
    await console.until_on(ReportCallsScreen)
    await console.until_shown("Question")
    assert sample.taro.name.split()[0] in console.text()
    await console.press("escape")
    await console.until_on(ReportScreen)
    await console.press("escape")
    await console.until(lambda: screen.state.by is By.MONTH)
    assert screen.state.when is PeriodCode.THIS_YEAR
    assert screen.state.measure is Measure.AVERAGE_HANDLING


async def test_an_empty_period_says_so_and_new_calls_appear(console: Console, sample: Sample) -> None:
    screen = await open_reports(console)
    await console.until_shown("No calls in this period.")
    await log(console, sample.taro.ref, 60)
    await console.until(lambda: screen.table.cursor_row is not None)
    await console.press("left_square_bracket")
    await console.until_shown("No calls in this period.")
    await console.press("p")
    await console.until_on(ChoiceModal)
    await console.press("9")
    await console.until_on(FieldsModal)
    await console.type_text("today")
    await console.press("tab")
    await console.type_text("yesterday")
    await console.press("ctrl+s")
    await console.until_shown("The period ends before it begins.")
    await console.press("shift+tab")
    await console.type_text("yesterday")
    await console.press("ctrl+s")
    await console.until_on(ReportScreen)
    await console.until_shown("No calls in this period.")
    assert isinstance(screen.state.when, Period)


async def test_the_board_shows_running_calls_and_its_clocks_go_on(
    sample: Sample, open_console: OpenConsole
) -> None:
    clock = FrozenClock()
    before = use_clock(clock)
    try:
        async with open_console(size=(140, 30)) as console:
            await console.services.calls.start(console.actor, StartCall(who=sample.jane.ref))
            clock.advance(65)
            await open_reports(console)
            await console.press("l")
            await console.until_on(BoardScreen)
            await console.until_shown("01:05")
            assert "On a call" in console.text()
            assert "Jane Doe" in console.text()
            clock.advance(4)
            await console.until_shown("01:09")
            running = console.app.running_call
            assert running is not None
            await console.services.calls.stop(console.actor, running.id)
            await console.until_shown("Wrap-up   ")
            await console.press("enter")
            await console.until_on(ReportCallsScreen)
            await console.until_shown("Call to Jane Doe")
    finally:
        use_clock(before)


async def test_a_low_terminal_shows_rows_and_one_formula_and_begins_with_today(
    sample: Sample, open_console: OpenConsole
) -> None:
    clock = FrozenClock()
    before = use_clock(clock)
    try:
        async with open_console(size=(80, 24)) as console:
            days = []
            for _day in range(14):
                await log(console, sample.taro.ref, 60)
                days.append(clock.now().astimezone(console.app.screen.zone).date().isoformat())  # type: ignore[attr-defined]
                clock.advance(86_400)
            screen = await open_reports(console)
            await choose(console, "p", "7")
            await console.until(lambda: screen.table.cursor_key == days[-1])
            assert f"> {days[-1][5:]}" in console.text(), "the chart went along"
            assert sum(days[place][5:] in console.text() for place in range(14)) >= 10
            assert "Calls = completed" in console.text()
            assert "First-call resolution = 1" not in console.text()
            await console.press("h")
            await console.until_shown("First-call resolution = 1")
            await console.press("h")
            await choose(console, "m", "2")
            await console.until_shown("Average call duration = talk")
            assert "Missed rate =" not in console.text()
    finally:
        use_clock(before)
