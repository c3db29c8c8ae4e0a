"""Keeps keys back while an action decides which screen the next key is for.

A key typed behind the one that opens a dialog is for that dialog, even where the action has to read a
record before it knows what to ask. So the worker of an action holds the keys until it opens a screen or
ends; between two dialogs of one action it holds them again. Where it can't do what was asked, keys that
were typed for what it would have opened are dropped: the screen beneath would take them for commands.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from textual.app import App, ReturnType
from textual.screen import Screen
from textual.worker import Worker

from crm_tui.errors import CrmError
from screens.key_queue import running_worker

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.key_queue import Hold, KeyQueue

Result = TypeVar("Result")

_CURRENT: ContextVar["ActionHold | None"] = ContextVar("action_hold", default=None)


class ActionHold:
    """The hold of one running action.

    Args:
        keys: The keys that wait.
    """

    def __init__(self, keys: "KeyQueue") -> None:
        self._keys = keys
        self._hold: Hold | None = None
        self._has_begun = self._has_ended = False
        self._worker: Worker[Any] | None = None

    def take(self) -> None:
        """Keep keys back from now on."""
        if self._hold is None and not self._has_ended:
            self._hold = self._keys.keep()
            self._hold.has_begun, self._hold.worker = self._has_begun, self._worker

    def begin(self) -> None:
        """Take note of the worker that has begun: it opens nothing once the agent gives up waiting."""
        _CURRENT.set(self)
        self._has_begun, self._worker = True, running_worker()
        if self._hold is not None:
            self._hold.has_begun, self._hold.worker = True, self._worker

    def release(self) -> None:
        """Let keys pass to the screen in front."""
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    def refused(self) -> None:
        """Drop the keys that were typed for what doesn't open."""
        if self._hold is not None:
            self._keys.drop()

    def end(self) -> None:
        """Let keys pass for good."""
        self._has_ended = True
        self.release()


def held(keys: "KeyQueue", work: Callable[[], Awaitable[Result]]) -> Callable[[], Awaitable[Result]]:
    """Return ``work`` with the keys held while it runs. The hold begins now, before its first step."""
    hold = ActionHold(keys)
    hold.take()

    async def run() -> Any:
        hold.begin()
        try:
            return await work()
        except CrmError:
            hold.refused()
            raise
        finally:
            hold.end()

    return run


class HoldingApp(App[ReturnType], Generic[ReturnType]):
    """Lets keys pass as soon as an action has opened the screen that they are for."""

    def push_screen(self, screen: Any, *args: Any, **options: Any) -> Any:
        """Open a screen; keys that the action held back are for it.

        Raises:
            CancelledError: The agent gave up waiting for it.
        """
        keys = cast("CrmApp", self).keys
        if not keys.may_open():
            raise asyncio.CancelledError
        hold = _CURRENT.get()
        # The tasks of a screen inherit this context, but what they do is no part of the action.
        token = _CURRENT.set(None)
        try:
            opened = super().push_screen(screen, *args, **options)
        finally:
            _CURRENT.reset(token)
        if hold is not None:
            hold.release()
        keys.watch()
        return opened

    async def push_screen_wait(self, screen: Screen[Any] | str, *, mode: str | None = None) -> Any:
        """Open a screen and wait for its answer; what is typed behind that may be for the next one."""
        hold = _CURRENT.get() or self._hold_of_worker()
        await self._flush_next_callbacks()
        answer: asyncio.Future[Any] = self.push_screen(screen, wait_for_dismiss=True, mode=mode)
        # At once with the answer: before whoever asked goes on, a key could pass to the screen beneath.
        answer.add_done_callback(lambda _answer: hold.take())
        # Whoever asked may end before there is an answer; the question stays.
        return await asyncio.shield(answer)

    def _hold_of_worker(self) -> ActionHold:
        """Return a hold for the rest of the worker that asks."""
        hold = ActionHold(cast("CrmApp", self).keys)
        hold.begin()
        if (task := asyncio.current_task()) is not None:
            task.add_done_callback(lambda _task: hold.end())
        return hold
