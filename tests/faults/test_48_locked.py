"""Fault 48: a store that others keep locked: writers wait, then are told; afterwards everything works."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import event, text

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.queries import ListQuery
from crm_tui.errors import StoreUnavailable
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store import maintenance
from crm_tui.store.store import Store
from crm_tui.store.url import StoreUrl
from tests.store.conftest import open_services


@pytest.fixture
async def hasty(store_url: StoreUrl, services: Services, clock: FrozenClock) -> AsyncIterator[Services]:
    """A session that waits for others a fifth of a second only."""
    opened = Services.on(Core(Store(store_url, clock, busy_timeout_ms=200), clock))
    await opened.settings.load()
    yield opened
    await opened.close()


@asynccontextmanager
async def locked(services: Services, store_url: StoreUrl) -> AsyncIterator[None]:
    """Keep others from writing, as a long job of another program does."""
    if store_url.path is not None:
        connection = sqlite3.connect(store_url.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.rollback()
        connection.close()
        return
    async with services.core.store.write(None) as uow:
        for table in ("contacts", "activities", "drafts", "audit"):
            await uow.connection.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))
        yield


def until_it_waits(session: Services) -> asyncio.Event:
    """Return what is set once a session asks for the lock."""
    waiting = asyncio.Event()

    def begins(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            waiting.set()

    event.listen(session.core.store._engine.sync_engine, "before_cursor_execute", begins)
    return waiting


async def test_writers_are_told_and_nothing_is_lost(
    services: Services, hasty: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock
) -> None:
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(10)
    typed = {"description": "wants a demo; deadlock, disk full, readonly"}
    async with locked(services, store_url):
        for work in (
            hasty.contacts.create(agent, {"last_name": "Tanaka"}),
            hasty.contacts.update(agent, contact.id, {"title": "x"}),
            hasty.calls.stop(agent, call.id),
            hasty.calls.save(agent, call.id, typed),
            hasty.drafts.save(agent, f"call:{call.id}", typed),
        ):
            with pytest.raises(StoreUnavailable) as refused:
                await work
            assert refused.value.message == "The store is busy with other work. Nothing was saved."
            assert "what you typed is kept" in refused.value.hint
        # Reading goes on meanwhile.
        assert (await hasty.contacts.get(agent, contact.id)).version == 1

    assert (await hasty.contacts.count(agent, ListQuery())).number == 1
    saved = await hasty.calls.save(agent, call.id, typed)
    assert (saved.duration_seconds, saved.description) == (10, typed["description"])


async def test_a_writer_waits_for_the_lock_to_go(
    services: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock
) -> None:
    patient = await open_services(store_url, clock)
    async with locked(services, store_url):
        writing = asyncio.create_task(patient.contacts.create(agent, {"last_name": "Sato"}))
        reading = await patient.contacts.count(agent, ListQuery())
        assert (reading.number, writing.done()) == (0, False)
    assert (await writing).record.name == "Sato"
    await patient.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ending", ["stop", "save", "cancel"])
async def test_waiting_for_the_store_is_not_talk_time(
    services: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock, ending: str
) -> None:
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(60)
    patient = await open_services(store_url, clock)
    waiting = until_it_waits(patient)
    async with locked(services, store_url):
        ends = {
            "stop": lambda: patient.calls.stop(agent, call.id),
            "save": lambda: patient.calls.save(agent, call.id, {}),
            "cancel": lambda: patient.calls.cancel(agent, call.id),
        }
        pressed = asyncio.create_task(ends[ending]())
        await waiting.wait()
        clock.advance(25)
    assert (await pressed).duration_seconds == 60
    await patient.close()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_call_runs_from_the_key_and_not_from_the_lock(
    services: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock
) -> None:
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    patient = await open_services(store_url, clock)
    waiting = until_it_waits(patient)
    pressed_at = clock.now()
    async with locked(services, store_url):
        pressed = asyncio.create_task(patient.calls.start(agent, StartCall(who=contact.ref)))
        await waiting.wait()
        clock.advance(25)
    call = await pressed
    clock.advance(60)
    saved = await patient.calls.save(agent, call.id, {})
    assert (saved.starts_at, saved.duration_seconds) == (pressed_at, 85)
    await patient.close()


@pytest.mark.slow
async def test_twenty_writers_all_succeed(
    services: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock
) -> None:
    sessions = [await open_services(store_url, clock) for _number in range(20)]

    async def work(session: Services, number: int) -> None:
        contact = (await session.contacts.create(agent, {"last_name": f"Sato {number}"})).record
        await session.notes.create(agent, {"body": "x", "parent": contact.ref})
        await session.contacts.update(agent, contact.id, {"title": "部長"})
        await session.drafts.save(agent, f"contact:{contact.id}", {"title": "部長"})

    await asyncio.gather(*(work(session, number) for number, session in enumerate(sessions)))
    for session in sessions:
        await session.close()
    assert (await services.contacts.count(agent, ListQuery())).number == 20
    assert (await services.notes.count(agent, ListQuery())).number == 20
    assert len(await services.drafts.pending(agent)) == 20
    assert await maintenance.check(store_url) == []
