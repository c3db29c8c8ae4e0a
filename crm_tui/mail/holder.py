"""Names of workers in the leases of accounts, and whether the one that is named still lives.

A lease ends by itself, but on one's own machine nobody needs to wait for that: a process that is gone
holds nothing. Of processes elsewhere, in another container for example, only the end of the lease is known.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_LONGEST_HOST: Final = 40


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds leases.

    Attributes:
        host: Name of its machine, for people.
        place: Start of the machine and namespace of processes: within them ``pid`` is unique; "" if unknown.
        began: When the process started, in ticks; a number that was given out again has another.
        chance: Tells two workers of one process apart.
    """

    host: str
    pid: int
    place: str
    began: str
    chance: str

    def __str__(self) -> str:
        return "/".join((self.host, str(self.pid), self.place, self.began, self.chance))

    @property
    def is_here(self) -> bool:
        """Whether the process is, or was, one that this process could see."""
        return bool(self.place) and self.place == _place()

    @property
    def is_gone(self) -> bool:
        """Whether the process is known to have ended."""
        if not self.is_here:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return _began(self.pid) not in ("", self.began)


def this_process() -> Holder:
    """Return a name for a worker of this process."""
    host = socket.gethostname().replace("/", "_")[:_LONGEST_HOST]
    return Holder(host, os.getpid(), _place(), _began(os.getpid()), secrets.token_hex(4))


def parse_holder(text: str) -> Holder | None:
    """Return the holder that is named so in a lease; None if that is no such name."""
    parts = text.split("/")
    if len(parts) != 5 or not (parts[1].isascii() and parts[1].isdigit()):
        return None
    return Holder(parts[0], int(parts[1]), *parts[2:])


def is_gone(text: str) -> bool:
    """Return whether the holder named in a lease is known to have ended."""
    holder = parse_holder(text)
    return holder is not None and holder.is_gone


def _place() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot[:13]}.{(_PROC / 'self/ns/pid').stat().st_ino}"
    except (OSError, ValueError):
        return ""


def _began(pid: int) -> str:
    """Return field 22 of ``stat`` in proc(5), counted behind the name, which may hold anything.

    "" if nothing is known of the process.
    """
    try:
        fields = (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return fields[19] if fields[0] != "Z" else "ended"
    except (OSError, IndexError):
        return ""
