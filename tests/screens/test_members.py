"""Campaigns in the console: few keys from marked leads to members, the keys in lists of members."""

import re

import pytest

from crm_tui.domain.associations import NewMember
from crm_tui.domain.records import Ref
from crm_tui.services import members as members_module
from crm_tui.services.bulk import NewRecord, add_records
from screens.campaign_picker_modal import CampaignPickerModal
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.progress_modal import ProgressModal
from screens.record_detail import RecordDetailScreen
from screens.record_list import RecordListScreen
from screens.record_picker_modal import RecordPickerModal
from tests.screens.conftest import Console, Sample
from tests.screens.test_record_detail import open_detail

BUDGET = 6
"""Keys from marked leads to saved members, without what is typed to find the campaign."""


async def make_campaigns(console: Console) -> dict[str, Ref]:
    """Add one campaign in each of three states and return them by name."""
    made = {}
    for name, status in (("Anniversary", "complete"), ("Mailing", "planning"), ("Phoning", "active")):
        saved = await console.services.campaigns.create(console.actor, {"name": name, "status": status})
        made[name] = saved.record.ref
    return made


async def make_leads(console: Console, number: int) -> tuple[Ref, ...]:
    """Add leads that stand in front of all others."""
    new = [NewRecord({"last_name": f"Aa{n}", "company": "Acme"}) for n in range(number)]
    return await add_records(console.services.core, console.services.leads, console.actor, new)


def digit_of(console: Console, label: str) -> str:
    """Return the key of an answer that stands on the screen."""
    found = re.search(rf"(\d) . {label}", console.text())
    assert found is not None, console.text()
    return found[1]


async def statuses(console: Console, campaign: Ref) -> dict[str, int]:
    return await console.services.members.counts(console.actor, campaign.id)


async def test_five_marked_leads_are_members_after_six_keys_at_most(console: Console) -> None:
    campaigns = await make_campaigns(console)
    leads = await make_leads(console, 5)
    await console.services.members.add(console.actor, campaigns["Mailing"], [NewMember(leads[0], "sent")])
    await console.press("2")
    await console.until_on(RecordListScreen)
    await console.until_shown("Aa4")
    await console.press(*["space"] * 5)

    keys = []

    async def press(key: str) -> None:
        keys.append(key)
        await console.press(key)

    await press("a")
    await console.until_on(ChoiceModal)
    await press(digit_of(console, "Add to campaign"))
    await console.until_on(CampaignPickerModal)
    await console.until_shown("Anniversary")
    order = [console.text().index(name) for name in ("Phoning", "Mailing", "Anniversary")]
    assert order == sorted(order), "what runs stands first, what is over last"
    await console.type_text("mail")
    await console.until(lambda: "Anniversary" not in console.text())
    await press("enter")
    await console.until_on(ChoiceModal)
    text = console.text()
    assert "4 of 5 will be added." in text
    assert "Already a member: Aa0" in text
    await press("2")
    await console.until_shown("4 were added to “Mailing”.")

    assert len(keys) <= BUDGET, keys
    assert await statuses(console, campaigns["Mailing"]) == {"invited": 4, "sent": 1}
    assert "marked" not in console.line(1)


async def test_a_whole_list_is_added_behind_a_dialog_that_tells_how_far_it_is(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members_module, "CHUNK", 2)
    campaigns = await make_campaigns(console)
    await make_leads(console, 4)
    await console.press("2")
    await console.until_shown("Aa3")
    await console.press("asterisk", "a")
    await console.until_on(ChoiceModal)
    await console.press(digit_of(console, "Add to campaign"))
    await console.until_on(CampaignPickerModal)
    await console.until_shown("Phoning")
    await console.press("enter")
    await console.until_on(ChoiceModal)
    assert "5 will be added." in console.text()
    await console.press("escape")
    await console.until_on(CampaignPickerModal)
    await console.until_shown("Phoning")
    await console.press("enter")
    await console.until_on(ChoiceModal)
    await console.press("3")
    await console.until_on(ProgressModal)
    await console.until_shown("5 were added to “Phoning”.")
    await console.press("enter")
    await console.until_on(RecordListScreen)
    assert await statuses(console, campaigns["Phoning"]) == {"sent": 5}


async def test_a_contact_shows_its_campaigns_and_takes_new_ones(console: Console, sample: Sample) -> None:
    campaigns = await make_campaigns(console)
    screen = await open_detail(console, sample.taro.ref)
    await console.until_shown("[Open activities 0]")
    await console.press("tab", "left")
    await console.until_shown("[Campaigns 0]")
    await console.press("n")
    await console.until_on(CampaignPickerModal)
    await console.until_shown("Phoning")
    await console.press("enter")
    await console.until_on(ChoiceModal)
    await console.press("6")
    await console.until_shown("[Campaigns 1]")
    await console.until_shown("Responded")
    await console.press("n")
    await console.until_shown("✓")
    await console.press("escape")
    await console.until_on(RecordDetailScreen)
    await console.press("d")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("[Campaigns 0]")
    assert await statuses(console, campaigns["Phoning"]) == {}
    assert screen.record is not None


async def test_members_of_a_campaign_are_chosen_marked_changed_and_removed(console: Console) -> None:
    campaign = (await make_campaigns(console))["Phoning"]
    await make_leads(console, 3)
    await open_detail(console, campaign)
    await console.until_shown("[Leads 0]")
    await console.press("plus")
    await console.until_on(RecordPickerModal)
    await console.type_text("Aa")
    await console.until_shown("Aa2")
    await console.press("f5", "f5", "f5", "enter")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_shown("3 members: Planned 3")

    await console.press("tab", "space", "space")
    await console.until_shown("2 marked")
    await console.press("a")
    await console.until_shown("Change response status")
    await console.press(digit_of(console, "Change response status"))
    await console.until_shown("Response status of 2 members")
    await console.press("7")
    await console.until_shown("3 members: Planned 1 · Bounced 2")
    assert "marked" not in console.text()

    await console.press("asterisk", "d")
    await console.until_shown("Remove 3 members?")
    await console.press("y")
    await console.until_shown("[Leads 0]")
    assert await statuses(console, campaign) == {}
