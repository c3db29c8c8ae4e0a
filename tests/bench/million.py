"""Stores of any size for measuring, kept between runs.

The first people are made by the program itself, through the door that imports use. The rest are
copies of them inside the database, with ids, telephone numbers and times of their own: a million
people with all that hangs on them in a few minutes.
"""

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from crm_tui.bootstrap import os_login
from crm_tui.clock import SystemClock
from crm_tui.demo import fill
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store import maintenance
from crm_tui.store.sqlite_driver import sqlite
from crm_tui.store.store import Store
from crm_tui.store.url import parse_store_url

FOLDER_VARIABLE = "CRM_TUI_BENCH_DATA"
BASE = 20_000
"""People that are made one by one."""

_FIRST_PREFIX = 0x01B0
"""Ids begin with the time they were made; each copy gets a later one."""

_COPIED = (
    "accounts",
    "contacts",
    "leads",
    "account_contacts",
    "deals",
    "cases",
    "campaign_members",
    "activities",
    "reminders",
    "notes",
    "search_documents",
    "phone_numbers",
)
_KEPT_REFERENCES = re.compile(r"(owner|created_by|modified_by|user|campaign|added_by)_id$")
_OWN_TIMES = {"activities": ("sort_at", "due_at", "starts_at", "modified_at")}


def folder() -> Path:
    """Return where the stores are kept between runs."""
    path = Path(os.environ.get(FOLDER_VARIABLE) or Path(tempfile.gettempdir()) / "crm-tui-bench")
    path.mkdir(parents=True, exist_ok=True)
    return path


def store_of(people: int) -> Path:
    """Return a store with that many people, making it if there is none yet."""
    path = folder() / f"people-{people}.db"
    if path.exists() and path.stat().st_mtime > schema_changed():
        return path
    fresh = path.with_suffix(".making")
    fresh.unlink(missing_ok=True)
    began = time.monotonic()
    base = min(people, BASE)
    asyncio.run(_base(fresh, base))
    if people > base:
        _multiply(fresh, people // base)
    os.replace(fresh, path)
    print(f"  made {people:,} people in {time.monotonic() - began:.0f} s", flush=True)
    return path


def schema_changed() -> float:
    """Return when the newest step of the schema was written; older stores are made anew."""
    from crm_tui.store import migrations

    steps = Path(str(migrations.__file__)).parent / "versions"
    return max(step.stat().st_mtime for step in steps.glob("step_*.py"))


async def _base(path: Path, people: int) -> None:
    url = parse_store_url(f"sqlite:///{path}")
    await maintenance.upgrade(url)
    store = Store(url, SystemClock())
    try:
        services = Services.on(Core(store, store.clock))
        await services.users.set_up(os_login())
        await services.settings.load()
        await fill(services, await services.users.sign_in(os_login()), records=people)
    finally:
        await store.close()


def _multiply(path: Path, times: int) -> None:
    with closing(sqlite.connect(path, isolation_level=None)) as connection:
        hurry(connection)
        connection.create_function("turned", 1, lambda text: text[::-1], deterministic=True)
        put_back = take_off(connection, _COPIED)
        connection.execute("BEGIN")
        originals = {
            table: connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] for table in _COPIED
        }
        for copy in range(1, times):
            for table in _COPIED:
                _copy(connection, table, copy, originals[table] or 0)
        connection.execute("UPDATE cases SET number = rowid WHERE number IS NULL OR number < 0")
        connection.execute("UPDATE counters SET value = (SELECT max(number) FROM cases) WHERE name = 'case'")
        for statement in put_back:
            connection.execute(statement)
        connection.execute("INSERT INTO search_index(search_index) VALUES ('rebuild')")
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def hurry(connection: Any) -> None:
    """Write fast from now on: a store that is half made is thrown away."""
    for pragma in (
        "journal_mode = OFF",
        "synchronous = OFF",
        "cache_size = -400000",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def take_off(connection: Any, tables: Sequence[str]) -> list[str]:
    """Take indexes and triggers off that are cheaper to make again; return the statements that do."""
    names = ", ".join(f"'{table}'" for table in tables)
    found = connection.execute(
        f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({names})"
        " AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type"
    ).fetchall()
    for kind, name, _sql in found:
        connection.execute(f"DROP {kind} {name}")
    return [sql for _kind, _name, sql in found]


def _copy(connection: Any, table: str, copy: int, last: int) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    if table == "search_documents":
        columns.remove("id")
    selected = ", ".join(_expression(table, column, copy) for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    kept = " AND module <> 'campaign'" if table == "search_documents" else ""
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {selected} FROM {table} WHERE rowid <= {last}{kept}"
    )


def _expression(table: str, column: str, copy: int) -> str:
    if column == "id" or (column.endswith("_id") and not _KEPT_REFERENCES.search(column)):
        return f"'{_FIRST_PREFIX + copy:04x}' || substr(\"{column}\", 5)"
    if table == "cases" and column == "number":
        return f"-(number + {copy} * 100000)"
    if table == "phone_numbers" and column in ("e164", "national", "reversed"):
        return _digits(column, copy)
    if column in _OWN_TIMES.get(table, ()):
        return f'CASE WHEN "{column}" >= \'9999\' THEN "{column}" ELSE {_later(column, copy)} END'
    return f'"{column}"'


def _later(column: str, copy: int) -> str:
    """Seconds within the hour, so that lists by time have few ties and stay around the present."""
    return f"strftime('%Y-%m-%d %H:%M:%f', \"{column}\", '+{copy * 7} seconds') || '000'"


def _digits(column: str, copy: int) -> str:
    text = "turned(reversed)" if column == "reversed" else column
    tail = f"printf('%05d', (CAST(substr({text}, -5) AS INTEGER) * 7 + {copy * 10_007}) % 100000)"
    whole = f"substr({text}, 1, length({text}) - 5) || {tail}"
    return f"turned({whole})" if column == "reversed" else whole


def sizes(people: int) -> Sequence[int]:
    """Return the sizes that show how a cost grows up to ``people``."""
    return [size for size in (10_000, 100_000, 1_000_000) if size <= people]
