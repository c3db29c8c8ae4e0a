"""Keeps what an agent types in the store, so that a dropped line or a crash costs half a second of it."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from textual.timer import Timer

from crm_tui.errors import CrmError
from crm_tui.i18n import _
from screens.base import CrmModal, CrmScreen

INTERVAL = 0.5
"""Seconds between two saves while typing goes on: what a killed program can lose at most."""

HOLD_INTERVAL = 20.0
"""Seconds after which a form that is open says so; well within what the draft service allows."""

RETRY_INTERVAL = 2.0
"""Seconds until a save that the store refused is tried again."""


class DraftKeeper:
    """Saves the texts of a form under a key while they change.

    The first change is saved at once, later ones together, one interval after the last save. What the
    store refuses stays in memory, is announced once and tried again until it is taken.

    Args:
        screen: The screen whose agent and services the draft is saved with.
        key: Name of the draft; see the draft service for the scheme.
        collect: Returns all texts of the form as they are now.
        interval: Seconds between two saves.
    """

    def __init__(
        self,
        screen: CrmScreen[Any] | CrmModal[Any],
        key: str,
        collect: Callable[[], Mapping[str, str]],
        *,
        interval: float = INTERVAL,
    ) -> None:
        self.key = key
        self._screen = screen
        self._collect = collect
        self._interval = interval
        self._dirty = False
        self._closed = False
        self._refused = False
        self._not_before = 0.0
        self._holding: Timer | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._saving = asyncio.Lock()
        self._payload: Mapping[str, str] = {}
        screen.app.add_flusher(self.flush)

    @property
    def pending(self) -> bool:
        """Whether there is text that the store doesn't have yet."""
        return self._dirty

    async def restore(self) -> Mapping[str, str] | None:
        """Return the texts of a draft that no other console is typing, None if there is none.

        It is held from now on, so that no other console is offered it.
        """
        texts = await self._screen.services.drafts.take(self._screen.actor, self.key)
        if texts is not None:
            self.hold()
        return texts

    def hold(self) -> None:
        """Keep what is stored from being offered to other consoles while the form is open."""
        if self._holding is None and not self._closed:
            self._holding = self._screen.set_interval(HOLD_INTERVAL, self._hold)

    def touch(self) -> None:
        """Take note that a text changed; called on every change, saves when it is time."""
        if not self._closed:
            # Taken now: when the console has to go, its widgets may be gone first.
            self._payload = dict(self._collect())
            self._dirty = True
            self._schedule()

    async def flush(self) -> None:
        """Save what isn't saved yet and wait for it. A refusal is announced, not raised."""
        async with self._saving:
            if self._dirty:
                await self._save()

    async def move(self, key: str) -> None:
        """Go on under another key; the draft under the old one is gone."""
        old, self.key = self.key, key
        if old != key and self._payload:
            self._dirty = True
            await self.flush()
            await self._discard(old)

    async def discard(self) -> None:
        """Forget the draft, because the form was saved or given up. Later changes aren't kept."""
        self._dirty = False
        self._end()
        async with self._saving:
            await self._discard(self.key)

    async def close(self) -> None:
        """Save what is pending and end; the draft stays, for whatever console opens the form next."""
        await self.flush()
        self._end()
        with contextlib.suppress(CrmError):
            await self._screen.services.drafts.release(self._screen.actor, self.key)

    def _end(self) -> None:
        self._closed = True
        self._screen.app.remove_flusher(self.flush)
        if self._holding is not None:
            self._holding.stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self) -> None:
        """Arrange the next save unless one is under way, which looks for later changes itself."""
        if self._timer is None and (self._task is None or self._task.done()):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._not_before), self._start)

    def _start(self) -> None:
        self._timer = None
        self._task = asyncio.get_running_loop().create_task(self.flush())
        self._task.add_done_callback(self._look_again)

    def _look_again(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._screen.app.worker_failed(error)
        elif self._dirty and not self._closed:
            self._schedule()

    async def _save(self) -> None:
        """Save the texts as they are now; what changes meanwhile makes the draft dirty again."""
        self._dirty = False
        try:
            await self._screen.services.drafts.save(self._screen.actor, self.key, self._payload)
        except CrmError as error:
            self._dirty = True
            self._rest(RETRY_INTERVAL)
            self._announce_refusal(error)
        else:
            self._rest(self._interval)
            self._announce_recovery()
            self.hold()

    async def _hold(self) -> None:
        # A store that can't be written says so when the next text is saved.
        with contextlib.suppress(CrmError):
            await self._screen.services.drafts.hold(self._screen.actor, self.key)

    def _rest(self, seconds: float) -> None:
        self._not_before = asyncio.get_running_loop().time() + seconds

    async def _discard(self, key: str) -> None:
        try:
            await self._screen.services.drafts.discard(self._screen.actor, key)
        except CrmError as error:
            self._screen.app.show_error(error)

    def _announce_refusal(self, error: CrmError) -> None:
        if self._refused:
            return
        self._refused = True
        self._screen.app.notice(
            _("Your text can't be stored right now: %(reason)s It stays here and is tried again.")
            % {"reason": error.message}
        )

    def _announce_recovery(self) -> None:
        if self._refused:
            self._refused = False
            self._screen.app.notice(_("Your text is stored again."))
