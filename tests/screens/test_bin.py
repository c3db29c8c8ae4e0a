"""The bin, reached through the palette."""

from screens.bin_screen import BinScreen
from screens.confirm_modal import ConfirmModal
from screens.palette import PaletteModal
from tests.screens.conftest import Console, Sample


async def test_deleted_records_are_found_restored_and_deleted_for_good(
    console: Console, sample: Sample
) -> None:
    services, actor = console.services, console.actor
    await services.contacts.delete(actor, [sample.taro.id, sample.hanako.id])
    await services.leads.delete(actor, [sample.jane.id])
    await console.press(":")
    await console.until_on(PaletteModal)
    await console.type_text("bin")
    await console.press("enter")
    await console.until_on(BinScreen)
    await console.until_shown("Jane Doe")
    await console.press("/")
    await console.type_text("タナカ")
    await console.press("enter")
    await console.until(lambda: "Jane Doe" not in console.text())
    await console.press("r")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("1 record is restored")
    assert (await services.contacts.get(actor, sample.taro.id)).name == "田中 太郎"

    await console.press("escape", "d")
    await console.until_on(ConfirmModal)
    assert "Jane Doe" in console.text()
    await console.press("y")
    await console.until_shown("1 record is deleted for good")
    assert [one.ref.id for one in await services.bin.list(actor)] == [sample.hanako.id]
