"""Waking up at a moment of the wall clock, however the clock got there.

A delay of the event loop stands still while the machine sleeps and knows nothing of a clock that is set.
The kernel's timer on the wall clock (timerfd) does both, and costs nothing until it rings.
"""

import asyncio
import ctypes
import math
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from crm_tui.clock import Clock

LOOK_EVERY: Final = 30.0
"""Seconds between two looks at the clock where there is no such timer."""

_CLOCK_REALTIME = 0
_ABSOLUTE, _CANCEL_ON_SET = 1, 2
_READ = 8
"""Bytes that tell how often the timer rang."""


class _Moment(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


class _Setting(ctypes.Structure):
    _fields_ = [("interval", _Moment), ("value", _Moment)]


class WallTimer:
    """Calls back once its clock has reached a moment: also after a sleep, and after the clock was set.

    Made and used within one event loop.

    Args:
        clock: What tells the time.
        reached: Called in the event loop when the moment has come; the timer is then unset.
    """

    def __init__(self, clock: Clock, reached: Callable[[], None]) -> None:
        self._clock = clock
        self._reached = reached
        self._at: datetime | None = None
        self._handle: asyncio.Handle | None = None
        self._kernel: KernelTimer | None = None
        with suppress(OSError):
            self._kernel = KernelTimer(self.look)

    @property
    def at(self) -> datetime | None:
        """The moment that is waited for."""
        return self._at

    def set(self, at: datetime | None) -> None:
        """Wait for ``at``, aware, in the place of what was waited for before; None for nothing."""
        self._at = at
        self._wait()

    def look(self) -> None:
        """Look at the clock and call back if the moment has come."""
        if self._at is not None and self._clock.now() >= self._at:
            self.set(None)
            self._reached()
        else:
            self._wait()

    def close(self) -> None:
        """Wait for nothing any more, for good."""
        self.set(None)
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None

    def _wait(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if self._kernel is not None:
            self._kernel.set(None)
        if self._at is None:
            return
        left = (self._at - self._clock.now()).total_seconds()
        loop = asyncio.get_running_loop()
        if left <= 0:
            self._handle = loop.call_soon(self.look)
        elif self._kernel is None or not self._kernel.set(self._at):
            self._handle = loop.call_later(min(left, LOOK_EVERY), self.look)


class KernelTimer:
    """A timer of the kernel on the wall clock (Linux).

    Args:
        rung: Called in the event loop when the moment has come, and when the clock was set before that.

    Raises:
        OSError: The system has no such timer.
    """

    def __init__(self, rung: Callable[[], None]) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError("no timerfd")
        self._rung = rung
        self._library = ctypes.CDLL(None, use_errno=True)
        self._reader = self._library.timerfd_create(_CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._reader < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._reader, self._read)

    def set(self, at: datetime | None) -> bool:
        """Ring at ``at``, None for never; return False for a moment that has passed by the machine's clock.

        Such a moment belongs to another clock than the machine's, and the timer is no help with it.
        """
        setting = _Setting()
        if at is not None:
            # Rather a little late than early: who is called looks at the clock.
            microseconds = math.ceil(at.timestamp() * 1_000_000) + 1
            setting.value = _Moment(microseconds // 1_000_000, microseconds % 1_000_000 * 1_000)
        flags = _ABSOLUTE | _CANCEL_ON_SET
        if self._library.timerfd_settime(self._reader, flags, ctypes.byref(setting), None) < 0:
            return False
        return at is None or not self._has_rung()

    def close(self) -> None:
        """Give the file descriptor back."""
        self._loop.remove_reader(self._reader)
        os.close(self._reader)

    def _read(self) -> None:
        # ECANCELED says that the clock was set: what was waited for may have come.
        with suppress(OSError):
            os.read(self._reader, _READ)
        self._rung()

    def _has_rung(self) -> bool:
        with suppress(OSError):
            return len(os.read(self._reader, _READ)) == _READ
        return False
