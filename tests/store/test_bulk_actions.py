"""Bulk actions: all records or none, in short transactions, undone at once."""

from collections.abc import AsyncIterator

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.bulk import BulkResult, Targets
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.errors import Conflict, Invalid, NotAllowed, NotFound
from crm_tui.services import bulk_actions
from crm_tui.services.bulk import NewRecord, add_records
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_actions, "CHUNK", 2)
    monkeypatch.setattr(bulk_actions, "READ", 3)
    monkeypatch.setattr(bulk_actions, "PAUSE", 0.0)


@pytest.fixture
async def other(store_url: StoreUrl, services: Services, clock: FrozenClock) -> AsyncIterator[Services]:
    """The session of another agent."""
    opened = await open_services(store_url, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def boss(services: Services, admin: Actor) -> Actor:
    """A supervisor, who may edit and delete what is everybody's."""
    return await add_user(services, admin, "boss", "supervisor")


async def leads(services: Services, actor: Actor, number: int = 5) -> tuple[str, ...]:
    new = [NewRecord({"last_name": f"L{n}", "company": "Acme", "status": "contacted"}) for n in range(number)]
    return tuple(ref.id for ref in await add_records(services.core, services.leads, actor, new))


async def owners(services: Services, actor: Actor) -> list[str]:
    page = await services.leads.list(actor, ListQuery(("owner",)), PageRequest())
    return [str(getattr(row.values["owner"], "name", "")) for row in page.rows]


async def test_records_change_their_owner_and_all_of_it_is_undone_at_once(
    services: Services, admin: Actor
) -> None:
    ids = await leads(services, admin)
    await add_user(services, admin, "sato", "agent", full_name="佐藤 花子")
    told: list[tuple[int, int]] = []

    def report(done: int, total: int) -> bool:
        told.append((done, total))
        return True

    targets = await services.bulk.choose(admin, Module.LEAD, ids)
    result = await services.bulk.assign(admin, targets, "sato", report)
    assert result == BulkResult(5)
    assert told[-4:] == [(0, 5), (2, 5), (4, 5), (5, 5)]
    assert await owners(services, admin) == ["佐藤 花子"] * 5
    lines = await services.audit.list(admin, record=(await services.leads.get(admin, ids[0])).ref)
    assert lines[0].action == "assign"
    undone = await services.undo.undo(admin)
    assert len(undone.records) == 5
    assert set(await owners(services, admin)) == {admin.user.name}


async def test_what_was_so_already_is_told_apart_and_undo_counts_the_same(
    services: Services, admin: Actor
) -> None:
    ids = await leads(services, admin)
    await add_user(services, admin, "sato", "agent")
    await services.bulk.assign(admin, await services.bulk.choose(admin, Module.LEAD, ids[:2]), "sato")
    result = await services.bulk.assign(admin, await services.bulk.choose(admin, Module.LEAD, ids), "sato")
    assert result == BulkResult(3, unchanged=2)
    change = await services.undo.peek(admin)
    assert change is not None
    assert change.records == len((await services.undo.undo(admin)).records) == 3


async def test_whoever_sees_only_their_own_sees_and_finds_what_they_were_given(
    services: Services, admin: Actor
) -> None:
    await services.profiles.set(admin, "own", Area.LEAD, Grant(True, True, True, False, Scope.OWN))
    suzuki = await add_user(services, admin, "suzuki", "own")
    ids = await leads(services, admin, 2)
    with pytest.raises(NotFound):
        await services.leads.get(suzuki, ids[0])
    await services.bulk.assign(admin, await services.bulk.choose(admin, Module.LEAD, ids[:1]), "suzuki")
    assert (await services.leads.get(suzuki, ids[0])).owner == suzuki.user
    assert [hit.id for hit in await services.search.find(suzuki, "L0")] == [ids[0]]


async def test_a_whole_list_but_some_gets_a_value(services: Services, admin: Actor) -> None:
    ids = await leads(services, admin)
    query = ListQuery(("name",), criteria=(Criterion("status", Op.EQ, "contacted"),))
    targets = await services.bulk.choose_list(admin, Module.LEAD, query, frozenset(ids[:1]))
    assert targets.number == 4
    assert await services.bulk.set_field(admin, targets, "status", "lost_lead") == BulkResult(4)
    assert (await services.leads.count(admin, query)).number == 1
    assert (await services.leads.get(admin, ids[0])).text("status") == "contacted"


async def test_one_foreign_record_refuses_all(services: Services, admin: Actor) -> None:
    await services.profiles.set(admin, "own", Area.LEAD, Grant(True, True, True, True, Scope.OWN))
    suzuki = await add_user(services, admin, "suzuki", "own")
    own, foreign = await leads(services, suzuki, 3), await leads(services, admin, 1)
    with pytest.raises(NotFound):
        await services.bulk.choose(suzuki, Module.LEAD, (*own, *foreign))
    guessed = Targets({Module.LEAD: (*own, *foreign)})
    for act in (
        services.bulk.assign(suzuki, guessed, "root"),
        services.bulk.set_field(suzuki, guessed, "status", "lost_lead"),
        services.bulk.delete(suzuki, guessed),
    ):
        with pytest.raises(NotFound):
            await act
    record = await services.leads.get(suzuki, own[0])
    assert (record.version, record.owner) == (1, suzuki.user)
    assert "denied" in [line.action for line in await services.audit.list(admin, by=suzuki.user)]


async def test_a_profile_without_the_right_changes_nothing(services: Services, agent: Actor) -> None:
    ids = await leads(services, agent, 2)
    targets = await services.bulk.choose(agent, Module.LEAD, ids)
    with pytest.raises(NotAllowed):
        await services.bulk.delete(agent, targets)
    assert (await services.leads.count(agent, ListQuery())).number == 2


async def test_completed_calls_refuse_and_nothing_is_changed(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    values = {"subject": "x", "type": "outbound", "who": contact.ref}
    done = await services.calls.log(
        agent, {**values, "starts_at": "yesterday 14:00", "duration_seconds": "60", "result": "interested"}
    )
    task = (await services.tasks.create(agent, {"subject": "t", "who": contact.ref})).record
    targets = await services.bulk.choose(agent, Module.CALL, (done.id, task.id))
    assert set(targets.ids) == {Module.CALL, Module.TASK}
    with pytest.raises(Conflict) as refused:
        await services.bulk.assign(agent, targets, "root")
    assert refused.value.message.startswith("1 of 2 records")
    assert "completed" in (refused.value.hint or "")
    assert (await services.tasks.get(agent, task.id)).version == 1
    alone = await services.bulk.choose(agent, Module.TASK, (task.id,))
    assert await services.bulk.assign(agent, alone, "root") == BulkResult(1)


async def test_a_value_that_doesnt_fit_is_refused(services: Services, admin: Actor) -> None:
    targets = await services.bulk.choose(admin, Module.LEAD, await leads(services, admin, 2))
    for name, value in (("status", "unheard_of"), ("company", ""), ("owner", "root"), ("version", 9)):
        with pytest.raises(Invalid):
            await services.bulk.set_field(admin, targets, name, value)
    assert "owner" not in [field.name for field in services.bulk.fields((Module.LEAD,))]


async def test_between_two_chunks_others_save_and_lose_nothing(
    services: Services, other: Services, admin: Actor, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(await leads(services, admin))

    async def colleague() -> None:
        if not await other.audit.list(boss, by=boss.user):
            await other.leads.update(boss, ids[-1], {"title": "部長"})
            await other.leads.delete(boss, [ids[-2]])

    monkeypatch.setattr(bulk_actions, "give_way", colleague)
    targets = await services.bulk.choose(admin, Module.LEAD, ids)
    result = await services.bulk.set_field(admin, targets, "status", "lost_lead")
    assert result == BulkResult(4, left_out=1)
    last = await services.leads.get(admin, ids[-1])
    assert (last.text("title"), last.text("status"), last.version) == ("部長", "lost_lead", 3)


async def test_it_stops_between_two_chunks_and_what_is_done_stays(services: Services, admin: Actor) -> None:
    ids = await leads(services, admin)
    targets = await services.bulk.choose(admin, Module.LEAD, ids)
    result = await services.bulk.set_field(
        admin, targets, "status", "lost_lead", lambda done, _total: done < 2
    )
    assert result == BulkResult(2, stopped=True)
    query = ListQuery(criteria=(Criterion("status", Op.EQ, "lost_lead"),))
    assert (await services.leads.count(admin, query)).number == 2
    await services.undo.undo(admin)
    assert (await services.leads.count(admin, query)).number == 0


async def test_a_whole_list_goes_to_the_bin_with_its_notes_and_comes_back(
    services: Services, admin: Actor
) -> None:
    ids = await leads(services, admin)
    parent = (await services.leads.get(admin, ids[0])).ref
    note = (await services.notes.create(admin, {"body": "x", "title": "n", "parent": parent})).record
    targets = await services.bulk.choose_list(admin, Module.LEAD, ListQuery())
    assert await services.bulk.delete(admin, targets) == BulkResult(5)
    assert (await services.leads.count(admin, ListQuery())).number == 0
    assert not await services.search.find(admin, "Acme")
    await services.undo.undo(admin)
    assert (await services.leads.count(admin, ListQuery())).number == 5
    assert (await services.notes.get(admin, note.id)).name == note.name


async def test_a_renamed_account_is_found_under_its_new_name(services: Services, admin: Actor) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme"})).record
    await services.contacts.create(admin, {"last_name": "Sato", "account": account.ref})
    targets = await services.bulk.choose(admin, Module.ACCOUNT, (account.id,))
    await services.bulk.set_field(admin, targets, "name", "Zebra")
    assert {hit.module for hit in await services.search.find(admin, "Zebra")} == {
        Module.ACCOUNT,
        Module.CONTACT,
    }
