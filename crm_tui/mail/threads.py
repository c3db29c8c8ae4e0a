"""Threads for the synchronous lines: one waits in IDLE for each account, for minutes.

asyncio's own pool has a handful of threads; a few accounts that wait would leave none for the rest.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")
_L = TypeVar("_L", bound="Droppable")

_POOL = ThreadPoolExecutor(max_workers=256, thread_name_prefix="mail")
"""Makes a thread only when all others are busy."""


class Droppable(Protocol):
    """A line that may be closed from any thread; whoever is using it gets an error."""

    def drop(self) -> None:
        """Close it."""
        ...


def start_in_thread(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> "asyncio.Future[_T]":
    """Run a call in a thread of its own."""
    return asyncio.get_running_loop().run_in_executor(_POOL, partial(function, *args, **kwargs))


async def opened(open_it: Callable[_P, _L], *args: _P.args, **kwargs: _P.kwargs) -> _L:
    """Open a line in a thread; when cancelled meanwhile, drop the line once it is there."""
    opening = start_in_thread(open_it, *args, **kwargs)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_drop_unused)
        raise


def _drop_unused(opening: "asyncio.Future[_L]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().drop()


async def in_thread(line: Droppable, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Run a call that uses the line in a thread; when cancelled, drop the line, which ends the thread."""
    task = start_in_thread(function, *args, **kwargs)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        line.drop()
        await asyncio.gather(task, return_exceptions=True)
        raise
