"""The call form as an agent uses it, on a real store with a clock that stands still."""

from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Grant
from crm_tui.domain.call import CallStatus
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.modules import Area, Module
from crm_tui.i18n import _
from screens.activity_list import ActivityListScreen
from screens.call_detail import CallDetailScreen
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.imports.imports_screen import ImportsScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.view_modal import ViewModal
from screens.widgets.call_form import CallForm
from screens.widgets.form import Form
from screens.widgets.mode_switch import CallMode
from screens.widgets.result_keys import ResultKeys
from tests.screens.call_steps import NOW, calls_in_store, clock, focus_contact, start_call
from tests.screens.conftest import Console, OpenConsole, Sample

__all__ = ["clock"]


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
    await console.until_on(ViewModal)
    await console.press("5")
    await console.until_shown("田中 太郎")


async def test_typed_ahead_stop_result_save_all_arrive(console: Console) -> None:
    """A slow line delivers the three keys at once; each goes where it belongs."""
    await start_call(console)
    await console.pilot.press("f2", "1", "ctrl+s")
    await console.until(lambda: console.app.running_call is None)
    [call] = await calls_in_store(console)
    assert (call.status, call.result) == (CallStatus.COMPLETED, "interested")


async def test_related_record_is_refused_with_a_lead(console: Console, sample: Sample) -> None:
    """The field is disabled and says why; with a contact it can be used."""
    await console.app.open_call_logger("completed", sample.jane.ref)
    await console.until_on(CallLoggerScreen)
    form = console.app.screen.query_one(CallForm)
    assert form["related_to"].editor.disabled
    await console.until_shown("is a lead")
    form["who"].choose(sample.taro.ref)  # type: ignore[attr-defined]
    await console.until(lambda: not form["related_to"].editor.disabled)


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


async def test_what_is_opened_from_a_call_and_is_no_part_of_it_doesnt_hide_its_form(console: Console) -> None:
    screen = await start_call(console)
    await console.app.open_imports()
    await console.until_on(ImportsScreen)
    await console.press("f12")
    assert console.app.screen is screen
    await console.press("f12")
    assert isinstance(console.app.screen, ImportsScreen)


async def test_a_running_call_cant_change_its_mode(console: Console) -> None:
    screen = await start_call(console)
    await console.press("f7")
    assert screen.mode is CallMode.CURRENT


async def test_a_completed_call_says_that_it_cant_be_changed(console: Console, sample: Sample) -> None:
    """It opens to read; no key for editing is offered, and e opens no form."""
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
    await console.until(lambda: "d Delete" in console.line(-1))
    assert "e Edit" not in console.line(-1)
    await console.press("e")
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


async def test_the_administrators_layout_rules_the_form(console: Console) -> None:
    """Hidden fields are gone, the order is theirs, what they require is asked for on saving."""
    await console.services.settings.set_call_layout(
        console.actor,
        CallLayout(
            order=("who", "description"),
            hidden=frozenset({"purpose", "result"}),
            required=frozenset({"description"}),
        ),
    )
    screen = await start_call(console)
    names = [field.field.name for field in screen.form.form_fields]
    assert names[:2] == ["who", "description"]
    assert not {"purpose", "result"} & set(names)
    await console.press("f2", "ctrl+s")
    await console.until(lambda: screen.form["description"].error)
    assert console.app.running_call is not None
    await console.type_text("ok")
    await console.press("ctrl+s")
    await console.until(lambda: console.app.running_call is None)


async def test_who_may_not_make_calls_is_told_so(console: Console, sample: Sample) -> None:
    """The permission goes while the console is open: F2 says no, or has gone once the console has heard."""
    await focus_contact(console, "田中")
    await console.services.profiles.set(console.actor, console.actor.profile, Area.ACTIVITY, Grant(view=True))
    await console.press("f2")
    await console.until(lambda: console.app._notifications or not console.app.check_action("call_key", ()))
    await console.until_on(RecordListScreen)
    assert console.app.running_call is None
    assert await calls_in_store(console) == []


def _beside_the_bar(console: Console) -> str:
    """Return the text of what is said in passing, its lines put together."""
    lines = [line.partition("▌")[2] for line in console.text().split("\n") if "▌" in line]
    return "".join(line.strip() for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (160, 50)])
async def test_an_error_beside_the_form_loses_no_character(
    sample: Sample, open_console: OpenConsole, size: tuple[int, int]
) -> None:
    """Wide characters stand at every cell of its lines; the edge of the form runs through none."""
    sentence = "この通話は完了しているため変更できません。" * 4
    async with open_console(size=size) as console:
        await start_call(console)
        console.app.notice(f"{sentence}\n1{sentence}")
        await console.until(lambda: _beside_the_bar(console) == f"{sentence}1{sentence}")


async def test_the_text_of_a_number_is_replaced_by_what_is_typed(console: Console) -> None:
    """Tab into a time or duration selects it, so that a new one needs no deleting."""
    await console.app.open_call_logger("completed")
    await console.until_on(CallLoggerScreen)
    form = console.app.screen.query_one(CallForm)
    form["duration_seconds"].write_raw("3:20")
    form["duration_seconds"].editor.focus()
    await console.until(lambda: form["duration_seconds"].editor.has_focus)
    await console.type_text("5")
    assert form["duration_seconds"].value == 300
