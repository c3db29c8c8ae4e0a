"""The key that undoes the last change, from any screen."""

from screens.choice_modal import ChoiceModal
from screens.record_list import RecordListScreen
from screens.undo_modal import UndoModal
from tests.screens.conftest import Console, Sample


async def test_z_says_what_it_undoes_and_enter_does_it(console: Console, sample: Sample) -> None:
    contacts = console.services.contacts
    await contacts.update(console.actor, sample.taro.id, {"title": "部長"})
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.press("ｚ")
    await console.until_on(UndoModal)
    assert "Contact changed: 田中 太郎" in console.text()
    assert "1 record" in console.text()
    await console.until(lambda: not console.line(-1).strip())  # Keys of the list don't work now.

    await console.press("escape")
    await console.until_on(RecordListScreen)
    await console.until(lambda: "F1 Help" in console.line(-1))
    assert (await contacts.get(console.actor, sample.taro.id)).text("title") == "部長"

    console.send("z", "enter")  # In one go: Enter is for the question, not for the list under it.
    await console.until_shown("Undone: Contact changed: 田中 太郎")
    await console.until_on(RecordListScreen)
    assert (await contacts.get(console.actor, sample.taro.id)).text("title") == ""


async def test_what_cannot_be_undone_says_why_and_lets_the_change_before_be_undone(
    console: Console, sample: Sample
) -> None:
    services = console.services
    case = (await services.cases.create(console.actor, {"subject": "Old"})).record
    contact = (await services.contacts.create(console.actor, {"last_name": "New"})).record
    await services.cases.update(console.actor, case.id, {"contact": contact.ref})
    await services.undo.skip(console.actor)
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.press("z")
    await console.until_on(UndoModal)
    await console.press("enter")
    await console.until_on(ChoiceModal)
    assert "Cases: 1" in console.text()

    await console.press("2")
    await console.until_on(RecordListScreen)
    await console.until_shown("Forgotten")
    change = await services.undo.peek(console.actor)
    assert change is not None
    assert change.label == "Case added: Old"
