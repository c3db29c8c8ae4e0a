"""Finding the file to be imported: what is typed as a path, and what stands in the folder meant by it."""

import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import Final

from crm_tui.domain.search_terms import fold
from crm_tui.i18n import _

ENDINGS: Final = frozenset({".csv", ".tsv", ".txt", ".xls", ".xlsx", ".zip", ".vcf", ".ics"})
"""Of files that are offered; any other one can be typed."""

_MOST_SCANNED: Final = 20_000
_MOST_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, or a folder to look into.

    Attributes:
        label: What it is called in its folder; a file elsewhere by its path.
        changed: When, in seconds since 1970.
    """

    path: Path
    label: str
    is_folder: bool
    size: int = 0
    changed: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What fits a typed path.

    Attributes:
        exact: The file that is named whole; None if there is none.
        problem: Why the folder can't be read, a sentence; "" if it can.
    """

    exact: Path | None
    entries: Sequence[Entry]
    problem: str = ""


def typed_path(text: str) -> Path:
    """Return the path that was typed: ``~`` is home, quotes of a shell count for nothing.

    A path that is pasted behind another one begins anew, so that the proposed one needn't be deleted first.
    """
    text = begun_anew(_unquoted(text.strip()))
    path = Path(text or "~")
    if text.startswith("~"):
        try:
            path = path.expanduser()
        except RuntimeError:
            path = Path(text)
    return Path(os.path.normpath(path.absolute()))


def begun_anew(text: str) -> str:
    """Return what counts of a line in which a path was typed behind another one.

    A name may begin with ``~``; someone's home has a slash behind it, or nothing at all.
    """
    before, found, after = text.rpartition("//")
    if found and before:
        text = f"/{after}"
    before, found, after = text.rpartition("/~")
    if found and before and (not after or "/" in after):
        text = f"~{after}"
    return text


def shown_path(path: Path) -> str:
    """Return a path as it is typed, with ``~`` for home."""
    home = Path.home()
    if path == home:
        return "~"
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def shown_folder(path: Path) -> str:
    """Return a folder as it is typed, so that what is typed behind it is a name in it."""
    text = shown_path(path)
    return text if text.endswith("/") else f"{text}/"


def look(text: str, others: Sequence[Path] = ()) -> Found:
    """Return what fits a typed path; it reads the disk and belongs into a thread.

    Args:
        others: Files that are offered as well where a whole folder is shown, such as those imported before.
    """
    path = typed_path(text)
    whole_folder = text.strip().endswith("/") or not text.strip() or path == Path("/")
    if not whole_folder and (exact := _file(path) or _file(_half_width(path))) is not None:
        return Found(exact, [_entry(exact, exact.name)])
    folder, wanted = (path, "") if whole_folder else (path.parent, path.name)
    try:
        with os.scandir(folder) as entries:
            inside = [one for one in map(_scanned, islice(entries, _MOST_SCANNED)) if one is not None]
    except FileNotFoundError:
        return Found(None, [], _("There is no such folder."))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Found(None, [], _("This folder can't be read: %(reason)s.") % {"reason": reason})
    files = [one for one in inside if not one.is_folder and _is_offered(one, wanted)]
    folders = [one for one in inside if one.is_folder and _fits(one.label, wanted)]
    newest = nlargest(_MOST_SHOWN, files, key=lambda one: one.changed)
    folders.sort(key=lambda one: fold(one.label))
    rows = [*newest, *(_others(others, newest) if whole_folder else ()), *folders[:_MOST_SHOWN]]
    if whole_folder and folder != folder.parent:
        rows.append(Entry(folder.parent, "..", True))
    return Found(None, rows)


def _unquoted(text: str) -> str:
    """Return a path without the signs that a terminal puts there when a file is dropped on it."""
    quote = text[-1:]
    before, found, inside = text[:-1].partition(quote) if quote in ("'", '"') else ("", "", "")
    if found and (not before or before.endswith("/")):
        return inside
    return text.replace("\\ ", " ")


def _half_width(path: Path) -> Path:
    """Return a path as it is without an input method."""
    return Path(unicodedata.normalize("NFKC", str(path)))


def _file(path: Path) -> Path | None:
    try:
        return path if stat.S_ISREG(path.stat().st_mode) else None
    except (OSError, ValueError):
        return None


def _entry(path: Path, label: str) -> Entry:
    found = path.stat()
    return Entry(path, label, False, found.st_size, found.st_mtime)


def _scanned(entry: "os.DirEntry[str]") -> Entry | None:
    """Return an entry of a folder; None for what is hidden or neither file nor folder."""
    if entry.name.startswith("."):
        return None
    try:
        if entry.is_dir():
            return Entry(Path(entry.path), entry.name, True)
        return _entry(Path(entry.path), entry.name) if entry.is_file() else None
    except OSError:
        return None


def _is_offered(entry: Entry, wanted: str) -> bool:
    return entry.path.suffix.casefold() in ENDINGS and _fits(entry.label, wanted)


def _fits(name: str, wanted: str) -> bool:
    return fold(wanted) in fold(name)


def _others(others: Sequence[Path], shown: Sequence[Entry]) -> list[Entry]:
    known = {one.path for one in shown}
    found = [path for path in dict.fromkeys(others) if path not in known and _file(path) is not None]
    return [_entry(path, shown_path(path)) for path in found]
