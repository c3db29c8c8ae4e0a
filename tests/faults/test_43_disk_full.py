"""Fault 43: the disk is full at whatever step of a write: a sentence, nothing half-saved, no restart."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import cast

import pytest
from sqlalchemy import event, text

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.call import StartCall
from crm_tui.domain.imports.batches import Batch, BatchState, ImportJob, NewBatch, Origin
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery
from crm_tui.errors import StoreUnavailable
from crm_tui.services.container import Services
from crm_tui.store import maintenance
from crm_tui.store.url import StoreUrl
from crm_tui.sync.jobs import run_batch
from tests.store.conftest import open_services
from tests.store.taking import incoming

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


@dataclass
class Rows:
    """An import of people with long names of their own, a chunk at a time, onto a disk that fills up."""

    services: Services
    actor: Actor
    disk: Disk

    async def run(self, batch: Batch, _report: Report) -> Batch:
        taking = await self.services.imports.taking(self.actor, ImportRules(Module.CONTACT), batch)
        people = [{"last_name": f"N{n}", "description": "う" * 20_000} for n in range(4)]
        rows = incoming(Module.CONTACT, people)
        for start in range(batch.position, len(rows), 2):
            await taking.take(rows[start : start + 2])
            if self.disk.pages == PLENTY and start == 0 and batch.position == 0:
                self.disk.pages = await used(self.services)
        return await self.services.import_batches.finish(self.actor, batch.id)


async def test_an_import_stands_still_and_goes_on(full: Services, agent: Actor, disk: Disk) -> None:
    new = NewBatch(Origin.TABLE, "people.csv", "/tmp/people.csv", "f" * 64, Module.CONTACT)
    batch = await full.import_batches.open(agent, new)
    job = cast("ImportJob", Rows(full, agent, disk))
    with pytest.raises(StoreUnavailable, match="disk of the store is full") as refused:
        await run_batch(full, agent, batch.id, go_on, job)
    assert "go on with the import" in refused.value.hint
    assert "you typed" not in str(refused.value)
    disk.pages = PLENTY
    stands = await full.import_batches.get(agent, batch.id)
    assert stands.position == 2
    assert "you typed" not in stands.problem
    done = await run_batch(full, agent, batch.id, go_on, job)
    assert (done.state, done.counts.created) == (BatchState.DONE, 4)
