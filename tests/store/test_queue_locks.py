"""Call queues of several agents: each record goes to one of them, none is lost, a dead console's is free."""

import asyncio
import random
import sys
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.queue import LEASE, Reason
from crm_tui.errors import Conflict
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services
from tests.store.queue_steps import BUSY, add_lead, add_leads, call, start, take

PEOPLE = 14


async def test_two_agents_at_once_get_every_record_once(
    services: Services, admin: Actor, agent: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    leads = await add_leads(services, agent, PEOPLE)
    other = await open_services(store_url, clock)
    second = await add_user(services, admin, "suzuki", "agent")
    run = await start(services, agent)
    got: dict[str, list[str]] = {"sato": [], "suzuki": []}

    async def work(mine: Services, actor: Actor) -> None:
        chance = random.Random(actor.name)
        while (offer := await mine.queue.next(actor, run.id)) is not None:
            got[actor.name].append(offer.record.id)
            await asyncio.sleep(0)
            if chance.random() < 0.3:
                await mine.queue.skip(actor, run.id, offer.record.id, Reason.OTHER)
            else:
                await call(mine, actor, offer.record)

    await asyncio.gather(work(services, agent), work(other, second))
    together = got["sato"] + got["suzuki"]
    assert sorted(together) == sorted(lead.id for lead in leads), "none twice, none lost"
    assert all(got.values()), "both worked"
    overview = await services.queue.overview(agent, run.id)
    assert overview.done + sum(overview.skipped.values()) == PEOPLE
    await other.close()


async def test_whoever_starts_the_same_view_works_the_same_queue(
    services: Services, admin: Actor, agent: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    first, second = await add_leads(services, agent, 2)
    other = await open_services(store_url, clock)
    runs = await asyncio.gather(start(services, agent), start(other, admin))
    assert runs[0].id == runs[1].id
    assert await take(services, agent, runs[0]) == first.name
    assert await take(other, admin, runs[1]) == second.name
    at_work = (await services.queue.overview(admin, runs[0].id)).agents
    assert [(one.agent.id, one.record) for one in at_work] == [
        (agent.id, first.ref),
        (admin.id, second.ref),
    ]
    await other.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_one_agent_with_two_consoles_gets_two_records(
    services: Services, agent: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    first, second = await add_leads(services, agent, 2)
    run = await start(services, agent)
    other = await open_services(store_url, clock)
    assert await take(services, agent, run) == first.name
    assert await take(other, agent, run) == second.name
    assert await take(services, agent, run) == first.name, "what one holds already is one's own"
    # A console that is left in order gives back at once.
    await other.close()
    assert (await services.queue.peek(agent, run.id)).record == second.ref


async def test_nobody_is_called_by_two_agents_from_two_queues(
    services: Services, admin: Actor, agent: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    only = await add_lead(services, agent, "Abe")
    other = await open_services(store_url, clock)
    run, mine = await start(services, agent, "all"), await start(other, admin, "open")
    assert run.id != mine.id
    assert await take(services, agent, run) == only.name
    assert await take(other, admin, mine) == ""
    running = await services.calls.start(agent, StartCall(who=only.ref))
    await services.queue.release(agent, run.id)
    assert await take(other, admin, mine) == "", "somebody is talking to them"
    await services.calls.save(agent, running.id, {"result": BUSY})
    standing = await other.queue.standing(admin, mine.id, only.id)
    assert standing.result == BUSY
    await other.close()


async def test_a_lease_ends_unless_it_is_renewed(
    services: Services, admin: Actor, agent: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    only = await add_lead(services, agent, "Abe")
    other = await open_services(store_url, clock)
    run = await start(services, agent)
    await take(services, agent, run)
    for _renewal in range(5):
        clock.advance(LEASE - timedelta(seconds=1))
        assert await services.queue.hold(agent, only.id)
        assert await take(other, admin, run) == ""
    clock.advance(LEASE)
    assert await take(other, admin, run) == only.name
    assert not await services.queue.hold(agent, only.id)
    assert (await services.queue.standing(agent, run.id, only.id)).holder == admin.user.name
    with pytest.raises(Conflict):
        await services.queue.skip(agent, run.id, only.id, Reason.OTHER)
    await other.close()


async def test_a_killed_console_gives_up_its_record(
    services: Services, admin: Actor, agent: Actor, store_url: StoreUrl
) -> None:
    only = await add_lead(services, agent, "Abe")
    run = await start(services, agent)
    address = store_url.url.set(drivername=store_url.url.get_backend_name())
    text = address.render_as_string(hide_password=False)
    command = (sys.executable, "-m", "tests.store.queue_console", text, agent.name, run.id)
    console = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert console.stdout is not None
        assert (await console.stdout.readline()).decode().strip() == only.name
        assert await take(services, admin, run) == ""
    finally:
        console.kill()
        await console.wait()
    # On the same machine it is seen at once that the process is gone, long before its lease ends.
    assert await take(services, admin, run) == only.name


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_new_round_waits_for_colleagues(
    services: Services, admin: Actor, agent: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    await add_lead(services, agent, "Abe")
    other = await open_services(store_url, clock)
    second = await add_user(services, admin, "suzuki", "agent")
    run = await start(services, agent)
    await take(services, agent, run)
    with pytest.raises(Conflict, match="Colleagues"):
        await start(other, second, anew=True)
    fresh = await start(other, admin, anew=True)
    assert fresh.id != run.id
    await other.close()
