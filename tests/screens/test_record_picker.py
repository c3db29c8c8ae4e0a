"""The record picker: search, index, what was used last, several at once, a new record on the spot."""

import asyncio
from collections.abc import Sequence

from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.records import Ref
from screens.record_form import RecordFormScreen
from screens.record_picker_modal import RecordPickerModal
from screens.widgets.index_bar import IndexBar
from tests.screens.conftest import Console, Sample

Picked = asyncio.Future[object]


async def open_picker(
    console: Console, modules: Sequence[Module], *, multiple: bool = False, text: str = ""
) -> Picked:
    """Open the picker and return what it will close with."""
    picked: Picked = asyncio.get_running_loop().create_future()
    modal = RecordPickerModal(modules, multiple=multiple, text=text)
    await console.app.push_screen(modal, picked.set_result)
    await console.until_on(RecordPickerModal)
    await console.until(lambda: modal.query_one("#rows").cursor_row is not None)  # type: ignore[attr-defined]
    return picked


async def test_it_begins_with_what_the_agent_used_last(console: Console, sample: Sample) -> None:
    picked = await open_picker(console, [Module.CONTACT])
    assert "used last" in console.text()
    await console.press("enter")
    await console.until(picked.done)
    assert picked.result() == sample.hanako.ref


async def test_a_number_finds_everybody_who_has_it(console: Console, sample: Sample) -> None:
    picked = await open_picker(console, PEOPLE, text="5678")
    await console.until_shown("鈴木 花子")
    assert "田中 太郎" in console.text()
    await console.press("ctrl+u")
    await console.type_text("Jane")
    await console.until(lambda: "鈴木 花子" not in console.text())
    await console.press("enter")
    await console.until(picked.done)
    assert picked.result() == sample.jane.ref


async def test_the_index_goes_to_the_names_by_their_reading(console: Console, sample: Sample) -> None:
    for last, kana in (("阿部", "アベ"), ("和田", "ワダ"), ("Smith", "")):
        await console.services.contacts.create(console.actor, {"last_name": last, "last_name_kana": kana})
    picked = await open_picker(console, [Module.CONTACT])
    await console.press("tab")
    assert isinstance(console.app.focused, IndexBar)
    await console.press("た")
    await console.until_shown("by name")
    assert "[た]" in console.text()
    table = console.app.screen.query_one("#rows")
    await console.until(lambda: table.cursor_key == sample.taro.id)  # type: ignore[attr-defined]
    await console.press("s")
    await console.until_shown("[S]")
    await console.until(lambda: table.cursor_row.cells[0] == "Smith")  # type: ignore[attr-defined]
    await console.press("enter")
    await console.until(picked.done)
    result = picked.result()
    assert isinstance(result, Ref)
    assert result.name == "Smith"


async def test_several_are_chosen_over_more_than_one_search(console: Console, sample: Sample) -> None:
    picked = await open_picker(console, PEOPLE, multiple=True, text="花子")
    await console.press("f5", "ctrl+u")
    await console.type_text("Jane")
    await console.until_shown("Jane Doe")
    await console.press("f5")
    await console.until_shown("2 marked")
    await console.press("enter")
    await console.until(picked.done)
    result = picked.result()
    assert isinstance(result, tuple)
    assert set(result) == {sample.hanako.ref, sample.jane.ref}


async def test_a_new_record_is_made_with_the_typed_name_and_chosen(console: Console) -> None:
    picked = await open_picker(console, [Module.ACCOUNT])
    await console.type_text("新会社")
    await console.press("ctrl+n")
    await console.until_on(RecordFormScreen)
    await console.until_shown("新会社")
    await console.press("ctrl+s")
    await console.until(picked.done)
    assert picked.result() == (await console.services.accounts.resolve(console.actor, "新会社")).ref


async def test_escape_chooses_nothing(console: Console) -> None:
    picked = await open_picker(console, [Module.CONTACT])
    await console.press("escape")
    await console.until(picked.done)
    assert picked.result() is None


async def test_users_are_found_by_name(console: Console) -> None:
    picked = await open_picker(console, [Module.USER])
    await console.press("enter")
    await console.until(picked.done)
    assert picked.result() == console.actor.user
