"""Backups of a store in use, restoring them, and what a check finds."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Record
from crm_tui.errors import CrmError, Misconfigured, NotFound, StoreUnavailable
from crm_tui.services.container import Services
from crm_tui.store import maintenance
from crm_tui.store.url import StoreUrl, parse_store_url
from tests.store.conftest import open_services

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
PAGE = 4096


@pytest.fixture
async def contact(services: Services, agent: Actor) -> Record:
    values = {"last_name": "田中", "phone": "03-1234-5678", "email": "t@example.jp"}
    return (await services.contacts.create(agent, values)).record


def raw(path: Path | None) -> "closing[sqlite3.Connection]":
    assert path is not None
    return closing(sqlite3.connect(path, isolation_level=None))


async def execute(services: Services, statement: str) -> None:
    """Change the store behind the program's back."""
    async with services.core.store.write(None) as uow:
        await uow.connection.execute(text(statement))
        await uow.commit()


async def test_a_sound_store_has_no_problems(
    services: Services, store_url: StoreUrl, contact: Record, admin: Actor
) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme"})).record
    await services.contacts.update(admin, contact.id, {"account": account.ref})
    await services.accounts.delete(admin, [account.id])
    assert await maintenance.check(store_url) == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("DELETE FROM search_documents", "missing from the lookup"),
        ("UPDATE contacts SET deleted_at = created_at", "have no record"),
        ("DELETE FROM contacts", "have no record"),
    ],
)
async def test_a_lookup_that_does_not_fit_the_records_is_found(
    services: Services, store_url: StoreUrl, contact: Record, damage: str, found: str
) -> None:
    await execute(services, damage)
    (problem,) = await maintenance.check(store_url)
    assert found in problem


async def test_a_contact_whose_account_is_not_associated_is_found(
    services: Services, store_url: StoreUrl, contact: Record, agent: Actor
) -> None:
    account = (await services.accounts.create(agent, {"name": "Acme"})).record
    await services.contacts.update(agent, contact.id, {"account": account.ref})
    await execute(services, "DELETE FROM account_contacts")
    (problem,) = await maintenance.check(store_url)
    assert "associated" in problem


@ON_SQLITE
async def test_a_broken_reference_is_found(store_url: StoreUrl, services: Services, contact: Record) -> None:
    await services.close()
    with raw(store_url.path) as connection:
        connection.execute("UPDATE contacts SET account_id = '01890000000070008000000000000000'")
    assert any("contacts" in problem for problem in await maintenance.check(store_url))


def flip(path: Path) -> None:
    """Turn some bytes round in every page but the first."""
    data = bytearray(path.read_bytes())
    for start in range(PAGE, len(data), PAGE):
        for place in range(start, start + 16):
            data[place] ^= 0xFF
    path.write_bytes(data)


async def problems(store_url: StoreUrl) -> list[str]:
    """What a check says, also about a store too damaged to be read."""
    try:
        return await maintenance.check(store_url)
    except StoreUnavailable as error:
        return [error.message]


@ON_SQLITE
async def test_turned_bytes_are_found_and_a_backup_takes_their_place(
    services: Services, store_url: StoreUrl, contact: Record, agent: Actor, clock: FrozenClock, tmp_path: Path
) -> None:
    assert store_url.path is not None
    copy = tmp_path / "a backup?.db"
    await maintenance.backup(store_url, copy)
    before = copy.read_bytes()
    await services.close()
    flip(store_url.path)

    assert await problems(store_url) != []

    await maintenance.restore(store_url, copy)
    assert await maintenance.check(store_url) == []
    assert copy.read_bytes() == before
    kept = store_url.path.with_name(store_url.path.name + ".before-restore")
    assert kept.exists()
    assert kept.stat().st_mode & 0o777 == store_url.path.stat().st_mode & 0o777 == 0o600
    opened = await open_services(store_url, clock)
    assert (await opened.contacts.get(agent, contact.id)).name == "田中"
    await opened.close()


@ON_SQLITE
@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"\xff" * 8000])
async def test_a_backup_that_is_no_store_is_refused_and_nothing_changes(
    services: Services, store_url: StoreUrl, contact: Record, agent: Actor, content: bytes, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(content)
    with pytest.raises(StoreUnavailable) as refused:
        await maintenance.restore(store_url, bad)
    assert "Nothing was restored" in refused.value.message
    assert (await services.contacts.get(agent, contact.id)).name == "田中"
    assert bad.read_bytes() == content


@ON_SQLITE
async def test_a_damaged_backup_is_refused(
    services: Services, store_url: StoreUrl, contact: Record, agent: Actor, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    await maintenance.backup(store_url, copy)
    flip(copy)
    with pytest.raises(StoreUnavailable) as refused:
        await maintenance.restore(store_url, copy)
    assert "Nothing was restored" in refused.value.message
    assert (await services.contacts.get(agent, contact.id)).name == "田中"
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


@ON_SQLITE
async def test_a_backup_never_overwrites(store_url: StoreUrl, services: Services, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "elsewhere.db")
    for place in (target, link):
        with pytest.raises(Misconfigured):
            await maintenance.backup(store_url, place)
    assert target.read_text() == "precious"
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_a_database_server_has_its_own_backups(store_url: StoreUrl, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        await maintenance.backup(store_url, tmp_path / "copy.db")
    assert "pg_dump" in refused.value.hint


@ON_SQLITE
@pytest.mark.slow
async def test_a_backup_while_twenty_write_is_one_moment_of_the_store(
    services: Services, store_url: StoreUrl, clock: FrozenClock, agent: Actor, tmp_path: Path
) -> None:
    sessions = [await open_services(store_url, clock) for _number in range(20)]
    acknowledged: list[str] = []
    busy = asyncio.Event()

    async def work(session: Services, number: int) -> None:
        for turn in range(3):
            saved = await session.contacts.create(agent, {"last_name": f"Writer {number} {turn}"})
            await session.notes.create(agent, {"body": "Called", "parent": saved.record.ref})
            acknowledged.append(saved.record.id)
            if len(acknowledged) == 15:
                busy.set()

    async def copy() -> int:
        await busy.wait()
        known = len(acknowledged)
        await maintenance.backup(store_url, tmp_path / "copy.db")
        return known

    writing = [asyncio.create_task(work(session, number)) for number, session in enumerate(sessions)]
    known = await copy()
    await asyncio.gather(*writing)
    for session in sessions:
        await session.close()

    copied = parse_store_url(f"sqlite:///{tmp_path / 'copy.db'}")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert await maintenance.check(copied) == []
    assert await maintenance.check(store_url) == []
    restored = await open_services(copied, clock)
    assert (await services.contacts.count(agent, ListQuery())).number == 60
    assert known <= (await restored.contacts.count(agent, ListQuery())).number <= 60
    for contact_id in acknowledged[:known]:
        await restored.contacts.get(agent, contact_id)
    await restored.close()


async def test_a_missing_store_is_said_so_by_every_command(tmp_path: Path) -> None:
    missing = parse_store_url(f"sqlite:///{tmp_path / 'none.db'}")
    for work in (
        maintenance.check(missing),
        maintenance.current(missing),
        maintenance.backup(missing, tmp_path / "copy.db"),
    ):
        with pytest.raises(CrmError) as refused:
            await work
        assert "There is no store at" in refused.value.message
    assert not (tmp_path / "none.db").exists()


@ON_SQLITE
async def test_a_store_that_is_open_while_it_is_restored_goes_on_with_the_restored_one(
    services: Services, store_url: StoreUrl, contact: Record, admin: Actor, tmp_path: Path
) -> None:
    await maintenance.backup(store_url, tmp_path / "backup.db")
    late = (await services.leads.create(admin, {"last_name": "Late", "company": "Acme"})).record
    await maintenance.restore(store_url, tmp_path / "backup.db")
    with pytest.raises(NotFound):
        await services.leads.get(admin, late.id)
    await services.leads.create(admin, {"last_name": "After", "company": "Acme"})
    with raw(store_url.path) as connection:
        assert connection.execute("SELECT last_name FROM leads").fetchall() == [("After",)]


async def test_the_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with raw(path) as other:
        other.execute("CREATE TABLE recipes (title TEXT)")
    with pytest.raises(StoreUnavailable):
        await maintenance.upgrade(parse_store_url(f"sqlite:///{path}"))
    with raw(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
