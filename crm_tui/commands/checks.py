"""The checks of ``crm-tui doctor``."""

import asyncio
import locale
import os
import platform
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_tui.commands.invocation import Invocation
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _

OK, WARN, FAIL = "ok", "warn", "fail"

WORDS = {OK: N_("ok"), WARN: N_("warning"), FAIL: N_("failed")}
"""Status codes and how a person reads them."""

_WAL_HEADER = (2, 2)
"""Bytes 18 and 19 of an SQLite file in WAL mode (file format, 1.3.3)."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: a code, ``ok``, ``warn`` or ``fail``, and a sentence."""

    name: str
    status: str
    message: str


def run_checks(invocation: Invocation) -> list[Check]:
    """Return what was found; a check that itself fails is a failed check."""
    groups: tuple[Callable[[Invocation], Iterator[Check]], ...] = (
        _program,
        _surroundings,
        _configuration,
        _sqlite,
        _store,
        _log,
    )
    found: list[Check] = []
    for group in groups:
        try:
            found += group(invocation)
        except (CrmError, OSError) as error:
            found.append(Check(group.__name__.strip("_"), FAIL, str(error)))
    return found


def _program(invocation: Invocation) -> Iterator[Check]:
    import crm_tui

    yield Check("program", OK, f"crm-tui {crm_tui.__version__}, Python {platform.python_version()}")


def _surroundings(invocation: Invocation) -> Iterator[Check]:
    from crm_tui.environment import PLAIN_TERMINALS

    kind = os.environ.get("TERM", "")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Check("terminal", WARN, _("Not run in a terminal; the console needs one."))
    elif kind in PLAIN_TERMINALS:
        yield Check(
            "terminal", FAIL, _("TERM is %(kind)s: the console can't be drawn.") % {"kind": repr(kind)}
        )
    else:
        size = os.get_terminal_size(sys.stdout.fileno())
        small = size.columns < 80 or size.lines < 24
        yield Check("terminal", WARN if small else OK, f"{kind}, {size.columns}×{size.lines}")
    yield Check("colours", OK, _colours(kind))
    charset = locale.getlocale()[1] or locale.getpreferredencoding(False)
    is_utf8 = charset.lower().replace("-", "") == "utf8"
    name = next((os.environ[v] for v in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(v)), "C")
    message = _("%(locale)s, %(charset)s") % {"locale": name, "charset": charset}
    yield Check("locale", OK if is_utf8 else WARN, message)


def _colours(kind: str) -> str:
    if os.environ.get("NO_COLOR"):
        return _("none, because NO_COLOR is set")
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return _("16 million")
    return "256" if "256" in kind else "16"


def _configuration(invocation: Invocation) -> Iterator[Check]:
    from crm_tui.config import config_paths, validate

    problems = validate(path=invocation.config_path)
    for problem in problems:
        yield Check("configuration", FAIL, str(problem))
    if not problems:
        yield Check("configuration", OK, str(invocation.config_path or config_paths().user))


def _sqlite(invocation: Invocation) -> Iterator[Check]:
    from crm_tui.store import sqlite_driver

    number = ".".join(map(str, sqlite_driver.version()))
    if sqlite_driver.has_wal_reset_bug(sqlite_driver.version()):
        yield Check(
            "sqlite",
            WARN,
            _("SQLite %(version)s can damage a store in WAL mode; DELETE mode is used instead.")
            % {"version": number},
        )
    else:
        yield Check("sqlite", OK, f"SQLite {number}")


def _store(invocation: Invocation) -> Iterator[Check]:
    from crm_tui.config import default_store_url
    from crm_tui.store.url import parse_store_url

    address = invocation.load_config().store.url
    store = parse_store_url(address)
    if store.path is None:
        yield from _schema(address)
    elif store.path.exists():
        yield Check("store", OK, str(store.path))
        yield from _file(store.path)
        yield from _schema(address)
    elif address == default_store_url():
        yield Check("store", OK, _("%(path)s will be made at the first start.") % {"path": store.path})
    else:
        yield Check("store", FAIL, _("There is no store at %(path)s.") % {"path": store.path})


def _file(path: Path) -> Iterator[Check]:
    files = [path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal"))]
    open_ones = [file.name for file in files if file.exists() and file.stat().st_mode & _OTHERS]
    if open_ones:
        names = ", ".join(open_ones)
        yield Check(
            "permissions", FAIL, _("Other accounts can open %(files)s (chmod 600).") % {"files": names}
        )
    else:
        yield Check("permissions", OK, stat.filemode(path.stat().st_mode))
    writable = os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
    message = str(path.parent) if writable else _("The store or its folder can't be written to.")
    yield Check("folder", OK if writable else FAIL, message)
    yield from _journal(path)
    yield from _file_system(path)


def _journal(path: Path) -> Iterator[Check]:
    from crm_tui.store import sqlite_driver

    with path.open("rb") as file:
        header = file.read(20)
    wal = tuple(header[18:20]) == _WAL_HEADER
    if wal and sqlite_driver.has_wal_reset_bug(sqlite_driver.version()):
        yield Check("journal", FAIL, _("WAL, which the linked SQLite can damage."))
    else:
        yield Check("journal", OK, "WAL" if wal else "DELETE")


def _file_system(path: Path) -> Iterator[Check]:
    from crm_tui.store.maintenance import NETWORK_FILE_SYSTEMS, file_system_of

    kind = file_system_of(path.parent)
    if kind in NETWORK_FILE_SYSTEMS:
        yield Check("file_system", FAIL, _("%(kind)s: SQLite can't lock there.") % {"kind": kind})
    else:
        yield Check("file_system", OK, kind or _("unknown"))


def _schema(address: str) -> Iterator[Check]:
    from crm_tui.store import maintenance
    from crm_tui.store.url import parse_store_url

    store = parse_store_url(address)
    found, needed = asyncio.run(maintenance.current(store))
    if found != needed:
        message = _("The store has version %(found)s, this program needs %(needed)s.")
        yield Check("schema", FAIL, message % {"found": found or "—", "needed": needed})
        return
    yield Check("schema", OK, needed)
    problems = asyncio.run(maintenance.check(store))
    for problem in problems:
        yield Check("integrity", FAIL, problem)
    if not problems:
        yield Check("integrity", OK, _("no damage, no broken references"))


def _log(invocation: Invocation) -> Iterator[Check]:
    from crm_tui.logs import log_path

    path = log_path()
    folder = next(parent for parent in path.parents if parent.exists())
    if os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK)):
        yield Check("log", OK, str(path))
    else:
        yield Check("log", WARN, _("%(path)s can't be written; nothing is logged.") % {"path": path})
