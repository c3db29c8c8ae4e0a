"""One cache of compiled statements for all the stores of a process.

SQLAlchemy compiles each statement once per engine. A program opens one store; the tests open one each, and
compiling the same statements again for every one of them is a good part of what they cost.
"""

from typing import Any

from crm_tui.store import engine as store_engine  # first: it chooses the driver of SQLite

# isort: split
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

_STATEMENTS: LRUCache[Any, Any] = LRUCache(4_000)


def share_statements() -> None:
    """Let engines that the product makes from now on take compiled statements from each other."""
    for kind in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        # The key of a compiled statement holds its dialect; all of a kind are set up alike here.
        kind.__eq__ = _is_alike  # type: ignore[method-assign]
        kind.__hash__ = _kind_hash  # type: ignore[assignment, method-assign]
    store_engine.create_async_engine = _sharing  # type: ignore[attr-defined]


def _sharing(*args: Any, **options: Any) -> AsyncEngine:
    made = create_async_engine(*args, **options)
    made.sync_engine._compiled_cache = _STATEMENTS
    return made


def _is_alike(one: object, other: object) -> bool:
    return type(one) is type(other)


def _kind_hash(one: object) -> int:
    return hash(type(one))
