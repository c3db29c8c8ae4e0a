"""The SQLite that the program uses.

Debian's and Python's own SQLite have a data race that can corrupt a WAL database with several
connections (3.7.0 to 3.51.2, fixed in 3.51.3, 3.50.7 and 3.44.6). ``pysqlite3`` bundles a fixed
one; it takes the place of the standard module before aiosqlite is imported. Where there is no
wheel of it, the standard module stays and an affected version runs without WAL.
"""

import importlib
import sqlite3 as standard
import sys
from types import ModuleType


def install() -> ModuleType:
    """Make the bundled SQLite the process's ``sqlite3`` and return it, the standard one if none."""
    try:
        bundled = importlib.import_module("pysqlite3.dbapi2")
        package = importlib.import_module("pysqlite3")
    except ImportError:
        return standard
    sys.modules["sqlite3"] = package
    sys.modules["sqlite3.dbapi2"] = bundled
    return package


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite can corrupt a WAL database that has several connections."""
    if version < (3, 7, 0) or version >= (3, 51, 3):
        return False
    return not ((3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0))


sqlite = install()
"""The module to use; it has the interface of the standard ``sqlite3``."""


def version() -> tuple[int, ...]:
    """Return the version of the SQLite library that is linked."""
    return tuple(int(part) for part in sqlite.sqlite_version.split("."))


def journal_mode() -> str:
    """Return the journal mode that is safe with the linked version."""
    return "DELETE" if has_wal_reset_bug(version()) else "WAL"
