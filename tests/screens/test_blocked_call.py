"""Calls that must not be made, and the call back that a caller asked for."""

from datetime import timedelta

from crm_tui.domain.call import CallStatus
from crm_tui.i18n import _
from screens.call_logger import CallLoggerScreen
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.record_list import RecordListScreen
from tests.screens.call_steps import NOW, calls_in_store, clock, focus_contact, notices, start_call
from tests.screens.conftest import Console, Sample

__all__ = ["clock"]

MOBILE = "090-1111-2222"


async def test_a_blocked_number_gives_way_to_another_or_to_a_reason(console: Console, sample: Sample) -> None:
    services, actor = console.services, console.actor
    await services.contacts.update(actor, sample.taro.id, {"mobile": MOBILE})
    await services.numbers.flag(actor, "03-1234-5678", do_not_call=True, reason="by mail")
    await focus_contact(console, "田中")
    await console.until_shown("!03-1234-5678")

    await console.press("f2")
    await console.until_on(ChoiceModal)
    assert "by mail" in console.text()
    await console.press("escape")
    await console.until_on(RecordListScreen)
    assert await calls_in_store(console) == []

    await console.press("f2")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_on(FieldsModal)
    await console.type_text("no")
    await console.press("enter")
    await console.until_shown(_("Say why, in at least %(number)d characters.") % {"number": 3})
    await console.type_text("w she called us")
    await console.press("enter")
    await console.until_on(CallLoggerScreen)
    await console.until(lambda: console.app.running_call is not None)
    (call,) = await calls_in_store(console)
    assert call.phone == "03-1234-5678"
    history = await services.audit.history(actor, sample.taro.ref)
    assert "now she called us" in [entry.reason for entry in history]


async def test_another_number_is_one_key_away(console: Console, sample: Sample) -> None:
    await console.services.contacts.update(console.actor, sample.taro.id, {"mobile": MOBILE})
    await console.services.numbers.flag(console.actor, "03-1234-5678", invalid=True, reason="disconnected")
    await focus_contact(console, "田中")
    await console.press("f2", "1")
    await console.until(lambda: console.app.running_call is not None)
    (call,) = await calls_in_store(console)
    assert call.phone == MOBILE


async def test_who_asked_to_be_called_back_is_one_key_from_being_scheduled(
    console: Console, sample: Sample
) -> None:
    await start_call(console)
    await console.press("f2", "5", "ctrl+s")
    await console.until(
        lambda: isinstance(console.app.screen, CallLoggerScreen) and console.app.screen.is_open
    )
    await console.until_shown(_("Call back: %(name)s") % {"name": sample.taro.name})
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    back, done = await calls_in_store(console)
    assert (done.status, back.status) == (CallStatus.COMPLETED, CallStatus.SCHEDULED)
    assert (back.who, back.starts_at) == (sample.taro.ref, NOW + timedelta(days=1))


async def test_the_notice_tells_what_followed_and_giving_up_the_call_back_loses_nothing(
    console: Console, sample: Sample
) -> None:
    await start_call(console)
    await console.press("f2", "6", "ctrl+s")
    told = _("%(value)s marked as invalid.") % {"value": "03-1234-5678"}
    await console.until(lambda: told in notices(console))
    state = await console.services.numbers.state(console.actor, "03-1234-5678")
    assert state.invalid is not None
    await console.press("z", "enter")
    await console.until(lambda: "!03" not in console.text())

    await start_call(console)
    await console.press("f2", "5", "ctrl+s")
    await console.until_shown(_("Call back: %(name)s") % {"name": sample.taro.name})
    await console.press("escape")
    await console.until_on(RecordListScreen)
    assert [call.status for call in await calls_in_store(console)] == [CallStatus.COMPLETED] * 2
