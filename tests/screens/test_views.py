"""Views in the console: the chooser, the editor, what the list makes of them, keys alone."""

import asyncio

import pytest

from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queries import Criterion, Op, Sort
from crm_tui.domain.relative import Relative, Word
from crm_tui.domain.views import View, ViewDraft
from crm_tui.store.repositories import scans
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.record_detail import RecordDetailScreen
from screens.record_list import RecordListScreen
from screens.several_modal import SeveralModal
from screens.view_editor_screen import ViewEditorScreen
from screens.view_modal import ViewModal
from tests.screens.conftest import Console, OpenConsole, Sample

PEOPLE = ("Aal", "Bel", "Cal", "Del")


@pytest.fixture
async def leads(console: Console, sample: Sample) -> RecordListScreen:
    """The list of leads, five of them, two with a mobile number."""
    for place, name in enumerate(PEOPLE):
        more = {"mobile": f"090-1111-000{place}"} if place % 2 else {}
        await console.services.leads.create(
            console.actor, {"last_name": name, "company": f"{name} Ltd", **more}
        )
    await console.press("2")
    await console.until_on(RecordListScreen)
    await console.until_shown("Del")
    screen = console.app.screen
    assert isinstance(screen, RecordListScreen)
    return screen


async def add(console: Console, name: str, *criteria: Criterion, **parts: object) -> View:
    draft = ViewDraft(name, criteria, **parts)  # type: ignore[arg-type]
    return await console.services.views.add(console.actor, Area.LEAD, draft)


async def choose(console: Console, name: str) -> None:
    """Choose a view by typing part of its name."""
    await console.press("v")
    await console.until_on(ViewModal)
    await console.press("slash", *name, "enter")
    await console.until_on(RecordListScreen)
    await console.until(lambda: name in console.line(1))


async def test_a_view_is_made_by_keys_alone_and_remembered(
    leads: RecordListScreen, console: Console, open_console: OpenConsole
) -> None:
    await console.press("v")
    await console.until_on(ViewModal)
    await console.press("n")
    await console.until_on(ViewEditorScreen)
    await console.type_text("Mobile")
    await console.press("tab", "tab", "m", "tab", "s", "tab")  # The field, then "starts with".
    await console.type_text("090")
    await console.until_shown("2 records at present")
    await console.press("tab", "tab", "enter")
    await console.until_on(SeveralModal)
    assert "[x]  2 Company" in console.text(), "the usual ones are chosen"
    await console.press("down", "down", *["space"] * 6, "enter")
    await console.until_on(ViewEditorScreen)
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    await console.until(lambda: "Aal" not in console.text())
    assert "Leads  2  Mobile" in console.line(1)
    assert [column.id for column in leads.table.columns] == ["name", "company"]
    [view] = [one for one in await console.services.views.list(console.actor, Area.LEAD) if one.owner]
    assert view.criteria == (Criterion("mobile", Op.STARTS, "090"),)
    async with open_console() as later:
        await later.press("2")
        await later.until(lambda: "Leads  2  Mobile" in later.line(1))


async def test_relative_days_and_me_are_kept_as_such(leads: RecordListScreen, console: Console) -> None:
    view = await add(console, "Mine", Criterion("company", Op.STARTS, "B"))
    await choose(console, "Mine")
    await console.press("v")
    await console.until_on(ViewModal)
    await console.press("e")
    await console.until_on(ViewEditorScreen)
    await console.press("tab", "tab", "tab", "tab", "tab")
    await console.type_text("created")
    await console.until_shown("Created ▾")
    await console.press("tab", "tab")
    await console.type_text("this week")
    await console.until_shown("Mon 2026-11-16 – Sun")
    await console.press("tab", *"own")
    await console.until_shown("Owner ▾")
    await console.press("tab", "tab")
    await console.type_text("me")
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    saved = await console.services.views.get(console.actor, view.code)
    assert saved.criteria[1].value == Relative(Word.THIS_WEEK)
    assert saved.criteria[2].value == Relative(Word.ME)


async def test_what_is_wrong_stands_under_its_condition_and_nothing_is_lost(
    leads: RecordListScreen, console: Console
) -> None:
    await console.press("v")
    await console.until_on(ViewModal)
    await console.press("n")
    await console.until_on(ViewEditorScreen)
    await console.press("tab", "tab")
    await console.press(*"created", "tab", "tab")
    await console.type_text("someday")
    await console.press("ctrl+s")
    await console.until_shown("A name has 1 to 100 characters.")
    await console.until_shown("This isn't a date and time.")
    await console.press("escape")
    await console.until_on(ChoiceModal)
    await console.press("2")
    await console.until_on(ViewModal)
    await console.press("n")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_shown("someday")


async def test_a_view_is_copied_and_deleted(leads: RecordListScreen, console: Console) -> None:
    await console.press("v")
    await console.until_on(ViewModal)
    await console.press("down", "c")
    await console.until_on(ViewEditorScreen)
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    await console.until(lambda: "Copy of My records" in console.line(1))
    await console.press("v")
    await console.until_on(ViewModal)
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_on(ViewModal)
    assert "Copy of" not in console.text().replace("“Copy of", "")
    await console.press("escape")
    await console.until_on(RecordListScreen)
    await console.until(lambda: "Leads  5" in console.line(1))


async def test_the_next_record_is_that_of_the_view(leads: RecordListScreen, console: Console) -> None:
    await add(console, "Mobile", Criterion("mobile", Op.NOT_EMPTY), sort=Sort("name", descending=True))
    await choose(console, "Mobile")
    await console.press("enter")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Del Ltd")
    await console.press("]")
    await console.until_shown("Bel Ltd")
    await console.press("[")
    await console.until_shown("Del Ltd")


async def test_a_view_whose_field_is_gone_says_so_and_lists_nothing(
    leads: RecordListScreen, console: Console
) -> None:
    services = console.services
    await services.custom_fields.add(console.actor, Module.LEAD, "tier", FieldType.TEXT)
    await add(console, "Tier", Criterion("tier", Op.EMPTY))
    await choose(console, "Tier")
    await console.until_shown("Leads  5  Tier")
    await services.custom_fields.delete(console.actor, Module.LEAD, "tier")
    await console.until_shown("! mend it")
    await console.until_shown("No leads here.")


async def test_a_search_through_all_records_is_told_and_ended_by_escape(
    leads: RecordListScreen, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "SEARCHED_FROM", 1)
    monkeypatch.setattr(scans, "PIECE", 1)

    async def endless(scan: scans.Scan, *args: object, **more: object) -> None:
        scan._report(1, 4)
        await asyncio.Event().wait()

    await add(console, "Never", Criterion("title", Op.EQ, "nobody"))
    monkeypatch.setattr(scans.Scan, "in_order", endless)
    await choose(console, "Never")
    await console.until_shown("searching 25 %, Esc ends it")
    await console.press("escape")
    await console.until_shown("The search through all records was ended.")
    assert isinstance(console.app.screen, RecordListScreen)
    await console.press("v")
    await console.until_on(ViewModal)
    await console.until_shown("searches all")
