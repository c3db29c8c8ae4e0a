"""The live board on both stores: states, the calls of the day, whose agents one sees, and when it changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.board import Agent, AgentState, Board, totals
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Area
from crm_tui.errors import NotAllowed
from crm_tui.services.container import Services
from tests.store.conftest import add_user


def _scoped(actor: Actor, scope: Scope) -> Actor:
    grant = replace(actor.grants[Area.ACTIVITY], scope=scope)
    return replace(actor, grants={**actor.grants, Area.ACTIVITY: grant})


def _names(board: Board) -> list[str]:
    return [agent.name for agent in board.agents]


def _of(board: Board, name: str) -> Agent:
    return next(agent for agent in board.agents if agent.name == name)


async def test_who_is_on_a_call_and_for_how_long(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    ayse = await add_user(services, admin, "ayse", "agent", team="North")
    bela = await add_user(services, admin, "bela", "agent", team="North")
    who = (await services.contacts.create(agent, {"last_name": "田中", "phone": "03-1234-5678"})).record.ref
    past = {"type": "inbound", "who": who, "subject": "Question", "result": "interested"}
    for seconds in (60, 120):
        start = clock.now() - timedelta(minutes=30)
        await services.calls.log(bela, {**past, "starts_at": start, "duration_seconds": seconds})
    first = await services.calls.start(ayse, StartCall(who=who))
    clock.advance(100)
    await services.calls.start(agent, StartCall(who=who))
    clock.advance(5)

    board = await services.board.now(admin)
    assert _names(board) == ["ayse", "sato", "bela", "root"], "on a call the longest first, then by name"
    assert [agent.state for agent in board.agents] == [AgentState.ON_CALL] * 2 + [AgentState.IDLE] * 2
    on_call = _of(board, "ayse")
    assert on_call.call is not None
    assert on_call.call.who is not None
    assert (on_call.call.who.name, on_call.call.phone) == ("田中", "03-1234-5678")
    assert on_call.since == clock.now() - timedelta(seconds=105)
    today = _of(board, "bela").today
    assert (today.calls, today.talk_seconds, today.average_handling_seconds) == (2, 180, 90)
    whole, north = totals(board.agents), totals(board.of_team("North"))
    assert (whole.agents, whole.on_call, whole.wrap_up, whole.today.calls) == (4, 2, 0, 2)
    assert (north.agents, north.on_call, north.today.talk_seconds) == (2, 1, 180)
    assert board.teams == ("North", "")

    await services.calls.stop(ayse, first.id)
    clock.advance(7)
    board = await services.board.now(admin)
    assert _names(board)[:2] == ["sato", "ayse"], "calls stand before wrap-up"
    assert (_of(board, "ayse").state, _of(board, "ayse").since) == (
        AgentState.WRAP_UP,
        clock.now() - timedelta(seconds=7),
    )
    await services.calls.save(ayse, first.id, {"result": "interested"})
    assert _of(await services.board.now(admin), "ayse").state is AgentState.IDLE


async def test_one_sees_whom_the_profile_shows(services: Services, admin: Actor, clock: FrozenClock) -> None:
    ayse = await add_user(services, admin, "ayse", "agent", team="North")
    bela = await add_user(services, admin, "bela", "agent", team="North")
    chen = await add_user(services, admin, "chen", "agent")
    lead = (await services.leads.create(chen, {"last_name": "Suzuki", "company": "Acme"})).record.ref
    await services.calls.start(bela, StartCall(who=lead))
    assert _names(await services.board.now(_scoped(ayse, Scope.OWN))) == ["ayse"]
    team = _scoped(ayse, Scope.TEAM)
    assert _names(await services.board.now(team)) == ["bela", "ayse"]
    blind = replace(team, grants={**team.grants, Area.LEAD: Grant(view=True, scope=Scope.OWN)})
    call = _of(await services.board.now(blind), "bela").call
    assert call is not None
    assert call.who is None, "whom a colleague speaks with is told only of those one may see"
    with pytest.raises(NotAllowed):
        await services.board.now(replace(ayse, grants={**ayse.grants, Area.ACTIVITY: Grant()}))
    await services.users.disable(admin, "chen")
    assert "chen" not in _names(await services.board.now(admin))


async def test_scheduled_calls_become_overdue_and_days_end(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    """It is 05:00 in UTC and 14:00 in Tokyo."""
    tokyo = replace(agent, zone="Asia/Tokyo")
    who = (await services.contacts.create(agent, {"last_name": "田中"})).record.ref
    now = clock.now()
    for minutes in (20, 40):
        values = {"who": who, "subject": "Later", "starts_at": now + timedelta(minutes=minutes)}
        await services.calls.schedule(agent, values)
    board = await services.board.now(tokyo)
    assert _of(board, "sato").overdue == 0
    assert now + timedelta(minutes=20) < board.changes_at <= now + timedelta(minutes=20, seconds=2)
    clock.set_wall(board.changes_at)
    board = await services.board.now(tokyo)
    assert _of(board, "sato").overdue == 1
    clock.set_wall(now + timedelta(minutes=41))
    board = await services.board.now(tokyo)
    assert _of(board, "sato").overdue == 2
    assert board.changes_at == now + timedelta(hours=10), "midnight in Tokyo"
    clock.set_wall(board.changes_at)
    assert (await services.board.now(tokyo)).day == board.day + timedelta(days=1)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_board_reads_no_other_calls(services: Services, admin: Actor) -> None:
    """It is read again whenever somebody saves a call, and there may be millions of old ones."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        sent.append((statement, parameters))

    allowed = ("uq_activities_running_call", "ix_activities_scheduled_call", "ix_activities_completed_call")
    for actor in (admin, _scoped(admin, Scope.TEAM), _scoped(admin, Scope.OWN)):
        sent.clear()
        event.listen(Engine, "before_cursor_execute", note)
        await services.board.now(actor)
        event.remove(Engine, "before_cursor_execute", note)
        async with services.core.store.read() as connection:
            for statement, parameters in (one for one in sent if "FROM activities" in one[0]):
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = [str(row[-1]) for row in rows if " activities" in str(row[-1])]
                assert steps
                assert all(any(index in step for index in allowed) for step in steps), (statement, steps)
