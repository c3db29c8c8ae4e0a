"""Hearing of the end of a process, without asking and without a thread where the system can tell (pidfd)."""

import asyncio
import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress


def when_gone(pid: int, callback: Callable[[], None]) -> Callable[[], None] | None:
    """Call back in the event loop once a process of this machine has ended.

    Args:
        pid: Any process; it needs not be a child.

    Returns:
        How to stop waiting for it; None where the system can't tell, or there is no such process.
    """
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return None
    loop = asyncio.get_running_loop()
    waiting = [descriptor]

    def stop() -> None:
        if waiting:
            loop.remove_reader(waiting[0])
            os.close(waiting.pop())

    def ended() -> None:
        stop()
        callback()

    loop.add_reader(descriptor, ended)
    return stop


async def ended(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the end of a child and return its code; negative: the signal that ended it."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    stop = when_gone(process.pid, told.set)
    if stop is None:

        def wait() -> None:
            process.wait()
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(told.set)

        threading.Thread(target=wait, daemon=True).start()
    try:
        await told.wait()
        return process.wait()
    finally:
        if stop is not None:
            stop()
