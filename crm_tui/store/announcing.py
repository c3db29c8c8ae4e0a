"""What a commit says to the other consoles on the store.

PostgreSQL carries it in a notification. On SQLite it stands in the table ``commits``, written in the
same transaction; a trigger keeps only the latest rows. Once it is durable, the time stamp of the
store's file is set, which wakes the watchers of the other processes. Nothing else touches that time
stamp alone, so they sleep through drafts, refusals and housekeeping.
"""

import os
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.modules import Module
from crm_tui.store.changes import EVERYTHING, Changed

CHANNEL = "crm_tui_changes"
"""Name of the notifications of a PostgreSQL store."""

MOST_KEYS = 120
"""Records that one announcement names; beyond, everything may have changed.

A notification of PostgreSQL takes less than 8,000 bytes, and a screen that reads itself again is
cheaper than one that looks through thousands of keys.
"""


def encoded(changed: Changed) -> str:
    """Return ``changed`` as text: ``module:id``, separated by blanks; "" means everything."""
    if len(changed) > MOST_KEYS:
        return ""
    return " ".join(sorted(f"{module.value}:{record_id}" for module, record_id in changed))


def decoded(text: str) -> Changed:
    """Return what `encoded` made a text of; what a newer program wrote counts as everything."""
    try:
        words = [word.partition(":") for word in text.split()]
        return frozenset((Module(module), record_id) for module, _colon, record_id in words)
    except ValueError:
        return EVERYTHING


async def announce(connection: AsyncConnection, origin: str, changed: Changed) -> None:
    """Say in a transaction what it changes; nobody hears of it before the commit.

    Args:
        origin: The process, so that its own watcher can pass over it.
    """
    text = encoded(changed)
    if connection.dialect.name == "sqlite":
        statement = "INSERT INTO commits (origin, changed) VALUES (?, ?)"
        await connection.exec_driver_sql(statement, (origin, text))
    else:
        statement = "SELECT pg_notify($1, $2)"
        await connection.exec_driver_sql(statement, (CHANNEL, f"{origin} {text}"))


def ring(path: str) -> None:
    """Wake the watchers of an SQLite store, after a commit.

    The file is not opened: closing it would drop the locks that this process holds on it.
    """
    with suppress(OSError):
        os.utime(path)
