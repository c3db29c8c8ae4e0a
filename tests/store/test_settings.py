"""Pick-lists and settings: an administrator's, and nobody else's."""

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.picklists import Choice
from crm_tui.errors import Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services


async def test_a_new_value_can_be_chosen_and_a_retired_one_stays_readable(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await services.picklists.add(admin, "case_origin", Choice("chat", "Chat", "チャット"))
    case = (await services.cases.create(agent, {"subject": "Noise", "origin": "チャット"})).record
    assert case.text("origin") == "chat"

    await services.picklists.edit(admin, "case_origin", "chat", active=False)
    with pytest.raises(Invalid):
        await services.cases.create(agent, {"subject": "Noise", "origin": "chat"})
    assert (await services.cases.get(agent, case.id)).text("origin") == "chat"


async def test_values_can_be_moved_and_renamed(services: Services, admin: Actor) -> None:
    values = await services.picklists.edit(admin, "case_priority", "urgent", position=1, label_en="At once")
    assert [value.code for value in values] == ["urgent", "low", "normal", "high"]
    assert values[0].label_en == "At once"


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("case_origin", Choice("phone", "Phone", "電話")),
        ("case_origin", Choice("By Fax", "Fax", "FAX")),
        ("case_origin", Choice("fax", "", "FAX")),
        ("deal_stage", Choice("paused", "Paused", "保留")),
        ("call_status", Choice("paused", "Paused", "保留")),
    ],
)
async def test_a_malformed_value_is_refused(
    services: Services, admin: Actor, name: str, choice: Choice
) -> None:
    before = services.picklists.values(name)
    with pytest.raises(Invalid):
        await services.picklists.add(admin, name, choice)
    assert services.picklists.values(name) == before


async def test_a_deal_in_a_stage_of_ones_own_is_won_by_its_kind(
    services: Services, admin: Actor, agent: Actor
) -> None:
    stage = Choice("signed", "Signed", "契約済み", True, {"kind": "won", "probability": 95})
    await services.picklists.add(admin, "deal_stage", stage)
    deal = (await services.deals.create(agent, {"name": "Switchboard", "stage": "signed"})).record
    assert (deal.text("stage_kind"), deal.get("probability")) == ("won", 95)


async def test_an_agent_changes_neither_lists_nor_settings(services: Services, agent: Actor) -> None:
    with pytest.raises(NotAllowed):
        await services.picklists.add(agent, "case_origin", Choice("chat", "Chat", "チャット"))
    with pytest.raises(NotAllowed):
        await services.picklists.edit(agent, "case_origin", "phone", active=False)
    with pytest.raises(NotAllowed):
        await services.settings.set_option(agent, "region", "US")


async def test_an_unknown_list_or_setting_is_named(services: Services, admin: Actor) -> None:
    with pytest.raises(NotFound):
        services.picklists.values("colours")
    with pytest.raises(Invalid):
        await services.settings.set_option(admin, "colour", "red")
    with pytest.raises(Invalid):
        await services.settings.set_option(admin, "time_zone", "Mars/Olympus")


async def test_the_region_decides_how_a_number_without_country_code_is_read(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await services.settings.set_option(admin, "region", "us")
    await services.contacts.create(agent, {"last_name": "Smith", "phone": "(212) 555-0123"})
    assert [hit.name for hit in await services.search.find(agent, "+1 212 555 0123")] == ["Smith"]
