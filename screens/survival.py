"""What outlives a dropped line, a signal and a crash: the typed text, and an exit status that tells."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from crm_tui.crash import Crash, crash_report
from crm_tui.errors import CrmError
from screens.notices import Notices

log = logging.getLogger(__name__)

Flusher = Callable[[], Awaitable[None]]

FLUSH_TIMEOUT = 2.5
"""Seconds that saving drafts may take when the console has to go; its supervisor waits four."""

SIGNALS = (signal.SIGHUP, signal.SIGTERM)


class Survival(Notices):
    """The part of the console that saves drafts before it goes, whatever the reason."""

    def prepare_survival(self) -> None:
        """Start with nothing to save and nothing gone wrong."""
        self.crash: Crash | None = None
        self._flushers: dict[Flusher, None] = {}
        self._last_task: asyncio.Task[None] | None = None

    def add_flusher(self, flusher: Flusher) -> None:
        """Have ``flusher`` awaited before the console closes: it saves typed text.

        It must work from what it knows by then, not from widgets, and raise nothing.
        """
        self._flushers[flusher] = None

    def remove_flusher(self, flusher: Flusher) -> None:
        """Stop awaiting ``flusher``."""
        self._flushers.pop(flusher, None)

    async def flush_drafts(self) -> None:
        """Save all typed text. What fails or takes too long doesn't keep the rest from being saved."""
        flushers = [asyncio.ensure_future(flusher()) for flusher in self._flushers]
        if not flushers:
            return
        done, late = await asyncio.wait(flushers, timeout=FLUSH_TIMEOUT)
        for future in late:
            future.cancel()
        for future in done:
            if not future.cancelled() and (error := future.exception()) is not None:
                log.error("a draft was not saved: %s", type(error).__name__)
        if late:
            log.error("%d drafts were not saved in time", len(late))

    def watch_signals(self) -> None:
        """Save and leave when the line drops or the system asks the console to end."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            # Outside the main thread (in some tests) signals can't be watched.
            with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
                loop.add_signal_handler(number, self._signalled, number)

    def unwatch_signals(self) -> None:
        """Leave signals to the system again."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
                loop.remove_signal_handler(number)

    def worker_failed(self, error: BaseException) -> None:
        """Show an error that is meant for people; end the console on any other."""
        if isinstance(error, CrmError):
            self.show_error(error)
        elif isinstance(error, Exception) and self._running:
            self._handle_exception(error)
        elif isinstance(error, Exception):
            # While the console closes, screens are taken apart under what is still being built for them.
            log.warning("cut short by the end of the console: %s", type(error).__name__)

    def panic(self, *renderables: Any) -> None:
        """End the console without painting ``renderables``, which may hold anything."""
        self._handle_exception(RuntimeError("the console could not go on"))

    def _signalled(self, number: signal.Signals) -> None:
        log.warning("ended by %s", number.name)
        self._leave(128 + number)

    def _handle_exception(self, error: Exception) -> None:
        """End the console after an internal error. Overrides Textual's, which prints variables."""
        self._return_code = 1
        if self.crash is not None:
            return
        self._exception = error
        self.crash = crash_report(error)
        noticed: asyncio.Event = self._exception_event
        noticed.set()
        self._leave(1)

    def _leave(self, status: int) -> None:
        if self._last_task is None:
            self._last_task = asyncio.get_running_loop().create_task(self._flush_and_leave(status))

    async def _flush_and_leave(self, status: int) -> None:
        try:
            await self.flush_drafts()
        finally:
            self._return_code = status
            self._close_messages_no_wait()
