"""The form of a record on a real store: saving, errors, drafts, two agents on one record."""

import pytest

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from screens.choice_modal import ChoiceModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.widgets.form import Form
from tests.screens.conftest import Console, OpenConsole, Sample


async def open_form(console: Console, module: Module, record: Record | None = None) -> RecordFormScreen:
    """Open a form and wait until it takes keys."""
    await console.app.open_form(module, record)
    await console.until_on(RecordFormScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordFormScreen)
    return screen


async def test_every_missing_field_is_named_at_once_and_nothing_is_saved(console: Console) -> None:
    screen = await open_form(console, Module.LEAD)
    await console.press("ctrl+s")
    await console.until(lambda: screen.form["last_name"].error)
    assert screen.form["company"].error
    assert screen.form["last_name"].has_focus_within
    assert console.app.screen is screen


async def test_what_is_too_long_is_refused_with_the_limit_and_stays_in_the_field(console: Console) -> None:
    screen = await open_form(console, Module.CONTACT)
    screen.form["last_name"].write_raw("田" * 81)
    await console.press("ctrl+s")
    await console.until(lambda: screen.form["last_name"].error)
    assert "80" in screen.form["last_name"].error
    assert screen.form.values()["last_name"] == "田" * 81


async def test_a_new_contact_takes_its_account_from_what_is_typed(console: Console, sample: Sample) -> None:
    screen = await open_form(console, Module.CONTACT)
    await console.type_text("佐藤")
    await console.press("tab", "tab", "tab", "tab")
    await console.type_text("田中商事")
    await console.until(lambda: "株式会社田中商事" in console.text())
    await console.press("enter", "ctrl+s")
    await console.until(lambda: console.app.screen is not screen)
    saved = await console.services.contacts.resolve(console.actor, "佐藤")
    assert saved.ref_to("account") == sample.account.ref


async def test_only_changed_fields_are_saved(console: Console, sample: Sample) -> None:
    """Another agent's change of another field survives when this one's form is based on it."""
    screen = await open_form(console, Module.CONTACT, sample.taro)
    screen.form.focus_field("title")
    await console.type_text("部長")
    assert screen.form.changed_values() == {"title": "部長"}
    await console.press("f10")
    await console.until(lambda: console.app.screen is not screen)
    saved = await console.services.contacts.get(console.actor, sample.taro.id)
    assert saved.text("title") == "部長"
    assert saved.text("last_name_kana") == "タナカ"


async def test_leaving_keeps_the_text_and_the_next_form_offers_it(console: Console) -> None:
    screen = await open_form(console, Module.CONTACT)
    await console.type_text("Half")
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("escape")
    await console.until_on(RecordFormScreen)
    assert screen.form.values()["last_name"] == "Half"
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until(lambda: screen not in console.app.screen_stack)
    await console.app.open_form(Module.CONTACT)
    await console.until_on(ChoiceModal)
    await console.until_shown("Half")
    await console.press("1")
    await console.until_on(RecordFormScreen)
    await console.until(lambda: console.app.screen.query_one(Form).values()["last_name"] == "Half")


async def test_dropping_the_text_forgets_the_draft(console: Console) -> None:
    screen = await open_form(console, Module.CONTACT)
    await console.type_text("Half")
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("3")  # The digit of a module, typed by mistake, drops nothing.
    await console.until_on(ChoiceModal)
    await console.press("down", "down", "enter")
    await console.until(lambda: screen not in console.app.screen_stack)
    assert await console.services.drafts.pending(console.actor) == ()


async def test_typed_text_is_stored_while_the_form_is_open(console: Console) -> None:
    """A killed console loses at most half a second of typing; saving the form ends the draft."""
    screen = await open_form(console, Module.ACCOUNT)
    await console.type_text("Survivor")
    drafts = console.services.drafts
    stored: list[object] = []

    async def read() -> None:
        stored[:] = [await drafts.load(console.actor, "account:new")]

    while stored != [{"name": "Survivor"}]:
        await read()
        await console.pilot.pause(0.05)
    await console.press("ctrl+s")
    await console.until(lambda: screen not in console.app.screen_stack)
    assert await drafts.pending(console.actor) == ()


async def test_an_unchanged_form_closes_without_a_question(console: Console, sample: Sample) -> None:
    screen = await open_form(console, Module.CONTACT, sample.taro)
    await console.press("escape")
    await console.until(lambda: screen not in console.app.screen_stack)


async def test_a_record_that_was_deleted_meanwhile_says_so_and_keeps_the_text(
    console: Console, sample: Sample
) -> None:
    screen = await open_form(console, Module.CONTACT, sample.taro)
    await console.type_text("X")
    typed = screen.form.texts()
    await console.services.contacts.delete(console.actor, [sample.taro.id])
    await console.until_shown("deleted “")
    await console.press("ctrl+s")
    await console.until(lambda: len(console.app._notifications) == 2)
    assert all("what you typed is kept" in one.message for one in console.app._notifications)
    assert (console.app.screen, screen.form.texts()) == (screen, typed)


async def test_a_task_made_from_a_deal_knows_the_deal_and_its_contact(
    console: Console, sample: Sample
) -> None:
    await console.app.open_record(sample.deal.ref)
    await console.until_on(RecordDetailScreen)
    await console.until_shown("更新契約")
    await console.press("t")
    await console.until_on(RecordFormScreen)
    await console.type_text("Send offer")
    await console.press("tab")
    await console.type_text("+2d")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Send offer")
    task = await console.services.tasks.resolve(console.actor, "Send offer")
    assert task.ref_to("who") == sample.taro.ref
    assert task.ref_to("related_to") == sample.deal.ref


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_form_holds_at_every_size(
    sample: Sample, open_console: OpenConsole, size: tuple[int, int]
) -> None:
    """Labels, fields and the first error are visible from 80×24 to 200×60."""
    async with open_console(size=size) as console:
        screen = await open_form(console, Module.CONTACT, sample.taro)
        await console.until_shown("田中")
        screen.form["last_name"].write_raw("")
        await console.press("ctrl+s")
        await console.until(lambda: screen.form["last_name"].error)
        await console.until_shown("! ")
        assert all(f.region.right <= size[0] for f in screen.form.form_fields)


async def test_leaving_to_another_module_keeps_the_form_as_it_is(console: Console) -> None:
    await console.press("4")
    await console.until_on(RecordListScreen)
    await console.press("n")
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    await console.type_text("Half")
    await console.app.open_module("contacts")
    await console.until_on(RecordListScreen)
    await console.press("4")
    await console.until(lambda: console.app.screen is form)
    assert "Half" in console.text()
