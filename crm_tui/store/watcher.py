"""The one watcher of a process: brings what other processes commit to its screens."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from crm_tui.errors import CrmError
from crm_tui.store import news
from crm_tui.store.changes import EVERYTHING, Changed, ChangeHub
from crm_tui.store.url import StoreUrl

GAP = 0.5
"""Seconds between two announcements at least: with many agents at work lists would be read all the time."""

FIRST_RETRY = 1.0
LAST_RETRY = 30.0
"""Seconds until a store that has gone away is looked for again, the first time and at most."""

_log = logging.getLogger(__name__)

Refresh = Callable[[], Awaitable[None]]
"""Reads again what services keep in memory: settings, pick-lists, fields."""


class Watcher:
    """Publishes the commits of other processes on the hub of this one.

    It sleeps until something is committed. A store that has gone away is waited for; once it is back,
    everything may have changed.

    Args:
        url: The store.
        hub: Who is told; commits of its own process are left out.
        refresh: Awaited before everything is read again.
    """

    def __init__(self, url: StoreUrl, hub: ChangeHub, refresh: Refresh) -> None:
        self._url = url
        self._hub = hub
        self._refresh = refresh
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; what is committed after this call is heard of, unless the store can't be watched yet."""
        self._task = asyncio.create_task(self._run(), name="store-watcher")
        await self._ready.wait()

    async def stop(self) -> None:
        """End and give up the connection."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        retry, again = FIRST_RETRY, False
        while True:
            try:
                async with AsyncExitStack() as stack:
                    source = await stack.enter_async_context(news.opened(self._url, self._hub.origin))
                    self._ready.set()
                    if again:
                        await self._publish(EVERYTHING)
                    retry = FIRST_RETRY
                    await self._pass_on(source)
            except Exception as error:  # whatever a driver raises, the agent goes on working
                _log.warning("changes of others aren't heard of for now: %s", type(error).__name__)
            self._ready.set()
            again = True
            await asyncio.sleep(retry)
            retry = min(retry * 2, LAST_RETRY)

    async def _pass_on(self, source: news.Source) -> None:
        while True:
            await self._publish(await source.next())
            await asyncio.sleep(GAP)

    async def _publish(self, changed: Changed) -> None:
        if changed == EVERYTHING:
            with contextlib.suppress(CrmError):
                await self._refresh()
        self._hub.publish(changed)
