"""Many sessions at once, each logging a call once a second into one store."""

import asyncio
import multiprocessing
import random
import shutil
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from crm_tui.bootstrap import os_login
from crm_tui.clock import SystemClock
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Ref
from crm_tui.errors import CrmError
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store.store import Store
from crm_tui.store.url import parse_store_url
from tests.bench.measuring import Row

_PROCESSES = 2


def rows(store: Path, *, quick: bool) -> list[Row]:
    """Measure on a copy of a store."""
    sessions, seconds = (10, 5) if quick else (40, 20)
    copy = store.with_name(f"{store.stem}-writing.db")
    for suffix in ("", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(store, copy)
    try:
        share = sessions // _PROCESSES
        with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
            parts = pool.starmap(_process, [(copy, share, seconds, number) for number in range(_PROCESSES)])
    finally:
        for suffix in ("", "-wal", "-shm"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    times = sorted(spent for part, _errors in parts for spent in part)
    errors = sum(errors for _part, errors in parts)
    middle, late = statistics.median(times), times[int(len(times) * 0.99)]
    what = f"log a call, {sessions} sessions once a second"
    detail = f"{len(times)} calls, median {middle * 1000:.0f} ms, p99 {late * 1000:.0f} ms"
    return [Row(f"{what}: errors", errors, 0, detail), Row(f"{what}: p99 ÷ median", late / middle, 50)]


def _process(path: Path, sessions: int, seconds: int, number: int) -> tuple[Sequence[float], int]:
    return asyncio.run(_sessions(path, sessions, seconds, number))


async def _sessions(path: Path, sessions: int, seconds: int, number: int) -> tuple[Sequence[float], int]:
    parts = await asyncio.gather(
        *(_session(path, seconds, number * 1_000 + each) for each in range(sessions))
    )
    return [spent for part, _errors in parts for spent in part], sum(errors for _part, errors in parts)


async def _session(path: Path, seconds: int, number: int) -> tuple[Sequence[float], int]:
    chance = random.Random(number)
    store = Store(parse_store_url(f"sqlite:///{path}"), SystemClock())
    services = Services.on(Core(store, store.clock))
    times: list[float] = []
    errors = 0
    try:
        await services.settings.load()
        actor = await services.users.sign_in(os_login())
        page = await services.contacts.list(actor, ListQuery(), PageRequest(limit=50))
        people = [Ref(Module.CONTACT, row.id, row.name) for row in page.rows]
        await asyncio.sleep(chance.random())
        for _second in range(seconds):
            began = time.perf_counter()
            try:
                await services.calls.log(actor, _call(services, chance.choice(people)))
                times.append(time.perf_counter() - began)
            except CrmError:
                errors += 1
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - began)))
    finally:
        await store.close()
    return times, errors


def _call(services: Services, who: Ref) -> dict[str, object]:
    return {
        "subject": "Call",
        "type": "outbound",
        "who": who,
        "starts_at": services.clock.now() - timedelta(minutes=5),
        "duration_seconds": 180,
        "result": "interested",
    }
