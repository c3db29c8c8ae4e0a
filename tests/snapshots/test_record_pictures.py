"""What the dialogs and screens around records look like: links, campaigns, views, conversion, merging."""

from crm_tui.domain.modules import Module
from crm_tui.i18n import _
from screens.campaign_picker_modal import CampaignPickerModal
from screens.choice_modal import ChoiceModal
from screens.convert_lead_screen import ConvertLeadScreen
from screens.merge_screen import MergeScreen
from screens.record_detail import RecordDetailScreen
from screens.record_list import RecordListScreen
from screens.record_picker_modal import RecordPickerModal
from screens.view_editor_screen import ViewEditorScreen
from screens.view_modal import ViewModal
from tests.screens.conftest import Console
from tests.snapshots.conftest import Takes
from tests.snapshots.test_pictures import first_list


async def open_list(console: Console, digit: str, name: str) -> None:
    """Open the list of a module and wait for one of its rows."""
    await first_list(console)
    await console.press(digit)
    await console.until_on(RecordListScreen)
    await console.until_shown(name)


async def choose(console: Console, label: str) -> None:
    """Choose an entry of the actions menu by its digit."""
    await console.press("a")
    await console.until_on(ChoiceModal)
    line = next(line for line in console.text().split("\n") if label in line)
    await console.press(next(char for char in line if char.isdigit()))


async def open_campaign_picker(console: Console) -> None:
    """Mark two leads and ask for their campaign."""
    await open_list(console, "2", "Jane Doe")
    await console.press("space", "space")
    await choose(console, _("Add to campaign"))
    await console.until_on(CampaignPickerModal)
    await console.until_shown("Autumn fair")


def test_campaign_picker(picture: Takes) -> None:
    """Two leads are marked; the campaign with its status and dates is chosen for them."""

    assert picture(open_campaign_picker)


def test_response_status(picture: Takes) -> None:
    """The second step: a digit for each response status, and how many are added."""

    async def work(console: Console) -> None:
        await open_campaign_picker(console)
        await console.press("enter")
        await console.until_on(ChoiceModal)

    assert picture(work)


def test_associating_contacts(picture: Takes) -> None:
    """Search, index by letters and kana, who is associated already, and who is marked."""

    async def work(console: Console) -> None:
        await open_list(console, "4", "Harbor")
        await console.press("enter")
        await console.until_on(RecordDetailScreen)
        detail = console.app.screen
        assert isinstance(detail, RecordDetailScreen)
        while detail.related.tab is None or detail.related.tab.module is not Module.CONTACT:
            await console.press("right")
        await console.press("n")
        await console.until_on(RecordPickerModal)
        await console.until_shown("渡邉")
        await console.press("f5")

    assert picture(work)


def test_view_editor(picture: Takes) -> None:
    """A new view of leads: name, conditions with field, operator and value, columns, order."""

    async def work(console: Console) -> None:
        await open_list(console, "2", "Jane Doe")
        await console.press("v")
        await console.until_on(ViewModal)
        await console.press("n")
        await console.until_on(ViewEditorScreen)

    assert picture(work, (120, 40))


def test_conversion(picture: Takes) -> None:
    """Where each field of a lead goes, the account, the deal if one is wanted, and what goes along."""

    async def work(console: Console) -> None:
        await open_list(console, "2", "Jane Doe")
        await console.press("enter")
        await console.until_on(RecordDetailScreen)
        await console.press("o")
        await console.until_on(ConvertLeadScreen)
        await console.until_shown("Doe")

    assert picture(work)


def test_merging(picture: Takes) -> None:
    """Two contacts side by side: the fields in which they differ, and which value is kept."""

    async def work(console: Console) -> None:
        await open_list(console, "3", "Emily")
        await console.press("space", "space")
        await choose(console, _("Merge"))
        await console.until_on(MergeScreen)

    assert picture(work)
