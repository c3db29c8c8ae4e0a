"""One record on a real store: header, related lists, the keys on their rows, next and previous."""

import pytest

from crm_tui.domain.modules import Module
from screens.call_detail import CallDetailScreen
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.note_modal import NoteModal
from screens.record_detail import RecordDetailScreen
from screens.record_form import RecordFormScreen
from screens.record_list import RecordListScreen
from screens.record_picker_modal import RecordPickerModal
from tests.screens.conftest import Console, Sample


async def open_detail(console: Console, record: object) -> RecordDetailScreen:
    """Open a record and wait until it is read."""
    await console.app.open_record(record)  # type: ignore[arg-type]
    await console.until_on(RecordDetailScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordDetailScreen)
    await console.until(lambda: screen.record is not None)
    return screen


@pytest.mark.usefixtures("language")
async def test_the_head_tells_who_it_is_and_how_to_reach_them(console: Console, sample: Sample) -> None:
    """At 80×24 name, reading, company, number, address and the related lists fit on the first screen."""
    await console.services.contacts.update(console.actor, sample.taro.id, {"do_not_call": True})
    await open_detail(console, sample.taro.ref)
    await console.until_shown("taro@tanaka.example")
    text = console.text()
    assert "田中 太郎" in text
    assert "タナカ" in text
    assert "株式会社田中商事" in text
    assert "03-1234-5678" in text
    assert "! " in console.line(1)
    await console.until(lambda: "[" in console.text() and " 1" in console.text())


async def test_calls_and_tasks_stand_in_the_open_and_closed_lists(console: Console, sample: Sample) -> None:
    calls, who = console.services.calls, sample.taro.ref
    await calls.log(
        console.actor,
        {
            "subject": "Asked for prices",
            "type": "inbound",
            "who": who,
            "starts_at": "2026-11-20 10:00",
            "duration_seconds": "3:20",
        },
    )
    await console.services.tasks.create(
        console.actor, {"subject": "Send prices", "who": who, "due_date": "+2d"}
    )
    screen = await open_detail(console, who)
    await console.until_shown("Send prices")
    await console.until_shown("[Open activities 1]")
    await console.press("tab", "right")
    await console.until_shown("Asked for prices")
    assert "Completed" in console.text()
    await console.press("left", "c")
    await console.until_shown("[Open activities 0]")
    assert screen.related.has_focus_within


async def test_keys_typed_while_the_record_opens_reach_its_lists(console: Console, sample: Sample) -> None:
    """Enter, Tab, Left in one go: the last list comes to the front."""
    await console.press("3")
    await console.until_shown("田中 太郎")
    await console.press("enter", "tab", "left")
    await console.until_on(RecordDetailScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordDetailScreen)
    await console.until(lambda: screen.related.tab is not None and screen.related.tab.code != "open")
    assert screen.related.has_focus_within


async def test_the_lists_are_sorted_by_each_of_their_five_columns(console: Console, sample: Sample) -> None:
    for number, subject in enumerate(("Beta", "Alpha", "Gamma"), start=2):
        values = {"subject": subject, "who": sample.taro.ref, "due_date": f"+{number}d"}
        await console.services.tasks.create(console.actor, values)
    screen = await open_detail(console, sample.taro.ref)
    await console.until_shown("Gamma")
    await console.press("tab")
    seen = []
    for _step in range(5):
        await console.press("s")
        table = screen.related.table
        assert table is not None
        await table.settle()
        seen.append(table.sort_column)
    assert set(seen) == {"name", "kind", "status", "due_at", "owner"}
    while screen.related.table is None or screen.related.table.sort_column != "name":
        await console.press("s")
    await console.until(
        lambda: (
            [w for w in console.text().split() if w in ("Alpha", "Beta", "Gamma")]
            == ["Alpha", "Beta", "Gamma"]
        )
    )


async def test_a_note_is_written_read_edited_and_deleted_on_its_record(
    console: Console, sample: Sample
) -> None:
    await open_detail(console, sample.hanako.ref)
    await console.press("tab", "right", "right", "right")
    await console.until_shown("No notes yet")
    await console.press("shift+tab", "n")
    await console.until_on(RecordFormScreen)
    await console.type_text("Calls back")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("[Notes 1]")
    await console.press("enter")
    await console.until_on(NoteModal)
    await console.until_shown("Calls back")
    await console.press("e")
    await console.until_on(RecordFormScreen)
    await console.press("tab")
    await console.type_text("!")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Calls back!")
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("[Notes 0]")


async def test_an_account_lists_its_contacts_and_makes_new_ones_with_itself(
    console: Console, sample: Sample
) -> None:
    screen = await open_detail(console, sample.account.ref)
    await console.press("tab", "right", "right", "right")
    await console.until_shown("田中 太郎")
    assert screen.record_in_focus() == sample.taro.ref
    await console.press("n")
    await console.until_on(RecordPickerModal)
    await console.press("ctrl+n")
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    assert form.form.values()["account"] == sample.account.ref


async def test_next_and_previous_follow_the_filtered_list(console: Console, sample: Sample) -> None:
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.until_shown("田中 太郎")
    await console.press("home", "enter")
    await console.until_on(RecordDetailScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordDetailScreen)
    first = screen.ref.id
    await console.press("right_square_bracket")
    await console.until(lambda: screen.ref.id != first and screen.record is not None)
    assert {first, screen.ref.id} == {sample.taro.id, sample.hanako.id}
    await console.press("left_square_bracket")
    await console.until(lambda: screen.ref.id == first and screen.record is not None)


async def test_editing_shows_at_once_and_deleting_closes_the_record(console: Console, sample: Sample) -> None:
    screen = await open_detail(console, sample.hanako.ref)
    await console.press("e")
    await console.until_on(RecordFormScreen)
    form = console.app.screen
    assert isinstance(form, RecordFormScreen)
    form.form.focus_field("title")
    await console.type_text("Director")
    await console.press("ctrl+s")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Director")
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until(lambda: screen not in console.app.screen_stack)


async def test_copy_asks_which_number_or_address(console: Console, sample: Sample) -> None:
    await open_detail(console, sample.taro.ref)
    await console.press("y")
    await console.until_on(ChoiceModal)
    await console.until_shown("03-1234-5678")
    await console.press("2")
    await console.until_on(RecordDetailScreen)
    assert console.app.clipboard == "taro@tanaka.example"


async def test_what_another_agent_saves_shows_by_itself(console: Console, sample: Sample) -> None:
    await open_detail(console, sample.taro.ref)
    await console.services.contacts.update(console.actor, sample.taro.id, {"title": "Chairman"})
    await console.until_shown("Chairman")


async def test_a_task_opens_as_a_record_and_is_completed_there(console: Console, sample: Sample) -> None:
    values = {"subject": "Send prices", "who": sample.taro.ref}
    task = (await console.services.tasks.create(console.actor, values)).record
    screen = await open_detail(console, task.ref)
    assert screen.record_in_focus() == sample.taro.ref
    await console.press("c")
    await console.until_shown("Completed")
    assert (await console.services.tasks.get(console.actor, task.id)).text("status") == "completed"


async def test_a_record_that_vanished_says_so_and_closes(console: Console, sample: Sample) -> None:
    await console.services.records(Module.CONTACT).delete(console.actor, [sample.hanako.id])
    await console.app.open_record(sample.hanako.ref)
    await console.until(lambda: not isinstance(console.app.screen, RecordDetailScreen))
    told = [notice.message for notice in console.app._notifications]
    assert any("deleted “鈴木 花子”" in message for message in told)


async def test_next_and_previous_pass_from_calls_to_tasks_and_back(console: Console, sample: Sample) -> None:
    """Calls have a screen of their own; the keys don't stop at it, and none is held back afterwards."""
    who = sample.taro.ref
    call = {"subject": "Planned", "type": "outbound", "who": who, "starts_at": "+1d"}
    await console.services.calls.schedule(console.actor, call)
    task = {"subject": "Send prices", "who": who, "due_date": "+5d"}
    await console.services.tasks.create(console.actor, task)
    await console.until_shown("Send prices")
    await console.press("home", "enter")
    await console.until_on(CallDetailScreen)
    await console.press("right_square_bracket")
    await console.until_on(RecordDetailScreen)
    await console.until_shown("Send prices")
    await console.press("left_square_bracket")
    await console.until_on(CallDetailScreen)
    await console.until_shown("Planned")


async def test_marked_rows_of_a_related_list_are_deleted_together(console: Console, sample: Sample) -> None:
    for number in range(3):
        values = {"subject": f"Task {number}", "who": sample.taro.ref, "due_date": f"+{number + 1}d"}
        await console.services.tasks.create(console.actor, values)
    await open_detail(console, sample.taro.ref)
    await console.until_shown("Task 2")
    await console.press("tab", "space", "space")
    await console.until_shown("2 marked")
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("[Open activities 1]")
    await console.until(lambda: "Task 0" not in console.text() and "marked" not in console.text())
    assert "Task 2" in console.text()


async def test_a_related_list_has_a_cursor_only_while_keys_mean_its_rows(
    console: Console, sample: Sample
) -> None:
    """Otherwise d would seem to mean the row, and delete the account."""
    await console.app.open_record(sample.account.ref)
    await console.until_on(RecordDetailScreen)
    screen = console.app.screen
    assert isinstance(screen, RecordDetailScreen)
    await console.until(lambda: screen.related.tab is not None)
    while screen.related.tab is None or screen.related.tab.code != "contact":
        await console.press("right")
    await console.until_shown("田中")
    assert not any(line.startswith(">") for line in console.text().split("\n"))
    assert "Tab " in console.text()

    await console.press("down")
    await console.until(lambda: any(line.startswith(">") for line in console.text().split("\n")))
    assert "←→ " in console.text()
    assert "d Remove" in console.line(-1)
    await console.press("tab")
    await console.until(lambda: not any(line.startswith(">") for line in console.text().split("\n")))
