"""Converting a lead, merging records and being told of duplicates, with keys."""

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from screens.convert_lead_screen import ConvertLeadScreen
from screens.duplicates_screen import DuplicatesScreen
from screens.merge_screen import MergeScreen
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.undo_modal import UndoModal
from tests.screens.conftest import Console, Sample


async def _add(console: Console, module: Module, **values: object) -> Record:
    return (await console.services.records(module).create(console.actor, values)).record


async def test_a_lead_is_converted_into_the_account_that_exists(console: Console, sample: Sample) -> None:
    account = await _add(console, Module.ACCOUNT, name="ACME [b]LTD[/b]")
    await console.press("2", "enter")
    await console.until_on(RecordDetailScreen)
    await console.press("o")
    await console.until_on(ConvertLeadScreen)
    assert "Jane · +1 212 555 0100" in console.text()
    await console.press("ctrl+s")
    await console.until_shown("Choose an existing account or a new one.")
    assert "[b]" in console.text(), "the company's name is text, whatever it looks like"

    await console.press("2", "tab", "tab", "space")
    await console.services.leads.update(console.actor, sample.jane.id, {"title": "CEO"})
    await console.until_shown("CEO")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Jane Doe is converted.")

    contact = (await console.services.search.find(console.actor, "Doe", (Module.CONTACT,)))[0]
    assert contact.detail == account.name
    assert [hit.name for hit in await console.services.search.find(console.actor, "Acme", (Module.DEAL,))]
    await console.press("escape")
    await console.until(lambda: "What it became" in console.line(-1))
    assert "e Edit" not in console.line(-1)
    await console.press("o", "2")
    await console.until_shown("Account  ACME [b]LTD[/b]")


async def test_leaving_a_conversion_changes_nothing(console: Console, sample: Sample) -> None:
    await console.press("2", "a", "2")
    await console.until_on(ConvertLeadScreen)
    await console.press("tab", "tab", "space", "escape")
    await console.until_shown("What you typed isn't saved.")
    await console.press("y")
    await console.until_on(RecordListScreen)

    assert (await console.services.leads.get(console.actor, sample.jane.id)).get("converted_at") is None


async def test_marked_contacts_are_merged_with_the_chosen_values(console: Console, sample: Sample) -> None:
    twin = await _add(console, Module.CONTACT, last_name="田中", first_name="次郎", title="部長")
    await console.press("3")
    await console.until_shown("次郎")
    # The one with a reading stands first, then those without, 田中 before 鈴木.
    await console.press("space", "space", "a")
    await console.until_shown("Merge")
    line = next(line for line in console.text().split("\n") if "Merge" in line)
    await console.press(line.split("Merge")[0].split()[-1])
    await console.until_on(MergeScreen)
    assert "Kept record" in console.text()
    await console.press("down", "2")
    # Somebody else saves one of them: it is shown, the choice stays, and the merge goes through.
    await console.services.contacts.update(console.actor, twin.id, {"department": "営業部"})
    await console.until_shown("営業部")
    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    await console.until_shown("Merged")

    kept = await console.services.contacts.get(console.actor, sample.taro.id)
    values = [kept.get(name) for name in ("first_name", "title", "department")]
    assert values == ["次郎", "部長", "営業部"]
    found = await console.services.search.find(console.actor, "田中", (Module.CONTACT,))
    assert twin.id not in [hit.id for hit in found]


async def test_a_form_tells_of_duplicates_and_saves_all_the_same(console: Console, sample: Sample) -> None:
    await console.press("3", "n")
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    form.form["last_name"].restore("Tanaka")
    form.form["email"].restore("TARO@tanaka.example")
    await console.press("ctrl+s")
    await console.until_shown("! Looks like 田中 太郎")
    assert isinstance(console.app.screen, RecordFormScreen), "the agent is told before the record is made"

    await console.press("ctrl+s")
    await console.until_on(RecordListScreen)
    await console.app.open_duplicates(Module.CONTACT)
    await console.until_on(DuplicatesScreen)
    await console.until_shown("same mail address")
    await console.press("enter")
    await console.until_on(MergeScreen)


async def test_undoing_a_conversion_closes_the_contact_that_is_gone(console: Console, sample: Sample) -> None:
    await console.press("2", "enter")
    await console.until_on(RecordDetailScreen)
    await console.press("o")
    await console.until_on(ConvertLeadScreen)
    await console.press("ctrl+s")
    await console.until_shown("Jane Doe is converted.")
    page = console.app.screen
    await console.press("z")
    await console.until_on(UndoModal)
    await console.press("enter")
    await console.until_shown("Undone: Lead converted: Jane Doe")
    await console.until_shown("deleted")
    await console.until(lambda: page not in console.app.screen_stack)
    await console.until_shown("Lead  Jane Doe")
