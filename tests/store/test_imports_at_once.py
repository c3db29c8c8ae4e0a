"""Imports while others work: two that run at once add nobody twice, and what others save stays."""

import asyncio
from collections.abc import Sequence

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.items import OutlookItem
from crm_tui.domain.queries import ListQuery
from crm_tui.errors import Conflict
from crm_tui.services.container import Services
from tests.store.outlook_items import contact
from tests.store.taking import begun, incoming

CONTACTS = ImportRules(Module.CONTACT)
PEOPLE = [{"last_name": f"田中{n}", "email": f"t{n}@example.jp"} for n in range(20)]
ITEMS = [
    contact(n, f"c{n}", last_name=f"鈴木{n}", email=f"s{n}@example.jp", account="青空商事") for n in range(20)
]


async def test_two_imports_at_once_add_nobody_twice(services: Services, admin: Actor, agent: Actor) -> None:
    takings = [
        await services.imports.taking(actor, CONTACTS, await begun(services, actor))
        for actor in (admin, agent)
    ]
    await asyncio.gather(*(taking.take(incoming(Module.CONTACT, PEOPLE)) for taking in takings))
    assert (await services.contacts.count(admin, ListQuery())).number == len(PEOPLE)
    found = [taking.preview().counts for taking in takings]
    assert sum(counts.created for counts in found) == sum(counts.unchanged for counts in found) == len(PEOPLE)


async def test_two_synchronisations_at_once_add_nobody_twice(
    services: Services, admin: Actor, agent: Actor
) -> None:
    async def synchronise(actor: Actor, items: Sequence[OutlookItem]) -> None:
        source = f"outlook:{actor.id}"
        run = await services.sync_runs.start(actor, source)
        taking = await services.outlook.taking(actor, source, run)
        await taking.take(items)

    await asyncio.gather(synchronise(admin, ITEMS), synchronise(agent, ITEMS))
    assert (await services.contacts.count(admin, ListQuery())).number == len(ITEMS)
    assert (await services.accounts.count(admin, ListQuery())).number == 1


async def test_an_edit_at_the_same_time_is_kept_or_refused(
    services: Services, admin: Actor, agent: Actor
) -> None:
    taro = (await services.contacts.create(admin, {"last_name": "田中", "email": "t@a.example"})).record
    taking = await services.imports.taking(admin, CONTACTS, await begun(services, admin))
    rows = incoming(Module.CONTACT, [{"last_name": "田中", "email": "t@a.example", "title": "部長"}])

    async def edit() -> bool:
        try:
            await services.contacts.update(agent, taro.id, {"phone": "03-1234-5678"}, taro.version)
        except Conflict:
            return False
        return True

    _outcomes, is_saved = await asyncio.gather(taking.take(rows), edit())
    now = await services.contacts.get(admin, taro.id)
    assert (now.text("title"), now.text("phone")) == ("部長", "03-1234-5678" if is_saved else "")


async def test_an_edit_between_two_chunks_outlives_the_import_and_its_undo(
    services: Services, admin: Actor, agent: Actor
) -> None:
    person = {"last_name": "田中", "email": "t@a.example", "title": "課長"}
    rows = incoming(Module.CONTACT, [person, {**person, "title": "部長", "phone": "03-1234-5678"}])
    batch = await begun(services, admin)
    taking = await services.imports.taking(admin, CONTACTS, batch)
    made = (await taking.take(rows[:1]))[0].ref
    assert made is not None
    seen = await services.contacts.get(agent, made.id)
    await services.contacts.update(agent, made.id, {"title": "社長"}, seen.version)
    await taking.take(rows[1:])
    with pytest.raises(Conflict) as stale:
        await services.contacts.update(agent, made.id, {"phone": "06-1111-2222"}, seen.version)
    assert "phone" in stale.value.fields
    await services.import_batches.finish(admin, batch.id)
    undone = await services.imports.undo(admin, batch.id)
    assert (undone.removed, undone.restored, undone.left_out) == (0, 0, 1)
    now = await services.contacts.get(agent, made.id)
    assert (now.text("title"), now.text("phone")) == ("社長", "03-1234-5678")
