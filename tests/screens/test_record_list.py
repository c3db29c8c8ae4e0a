"""Lists of records: filter, views, sorting, marks, deleting, the preview."""

import asyncio
from dataclasses import replace

import pytest

from crm_tui.domain.actor import Grant
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import ListRow
from screens.call_logger import CallLoggerScreen
from screens.confirm_modal import ConfirmModal
from screens.find_modal import FindModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.view_modal import ViewModal
from tests.screens.conftest import Console, OpenConsole, Sample


async def names(console: Console, module: Module) -> list[str]:
    """Return what is in the store."""
    page = await console.services.records(module).list(console.actor, ListQuery(), PageRequest())
    return [row.name for row in page.rows]


async def open_list(console: Console, key: str) -> RecordListScreen:
    """Open a module by its digit and wait for its rows."""
    await console.press(key)
    await console.until_on(RecordListScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordListScreen)
    await console.until(lambda: screen.table.cursor_row is not None)
    return screen


@pytest.mark.usefixtures("language")
async def test_the_list_tells_name_company_and_number_of_each_contact(console: Console) -> None:
    """At 80 columns an agent reads who it is, where from and the number, without cut names."""
    await open_list(console, "3")
    await console.until_shown("鈴木 花子")
    line = next(line for line in console.text().split("\n") if "田中 太郎" in line)
    assert "株式会社田中商事" in line
    assert "03-1234-5678" in line
    await console.until(lambda: " 2" in console.line(1))


async def test_markup_in_a_company_is_text(console: Console) -> None:
    await open_list(console, "2")
    await console.until_shown("Acme [b]Ltd")


async def test_typing_a_filter_narrows_the_list_and_escape_widens_it_again(console: Console) -> None:
    await open_list(console, "3")
    await console.press("slash")
    await console.type_text("花子")
    await console.until(lambda: "田中 太郎" not in console.text())
    assert "鈴木 花子" in console.text()
    await console.press("enter")
    assert "filter: 花子" in console.line(1)
    assert "Esc Back" in console.line(-1)
    await console.press("escape")
    await console.until_shown("田中 太郎")
    await console.until(lambda: "Esc Back" not in console.line(-1))


async def test_four_digits_of_a_number_filter_the_list(console: Console) -> None:
    await open_list(console, "2")
    await console.press("slash")
    await console.type_text("0100")
    await console.until_shown("Jane Doe")
    await console.press("ctrl+u")
    await console.type_text("9999")
    await console.until(lambda: "Jane Doe" not in console.text())
    assert "n for a new one" in console.text()


async def test_a_filter_is_no_command(console: Console) -> None:
    screen = await open_list(console, "3")
    await console.press("slash")
    await console.type_text("d1q?")
    assert console.app.screen is screen


async def test_sorting_by_the_next_column_and_back_keeps_the_cursor_on_its_record(console: Console) -> None:
    screen = await open_list(console, "3")
    await console.press("s", "S")
    await console.until(lambda: screen.table.sort_descending)
    assert screen.table.sort_column == "email"
    await console.until(lambda: screen.table.cursor_row is not None)


async def test_the_sort_is_said_also_where_its_column_has_no_room(
    sample: Sample, open_console: OpenConsole
) -> None:
    """Deals stand by their last change; at 80 cells that column is gone, and the title says it."""
    async with open_console(size=(80, 24)) as console:
        await open_list(console, "5")
        await console.until(lambda: "Modified▼" in console.line(1))
        await console.press("s")
        await console.until(lambda: "Deal name▲" in console.line(2))
        assert "▼" not in console.text()
    async with open_console(size=(120, 24)) as console:
        await open_list(console, "5")
        await console.until(lambda: "Modified▼" in console.line(2))
        assert "▼" not in console.line(1)


@pytest.mark.parametrize("key", ["3", "2"])
async def test_a_number_is_shown_whole(console: Console, key: str) -> None:
    """Also one typed in full-width digits, and one as long as they get."""
    people = console.services.records(Module.CONTACT if key == "3" else Module.LEAD)
    more = {"company": "X"} if key == "2" else {}
    await people.create(console.actor, {"last_name": "Aaa", "phone": "０３－９８７６－５４３２", **more})
    await people.create(console.actor, {"last_name": "Bbb", "mobile": "+33 6 12 34 56 78", **more})
    await open_list(console, key)
    await console.until_shown("03-9876-5432")
    await console.until_shown("+33 6 12 34 56 78")


async def test_a_view_shows_only_what_it_says(console: Console, sample: Sample) -> None:
    await console.services.records(Module.DEAL).update(console.actor, sample.deal.id, {"stage": "closed_won"})
    await open_list(console, "5")
    await console.press("v")
    await console.until_on(ViewModal)
    await console.until_shown("Open deals")
    await console.press("5")
    await console.until_on(RecordListScreen)
    await console.until(lambda: "更新契約" not in console.text())
    assert "Open deals" in console.line(1)
    await console.press("v", "6")
    await console.until_shown("更新契約")


async def test_enter_opens_the_record_and_escape_comes_back_to_its_row(
    console: Console, sample: Sample
) -> None:
    screen = await open_list(console, "3")
    assert screen.table.move_to(sample.hanako.id)
    await console.press("enter")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("鈴木 花子")
    await console.press("escape")
    await console.until_on(RecordListScreen)
    assert screen.table.cursor_key == sample.hanako.id


async def test_deleting_asks_and_names_what_goes_with_it(console: Console, sample: Sample) -> None:
    note = {"title": "Wichtig", "body": "x", "parent": sample.hanako.ref}
    await console.services.records(Module.NOTE).create(console.actor, note)
    screen = await open_list(console, "3")
    screen.table.move_to(sample.hanako.id)
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.until_shown("鈴木 花子")
    assert "Note 1" in console.text()
    await console.press("n")
    await console.until_on(RecordListScreen)
    assert "鈴木 花子" in await names(console, Module.CONTACT)
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until(lambda: "鈴木 花子" not in console.text())
    assert await names(console, Module.CONTACT) == ["田中 太郎"]


async def test_marked_records_are_counted_and_deleted_together(console: Console) -> None:
    await open_list(console, "3")
    await console.press("space", "space")
    await console.until(lambda: "2 marked" in console.line(1))
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("No contacts here")
    assert await names(console, Module.CONTACT) == []


async def test_without_the_permission_the_keys_are_not_there(console: Console) -> None:
    """An agent who may only view finds no key to make, edit or delete; nothing happens when they press it."""
    actor = console.actor
    grants = {**actor.grants, Area.CONTACT: Grant(view=True)}
    opened = console.app._opened
    assert opened is not None
    console.app._opened = replace(opened, actor=replace(actor, grants=grants))
    screen = await open_list(console, "3")
    await console.press("d", "n", "e")
    assert console.app.screen is screen
    assert "Delete" not in console.line(-1)
    assert "New" not in console.line(-1)


async def test_what_a_form_saves_is_in_the_list(console: Console) -> None:
    await open_list(console, "4")
    await console.press("n")
    await console.until_on(RecordFormScreen)
    await console.type_text("Zeta")
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    await console.until_shown("Zeta")
    assert "Zeta" in await names(console, Module.ACCOUNT)


async def test_the_cursor_stands_on_a_new_record_however_long_the_list_is(console: Console) -> None:
    """Also where it stands further down than any page that was read, and on its row after others came."""
    for number in range(150):
        await console.services.accounts.create(console.actor, {"name": f"Company {number:03}"})
    screen = await open_list(console, "4")
    await console.press("n")
    await console.until_on(RecordFormScreen)
    await console.type_text("Zeta")
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    await console.until(lambda: (ref := screen.record_in_focus()) is not None and ref.name == "Zeta")
    assert "Company 149" in console.text()
    assert "Zeta is saved." in console.text()
    await console.services.accounts.create(console.actor, {"name": "Yotta"})
    await console.until_shown("Yotta")
    focus = screen.record_in_focus()
    assert focus is not None
    assert focus.name == "Zeta"


async def test_a_new_record_that_the_filter_leaves_out_moves_nothing(console: Console) -> None:
    screen = await open_list(console, "3")
    await console.press("slash")
    await console.type_text("5678")
    await console.press("enter")
    before = screen.table.cursor_key
    await console.press("n")
    await console.until_on(RecordFormScreen)
    await console.type_text("Nobody")
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    assert "Nobody" in await names(console, Module.CONTACT)
    await console.until(lambda: screen.table.cursor_key == before)


async def test_edit_opens_the_form_of_the_row(console: Console) -> None:
    await open_list(console, "5")
    await console.press("e")
    await console.until_on(RecordFormScreen)
    await console.until_shown("更新契約")


@pytest.mark.usefixtures("sample")
async def test_the_preview_follows_the_cursor_where_there_is_room(
    open_console: OpenConsole,
) -> None:
    """From 140 columns on the fields of the row under the cursor stand beside the list and follow it."""
    async with open_console(size=(150, 40)) as console:
        await open_list(console, "3")
        await console.press("home")
        await console.until_shown("taro@tanaka.example")
        column = console.line(2).index("│") + 1
        previews = {"".join(line[column:] for line in console.text().split("\n")[2:4])}
        await console.press("j")
        await console.until(
            lambda: "".join(line[column:] for line in console.text().split("\n")[2:4]) not in previews
        )


class HeldList:
    """Lists that are read only when a test lets them, as from a store that is busy."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = asyncio.Event()
        read_page = RecordListScreen.read_page

        async def held(screen: RecordListScreen, query: ListQuery, request: PageRequest) -> Page[ListRow]:
            await self.free.wait()
            return await read_page(screen, query, request)

        monkeypatch.setattr(RecordListScreen, "read_page", held)


async def test_f2_typed_behind_the_module_calls_the_first_of_its_list(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys arrive at once, before the list has read a row; the call is with the row they meant."""
    held = HeldList(monkeypatch)
    typed = asyncio.create_task(console.pilot.press("3", "f2"))
    await console.until(lambda: isinstance(console.app.screen, RecordListScreen))
    await console.until(lambda: len(console.app.keys))
    assert not console.app.takes_keys()
    held.free.set()
    await typed
    await console.until_on(CallLoggerScreen)
    await console.until(lambda: console.app.running_call is not None)
    call = console.app.running_call
    assert call is not None
    assert call.who is not None
    assert call.who.name == "田中 太郎"


async def test_keys_that_lead_away_dont_wait_for_a_list(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of a list may take long; whoever looks somebody up meanwhile needs none of them."""
    held = HeldList(monkeypatch)
    console.send("3")
    await console.until(lambda: isinstance(console.app.screen, RecordListScreen))
    console.send("ctrl+f")
    await console.until_on(FindModal)
    held.free.set()
    await console.press("escape")
    await console.until_shown("田中 太郎")
