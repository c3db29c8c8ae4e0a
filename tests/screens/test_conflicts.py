"""Two agents change one record: the second save shows both, and nothing is lost."""

from datetime import date

from crm_tui.domain.modules import Module
from screens.call_logger import CallLoggerScreen
from screens.conflict_modal import ConflictModal
from screens.record_form import RecordFormScreen
from screens.reschedule_modal import RescheduleModal
from tests.screens.conftest import Console, Sample


async def typed_title(console: Console, sample: Sample, title: str) -> RecordFormScreen:
    """Open the form of a contact and type a title."""
    await console.app.open_form(Module.CONTACT, sample.taro)
    await console.until_on(RecordFormScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordFormScreen)
    screen.form.focus_field("title")
    await console.type_text(title)
    return screen


async def test_changes_of_different_fields_are_both_kept_after_they_were_shown(
    console: Console, sample: Sample
) -> None:
    screen = await typed_title(console, sample, "部長")
    await console.services.contacts.update(console.actor, sample.taro.id, {"department": "営業部"})
    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    await console.until_shown("営業部")
    await console.press("escape")
    await console.until_on(RecordFormScreen)
    assert screen.form.values()["title"] == "部長"

    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    await console.press("ctrl+s")
    await console.until(lambda: screen not in console.app.screen_stack)

    saved = await console.services.contacts.get(console.actor, sample.taro.id)
    assert (saved.text("title"), saved.text("department")) == ("部長", "営業部")


async def test_a_field_that_both_changed_is_saved_only_after_a_choice(
    console: Console, sample: Sample
) -> None:
    screen = await typed_title(console, sample, "部長")
    others = {"title": "社長", "phone": "06-1111-2222"}
    await console.services.contacts.update(console.actor, sample.taro.id, others)
    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    await console.press("ctrl+s")
    await console.until_shown("needs a choice")
    assert isinstance(console.app.screen, ConflictModal)

    await console.press("m", "ctrl+s")
    await console.until(lambda: screen not in console.app.screen_stack)

    saved = await console.services.contacts.get(console.actor, sample.taro.id)
    assert (saved.text("title"), saved.text("phone")) == ("部長", "06-1111-2222")


async def test_somebody_who_saves_while_the_choice_is_made_is_asked_about_again(
    console: Console, sample: Sample
) -> None:
    screen = await typed_title(console, sample, "部長")
    contacts = console.services.contacts
    await contacts.update(console.actor, sample.taro.id, {"title": "社長"})
    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    await contacts.update(console.actor, sample.taro.id, {"title": "会長"})
    await console.press("m", "ctrl+s")
    await console.until_shown("会長")
    await console.press("t", "ctrl+s")
    await console.until(lambda: screen not in console.app.screen_stack)

    assert (await contacts.get(console.actor, sample.taro.id)).text("title") == "会長"


async def test_a_task_that_was_moved_meanwhile_shows_both_days(console: Console) -> None:
    tasks = console.services.tasks
    given = {"subject": "Send the offer", "due_date": "2026-11-25"}
    task = (await tasks.create(console.actor, given)).record
    await console.app.open_record(task.ref)
    await console.until_shown("Send the offer")
    await console.press("r")
    await console.until_on(RescheduleModal)
    await tasks.reschedule(console.actor, task.id, "2026-11-27")
    await console.type_text("2026-12-01")
    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    assert "2026-11-27" in console.text()

    await console.press("m", "ctrl+s")
    await console.until(lambda: not isinstance(console.app.screen, ConflictModal | RescheduleModal))

    assert (await tasks.get(console.actor, task.id)).get("due_date") == date(2026, 12, 1)


async def test_a_scheduled_call_that_was_changed_meanwhile_keeps_both_changes(
    console: Console, sample: Sample
) -> None:
    calls, actor = console.services.calls, console.actor
    given = {"type": "outbound", "subject": "Offer", "who": sample.taro.ref, "starts_at": "+2h"}
    call = await calls.schedule(actor, given)
    await console.app.open_call_logger("scheduled", call_id=call.id)
    await console.until_on(CallLoggerScreen)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    await console.until(lambda: screen.form.values()["subject"] == "Offer")
    screen.form["subject"].write_raw("Second offer")
    await calls.update(actor, call.id, {"description": "Asked for it twice"})
    await console.press("ctrl+s")
    await console.until_on(ConflictModal)
    await console.until_shown("Asked for it twice")
    await console.press("ctrl+s")
    await console.until(lambda: screen not in console.app.screen_stack)

    now = await calls.get(actor, call.id)
    assert (now.subject, now.description) == ("Second offer", "Asked for it twice")
