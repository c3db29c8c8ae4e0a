"""The open store: read connections, units of work, the hub that tells of changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.clock import Clock
from crm_tui.domain.actor import Actor
from crm_tui.store import engine as engines
from crm_tui.store.changes import ChangeHub
from crm_tui.store.failures import translated
from crm_tui.store.uow import UnitOfWork
from crm_tui.store.url import StoreUrl
from crm_tui.store.watcher import Refresh, Watcher

Connection = AsyncConnection
"""What services pass to repositories, without knowing more of it."""


class Store:
    """One store of one process.

    Args:
        url: Where it is.
        clock: The source of time.
        busy_timeout_ms: How long a write waits for another writer.
    """

    def __init__(
        self, url: StoreUrl, clock: Clock, *, busy_timeout_ms: int = engines.BUSY_TIMEOUT_MS
    ) -> None:
        self.url = url
        self.clock = clock
        self.changes = ChangeHub()
        self._engine = engines.make_engine(url, busy_timeout_ms=busy_timeout_ms)
        self._watcher: Watcher | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is an SQLite file."""
        return self.url.is_sqlite

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection for reading; each statement sees what is committed by then."""
        with translated():
            async with self._engine.connect() as connection:
                yield connection

    def write(self, actor: Actor | None) -> UnitOfWork:
        """Return a unit of work in which ``actor`` changes records."""
        return UnitOfWork(self._engine, self.changes, self.clock, actor)

    async def watch(self, refresh: Refresh) -> None:
        """Publish what other processes commit on `changes`, until the store is closed.

        Args:
            refresh: Awaited before everything is read again.
        """
        self._watcher = Watcher(self.url, self.changes, refresh)
        await self._watcher.start()

    async def close(self) -> None:
        """Close all connections."""
        if self._watcher is not None:
            await self._watcher.stop()
        await engines.dispose(self._engine)
