"""Reads the pages of a list, one at a time, and keeps what was typed meanwhile in order.

Knows asyncio but no terminal: the widget gives it a way to start a task and hears what changed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial

from crm_tui.domain.paging import Page, PageRequest, Position, Seek
from screens.widgets.record_columns import Row
from screens.widgets.record_window import RecordWindow

Source = Callable[[PageRequest], Awaitable[Page[Row]]]
"""Reads one page of a list. An error it raises is shown in place of the rows."""

Keep = str | Callable[[], str | None] | None
"""Key of the record that gets the cursor."""

Command = Callable[[], Seek | None]
"""Acts on the window now and returns None, or returns the side that must be read before it can."""

Reading = Callable[[], Coroutine[None, None, None]]
"""Reads what is wanted; made only when it starts: what is cancelled before leaves nothing behind."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    command: Command
    abandoned: Callable[[], None]


def _ignore() -> None:
    """Nobody waits for the outcome of a key."""


class RecordFeed:
    """Fills a window from a source.

    Args:
        window: The rows in memory.
        start: Runs a reader in the background, ending the one before.
        changed: Called after rows arrived and after each command that ran.
        failed: Called with the error of a source.
    """

    def __init__(
        self,
        window: RecordWindow,
        *,
        start: Callable[[Reading], object],
        changed: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.window = window
        self.error: Exception | None = None
        self.ready = False
        """The first page of the present source is there."""
        self._start = start
        self._changed = changed
        self._failed = failed
        self._source: Source | None = None
        self._generation = 0
        self._reading = False
        self._queue: deque[_Waiting] = deque()
        self._wanted: Seek | None = None
        self._reload = False
        self._direction = 0
        self._keep: Keep = None
        self._at: Position | None = None

    def open(self, source: Source, *, keep: Keep, at: Position | None) -> None:
        """Read from another source; answers of the one before are dropped.

        Args:
            source: The new source.
            keep: Key of the record for the cursor, if it stands in the first page, or what says so once the
                page is read.
            at: Where to begin reading instead of at the first row; with ``keep`` the rows before are
                read too.
        """
        self._source, self._keep, self._at = source, keep, at
        self._generation += 1
        self.ready = self._reading = self._reload = False
        self._wanted = None
        self.error = None
        self._read()

    def reload(self) -> None:
        """Read the rows around the cursor again; also the way to try again after an error."""
        if self._source is None:
            return
        self._reload = True
        self._read()

    def do(self, command: Command, abandoned: Callable[[], None] = _ignore, direction: int = 0) -> None:
        """Run a command, after all before it and after the rows that it needs have come.

        Args:
            command: What to do.
            abandoned: Called instead if the rows can't be read.
            direction: Where the cursor is going, to read ahead: 1 down, -1 up.
        """
        if self._source is None or (self.error and not self.ready):
            abandoned()
            return
        self._direction = direction or self._direction
        self._queue.append(_Waiting(command, abandoned))
        self._drain()

    def stop(self, reason: Exception) -> None:
        """Give up reading; the reason stands in place of the rows that didn't come."""
        self._generation += 1
        self._reading = self._reload = False
        self._fail(reason)

    def close(self) -> None:
        """Give up what is still waiting."""
        self._generation += 1
        self._abandon()

    def _drain(self) -> None:
        ran = False
        while self._queue and self.ready:
            self._wanted = self._queue[0].command()
            if self._wanted is not None:
                break
            self._queue.popleft()
            ran = True
        if ran:
            self._changed()
        self._read()

    def _read(self) -> None:
        if not self._reading and self._source is not None and self._due():
            self._reading = True
            self._start(partial(self._run, self._source, self._generation))

    def _due(self) -> bool:
        return not self.ready or self._reload or self._next_seek() is not None

    def _next_seek(self) -> Seek | None:
        # After an error only a key or a reload asks again: reading ahead would fail in a circle.
        if self._wanted is not None or self.error is not None:
            return self._wanted
        return self.window.gap() or self.window.ahead(self._direction)

    async def _run(self, source: Source, generation: int) -> None:
        try:
            while generation == self._generation and self._due():
                await self._read_once(source, generation)
                if generation == self._generation:
                    self._drain()
        except Exception as error:
            if generation == self._generation:
                self._fail(error)
        finally:
            if generation == self._generation:
                self._reading = False

    async def _read_once(self, source: Source, generation: int) -> None:
        if not self.ready:
            await self._first_page(source, generation)
        elif self._reload:
            await self._reload_around(source, generation)
        elif (seek := self._next_seek()) is not None:
            page = await source(self.window.request(seek))
            if generation != self._generation:
                return
            self._wanted = None
            self.window.receive(seek, page)
        if generation == self._generation:
            self.error = None
            self._changed()

    async def _first_page(self, source: Source, generation: int) -> None:
        request = self.window.request(Seek.FIRST)
        if self._at is not None:
            request = PageRequest(Seek.FROM, self._at, request.limit)
        page = await source(request)
        before = None
        if self._at is not None and self._keep is not None:
            before = await source(PageRequest(Seek.BEFORE, self._at, request.limit))
        if generation != self._generation:
            return
        self._reload = False
        keep = self._keep() if callable(self._keep) else self._keep
        if before is not None:
            self.window.rebuild(before, page, keep)
        else:
            self.window.receive(request.seek, page)
        index = None if keep is None else self.window.index(keep)
        if index is not None:
            self.window.go(index)
        self._direction = 0
        self.ready = True

    async def _reload_around(self, source: Source, generation: int) -> None:
        """Read both sides of the cursor's row; again, if the cursor left them meanwhile."""
        while True:
            self._reload = False
            anchor = self.window.current
            if anchor is None:
                page = await source(self.window.request(Seek.FIRST))
                if generation == self._generation:
                    self.window.receive(Seek.FIRST, page)
                return
            limit = self.window.request(Seek.AFTER).limit
            rest = await source(PageRequest(Seek.FROM, anchor.position, limit))
            before = await source(PageRequest(Seek.BEFORE, anchor.position, limit))
            if generation != self._generation:
                return
            now = self.window.current
            read = {row.key for row in (*before.rows, *rest.rows)}
            if now is None or now.key == anchor.key or now.key in read:
                self.window.rebuild(before, rest)
                return

    def _fail(self, error: Exception) -> None:
        self.error = error
        self._wanted = None
        self._abandon()
        self._failed(error)

    def _abandon(self) -> None:
        waiting, self._queue = self._queue, deque()
        for one in waiting:
            one.abandoned()


async def answer(feed: RecordFeed, command: Command, direction: int = 0) -> bool:
    """Run a command and wait for it; return False if its rows couldn't be read."""
    done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def run() -> Seek | None:
        seek = command()
        if seek is None and not done.done():
            done.set_result(True)
        return seek

    def abandoned() -> None:
        if not done.done():
            done.set_result(False)

    feed.do(run, abandoned, direction)
    return await done
