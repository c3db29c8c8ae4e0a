"""Imports while others work: two that run at once add nobody twice, and what others save stays."""

import asyncio
from collections.abc import Sequence

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.import_rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.items import OutlookItem
from crm_tui.domain.queries import ListQuery
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
