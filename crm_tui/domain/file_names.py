"""Names for files that come from outside: they lead nowhere, hide nothing and are no options."""

import re
from typing import Final

from crm_tui.text import safe

LONGEST: Final = 200
"""Bytes of a name: file systems take 255, and a number may be added."""

_FORBIDDEN: Final = re.compile(r'[<>:"|?*\\/]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def harmless_name(name: str, fallback: str) -> str:
    """Return ``name`` as it may be given to a file: its last part alone, without what a shell or a file
    system would read differently. Letters of any script stay.

    Args:
        fallback: The name if nothing of it is left.
    """
    last = re.split(r"[/\\]", safe(name, limit=4 * LONGEST))[-1]
    clean = _FORBIDDEN.sub("_", last).strip().lstrip(".-~ ").rstrip(". ")
    if not clean or _RESERVED.fullmatch(clean):
        clean = f"{fallback}_{clean}".rstrip("_")
    return _shortened(clean)


def numbered(name: str, number: int) -> str:
    """Return ``name`` with a number before its ending: ``offer (2).pdf``; the first has none."""
    if number < 2:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ({number}).{ending}" if dot and stem else f"{name} ({number})"


def _shortened(name: str) -> str:
    """Cut the beginning short, not the ending, which says what kind of file it is."""
    stem, dot, ending = name.rpartition(".")
    if not (dot and stem) or len(ending) > 10:
        stem, dot, ending = name, "", ""
    room = LONGEST - len((dot + ending).encode())
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return stem + dot + ending
