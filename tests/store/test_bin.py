"""Deleted records rest in the bin."""

import asyncio

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.records import Record
from crm_tui.errors import NotAllowed, NotFound
from crm_tui.services.container import Services


async def test_a_restored_record_has_its_notes_and_is_found_again(services: Services, admin: Actor) -> None:
    contact = await _contact(services, admin, "Suzuki", phone="03-1234-5678")
    await services.notes.create(admin, {"title": "Likes tea", "body": "Green", "parent": contact.ref})
    case = (await services.cases.create(admin, {"subject": "Broken", "contact": contact.ref})).record
    await services.contacts.delete(admin, [contact.id])

    listed = await services.bin.list(admin)
    restored = await services.bin.restore(admin, [contact.id])

    assert [(one.ref, one.deleted_by) for one in listed] == [(contact.ref, admin.user)]
    assert restored == (contact.ref,)
    assert await services.bin.list(admin) == []
    assert [row.name for row in (await services.notes.of(admin, contact.ref, PageRequest())).rows] == [
        "Likes tea"
    ]
    assert [hit.id for hit in await services.search.find(admin, "03-1234-5678")] == [contact.id]
    assert (await services.cases.get(admin, case.id)).ref_to("contact") == contact.ref


async def test_the_bin_is_filtered_by_module_and_by_name(services: Services, admin: Actor) -> None:
    contact = await _contact(services, admin, "田中", last_name_kana="タナカ")
    lead = (await services.leads.create(admin, {"last_name": "Doe", "company": "Acme"})).record
    await services.contacts.delete(admin, [contact.id])
    await services.leads.delete(admin, [lead.id])

    assert [one.ref.name for one in await services.bin.list(admin)] == ["Doe", "田中"]
    assert [one.ref.id for one in await services.bin.list(admin, module=Module.LEAD)] == [lead.id]
    for text in ("たなか", "中", "ﾀﾅ"):
        assert [one.ref.id for one in await services.bin.list(admin, text=text)] == [contact.id]


async def test_only_what_the_actor_sees_and_may_delete_is_in_the_bin(
    services: Services, admin: Actor, agent: Actor
) -> None:
    mine, other = await _contact(services, agent, "Mine"), await _contact(services, admin, "Other")
    await services.contacts.delete(admin, [mine.id, other.id])
    assert await services.bin.list(agent) == []
    with pytest.raises(NotAllowed):
        await services.bin.restore(agent, [mine.id])

    own = Grant(view=True, create=True, edit=True, delete=True, scope=Scope.OWN)
    await services.profiles.set(admin, "agent", Area.CONTACT, own)
    agent = await services.users.sign_in("sato")

    assert [one.ref.name for one in await services.bin.list(agent)] == ["Mine"]
    with pytest.raises(NotFound):
        await services.bin.restore(agent, [mine.id, other.id])
    assert [one.ref.name for one in await services.bin.list(admin)] == ["Other", "Mine"]
    await services.bin.restore(agent, [mine.id])
    assert (await services.contacts.get(agent, mine.id)).name == "Mine"


async def test_deleting_for_good_is_for_administrators_and_leaves_what_pointed_there(
    services: Services, admin: Actor, agent: Actor
) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme"})).record
    contact = await _contact(services, admin, "Suzuki", account=account.ref)
    await services.notes.create(admin, {"title": "Old", "body": "Note", "parent": account.ref})
    deal = (await services.deals.create(admin, {"name": "Boots", "account": account.ref})).record
    await services.accounts.delete(admin, [account.id])
    with pytest.raises(NotAllowed):
        await services.bin.purge(agent, [account.id])
    with pytest.raises(NotFound):
        await services.bin.purge(admin, [contact.id])

    assert await services.bin.purge(admin, [account.id]) == 1

    assert await services.bin.list(admin) == []
    assert (await services.deals.get(admin, deal.id)).get("account") is None
    assert await services.contacts.accounts(admin, contact.id) == ()
    lines = [(line.action, line.record_name) for line in await services.audit.list(admin, by=admin.user)]
    assert lines[0] == ("purge", "Acme")


async def test_what_is_restored_at_that_moment_is_not_deleted_for_good(
    services: Services, admin: Actor
) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme"})).record
    contact = await _contact(services, admin, "Suzuki", account=account.ref)
    await services.accounts.delete(admin, [account.id])

    ends = await asyncio.gather(
        services.bin.restore(admin, [account.id]),
        services.bin.purge(admin, [account.id]),
        return_exceptions=True,
    )

    assert [type(end) for end in ends if isinstance(end, BaseException)] == [NotFound]
    kept = () if isinstance(ends[0], BaseException) else ("Acme",)
    assert tuple(one.name for one in await services.contacts.accounts(admin, contact.id)) == kept


async def _contact(services: Services, actor: Actor, name: str, **values: object) -> Record:
    return (await services.contacts.create(actor, {"last_name": name, **values})).record
