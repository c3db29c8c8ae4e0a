"""The call form as an agent uses it, on a real store with a clock that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.domain.call import Call, CallStatus, StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.errors import StoreUnavailable
from crm_tui.i18n import _
from screens.activity_list import ActivityListScreen
from screens.call_detail import CallDetailScreen
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.resume_call_modal import ResumeCallModal
from screens.widgets.call_bar import CallBar
from screens.widgets.call_form import CallForm
from screens.widgets.form import Form
from screens.widgets.mode_switch import CallMode
from screens.widgets.result_keys import ResultKeys
from tests.screens.conftest import Console, OpenConsole, Sample

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[FrozenClock]:
    """A clock that moves only when told to, for the console and its services."""
    frozen = FrozenClock(NOW)
    monkeypatch.setattr("crm_tui.bootstrap.SystemClock", lambda: frozen)
    old = use_clock(frozen)
    yield frozen
    use_clock(old)


async def focus_contact(console: Console, name: str) -> None:
    """Put the cursor of the contact list on a person."""
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.press("slash")
    await console.type_text(name)
    await console.press("enter")
    await console.until(lambda: (ref := console.app.record_in_focus()) is not None and name in ref.name)


async def start_call(console: Console, name: str = "田中") -> CallLoggerScreen:
    """Start a call to a contact with one key and return its form."""
    await focus_contact(console, name)
    await console.press("f2")
    await console.until_on(CallLoggerScreen)
    await console.until(lambda: console.app.running_call is not None)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    return screen


async def calls_in_store(console: Console) -> list[Call]:
    """Return all calls, the latest first."""
    query = ListQuery(("status",), Sort("created_at", descending=True))
    page = await console.services.calls.list(console.actor, query, PageRequest())
    return [await console.services.calls.get(console.actor, row.id) for row in page.rows]


async def test_one_key_starts_a_call_with_the_record_in_focus(console: Console) -> None:
    """F2 in the contact list: the timer runs, the person is filled in, the cursor stands in the notes."""
    screen = await start_call(console)
    call = console.app.running_call
    assert call is not None
    assert call.is_running
    assert call.who is not None
    assert "田中" in call.who.name
    assert screen.form.who == call.who
    assert screen.form["description"].editor.has_focus
    assert "00:00:00 ●" in console.text()


async def test_stop_result_save_takes_three_keys(console: Console, clock: FrozenClock) -> None:
    """F2, a digit, Ctrl+S: start, duration and wrap-up are measured, the list shows the call."""
    await start_call(console)
    await console.type_text("見積もりの件")
    clock.advance(200)
    await console.press("f2")
    await console.until(lambda: isinstance(console.app.focused, ResultKeys))
    clock.advance(12)
    await console.press("2", "ctrl+s")
    await console.until(lambda: console.app.running_call is None)
    [call] = await calls_in_store(console)
    assert call.status is CallStatus.COMPLETED
    assert (call.starts_at, call.duration_seconds, call.wrap_up_seconds) == (NOW, 200, 12)
    assert call.result == "not_interested"
    assert call.description == "見積もりの件"
    await console.until_on(RecordListScreen)
    await console.press("1")
    await console.until_on(ActivityListScreen)
    await console.press("v")
    await console.until_on(ChoiceModal)
    await console.press("5")
    await console.until_shown("田中 太郎")


async def test_typed_ahead_stop_result_save_all_arrive(console: Console) -> None:
    """A slow line delivers the three keys at once; each goes where it belongs."""
    await start_call(console)
    await console.pilot.press("f2", "1", "ctrl+s")
    await console.until(lambda: console.app.running_call is None)
    [call] = await calls_in_store(console)
    assert (call.status, call.result) == (CallStatus.COMPLETED, "interested")


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
        await _stored_text(console, f"call:{call.id}", "途中のメモ")
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


async def _stored_text(console: Console, key: str, text: str) -> None:
    while (await console.services.drafts.load(console.actor, key) or {}).get("description") != text:
        await console.pilot.pause(0.05)


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
    await console.until(lambda: "disk is full" in _notices(console))
    assert _notices(console).count("disk is full") == 1
    monkeypatch.setattr(drafts, "save", save)
    await screen.flush()
    call = console.app.running_call
    assert call is not None
    stored = await drafts.load(console.actor, f"call:{call.id}")
    assert stored is not None
    assert stored["description"] == "abc"


def _notices(console: Console) -> str:
    return "\n".join(str(note.message) for note in console.app._notifications)


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


async def test_related_record_is_refused_with_a_lead(console: Console, sample: Sample) -> None:
    """The field is disabled and says why; with a contact it can be used."""
    await console.app.open_call_logger("completed", sample.jane.ref)
    await console.until_on(CallLoggerScreen)
    form = console.app.screen.query_one(CallForm)
    assert form["related_to"].editor.disabled
    await console.until_shown("is a lead")
    form["who"].choose(sample.taro.ref)  # type: ignore[attr-defined]
    await console.until(lambda: not form["related_to"].editor.disabled)


async def test_a_completed_call_is_logged_with_four_keys(console: Console) -> None:
    """F3, a duration, Tab, a digit, Ctrl+S; the start is proposed."""
    await focus_contact(console, "田中")
    await console.press("f3")
    await console.until_on(CallLoggerScreen)
    await console.type_text("3:20")
    await console.press("tab", "1", "ctrl+s")
    await console.until_on(RecordListScreen)
    [call] = await calls_in_store(console)
    assert (call.status, call.duration_seconds, call.result) == (CallStatus.COMPLETED, 200, "interested")
    assert call.starts_at == NOW
    assert call.owner == console.actor.user


async def test_a_call_is_scheduled_with_six_keys(console: Console) -> None:
    """F6, tomorrow 14:00, three tabs to the reminder, a digit, Ctrl+S."""
    await focus_contact(console, "田中")
    await console.press("f6")
    await console.until_on(CallLoggerScreen)
    await console.type_text("明日 14時")
    await console.press("tab", "tab", "tab", "4", "ctrl+s")
    await console.until_on(RecordListScreen)
    [call] = await calls_in_store(console)
    assert call.status is CallStatus.SCHEDULED
    assert call.starts_at == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
    assert call.reminder == "15_minutes"


async def test_errors_stand_under_their_fields_and_nothing_is_lost(console: Console) -> None:
    """A completed call without a person: the reason stands there, the typed text too."""
    await console.press("1", "n")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_on(CallLoggerScreen)
    form = console.app.screen.query_one(CallForm)
    form.focus_field("description")
    await console.type_text("notes")
    await console.press("ctrl+s")
    await console.until(lambda: form["who"].error)
    assert form["duration_seconds"].error
    assert form["description"].raw == "notes"
    assert await calls_in_store(console) == []


async def test_saving_with_a_new_task_prefills_it(console: Console) -> None:
    """Ctrl+T: the call is saved, the task form has the same person."""
    screen = await start_call(console)
    who = screen.form.who
    await console.press("f2", "1", "ctrl+t")
    await console.until_on(RecordFormScreen)
    form_screen = console.app.screen
    assert isinstance(form_screen, RecordFormScreen)
    assert form_screen.module is Module.TASK
    assert form_screen.query_one(Form)["who"].value == who
    [call] = await calls_in_store(console)
    assert call.status is CallStatus.COMPLETED


async def test_modes_keep_what_is_typed(console: Console, sample: Sample) -> None:
    """F7 goes round; a field that a mode doesn't have comes back with its text."""
    await console.app.open_call_logger("current", sample.taro.ref)
    await console.until_on(CallLoggerScreen)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    modes = [screen.mode]
    await console.press("f7")
    modes.append(screen.mode)
    await console.type_text("1:00")
    await console.press("f7")
    modes.append(screen.mode)
    assert modes == list(CallMode)
    assert not screen.form["duration_seconds"].display
    assert screen.form["owner"].display
    await console.press("f7", "f7")
    assert screen.form["duration_seconds"].raw == "1:00"


async def test_a_running_call_cant_change_its_mode(console: Console) -> None:
    screen = await start_call(console)
    await console.press("f7")
    assert screen.mode is CallMode.CURRENT


async def test_leaving_an_unsaved_form_asks(console: Console, sample: Sample) -> None:
    """Esc on a form with text asks; dropping it leaves no draft."""
    await console.app.open_call_logger("completed", sample.taro.ref)
    await console.until_on(CallLoggerScreen)
    await console.type_text("5:00")
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("3")
    await console.until_on(ActivityListScreen)
    assert await console.services.drafts.load(console.actor, "call:new:completed") is None


async def test_a_call_started_by_mistake_is_cancelled(console: Console) -> None:
    """Cancelling asks; the call is kept as cancelled and the agent is back where they were."""
    await start_call(console)
    await console.press("f9")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_on(RecordListScreen)
    [call] = await calls_in_store(console)
    assert call.status is CallStatus.CANCELLED
    assert console.app.running_call is None


async def test_a_completed_call_says_that_it_cant_be_changed(console: Console, sample: Sample) -> None:
    """It opens to read; e opens no form."""
    call = await console.services.calls.log(
        console.actor,
        {
            "subject": "済み",
            "who": sample.taro.ref,
            "starts_at": NOW - timedelta(hours=1),
            "duration_seconds": 60,
        },
    )
    await console.app.open_record((await console.services.activities.get(console.actor, call.id)).ref)
    await console.until_on(CallDetailScreen)
    await console.until_shown("can't be changed any more")
    await console.press("e")
    await console.until(lambda: "can't be changed" in _notices(console))
    assert isinstance(console.app.screen, CallDetailScreen)


async def test_who_is_on_the_line(console: Console, sample: Sample) -> None:
    """Beside the form: the open deal and the others on the same number."""
    await start_call(console)
    await console.until_shown("更新契約")
    await console.until_shown("鈴木 花子")


async def test_the_form_fits_the_smallest_terminal(
    sample: Sample, open_console: OpenConsole, language: str
) -> None:
    """80×24: timer, person, result keys and notes are all there at once, in both languages."""
    async with open_console(size=(80, 24)) as console:
        await start_call(console)
        await console.until_shown("更新契約")
        shown = console.text()
        assert _("running") in shown
        labels = [
            choice.label(language) for choice in console.services.settings.picklists.active("call_result")
        ]
        assert all(label in shown for label in labels)
        assert _("Description") in shown


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
    await console.until(lambda: "saved elsewhere" in _notices(console))
    assert console.app.screen is screen
    assert screen.form["description"].raw == "only here"


async def test_the_running_call_stays_visible_over_the_form_of_another(console: Console) -> None:
    """While a call runs another one is logged: the bar stands above the footer."""
    await start_call(console)
    await console.press("escape", "f3")
    await console.until(lambda: isinstance(console.app.screen, CallLoggerScreen) and console.app.takes_keys())
    await console.until(lambda: "[Completed call]" in console.text())
    assert "F12" in console.line(-2)


async def test_text_of_a_call_that_was_never_saved_is_offered_again(
    sample: Sample, open_console: OpenConsole
) -> None:
    """The console ends while a completed call is typed; the next form offers the text, yes takes it up."""
    async with open_console() as console:
        await console.app.open_call_logger("completed", sample.taro.ref)
        await console.until_on(CallLoggerScreen)
        console.app.screen.query_one(CallForm).focus_field("description")
        await console.type_text("未保存")
        await _stored_text(console, "call:new:completed", "未保存")
    async with open_console() as console:
        await console.app.open_call_logger("completed", sample.hanako.ref)
        await console.until_on(ConfirmModal)
        assert "田中 太郎" in console.text()
        await console.press("y")
        await console.until_on(CallLoggerScreen)
        form = console.app.screen.query_one(CallForm)
        assert (form.who, form["description"].raw) == (sample.taro.ref, "未保存")
