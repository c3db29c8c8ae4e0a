"""Fault 40: agents' processes are killed at random moments; nothing that was acknowledged is missing."""

import asyncio
import random
import select

import pytest
from sqlalchemy import text

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Ref
from crm_tui.services.container import Services
from crm_tui.store import maintenance
from crm_tui.store.url import StoreUrl
from tests.faults.agent_process import AgentProcess, start_agent
from tests.store.conftest import add_user, open_services

AGENTS = ("abe", "baba", "chiba", "doi")


async def prepare(url: StoreUrl) -> str:
    services = await open_services(url, FrozenClock())
    await services.users.set_up("root")
    await services.settings.load()
    admin = await services.users.sign_in("root")
    for name in AGENTS:
        await add_user(services, admin, name, "agent")
    contact = (await services.contacts.create(admin, {"last_name": "Sato"})).record
    await services.close()
    return contact.id


def kill_all(processes: list[AgentProcess], dice: random.Random) -> None:
    """Let each agent acknowledge some things, then kill it wherever it is by then."""
    left = {process.pipe: (process, len(process.told) + dice.randint(1, 9)) for process in processes}
    while left:
        readable, _, _ = select.select(list(left), [], [], 60)
        assert readable, "the agents are stuck"
        for pipe in readable:
            process, enough = left[pipe]
            assert process.listen(), f"agent {process.pid} ended by itself"
            if len(process.told) >= enough:
                process.kill()
                del left[pipe]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("store_url", "rounds"),
    [("sqlite", 10), pytest.param("postgresql", 3, marks=pytest.mark.postgres)],
    indirect=["store_url"],
)
def test_nothing_acknowledged_is_lost(store_url: StoreUrl, rounds: int) -> None:
    dice = random.Random(40)
    contact = asyncio.run(prepare(store_url))
    told: dict[str, list[list[str]]] = {name: [] for name in AGENTS}
    for _round in range(rounds):
        processes = [start_agent(store_url, name, contact) for name in AGENTS]
        kill_all(processes, dice)
        for name, process in zip(AGENTS, processes, strict=True):
            told[name] += process.told
    assert asyncio.run(maintenance.check(store_url)) == []
    asyncio.run(compare(store_url, told))


async def compare(url: StoreUrl, told: dict[str, list[list[str]]]) -> None:
    services = await open_services(url, FrozenClock())
    admin = await services.users.sign_in("root")
    for name, lines in told.items():
        actor = await services.users.sign_in(name)
        running = await services.calls.running(actor)
        assert lines, name
        for what, call_id, typed in lines:
            call = await services.calls.get(actor, call_id)
            check(what, call, typed, running)
        drafts = await services.drafts.pending(actor)
        assert {draft.key for draft in drafts} <= ({f"call:{running.id}"} if running else set())
        await check_typing(services, actor, lines, running)
    await check_whole_calls(services, admin)
    await services.close()


def check(what: str, call: Call, typed: str, running: Call | None) -> None:
    """Compare one thing that was acknowledged with the store."""
    if what == "saved":
        assert (call.status, call.description, call.result) == (CallStatus.COMPLETED, typed, "interested")
    elif what == "stopped":
        assert call.stopped_at is not None
    if call.status is not CallStatus.COMPLETED:
        assert running is not None
        assert running.id == call.id


async def check_typing(
    services: Services, actor: Actor, lines: list[list[str]], running: Call | None
) -> None:
    """What was typed last is in the draft of the running call, or in the saved call."""
    typed = [(call_id, text) for what, call_id, text in lines if what == "typed"]
    if not typed:
        return
    call_id, last = typed[-1]
    if running is not None and running.id == call_id:
        kept = await services.drafts.load(actor, f"call:{call_id}") or {}
        assert kept["description"].startswith(last)
    else:
        assert (await services.calls.get(actor, call_id)).description.startswith(last)


async def check_whole_calls(services: Services, admin: Actor) -> None:
    """No call is half there: what it says of itself fits, and the audit trail tells the same."""
    page = await services.activities.list(admin, ListQuery(("kind",)), PageRequest(limit=10_000))
    running: dict[str, int] = {}
    for row in page.rows:
        call = await services.calls.get(admin, row.id)
        actions = {
            line.action for line in await services.audit.list(admin, record=Ref(Module.CALL, row.id, ""))
        }
        assert call.who is not None
        assert "start" in actions
        done = call.status is CallStatus.COMPLETED
        assert done == ("complete" in actions) == (call.completed_at is not None)
        assert (call.stopped_at is None) == (call.duration_seconds is None)
        if done:
            assert call.duration_seconds is not None
            assert call.wrap_up_seconds is not None
        else:
            running[call.owner.id] = running.get(call.owner.id, 0) + 1
    assert set(running.values()) <= {1}
    assert (await services.audit.verify(admin)).broken_at is None
    lost = "SELECT count(*) FROM audit WHERE module = 'call' AND record_id NOT IN (SELECT id FROM activities)"
    async with services.core.store.read() as connection:
        assert await connection.scalar(text(lost)) == 0
