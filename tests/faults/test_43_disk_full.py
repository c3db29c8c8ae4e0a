"""Fault 43: the disk is full at whatever step of a write: a sentence, nothing half-saved, no restart."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import event, text

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.queries import ListQuery
from crm_tui.errors import StoreUnavailable
from crm_tui.services.container import Services
from crm_tui.store import maintenance
from crm_tui.store.url import StoreUrl
from tests.store.conftest import open_services

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

PLENTY = 1_000_000


@dataclass
class Disk:
    """How many pages the store may have; the file can't grow beyond, as on a full disk."""

    pages: int = PLENTY


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def full(
    store_url: StoreUrl, services: Services, clock: FrozenClock, disk: Disk
) -> AsyncIterator[Services]:
    """A session whose every connection has the room that ``disk`` has at the moment."""
    opened = await open_services(store_url, clock)
    engine = opened.core.store._engine.sync_engine

    def make_room(connection: object, *_others: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {disk.pages}")  # type: ignore[attr-defined]

    event.listen(engine, "checkout", make_room)
    yield opened
    await opened.close()


async def used(services: Services) -> int:
    async with services.core.store.read() as connection:
        return int((await connection.execute(text("PRAGMA page_count"))).scalar_one())


async def test_a_record_is_saved_whole_or_not_at_all(
    full: Services, store_url: StoreUrl, agent: Actor, disk: Disk
) -> None:
    """With one page more each time, the write fails at each of its steps in turn, then goes through."""
    contact = (await full.contacts.create(agent, {"last_name": "Sato"})).record
    values = {"last_name": "Tanaka", "phone": "03-1234-5678", "description": "あ" * 20_000}
    told = []
    start = await used(full)
    for room in range(256):
        disk.pages = start + room
        try:
            saved = await full.contacts.create(agent, values)
        except StoreUnavailable as error:
            told.append(error.message)
            assert await maintenance.check(store_url) == []
            assert (await full.contacts.count(agent, ListQuery())).number == 1
            assert len(await full.audit.list(agent, record=contact.ref)) == 1
        else:
            break
    assert len(told) > 3
    assert set(told) == {"The disk of the store is full. Nothing was saved."}
    disk.pages = PLENTY
    assert (await full.contacts.get(agent, saved.record.id)).text("description") == "あ" * 20_000
    assert [hit.id for hit in await full.search.find(agent, "0312345678")] == [saved.record.id]


async def test_a_call_waits_until_there_is_room(
    full: Services, store_url: StoreUrl, agent: Actor, disk: Disk, clock: FrozenClock
) -> None:
    contact = (await full.contacts.create(agent, {"last_name": "Sato"})).record
    call = await full.calls.start(agent, StartCall(who=contact.ref))
    await full.drafts.save(agent, f"call:{call.id}", {"description": "short"})
    clock.advance(60)
    typed = {"description": "う" * 30_000}

    disk.pages = await used(full)
    for work in (
        full.drafts.save(agent, f"call:{call.id}", typed),
        full.calls.save(agent, call.id, typed),
    ):
        with pytest.raises(StoreUnavailable) as refused:
            await work
        assert "what you typed is kept" in refused.value.hint
    running = await full.calls.running(agent)
    assert running == call
    assert await full.drafts.load(agent, f"call:{call.id}") == {"description": "short"}

    disk.pages = PLENTY
    saved = await full.calls.save(agent, call.id, typed)
    assert (saved.duration_seconds, saved.description) == (60, typed["description"])
    assert await maintenance.check(store_url) == []
