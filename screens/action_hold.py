"""Keeps keys back while an action decides which screen the next key is for.

A key typed behind the one that opens a dialog is for that dialog, even where the action has to read a
record before it knows what to ask. So the worker of an action holds the keys until it opens a screen,
ends, or has taken `PATIENCE`; between two dialogs of one action it holds them again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.app import App, ReturnType
from textual.screen import Screen

from screens.key_queue import PATIENCE

if TYPE_CHECKING:
    from screens.key_queue import KeyQueue

Result = TypeVar("Result")

_CURRENT: ContextVar["ActionHold | None"] = ContextVar("action_hold", default=None)


class ActionHold:
    """The hold of one running action.

    Args:
        keys: The keys that wait.
    """

    def __init__(self, keys: "KeyQueue") -> None:
        self._keys = keys
        self._expiry: asyncio.TimerHandle | None = None

    def take(self) -> None:
        """Keep keys back from now on, for a while at most: a slow store blocks nobody."""
        if self._expiry is None:
            self._keys.keep()
            self._expiry = asyncio.get_running_loop().call_later(PATIENCE, self.release)

    def release(self) -> None:
        """Let keys pass to the screen in front."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
            self._keys.let_go()


def held(keys: "KeyQueue", work: Callable[[], Awaitable[Result]]) -> Callable[[], Awaitable[Result]]:
    """Return ``work`` with the keys held while it runs. The hold begins now, before its first step."""
    hold = ActionHold(keys)
    hold.take()

    async def run() -> Any:
        _CURRENT.set(hold)
        try:
            return await work()
        finally:
            hold.release()

    return run


class HoldingApp(App[ReturnType], Generic[ReturnType]):
    """Lets keys pass as soon as an action has opened the screen that they are for."""

    def push_screen(self, screen: Any, *args: Any, **options: Any) -> Any:
        """Open a screen; keys that the action held back are for it."""
        opened = super().push_screen(screen, *args, **options)
        if (hold := _CURRENT.get()) is not None:
            hold.release()
        return opened

    async def push_screen_wait(self, screen: Screen[Any] | str, *, mode: str | None = None) -> Any:
        """Open a screen and wait for its answer; what is typed behind that may be for the next one."""
        try:
            return await super().push_screen_wait(screen, mode=mode)
        finally:
            if (hold := _CURRENT.get()) is not None:
                hold.take()
