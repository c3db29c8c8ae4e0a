"""A store with any number of completed calls of a year, and what a month's report of it costs.

The calls are made inside the database: of some hundred agents, with half a million people who
call again now and then. Only the calls are real; the people are no more than their ids.
"""

import os
import time
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from crm_tui.bootstrap import os_login
from crm_tui.clock import SystemClock
from crm_tui.domain.reports import By, Period
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store import maintenance
from crm_tui.store.sqlite_driver import sqlite
from crm_tui.store.store import Store
from crm_tui.store.url import parse_store_url
from tests.bench import million, reading
from tests.bench.measuring import Row, interleaved

AGENTS = 200
PEOPLE = 500_000

MONTH = Period(date(2026, 6, 1), date(2026, 6, 30))
"""One of the twelve months over which the calls are spread."""

_REPORTS: tuple[tuple[str, By, dict[By, str]], ...] = (
    ("by day", By.DAY, {}),
    ("by agent", By.AGENT, {}),
    ("by hour, one purpose, inbound", By.HOUR, {By.PURPOSE: "desk", By.TYPE: "inbound"}),
)

_AGGREGATE = (
    "SELECT count(*), sum(duration_seconds), sum(wrap_up_seconds) FROM activities"
    " WHERE kind = 'call' AND status = 'completed' AND deleted_at IS NULL"
    " AND completed_at >= '2026-06-01' AND completed_at < '2026-07-01'"
)

_INSERT = """
INSERT INTO activities (id, created_at, modified_at, owner_id, kind, status, is_closed, subject, display_name,
  contact_id, sort_at, due_at, starts_at, completed_at, type, purpose, result, duration_seconds,
  wrap_up_seconds)
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :calls),
  random(n, r) AS (SELECT n, abs(random()) % 1000000007 FROM numbers),
  times(n, r, began) AS (SELECT n, r, 1767225600 + n * 31536000 / :calls FROM random)
SELECT printf('01b0%08x70008000%012x', r, n), at, at, printf('01a0000000007000800000000000%04x', r % :agents),
  'call', 'completed', 1, 'Question', 'Question', printf('01a10000000070008000%012x', r / 7 % :people),
  start, start, start, at,
  CASE r / 11 % 20 WHEN 0 THEN 'missed' WHEN 1 THEN 'missed' ELSE
    CASE r / 220 % 2 WHEN 0 THEN 'inbound' ELSE 'outbound' END END,
  CASE r / 13 % 6 WHEN 0 THEN 'prospecting' WHEN 1 THEN 'administrative' WHEN 2 THEN 'negotiation'
    WHEN 3 THEN 'demo' WHEN 4 THEN 'project' ELSE 'desk' END,
  CASE r / 17 % 3 WHEN 0 THEN 'interested' WHEN 1 THEN 'not_interested' ELSE 'no_response_busy' END,
  r / 19 % 900, r / 23 % 90
FROM (SELECT n, r, datetime(began, 'unixepoch') || '.000000' AS start,
  datetime(began + 1000, 'unixepoch') || '.000000' AS at FROM times)
"""


async def store_of(number: int) -> Path:
    """Return a store with that many calls, making it if there is none yet."""
    path = million.folder() / f"calls-{number}.db"
    if path.exists() and path.stat().st_mtime > million.schema_changed():
        return path
    fresh = path.with_suffix(".making")
    fresh.unlink(missing_ok=True)
    began = time.monotonic()
    await _empty(fresh)
    _fill(fresh, number)
    os.replace(fresh, path)
    print(f"  made {number:,} calls in {time.monotonic() - began:.0f} s", flush=True)
    return path


async def rows(path: Path, number: int, *, quick: bool) -> list[Row]:
    """Measure a month's reports against counting and adding the same calls once."""
    found = []
    async with reading.opened(path) as bench:
        raw: Any = bench.raw
        (calls, *_sums) = raw.execute(_AGGREGATE).fetchone()
        plain = [(_AGGREGATE, ())]
        for name, by, filters in _REPORTS:
            began = time.monotonic()
            report = await bench.services.reports.calls(bench.actor, MONTH, by, filters)
            first = time.monotonic() - began
            work = partial(bench.services.reports.calls, bench.actor, MONTH, by, filters)
            ratio, ours, theirs = await interleaved(work, partial(bench.again, plain), 3 if quick else 5)
            detail = (
                f"{report.total.calls:,} of {calls:,} calls; {ours:.2f} s against {theirs:.3f} s,"
                f" the first time {first:.2f} s"
            )
            found.append(
                Row(f"month report {name} over {number:,} calls ÷ raw aggregate", ratio, None, detail)
            )
    return found


async def _empty(path: Path) -> None:
    url = parse_store_url(f"sqlite:///{path}")
    await maintenance.upgrade(url)
    store = Store(url, SystemClock())
    try:
        services = Services.on(Core(store, store.clock))
        await services.users.set_up(os_login())
        await services.settings.load()
    finally:
        await store.close()


def _fill(path: Path, number: int) -> None:
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        million.hurry(connection)
        put_back = million.take_off(connection, ["activities"])
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO users (id, name, email, full_name, display_name, profile_id, time_zone, language,"
            " is_active, version, created_at, modified_at) WITH RECURSIVE numbers(n) AS"
            " (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :agents)"
            " SELECT printf('01a0000000007000800000000000%04x', n), 'agent' || n, '', '', 'Agent ' || n,"
            " (SELECT id FROM profiles WHERE name = 'agent'), 'UTC', 'en', 1, 1,"
            " '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000' FROM numbers",
            {"agents": AGENTS},
        )
        connection.execute(_INSERT, {"calls": number, "agents": AGENTS, "people": PEOPLE})
        for statement in put_back:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
