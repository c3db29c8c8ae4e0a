"""Which console a draft is being typed in, and whether that console still runs."""

import contextlib
import hashlib
import os
import platform
from pathlib import Path

from crm_tui.domain.ids import new_id

_open: set[str] = set()
"""Holders of this process that haven't ended."""


def new_holder() -> str:
    """Return a name for one console: where it runs, its process, and which of that process's it is."""
    holder = f"{_place()}:{os.getpid()}:{new_id()}"
    _open.add(holder)
    return holder


def end(holder: str) -> None:
    """Say that a console of this process has ended; what it held is free."""
    _open.discard(holder)


def has_ended(holder: str) -> bool:
    """Return whether a console is known to have ended; of one on another machine nothing is known."""
    place, _colon, rest = holder.partition(":")
    process = rest.partition(":")[0]
    if not process.isdecimal():
        return True
    if place != _place():
        return False
    if int(process) == os.getpid():
        return holder not in _open
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return _is_dead(process)


def _is_dead(process: str) -> bool:
    """Return whether nothing is left of a process but its number, until its parent asks for it (proc(5))."""
    try:
        stat = Path("/proc", process, "stat").read_text("utf-8", "replace")
    except OSError:
        return False
    # The name before the state may hold anything.
    return stat.rpartition(")")[2].split()[:1] in (["Z"], ["X"])


def _place() -> str:
    """Return what process numbers are unique in: a machine, or one container of it."""
    space = ""
    with contextlib.suppress(OSError):
        space = os.readlink("/proc/self/ns/pid")
    return hashlib.sha256(f"{platform.node()} {space}".encode()).hexdigest()[:16]
