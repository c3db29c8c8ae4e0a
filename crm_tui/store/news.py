"""Where the commits of other processes are heard of: the file of an SQLite store, a PostgreSQL server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from crm_tui.store.announcing import CHANNEL, decoded
from crm_tui.store.bell import Bell
from crm_tui.store.changes import EVERYTHING, Changed
from crm_tui.store.sqlite_driver import sqlite
from crm_tui.store.url import StoreUrl

LOOK_EVERY = 0.5
"""Seconds between two looks at an SQLite store where the system can't tell of commits."""

BUSY_PAUSE = 0.05
"""Seconds until a store that was locked while it was looked at is looked at again."""


class SourceLost(Exception):
    """Nothing more is heard; whoever wants more opens the source again."""


class Source(Protocol):
    """Tells of commits since it was opened."""

    async def next(self) -> Changed:
        """Sleep until other processes have committed something, and return what.

        Raises:
            SourceLost: The store has gone away.
        """


@asynccontextmanager
async def opened(url: StoreUrl, origin: str) -> AsyncIterator[Source]:
    """Give the source of a store's commits by others than ``origin``."""
    way = _sqlite(url.path, origin) if url.path is not None else _postgresql(url, origin)
    async with way as source:
        yield source


def merged(one: Changed | None, other: Changed | None) -> Changed | None:
    """Return what changed in two commits; None means nothing, and `EVERYTHING` stays so."""
    if one is None or other is None:
        return other if one is None else one
    return one | other if one and other else EVERYTHING


@asynccontextmanager
async def _sqlite(path: Path, origin: str) -> AsyncIterator[Source]:
    with contextlib.ExitStack() as stack:
        # A connection of its own, without the layers above: a look takes some microseconds.
        connection = sqlite.connect(str(path), timeout=0, isolation_level=None)
        stack.callback(connection.close)
        bell = None
        with contextlib.suppress(OSError):
            bell = Bell(path)
            stack.callback(bell.close)
        source = _CommitTable(connection, bell, origin)
        await source.begin()
        yield source


class _CommitTable:
    """The table of an SQLite store in which each commit says what it changed."""

    def __init__(self, connection: Any, bell: Bell | None, origin: str) -> None:
        self._connection = connection
        self._bell = bell
        self._origin = origin
        self._seen = 0

    async def begin(self) -> None:
        """Leave out what was committed before."""
        rows = await self._rows("SELECT max(id) FROM commits")
        self._seen = rows[0][0] or 0

    async def next(self) -> Changed:
        while True:
            await (self._bell.rung() if self._bell is not None else asyncio.sleep(LOOK_EVERY))
            changed = await self._look()
            if changed is not None:
                return changed

    async def _look(self) -> Changed | None:
        query = "SELECT id, origin, changed FROM commits WHERE id > ? ORDER BY id"
        rows = await self._rows(query, self._seen)
        if not rows:
            return None
        missed = rows[0][0] > self._seen + 1
        self._seen = rows[-1][0]
        changed: Changed | None = EVERYTHING if missed else None
        for _number, origin, text in rows:
            if origin != self._origin:
                changed = merged(changed, decoded(text))
        return changed

    async def _rows(self, query: str, *values: int) -> list[Any]:
        while True:
            try:
                return list(self._connection.execute(query, values))
            except sqlite.OperationalError as error:
                # Without a write-ahead log readers wait for writers; not in the event loop, though.
                if "locked" not in str(error):
                    raise SourceLost from error
            except sqlite.Error as error:
                raise SourceLost from error
            await asyncio.sleep(BUSY_PAUSE)


@asynccontextmanager
async def _postgresql(url: StoreUrl, origin: str) -> AsyncIterator[Source]:
    engine = create_async_engine(url.url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is None:
                raise SourceLost
            source = _Notifications(origin)
            raw.add_termination_listener(source.lost)
            await raw.add_listener(CHANNEL, source.heard)
            try:
                yield source
            finally:
                raw.remove_termination_listener(source.lost)
    finally:
        await engine.dispose()


class _Notifications:
    """The notifications of a PostgreSQL server."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._changed: Changed | None = None
        self._is_lost = False
        self._news = asyncio.Event()

    def heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        origin, _blank, text = str(payload).partition(" ")
        if origin != self._origin:
            self._changed = merged(self._changed, decoded(text))
            self._news.set()

    def lost(self, _connection: object) -> None:
        self._is_lost = True
        self._news.set()

    async def next(self) -> Changed:
        await self._news.wait()
        self._news.clear()
        changed, self._changed = self._changed, None
        if self._is_lost or changed is None:
            raise SourceLost
        return changed
