"""A reference to a record that the actor may not see reads as none, everywhere."""

from dataclasses import dataclass

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Record
from crm_tui.services.container import Services
from tests.store.conftest import add_user


@dataclass(frozen=True)
class Office:
    """An agent who sees only their own accounts, and a contact of everybody's at a foreign one."""

    clerk: Actor
    contact: Record


@pytest.fixture
async def office(services: Services, admin: Actor) -> Office:
    """A contact of an account that the clerk may not see."""
    grant = Grant(True, True, True, False, Scope.OWN)
    everything = Grant(True, True, True, False, Scope.ALL)
    for area in Area:
        await services.profiles.set(admin, "clerk", area, grant if area is Area.ACCOUNT else everything)
    clerk = await add_user(services, admin, "clerk", "clerk")
    await services.accounts.create(admin, {"name": "Secret Holdings"})
    contact = await services.contacts.create(admin, {"last_name": "Abe", "account": "Secret Holdings"})
    return Office(clerk, contact.record)


async def test_the_name_shows_neither_in_a_list_nor_in_the_record(services: Services, office: Office) -> None:
    page = await services.contacts.list(office.clerk, ListQuery(("account",)), PageRequest())
    assert [(row.name, row.values["account"]) for row in page.rows] == [("Abe", None)]
    assert (await services.contacts.get(office.clerk, office.contact.id)).get("account") is None


async def test_an_edit_by_somebody_who_cannot_see_the_account_keeps_it(
    services: Services, admin: Actor, office: Office
) -> None:
    await services.contacts.update(office.clerk, office.contact.id, {"title": "Director"})
    seen = await services.contacts.get(admin, office.contact.id)
    assert (seen.text("title"), seen.ref_to("account") is not None) == ("Director", True)
