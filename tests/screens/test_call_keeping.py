"""What is kept of a call: while its form is left, after the console ended, when it is given up."""

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.config import Config
from crm_tui.domain.call import CallStatus, StartCall
from crm_tui.errors import StoreUnavailable
from crm_tui.opening import open_store
from screens.activity_list import ActivityListScreen
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.record_list import RecordListScreen
from screens.resume_call_modal import ResumeCallModal
from screens.widgets.call_bar import CallBar
from screens.widgets.call_form import CallForm
from tests.screens.call_steps import calls_in_store, clock, focus_contact, notices, start_call, stored_text
from tests.screens.conftest import Console, OpenConsole, Sample

__all__ = ["clock"]


async def test_the_form_is_as_it_was_after_leaving_it(console: Console, clock: FrozenClock) -> None:
    """Typing while the timer runs, to another module, F12: text, cursor and clock are right."""
    await start_call(console)
    await console.type_text("メモ1")
    await console.press("escape")
    await console.until_on(RecordListScreen)
    assert console.app.screen.query_one(CallBar).display
    clock.advance(61)
    console.app.screen.query_one(CallBar).tick()
    await console.until_shown("00:01:01 ●")
    await console.press("1")
    await console.until_on(ActivityListScreen)
    await console.press("f12")
    await console.until_on(CallLoggerScreen)
    assert console.app.screen.query_one(CallForm)["description"].raw == "メモ1"
    await console.type_text("2")
    assert console.app.screen.query_one(CallForm)["description"].raw == "メモ12"
    await console.press("f12")
    await console.until_on(ActivityListScreen)


async def test_what_was_typed_is_there_after_the_console_was_killed(
    sample: Sample, open_console: OpenConsole, clock: FrozenClock
) -> None:
    """Nothing is saved on the way out but drafts; the next console shows the call, its text and its time."""
    async with open_console() as console:
        await start_call(console)
        await console.type_text("途中のメモ")
        call = console.app.running_call
        assert call is not None
        await stored_text(console, f"call:{call.id}", "途中のメモ")
        console.app._flushers.clear()
    clock.advance(300)
    async with open_console(wait=False) as console:
        await console.until_on(ResumeCallModal)
        await console.press("enter")
        await console.until_on(CallLoggerScreen)
        assert console.app.screen.query_one(CallForm)["description"].raw == "途中のメモ"
        await console.until_shown("00:05:00 ●")
        await console.press("f2", "1", "ctrl+s")
        await console.until(lambda: console.app.running_call is None)
        [saved] = await calls_in_store(console)
        assert (saved.description, saved.duration_seconds) == ("途中のメモ", 300)
        assert not await console.services.drafts.pending(console.actor)


async def test_text_stays_in_memory_while_the_store_refuses_it(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent is told once, goes on typing, and loses nothing when the store is back."""
    screen = await start_call(console)
    drafts, told = console.services.drafts, []
    save = drafts.save

    async def refuse(*_args: object) -> None:
        told.append(1)
        raise StoreUnavailable("The disk is full. Nothing was saved.")

    monkeypatch.setattr(drafts, "save", refuse)
    await console.type_text("abc")
    await console.until(lambda: told)
    await screen.flush()
    await console.until(lambda: "disk is full" in notices(console))
    assert notices(console).count("disk is full") == 1
    monkeypatch.setattr(drafts, "save", save)
    await screen.flush()
    call = console.app.running_call
    assert call is not None
    stored = await drafts.load(console.actor, f"call:{call.id}")
    assert stored is not None
    assert stored["description"] == "abc"


async def test_a_second_call_leads_to_the_first(console: Console, sample: Sample) -> None:
    """With a call open elsewhere, starting another says so and shows the open one."""
    first = await console.services.calls.start(console.actor, StartCall(who=sample.hanako.ref))
    await console.until(lambda: console.app.running_call is not None)
    await focus_contact(console, "田中")
    await console.app.start_call(sample.taro.ref, None)
    await console.until_on(CallLoggerScreen)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    assert screen.call is not None
    assert screen.call.id == first.id


async def test_leaving_an_unsaved_form_asks(console: Console, sample: Sample) -> None:
    """Esc on a form with text asks; dropping it leaves no draft."""
    await console.app.open_call_logger("completed", sample.taro.ref)
    await console.until_on(CallLoggerScreen)
    await console.type_text("5:00")
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("down", "down", "enter")
    await console.until_on(ActivityListScreen)
    assert await console.services.drafts.load(console.actor, "call:new:completed") is None


async def test_a_call_started_by_mistake_is_cancelled(console: Console) -> None:
    """Cancelling asks; the call is kept as cancelled and the agent is back where they were."""
    await start_call(console)
    await console.press("f5")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_on(RecordListScreen)
    [call] = await calls_in_store(console)
    assert call.status is CallStatus.CANCELLED
    assert console.app.running_call is None


async def test_a_call_cancelled_from_the_list_takes_its_form_along(console: Console) -> None:
    """The running call is cancelled in the activity list; F12 then has nothing to go back to."""
    await start_call(console)
    await console.type_text("oops")
    await console.press("escape", "1")
    await console.until_on(ActivityListScreen)
    await console.press("x")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until(lambda: console.app.running_call is None)
    await console.press("f12")
    await console.until_on(ActivityListScreen)
    assert not await console.services.drafts.pending(console.actor)


async def test_text_survives_when_the_call_was_saved_elsewhere(console: Console) -> None:
    """Another console of the same agent saves the call: the form says so and keeps what it holds."""
    screen = await start_call(console)
    await console.type_text("only here")
    call = console.app.running_call
    assert call is not None
    await console.services.calls.save(console.actor, call.id, {})
    await console.until(lambda: "saved elsewhere" in notices(console))
    assert console.app.screen is screen
    assert screen.form["description"].raw == "only here"


async def test_what_another_process_did_with_the_call_is_seen_when_it_matters(
    console: Console, config: Config
) -> None:
    """Stopped there, F2 here: the clock stands. Saved there, Ctrl+S here: no call is left, the text is."""
    screen = await start_call(console)
    await console.type_text("only here")
    call = console.app.running_call
    assert call is not None
    other = await open_store(config, None, create=False)
    await other.services.calls.stop(other.actor, call.id)
    await console.press("f2")
    await console.until(lambda: screen.call is not None and screen.call.is_stopped)
    await other.services.calls.save(other.actor, call.id, {})
    await other.services.close()
    await console.press("ctrl+s")
    await console.until(lambda: console.app.running_call is None)
    await console.until(lambda: "without the text here" in notices(console))
    assert screen.form["description"].raw == "only here"


async def test_the_running_call_stays_visible_over_the_form_of_another(console: Console) -> None:
    """While a call runs another one is logged: the bar stands above the footer."""
    await start_call(console)
    await console.press("escape", "f3")
    await console.until(lambda: isinstance(console.app.screen, CallLoggerScreen) and console.app.takes_keys())
    await console.until(lambda: "[Completed call]" in console.text())
    assert "F12" in console.line(-2)


async def test_the_bar_names_who_was_chosen_before_the_call_is_saved(
    sample: Sample, open_console: OpenConsole
) -> None:
    """Also on other screens, and in the next console, which has it from the draft."""
    async with open_console() as console:
        await console.press("f2")
        await console.until_on(CallLoggerScreen)
        form = console.app.screen.query_one(CallForm)
        form["who"].choose(sample.hanako.ref)  # type: ignore[attr-defined]
        call = console.app.running_call
        assert call is not None
        assert call.who is None
        form.focus_field("description")
        await console.type_text("メモ")
        await stored_text(console, f"call:{call.id}", "メモ")
        await console.press("escape")
        await console.until_on(ActivityListScreen)
        await console.until(lambda: "鈴木 花子" in console.line(-2))
        assert "F2 stop" in console.line(-2)
    async with open_console(wait=False) as console:
        await console.until_on(ResumeCallModal)
        await console.press("escape")
        await console.until_on(ActivityListScreen)
        await console.until(lambda: "鈴木 花子" in console.line(-2))


async def test_text_of_a_call_that_was_never_saved_is_offered_again(
    sample: Sample, open_console: OpenConsole
) -> None:
    """The console ends while a completed call is typed; the next form offers the text, yes takes it up."""
    async with open_console() as console:
        await console.app.open_call_logger("completed", sample.taro.ref)
        await console.until_on(CallLoggerScreen)
        console.app.screen.query_one(CallForm).focus_field("description")
        await console.type_text("未保存")
        await stored_text(console, "call:new:completed", "未保存")
    async with open_console() as console:
        await console.app.open_call_logger("completed", sample.hanako.ref)
        await console.until_on(ConfirmModal)
        assert "田中 太郎" in console.text()
        await console.press("y")
        await console.until_on(CallLoggerScreen)
        form = console.app.screen.query_one(CallForm)
        assert (form.who, form["description"].raw) == (sample.taro.ref, "未保存")


async def test_a_form_that_was_never_used_gives_way(console: Console, sample: Sample) -> None:
    """An empty form of a current call is left behind F12; F2 on a record starts that record's call."""
    await console.app.open_call_logger("current")
    await console.until_on(CallLoggerScreen)
    await console.press("f12")
    await console.until_on(ActivityListScreen)
    await start_call(console)
    call = console.app.running_call
    assert call is not None
    assert call.who == sample.taro.ref
    form = console.app.screen.query_one(CallForm)
    assert form.who == sample.taro.ref
