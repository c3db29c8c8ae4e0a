"""Fault 42: what was acknowledged is on the disk.

A power cut can't be made in a test. What keeps a commit through one is `synchronous = FULL` on every
connection (NORMAL lost acknowledged commits in simulated cuts, FULL none), which is asserted here; and
a log that ends in the middle of a frame, as a cut leaves it, must not cost anything that was
acknowledged before.
"""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.services.container import Services
from crm_tui.store import engine, maintenance
from crm_tui.store.sqlite_driver import journal_mode
from crm_tui.store.url import StoreUrl, parse_store_url
from tests.store.conftest import open_services

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

REQUIRED = {
    "synchronous": 2,
    "journal_mode": journal_mode().lower(),
    "foreign_keys": 1,
    "busy_timeout": 30_000,
    "trusted_schema": 0,
}


async def settings_of(connection: object) -> dict[str, object]:
    return {
        name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()  # type: ignore[attr-defined]
        for name in REQUIRED
    }


async def test_every_connection_writes_through(services: Services) -> None:
    """More readers and a writer at once than the pool keeps open: none of them was made otherwise."""
    store = services.core.store
    together = asyncio.Barrier(7)

    async def read() -> dict[str, object]:
        async with store.read() as connection:
            await together.wait()
            return await settings_of(connection)

    async def write() -> dict[str, object]:
        async with store.write(None) as uow:
            await together.wait()
            return await settings_of(uow.connection)

    assert await asyncio.gather(write(), *(read() for _number in range(6))) == [REQUIRED] * 7


async def test_a_migration_writes_through(store_url: StoreUrl) -> None:
    migrating = engine.make_engine(store_url, foreign_keys=False)
    async with migrating.connect() as connection:
        assert await settings_of(connection) == {**REQUIRED, "foreign_keys": 0}
    await migrating.dispose()


async def test_a_log_that_breaks_off_costs_nothing_acknowledged(
    services: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock, tmp_path: Path
) -> None:
    path, dice, acknowledged = store_url.path, random.Random(42), []
    assert path is not None
    log = path.with_name(path.name + "-wal")
    for number in range(12):
        saved = await services.contacts.create(agent, {"last_name": f"Sato {number}"})
        acknowledged.append(saved.record.id)
        cut = tmp_path / f"cut {number}.db"
        shutil.copyfile(path, cut)
        reached = log.read_bytes()
        # The next commit was under way: some of its frames are there, the last one in part.
        await services.contacts.create(agent, {"last_name": "Not acknowledged"})
        written = log.read_bytes()
        assert written.startswith(reached)
        end = dice.randrange(len(reached), len(written))
        cut.with_name(cut.name + "-wal").write_bytes(written[:end])

        url = parse_store_url(f"sqlite:///{cut}")
        after = await open_services(url, clock)
        for contact_id in acknowledged:
            await after.contacts.get(agent, contact_id)
        await after.close()
        assert await maintenance.check(url) == []
