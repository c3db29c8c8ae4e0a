"""Fault 64: an import that is killed at any chunk goes on where it was and ends with the same counts."""

import asyncio
import csv
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from crm_tui.clock import SystemClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import go_on
from crm_tui.domain.imports.batches import Batch, BatchState, Counts, DuplicatePolicy, ImportJob
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.services.imports.batches import ImportBatchService
from crm_tui.store.store import Store
from crm_tui.store.url import StoreUrl, parse_store_url
from crm_tui.sync.associations import AssociationJob, proposed_associations
from crm_tui.sync.files.facts import GUESS
from crm_tui.sync.files.reading import inspect
from crm_tui.sync.jobs import run_batch
from crm_tui.sync.tables import TableJob, proposed_table
from tests.store.conftest import SET_UP

T = TypeVar("T")

ROWS, CHUNKS = 450, 3
EXPECTED = Counts(created=385, skipped=59, rejected=6)


@pytest.fixture
def url(sqlite_templates: dict[str, Path], tmp_path: Path) -> StoreUrl:
    path = tmp_path / "crm.db"
    path.write_bytes(sqlite_templates[SET_UP].read_bytes())
    return parse_store_url(f"sqlite:///{path}")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Contacts with doubles in other chunks, accounts that aren't there, and rows with something wrong."""
    path = tmp_path / "people.csv"
    rows = [("Last name", "Account", "Mail address")]
    for number in range(ROWS):
        address = f"p{number - 300 if number >= 390 else number}@example.jp"
        rows.append(
            (
                f"N{number}",
                f"Company {number % 40}",
                "broken" if number % 61 == 60 and number < 390 else address,
            )
        )
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


async def opened(url: StoreUrl) -> tuple[Services, Actor]:
    clock = SystemClock()
    services = Services.on(Core(Store(url, clock), clock))
    await services.settings.load()
    return services, await services.users.sign_in("root")


def on(url: StoreUrl, work: Callable[[Services, Actor], Awaitable[T]]) -> T:
    async def run() -> T:
        services, actor = await opened(url)
        try:
            return await work(services, actor)
        finally:
            await services.close()

    return asyncio.run(run())


async def job_of(services: Services, actor: Actor, path: Path) -> ImportJob:
    facts = await inspect(path)
    settings = await proposed_table(services, actor, Module.CONTACT, facts, GUESS)
    assert settings.duplicates is DuplicatePolicy.SKIP
    return TableJob(services, actor, path, settings, facts)


async def take_in(services: Services, actor: Actor, path: Path) -> Batch:
    job = await job_of(services, actor, path)
    batch = await services.import_batches.open(actor, job.new)
    return await run_batch(services, actor, batch.id, go_on)


def killed(url: StoreUrl, path: Path, rows: int, *, within: bool) -> None:
    """Let a process take in a file and die as the kernel ends it, once it has taken in so many rows.

    Args:
        within: It dies in the middle of the transaction of the chunk that follows.
    """
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the process was to be killed"
        assert os.WTERMSIG(status) == signal.SIGKILL
        return
    try:
        asyncio.run(_die(url, path, rows, within=within))
    finally:
        os._exit(1)


async def _die(url: StoreUrl, path: Path, rows: int, *, within: bool) -> None:
    services, actor = await opened(url)
    job = await job_of(services, actor, path)
    batch = await services.import_batches.open(actor, job.new)
    advance = ImportBatchService.advance

    async def dying(self: ImportBatchService, uow: Any, now: Batch, *args: Any, **more: Any) -> Batch:
        moved = await advance(self, uow, now, *args, **more)
        if now.position >= rows:
            os.kill(os.getpid(), signal.SIGKILL)
        return moved

    def report(done: int, _total: int) -> bool:
        if done >= rows:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    if within:
        ImportBatchService.advance = dying  # type: ignore[method-assign, assignment]
    await run_batch(services, actor, batch.id, go_on if within else report)


async def number_of(services: Services, actor: Actor) -> tuple[int, int]:
    contacts = await services.contacts.count(actor, ListQuery(), 10_000)
    accounts = await services.accounts.count(actor, ListQuery(), 10_000)
    return contacts.number, accounts.number


@pytest.mark.parametrize("within", [False, True])
def test_killed_at_every_chunk_it_ends_with_the_same_counts(url: StoreUrl, table: Path, within: bool) -> None:
    async def dry(services: Services, actor: Actor) -> Counts:
        return (await (await job_of(services, actor, table)).preview(go_on)).counts

    assert on(url, dry) == EXPECTED
    for chunk in range(0 if within else 1, CHUNKS):
        killed(url, table, chunk * 200, within=within)
        (batch,) = on(url, lambda services, actor: services.import_batches.list(actor))
        assert batch.state is BatchState.RUNNING
        assert (batch.position, batch.counts.rows) == (chunk * 200, chunk * 200)
    done = on(url, lambda services, actor: take_in(services, actor, table))
    assert (done.id, done.state, done.counts) == (batch.id, BatchState.DONE, EXPECTED)
    there = on(url, number_of)
    assert there == (EXPECTED.created, 40)
    again = on(url, lambda services, actor: take_in(services, actor, table))
    assert again.id != done.id
    assert again.counts == Counts(skipped=EXPECTED.rows - EXPECTED.rejected, rejected=EXPECTED.rejected)
    assert on(url, number_of) == there


def test_a_file_that_has_changed_since_is_not_gone_on_with(url: StoreUrl, table: Path) -> None:
    killed(url, table, 200, within=False)
    (batch,) = on(url, lambda services, actor: services.import_batches.list(actor))
    table.write_text(table.read_text() + "More,,\n")

    async def resume(services: Services, actor: Actor) -> str:
        with pytest.raises(Exception, match="has changed since"):
            await run_batch(services, actor, batch.id, go_on)
        return (await services.import_batches.get(actor, batch.id)).problem

    assert "has changed since" in on(url, resume)


def test_associations_go_on_as_well(url: StoreUrl, tmp_path: Path) -> None:
    """What a row further up says still counts in the process that goes on."""
    path = tmp_path / "links.csv"
    rows = [("Contact", "Account", "Primary", "Role"), ("Sato", "Acme", "yes", "Buyer")]
    rows += [("Sato", "Acme", "", "")] * 200
    rows += [("Sato", "Other", "yes", ""), ("Sato", "Acme", "", "Seller")]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)

    async def job(services: Services, actor: Actor) -> AssociationJob:
        facts = await inspect(path)
        settings = await proposed_associations(services, actor, facts, GUESS)
        return AssociationJob(services, actor, path, settings, facts)

    async def half(services: Services, actor: Actor) -> Counts:
        for name in ("Acme", "Other"):
            await services.accounts.create(actor, {"name": name})
        await services.contacts.create(actor, {"last_name": "Sato"})
        begun = await job(services, actor)
        batch = await services.import_batches.open(actor, begun.new)
        await run_batch(services, actor, batch.id, lambda _done, _total: False)
        return (await begun.preview(go_on)).counts

    assert on(url, half) == Counts(created=1, unchanged=201, skipped=1)

    async def rest(services: Services, actor: Actor) -> Counts:
        (batch,) = await services.import_batches.list(actor)
        assert batch.state is BatchState.CANCELLED
        return (await run_batch(services, actor, batch.id, go_on)).counts

    assert on(url, rest) == Counts(created=2, unchanged=200, skipped=1)
