"""Sleeping until the time stamp of a file is set, without waking up in between (Linux)."""

import asyncio
import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_IN_ATTRIB = 0x4
_BLOCK = 4096


class Bell:
    """Rings when the attributes of a file are set, by any process of this machine.

    What the kernel says is never looked at: that it says something is the message.

    Raises:
        OSError: The system has no inotify, or no more of it for this account.
    """

    def __init__(self, path: Path) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError("no inotify")
        library = ctypes.CDLL(None, use_errno=True)
        self._reader = _checked(library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        try:
            _checked(library.inotify_add_watch(self._reader, os.fsencode(path), _IN_ATTRIB))
        except OSError:
            self.close()
            raise

    async def rung(self) -> None:
        """Sleep until the bell has rung since the last time; several strokes count as one."""
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._reader, heard.set)
        try:
            await heard.wait()
        finally:
            loop.remove_reader(self._reader)
        with suppress(BlockingIOError):
            while os.read(self._reader, _BLOCK):
                pass

    def close(self) -> None:
        """Give the file descriptor back."""
        os.close(self._reader)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
