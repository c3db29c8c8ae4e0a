"""What a busy day looks like: calendar, queue, reminders, callers, reports, and what to see on each."""

import pytest

from crm_tui.domain.modules import Module
from screens.board_screen import BoardScreen
from screens.calendar_screen import CalendarScreen
from screens.choice_modal import ChoiceModal
from screens.event_form import EventFormScreen
from screens.queue_screen import QueueScreen
from screens.record_form import RecordFormScreen
from screens.reminder_modal import ReminderModal
from screens.report_screen import ReportScreen
from tests.screens.conftest import Console
from tests.snapshots.busy_day import BLOCKED, MEETING
from tests.snapshots.conftest import Takes
from tests.snapshots.test_pictures import Size, first_list
from tests.snapshots.test_record_pictures import open_list

small_and_large = pytest.mark.parametrize(
    ("language", "size"),
    [("ja", (80, 24)), ("en", (120, 40))],
    ids=["ja-80x24", "en-120x40"],
    indirect=["language"],
)


async def open_calendar(console: Console, key: str = "", shown: str = "") -> None:
    """Open the calendar, press what shows another sheet of it, and wait for what that shows alone."""
    await first_list(console)
    await console.press("9")
    await console.until_on(CalendarScreen)
    screen = console.app.screen
    assert isinstance(screen, CalendarScreen)
    await console.until(lambda: screen.state.is_read())
    await console.until_shown(MEETING[:6])
    if key:
        await console.press(key)
        await console.until(lambda: screen.state.is_read())
        await console.until_shown(shown)


@small_and_large
def test_a_day(picture: Takes, size: Size) -> None:
    """Friday at 14:10: the fair on top, lunch above, from 14:20 on calls and events that overlap (E*, C*)."""
    assert picture(open_calendar, size, busy=True)


@small_and_large
def test_a_week(picture: Takes, size: Size) -> None:
    """Monday to Sunday, Friday marked; the fair goes over three days; each entry with its letter and sign."""

    async def work(console: Console) -> None:
        await open_calendar(console, "w", "Kick")

    assert picture(work, size, busy=True)


@small_and_large
def test_a_month(picture: Takes, size: Size) -> None:
    """November, the 20th marked; numbers of what stands on each day; what stands on the 20th beside it."""

    async def work(console: Console) -> None:
        await open_calendar(console, "m", "[20]")

    assert picture(work, size, busy=True)


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
@pytest.mark.parametrize("language", ["en"], indirect=True)
def test_a_week_in_other_colours(picture: Takes, theme: str) -> None:
    """The week again; every entry can be read, the cursor and what is overdue stand out."""

    async def work(console: Console) -> None:
        await open_calendar(console, "w", "Kick")

    assert picture(work, theme=theme, busy=True)


@small_and_large
def test_a_report(picture: Takes, size: Size) -> None:
    """Calls by purpose of this month: figures in columns, their total, bars with label and figure."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("0")
        await console.until_on(ReportScreen)
        screen = console.app.screen
        assert isinstance(screen, ReportScreen)
        await console.until(lambda: screen.table.cursor_row is not None)
        await console.press("v")
        await console.until_on(ChoiceModal)
        await console.press("1")
        await console.until_on(ReportScreen)
        await console.until(lambda: screen.table.cursor_key == "desk")

    assert picture(work, size, busy=True)


@small_and_large
def test_the_live_board(picture: Takes, size: Size) -> None:
    """One agent on a call for 10:00, one in wrap-up for 2:30, two free; totals of all and of each team."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.press("0")
        await console.until_on(ReportScreen)
        await console.press("l")
        await console.until_on(BoardScreen)
        await console.until_shown("10:00")

    assert picture(work, size, busy=True)


@small_and_large
def test_a_call_queue(picture: Takes, size: Size) -> None:
    """One lead with their numbers, the time at their place, who comes next, how far the round is."""

    async def work(console: Console) -> None:
        await open_list(console, "2", "Jane Doe")
        await console.press("a")
        await console.until_on(ChoiceModal)
        await console.press("0")
        await console.until_on(QueueScreen)
        screen = console.app.screen
        assert isinstance(screen, QueueScreen)
        await console.until(lambda: screen.is_working and console.app.takes_keys())

    assert picture(work, size, busy=True)


async def open_typed_form(console: Console) -> None:
    """Type a few letters into a new contact while a reminder is due."""
    await first_list(console)
    await console.until_shown("F8")
    await console.press("3", "n")
    await console.until_on(RecordFormScreen)
    await console.type_text("Smith")


@small_and_large
def test_reminders_above_a_form(picture: Takes, size: Size) -> None:
    """The list that F8 opens, earliest first, with what is to be done; behind it the form and the bar."""

    async def work(console: Console) -> None:
        await open_typed_form(console)
        await console.press("f8")
        await console.until_on(ReminderModal)

    assert picture(work, size, busy=True)


@small_and_large
def test_a_caller(picture: Takes, size: Size) -> None:
    """The caller's bar and the reminder's above the keys of a form; the form keeps the cursor."""

    async def work(console: Console) -> None:
        await open_typed_form(console)
        await console.services.pops.offer(console.actor, console.actor.name, "03-5555-0142")
        await console.until_shown("F9")

    assert picture(work, size, busy=True)


@small_and_large
def test_event_form(picture: Takes, size: Size) -> None:
    """Two who take part, with their addresses; under the end what else stands at that time; the cursor."""

    async def work(console: Console) -> None:
        await first_list(console)
        await console.app.open_form(Module.EVENT, None)
        await console.until_on(EventFormScreen)
        form = console.app.screen.query_one("Form")
        await console.type_text("Review")
        for name, text in (("starts_at", "2026-11-20 14:45"), ("participants", "髙橋")):
            form.focus_field(name)  # type: ignore[attr-defined]
            await console.type_text(text)
        await console.until(lambda: form["participants"].list_is_open)  # type: ignore[index]
        await console.press("enter")
        await console.type_text("bob@example.com")
        await console.press("enter")
        await console.until_shown(MEETING[:6])

    assert picture(work, size, busy=True)


@pytest.mark.parametrize("language", ["ja"], indirect=True)
def test_a_blocked_call(picture: Takes) -> None:
    """Why the number must not be called, the other number on a digit, and calling all the same."""

    async def work(console: Console) -> None:
        await open_list(console, "3", BLOCKED)
        await console.press("slash")
        await console.type_text(BLOCKED)
        await console.press("enter")
        await console.until(
            lambda: (ref := console.app.record_in_focus()) is not None and BLOCKED in ref.name
        )
        await console.press("f2")
        await console.until_on(ChoiceModal)

    assert picture(work, busy=True)


@pytest.mark.parametrize("language", ["ja"], indirect=True)
def test_an_event_with_participants(picture: Takes) -> None:
    """The event itself: where, when, who takes part, with their addresses."""

    async def work(console: Console) -> None:
        await open_calendar(console)
        screen = console.app.screen
        assert isinstance(screen, CalendarScreen)
        while (entry := screen.state.current()) is None or entry.ref.name != MEETING:
            await console.press("j")
        await console.press("enter")
        await console.until_shown("bob@example.com")

    assert picture(work, busy=True)
