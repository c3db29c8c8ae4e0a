"""Actions on marked records and whole lists: owner, one field, deletion."""

import pytest

from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery
from screens import bulk_work
from screens.activity_list import ActivityListScreen
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.count_confirm_modal import CountConfirmModal
from screens.fields_modal import FieldsModal
from screens.progress_modal import ProgressModal
from screens.record_detail import RecordDetailScreen
from screens.record_list import RecordListScreen
from screens.record_picker_modal import RecordPickerModal
from tests.screens.conftest import Console, Sample


async def open_list(console: Console, key: str) -> RecordListScreen:
    await console.press(key)
    await console.until_on(RecordListScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordListScreen)
    return screen


async def choose(console: Console, code: str) -> None:
    """Take an answer of the dialog in front, by its digit or with the cursor."""
    await console.until_on(ChoiceModal)
    modal = console.app.screen
    assert isinstance(modal, ChoiceModal)
    place = [answer for answer, _label in modal._options].index(code)
    if modal._digits[place]:
        await console.press(str(modal._digits[place]))
    else:
        await console.press("home", *["down"] * place, "enter")


async def give_to_sato(console: Console) -> None:
    await choose(console, "owner")
    await console.until_on(RecordPickerModal)
    await console.type_text("sato")
    await console.until_shown("佐藤 花子")
    await console.press("enter")
    await console.until_on(ConfirmModal)


async def add_sato(console: Console) -> None:
    await console.services.users.add(
        console.actor, {"name": "sato", "profile": "agent", "full_name": "佐藤 花子"}
    )


async def owners(console: Console, *ids: str) -> set[str]:
    records = [await console.services.contacts.get(console.actor, one) for one in ids]
    return {record.owner.name for record in records if record.owner is not None}


async def test_marked_contacts_get_another_owner(console: Console, sample: Sample) -> None:
    await add_sato(console)
    screen = await open_list(console, "3")
    await console.press("space", "space", "a")
    await give_to_sato(console)
    assert "2 records" in console.text()
    assert await owners(console, sample.taro.id, sample.hanako.id) == {console.actor.user.name}
    await console.press("y")
    await console.until_shown("2 records have their new owner. z takes it back.")
    assert await owners(console, sample.taro.id, sample.hanako.id) == {"佐藤 花子"}
    assert not screen.table.marked


async def test_no_means_that_nothing_changes(console: Console, sample: Sample) -> None:
    await add_sato(console)
    screen = await open_list(console, "3")
    await console.press("space", "space", "a")
    await give_to_sato(console)
    await console.press("enter")
    await console.until_on(RecordListScreen)
    assert await owners(console, sample.taro.id, sample.hanako.id) == {console.actor.user.name}
    assert len(screen.table.marked) == 2


async def test_long_work_shows_how_far_it_is_and_what_came_of_it(
    console: Console, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_work, "AT_ONCE", 0)
    await add_sato(console)
    await open_list(console, "3")
    await console.press("asterisk", "a")
    await give_to_sato(console)
    await console.press("y")
    await console.until_on(ProgressModal)
    await console.until_shown("2 records have their new owner.")
    await console.press("enter")
    await console.until_on(RecordListScreen)
    assert await owners(console, sample.taro.id, sample.hanako.id) == {"佐藤 花子"}


async def test_a_whole_list_is_deleted_only_after_its_number_was_typed(
    console: Console, sample: Sample
) -> None:
    await open_list(console, "3")
    await console.press("asterisk", "space", "d")
    await console.until_on(CountConfirmModal)
    assert "Type 1 and press Enter" in console.text()
    await console.press("enter")
    await console.until_shown("That is another number")
    await console.press("１", "enter")
    await console.until_shown("1 record was deleted.")
    left = await console.services.contacts.count(console.actor, ListQuery())
    assert left.number == 1
    await console.until(lambda: "鈴木 花子" not in console.text())
    assert "田中 太郎" in console.text()


async def test_a_value_that_doesnt_fit_stands_under_its_field(console: Console, sample: Sample) -> None:
    await console.app.open_record(sample.taro.ref)
    await console.until_on(RecordDetailScreen)
    await console.press("a")
    await choose(console, "field")
    await choose(console, "email")
    await console.until_on(FieldsModal)
    await console.type_text("nobody")
    await console.press("ctrl+s")
    await console.until_shown("mail address")
    await console.type_text("@new.example")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("nobody@new.example")


async def test_marked_activities_are_deleted(console: Console, sample: Sample) -> None:
    for subject in ("見積もり", "電話"):
        await console.services.tasks.create(console.actor, {"subject": subject, "who": sample.taro.ref})
    await console.until_on(ActivityListScreen)
    await console.until_shown("見積もり")
    await console.press("space", "space", "a")
    await choose(console, "delete")
    await console.until_on(ConfirmModal)
    assert "Delete 2 activities?" in console.text()
    await console.press("y")
    await console.until_shown("2 records were deleted.")
    await console.until(lambda: "見積もり" not in console.text())
    assert (await console.services.records(Module.TASK).count(console.actor, ListQuery())).number == 0
