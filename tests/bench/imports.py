"""A table of contacts: taken in by the program, and by sqlite3's ``.import``, which only stores it."""

import asyncio
import csv
import random
import resource
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

from crm_tui.bootstrap import os_login
from crm_tui.clock import SystemClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import DuplicatePolicy
from crm_tui.domain.modules import Module
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store import maintenance
from crm_tui.store.store import Store
from crm_tui.store.url import parse_store_url
from crm_tui.sync.files.facts import ReadOptions
from crm_tui.sync.files.reading import inspect
from crm_tui.sync.jobs import run_batch
from crm_tui.sync.tables import TableJob, proposed_table
from tests.bench.measuring import Row, own_bytes

_TABLES = ("contacts", "phone_numbers", "search_documents", "audit", "import_rows")
"""What comes of a contact; the third feeds the full-text index."""

_LAST = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本".split()
_FIRST = "太郎 花子 一郎 健一 美咲 大輔 翔太 陽子 直樹 真由美 拓也 恵子 亮 愛 誠".split()
_HEADINGS = (
    *("last_name", "first_name", "title", "department", "phone", "mobile", "email"),
    *("mailing_postal_code", "mailing_state", "mailing_city", "mailing_street", "description"),
)


async def rows(*, quick: bool) -> list[Row]:
    """Measure on a store of its own."""
    number = 5_000 if quick else 100_000
    folder = Path(tempfile.mkdtemp(prefix="crm-tui-bench-import-"))
    try:
        return await _rows(folder, number)
    finally:
        shutil.rmtree(folder)


async def _rows(folder: Path, number: int) -> list[Row]:
    file, store = folder / "contacts.csv", folder / "crm.db"
    _write(file, number)
    empty = folder / "empty.db"
    await maintenance.upgrade(parse_store_url(f"sqlite:///{empty}"))
    shutil.copyfile(empty, store)
    memory: list[int] = []
    first = await _spent(_import(store, file, number, memory, created=number))
    again = await _spent(_import(store, file, number, [], created=0))
    bare = await _spent(asyncio.to_thread(_sqlite, folder / "bare.db", f".import --csv {file} contacts"))
    same = await _same_tables(folder, store, empty)
    undone = await _spent(_undo(store, number))
    what = f"import of {number:,} contacts"
    grown = (memory[-1] - memory[len(memory) // 10]) / 2**20
    return [
        Row(
            f"{what} ÷ .import of what comes of them",
            first / same,
            15,
            f"{first:.1f} s, {same:.1f} s into the same {len(_TABLES)} tables with their indexes",
        ),
        Row(f"{what} ÷ .import of the bare file", first / bare, None, f"{bare:.2f} s, no index, no check"),
        Row(f"{what} a second time ÷ the first", again / first, 1, f"{again:.1f} s, nothing changes"),
        Row(f"{what}, taken back ÷ taken in", undone / first, 1, f"{undone:.1f} s"),
        Row(
            f"{what}: memory that the last nine tenths add, MiB",
            grown,
            50,
            f"{memory[-1] / 2**20:.0f} MiB at the end",
        ),
    ]


@asynccontextmanager
async def _opened(store: Path) -> AsyncIterator[tuple[Services, Actor]]:
    opened = Store(parse_store_url(f"sqlite:///{store}"), SystemClock())
    try:
        services = Services.on(Core(opened, opened.clock))
        await services.users.set_up(os_login())
        await services.settings.load()
        yield services, await services.users.sign_in(os_login())
    finally:
        await opened.close()


async def _import(store: Path, file: Path, number: int, memory: list[int], *, created: int) -> None:
    """Import a file; ``memory`` gets the bytes that the process has for itself behind each chunk."""

    def report(_done: int, _total: int) -> bool:
        memory.append(own_bytes())
        return True

    async with _opened(store) as (services, actor):
        facts = await inspect(file)
        settings = await proposed_table(services, actor, Module.CONTACT, facts, ReadOptions())
        job = TableJob(services, actor, file, settings, facts)
        batch = await services.import_batches.open(actor, job.new)
        done = await run_batch(services, actor, batch.id, report, job)
        assert (done.counts.created, done.counts.rows) == (created, number), done.counts
        assert settings.duplicates is not DuplicatePolicy.CREATE


async def _undo(store: Path, number: int) -> None:
    """Take the first import back."""
    async with _opened(store) as (services, actor):
        first = (await services.import_batches.list(actor))[-1]
        done = await services.imports.undo(actor, first.id)
        assert (done.removed, done.left_out) == (number, 0), done


async def _same_tables(folder: Path, store: Path, empty: Path) -> float:
    """Return what ``.import`` takes for the rows that the program wrote, into tables that are the same."""
    loads = []
    for table in _TABLES:
        file = folder / f"{table}.csv"
        await asyncio.to_thread(
            _sqlite, store, ".mode csv", f".output {file}", f"SELECT * FROM {table} WHERE 1;"
        )
        loads.append(f".import --csv {file} {table}")
    await asyncio.to_thread(_sqlite, empty, "DELETE FROM audit;")
    return await _spent(asyncio.to_thread(_sqlite, empty, *loads))


def _sqlite(store: Path, *commands: str) -> None:
    lines = "\n".join(("PRAGMA foreign_keys = OFF;", *commands))
    subprocess.run(["sqlite3", str(store)], input=lines, text=True, check=True, capture_output=True)


async def _spent(work: Awaitable[object]) -> float:
    """Return the CPU seconds of a work, those of the processes that it starts included."""
    before = _cpu()
    await work
    return max(_cpu() - before, 1e-9)


def _cpu() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _write(file: Path, number: int) -> None:
    chance = random.Random(1)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(_HEADINGS)
        for each in range(number):
            landline = f"03-{chance.randrange(3000, 7000)}-{chance.randrange(10000):04d}"
            mobile = f"090-{chance.randrange(1000, 9999)}-{chance.randrange(10000):04d}"
            writer.writerow(
                (
                    *(chance.choice(_LAST), chance.choice(_FIRST), "部長", "営業部", landline, mobile),
                    *(f"user{each}@example{each % 977}.co.jp", "100-0005", "東京都", "千代田区"),
                    *(f"丸の内{each % 9 + 1}-{each % 20}", "展示会で名刺交換。折り返し連絡を希望。"),
                )
            )
