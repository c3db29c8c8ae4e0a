"""Connections: the settings under which a store is opened.

SQLite runs with foreign keys, a busy time-out, WAL with ``synchronous=FULL`` (NORMAL lost
acknowledged commits in simulated power cuts) and transactions that this program begins itself,
because a deferred transaction that turns from reading to writing fails at once, time-out or not.
"""

import asyncio
import json
import os
from typing import Any

from crm_tui.store import sqlite_driver  # first: it replaces sqlite3 before the driver imports it

# isort: split
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from crm_tui.store.url import StoreUrl

BUSY_TIMEOUT_MS = 30_000

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def make_engine(
    store: StoreUrl, *, foreign_keys: bool = True, busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> AsyncEngine:
    """Return an engine for ``store``; nothing is opened yet.

    Args:
        foreign_keys: Off only while migrating, when SQLite rebuilds parent tables.
        busy_timeout_ms: How long a writer waits for another one.
    """
    if not store.is_sqlite:
        waiting = {"lock_timeout": str(int(busy_timeout_ms))}
        return create_async_engine(
            store.url,
            pool_size=5,
            max_overflow=5,
            pool_pre_ping=True,
            connect_args={"server_settings": waiting},
            json_serializer=json_text,
        )
    engine = create_async_engine(
        store.url, pool_size=4, max_overflow=4, connect_args={"timeout": 5}, json_serializer=json_text
    )
    pragmas = _pragmas(foreign_keys, busy_timeout_ms)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    return engine


def json_text(value: object) -> str:
    """Return a value as JSON, with Japanese as it is: escapes would take twice the room in the store."""
    text = _ENCODER.encode(value)
    # Half of a surrogate pair can't be stored as it is.
    return text if text.isascii() or _is_unicode(text) else json.dumps(value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pragmas(foreign_keys: bool, busy_timeout_ms: int) -> tuple[str, ...]:
    return (
        f"PRAGMA busy_timeout = {int(busy_timeout_ms)}",
        f"PRAGMA journal_mode = {sqlite_driver.journal_mode()}",
        "PRAGMA synchronous = FULL",
        f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA cache_size = -8000",
        "PRAGMA mmap_size = 268435456",
        "PRAGMA temp_store = MEMORY",
    )


def secure_file(store: StoreUrl) -> None:
    """Make sure that the file of an SQLite store is readable by its owner only."""
    if store.path is not None and store.path.exists() and store.path.stat().st_uid == os.getuid():
        store.path.chmod(0o600)


async def dispose(engine: AsyncEngine) -> None:
    """Close every connection, also when the caller is being cancelled."""
    await asyncio.shield(engine.dispose())
