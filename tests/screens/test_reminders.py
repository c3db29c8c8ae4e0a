"""Reminders in the console: they appear wherever the agent is, and take nothing from them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.domain.modules import Module
from screens.activity_list import ActivityListScreen
from screens.call_detail import CallDetailScreen
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.find_modal import FindModal
from screens.record_detail import RecordDetailScreen
from screens.reminder_modal import ReminderModal
from screens.widgets.call_form import CallForm
from tests.screens.conftest import Console, OpenConsole, Sample

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """A clock that moves when the test says so, for the console too; it is Saturday, 14:00 in Tokyo."""
    clock = FrozenClock()
    before = use_clock(clock)
    yield clock
    use_clock(before)


async def _schedule(console: Console, sample: Sample, subject: str = "Call back", at: str = "+20m") -> str:
    values = {"who": sample.taro.ref, "subject": subject, "starts_at": at, "reminder": "15_minutes"}
    return (await console.services.calls.schedule(console.actor, values)).id


async def _pass(console: Console, clock: FrozenClock, time: timedelta) -> None:
    """Let time pass, as a night in a closed laptop does; the timer looks at the clock when it wakes up."""
    clock.advance(time)
    console.app.reminders.look()
    await console.pilot.pause()


async def test_a_reminder_appears_above_the_footer_and_is_counted(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    await _schedule(console, sample, "Call [b]back[/b]")
    assert "⏰" not in console.text()
    items = console.line(0).split("root")[0].rstrip()

    await _pass(console, clock, 6 * MINUTE)
    await console.until_shown("F8 1 reminder")

    bar = console.line(-2)
    assert "Reminder  14:20  Call [b]back[/b]  田中 太郎" in bar
    assert console.line(0).rstrip().endswith("⏰1")
    assert console.line(0).startswith(items)
    assert isinstance(console.app.screen, ActivityListScreen)
    await console.press("f8")
    await console.until_on(ReminderModal)
    assert "Call [b]back[/b]" in console.text().split("1 reminder")[1]


async def test_typed_text_goes_on_while_a_reminder_comes(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    await _schedule(console, sample)
    await console.press("f3")
    await console.until_on(CallLoggerScreen)
    console.app.screen.query_one(CallForm).focus_field("description")
    await console.type_text("They want ")
    await _pass(console, clock, 6 * MINUTE)
    await console.type_text("an offer")
    await console.until_shown("F8 1 reminder")
    await console.until_shown("They want an offer")

    await console.press("f8")
    await console.until_on(ReminderModal)
    await console.press("s", "1")
    await console.until_on(CallLoggerScreen)
    await console.type_text(" today")

    await console.until_shown("They want an offer today")
    assert "F8" not in console.line(-2)


async def test_a_dialog_keeps_what_is_typed_in_it(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    call_id = await _schedule(console, sample)
    await console.press("ctrl+f")
    await console.until_on(FindModal)
    await console.type_text("ta")
    await _pass(console, clock, 6 * MINUTE)
    await console.until_shown("F8 1 reminder")
    await console.type_text("na")
    await console.press("f8")
    await console.until_on(ReminderModal)
    await console.press("enter")
    await console.until_on(FindModal)
    await console.until_shown("Close this dialog first")
    await console.press("f8")
    await console.until_on(ReminderModal)
    await console.press("d")
    await console.until_on(FindModal)
    await console.until_shown("tana")
    assert not [one for one in await console.services.reminders.due(console.actor) if one.id == call_id]


async def test_complete_reschedule_and_cancel_from_the_reminders(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    calls = console.services.calls
    first, second, third = [
        await _schedule(console, sample, name, at)
        for name, at in (("First", "+16m"), ("Second", "+17m"), ("Third", "+18m"))
    ]
    await _pass(console, clock, 10 * MINUTE)
    await console.press("f8")
    await console.until_on(ReminderModal)
    rows = [line for line in console.text().split("\n") if "Call  " in line and "14:1" in line]
    assert [name in line for name, line in zip(("First", "Second", "Third"), rows[-3:], strict=True)]

    await console.press("x", "y")
    await console.until(lambda: len(console.app.due_reminders.rows) == 2)
    await console.until_on(ReminderModal)
    await console.press("r")
    await console.type_text("+1d")
    await console.press("enter")
    await console.until(lambda: len(console.app.due_reminders.rows) == 1)
    await console.until_on(ReminderModal)
    await console.press("c")
    await console.type_text("3:00")
    await console.press("ctrl+s")
    await console.until_on(ActivityListScreen)

    states = [(await calls.get(console.actor, each)).status.value for each in (first, second, third)]
    assert states == ["cancelled", "scheduled", "completed"]


async def test_a_task_is_completed_with_two_keys(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    tasks = console.services.tasks
    values = {"subject": "Send the offer", "due_date": "+1d", "reminder": "1_day", "who": sample.taro.ref}
    task = (await tasks.create(console.actor, values)).record
    await console.until_shown("F8 1 reminder")
    await console.press("f8", "c")
    await console.until(lambda: not console.app.due_reminders.rows)
    assert (await tasks.get(console.actor, task.id)).get("status") == "completed"
    await console.until_on(ActivityListScreen)


async def test_enter_opens_and_f2_calls(clock: FrozenClock, console: Console, sample: Sample) -> None:
    call_id = await _schedule(console, sample)
    await console.services.tasks.create(
        console.actor, {"subject": "Send it", "due_date": "+1d", "reminder": "1_day"}
    )
    await _pass(console, clock, 6 * MINUTE)
    await console.until_shown("F8 2 reminders")
    await console.press("f8", "enter")
    await console.until_on(CallDetailScreen)
    await console.press("f8", "j", "enter")
    await console.until_on(RecordDetailScreen)
    assert console.app.screen.ref.module is Module.TASK  # type: ignore[attr-defined]
    await console.press("f8", "f2")
    await console.until_on(CallLoggerScreen)
    await console.until(lambda: console.app.running_call is not None)
    assert console.app.running_call is not None
    assert console.app.running_call.id == call_id
    await console.until(lambda: len(console.app.due_reminders.rows) == 1)


async def test_what_was_missed_shows_at_the_next_start_in_order(
    clock: FrozenClock, console: Console, sample: Sample, open_console: OpenConsole
) -> None:
    await _schedule(console, sample, "Later", "+3h")
    await _schedule(console, sample, "Earlier", "+2h")
    await _pass(console, clock, timedelta(hours=2))
    await console.until_shown("Reminder  16:00  Earlier")
    clock.advance(timedelta(hours=15))
    async with open_console() as tomorrow:
        await tomorrow.until_shown("F8 2 reminders")
        assert "Reminder  11-21 16:00  Earlier" in tomorrow.line(-2)
        await tomorrow.press("f8")
        await tomorrow.until_on(ReminderModal)
        text = tomorrow.text()
        assert text.index("Earlier") < text.index("Later")


async def test_two_consoles_of_one_agent_show_the_same_reminder_and_one_rings(
    clock: FrozenClock,
    console: Console,
    sample: Sample,
    open_console: OpenConsole,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rung: list[Console] = []
    await _schedule(console, sample, "Left", "+16m")
    await _pass(console, clock, 30 * MINUTE)
    await _schedule(console, sample, "New", "+20m")
    async with open_console() as other:
        for each in (console, other):
            monkeypatch.setattr(each.app, "bell", lambda each=each: rung.append(each))
        clock.advance(6 * MINUTE)
        console.app.reminders.look()
        await console.until_shown("F8 2 reminders")
        other.app.reminders.look()
        await other.until_shown("F8 2 reminders")
        assert "New" in console.line(-2)
        assert "New" in other.line(-2)
        assert rung == [console]

        await other.press("f8")
        await other.until_on(ReminderModal)
        await other.press("d")
        await other.until_shown("1 reminder")
        await console.until(lambda: "Left" in console.line(-2))
        await other.press("d")
        await other.until_on(ActivityListScreen)
        await other.until(lambda: "⏰" not in other.text())
        await console.until(lambda: "⏰" not in console.text() and "F8 1 reminder" not in console.text())


async def test_the_terminal_rings_once_for_each_time(
    clock: FrozenClock, console: Console, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(console.app, "bell", lambda: rung.append(1))
    await _schedule(console, sample, "First", "+20m")
    await _schedule(console, sample, "Second", "+20m")
    await _pass(console, clock, 6 * MINUTE)
    await console.until_shown("F8 2 reminders")
    await _pass(console, clock, MINUTE)
    await _schedule(console, sample, "Third", "+10m")
    await console.until_shown("F8 3 reminders")
    assert "Third" in console.line(-2)
    assert len(rung) == 2


async def test_f2_in_the_reminders_stops_the_call_that_runs(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    await _schedule(console, sample)
    await console.app.start_call(sample.hanako.ref, None)
    await console.until(lambda: console.app.running_call is not None)
    await console.until_on(CallLoggerScreen)
    await _pass(console, clock, 6 * MINUTE)
    await console.until_shown("F8 1 reminder")
    await console.press("f8")
    await console.until_on(ReminderModal)
    await console.press("f2")
    await console.until(lambda: (call := console.app.running_call) is not None and call.is_stopped)
    await console.until_on(CallLoggerScreen)


async def test_the_list_that_was_left_behind_closes_once_all_is_dealt_with(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    call_id = await _schedule(console, sample)
    await console.app.start_call(sample.hanako.ref, None)
    await console.until_on(CallLoggerScreen)
    await console.press("f12")
    await _pass(console, clock, 6 * MINUTE)
    await console.press("f8")
    await console.until_on(ReminderModal)
    await console.press("f12")
    await console.until_on(CallLoggerScreen)
    await console.services.reminders.dismiss(console.actor, call_id)
    await console.until(lambda: not console.app.due_reminders.rows)
    await console.press("f12")
    await console.until_on(ActivityListScreen)


async def test_f8_without_a_reminder_says_so(clock: FrozenClock, console: Console) -> None:
    await console.press("f8")
    await console.until_shown("There is nothing to remind you of now.")
    assert isinstance(console.app.screen, ActivityListScreen)


async def test_a_time_is_typed_to_be_reminded_again(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    await _schedule(console, sample)
    await _pass(console, clock, 6 * MINUTE)
    await console.press("f8", "s", "7")
    await console.type_text("13:00")
    await console.press("enter")
    await console.until_shown("This time has passed.")
    await console.press("home", *["delete"] * 5)
    await console.type_text("+10m")
    await console.press("enter")
    await console.until_on(ActivityListScreen)
    await _pass(console, clock, 9 * MINUTE)
    assert not console.app.due_reminders.rows
    await _pass(console, clock, MINUTE)
    await console.until_shown("F8 1 reminder")
    assert not isinstance(console.app.screen, ChoiceModal | ConfirmModal)
