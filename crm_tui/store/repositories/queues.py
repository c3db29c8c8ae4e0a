"""Rounds of call queues: what became of each record, and who works on which."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.store.models.organisation import users
from crm_tui.store.models.queues import queue_entries as entries
from crm_tui.store.models.queues import queue_locks as locks
from crm_tui.store.models.queues import queue_runs as runs

_CHUNK = 200
"""Rows that one statement writes at most."""


class QueueRepository:
    """Statements on rounds, entries and locks."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # Rounds

    async def open_run(self, source_key: str) -> Any:
        """Return the open round of a source, None if there is none."""
        statement = select(runs).where(runs.c.source_key == source_key, runs.c.closed_at.is_(None))
        return (await self._connection.execute(statement)).one_or_none()

    async def run(self, run_id: str) -> Any:
        """Return a round, None if there is none."""
        return (await self._connection.execute(select(runs).where(runs.c.id == run_id))).one_or_none()

    async def open_runs(self, limit: int) -> Sequence[Any]:
        """Return the rounds that aren't closed, the latest first."""
        statement = select(runs).where(runs.c.closed_at.is_(None)).order_by(runs.c.id.desc()).limit(limit)
        return (await self._connection.execute(statement)).all()

    async def add_run(self, columns: Mapping[str, Any]) -> bool:
        """Open a round; return whether nobody else was faster."""
        statement = self._insert(runs).values(**columns).on_conflict_do_nothing()
        return (await self._connection.execute(statement)).rowcount == 1

    async def close_run(self, run_id: str, at: datetime) -> None:
        """End a round; what became of its records stays."""
        await self._connection.execute(update(runs).where(runs.c.id == run_id).values(closed_at=at))

    # Locks

    async def lock(self, columns: Mapping[str, Any], now: datetime) -> bool:
        """Take a record unless somebody has it; return whether it was taken.

        One statement: of two agents who take the same record at once, one gets it.
        """
        taken = {name: columns[name] for name in ("run_id", "user_id", "holder", "locked_at", "locked_until")}
        statement = (
            self._insert(locks)
            .values(**columns)
            .on_conflict_do_update(
                index_elements=["record_id"], set_=taken, where=locks.c.locked_until <= now
            )
        )
        return (await self._connection.execute(statement)).rowcount == 1

    async def locks(self, run_id: str | None = None) -> Sequence[Any]:
        """Return the locks of a round, or all, with the names of their agents; there are few."""
        statement = select(locks, users.c.display_name.label("user_name")).join(
            users, users.c.id == locks.c.user_id
        )
        if run_id is not None:
            statement = statement.where(locks.c.run_id == run_id)
        return (await self._connection.execute(statement.order_by(locks.c.locked_at))).all()

    async def lock_on(self, record_id: str) -> Any:
        """Return the lock on a record with the name of its agent, None if nobody has it."""
        statement = (
            select(locks, users.c.display_name.label("user_name"))
            .join(users, users.c.id == locks.c.user_id)
            .where(locks.c.record_id == record_id)
        )
        return (await self._connection.execute(statement)).one_or_none()

    async def renew(self, record_id: str, holder: str, until: datetime) -> bool:
        """Keep a record for longer; return whether the holder still has it."""
        renewed = await self._connection.execute(
            update(locks)
            .where(locks.c.record_id == record_id, locks.c.holder == holder)
            .values(locked_until=until)
        )
        return renewed.rowcount == 1

    async def free(self, holder: str, *, run_id: str | None = None, record_id: str | None = None) -> int:
        """Let go of what a holder has; return how many records that were."""
        statement = delete(locks).where(locks.c.holder == holder)
        if run_id is not None:
            statement = statement.where(locks.c.run_id == run_id)
        if record_id is not None:
            statement = statement.where(locks.c.record_id == record_id)
        return int((await self._connection.execute(statement)).rowcount)

    async def free_ended(self, holders: Collection[str], now: datetime) -> None:
        """Let go of what nobody renewed, and of what consoles hold that have ended."""
        gone = locks.c.locked_until <= now
        if holders:
            gone |= locks.c.holder.in_(list(holders))
        await self._connection.execute(delete(locks).where(gone))

    async def free_run(self, run_id: str) -> None:
        """Let go of everything in a round."""
        await self._connection.execute(delete(locks).where(locks.c.run_id == run_id))

    async def free_record(self, record_id: str) -> None:
        """Let go of a record, whoever has it."""
        await self._connection.execute(delete(locks).where(locks.c.record_id == record_id))

    # Entries

    async def entry(self, run_id: str, record_id: str) -> Any:
        """Return what became of a record in a round, None if nothing did yet."""
        statement = select(entries).where(entries.c.run_id == run_id, entries.c.record_id == record_id)
        return (await self._connection.execute(statement)).one_or_none()

    async def entries_on(self, record_id: str) -> Sequence[Any]:
        """Return what became of a record in each open round."""
        statement = (
            select(entries)
            .join(runs, runs.c.id == entries.c.run_id)
            .where(entries.c.record_id == record_id, runs.c.closed_at.is_(None))
        )
        return (await self._connection.execute(statement)).all()

    async def put_entry(self, run_id: str, record_id: str, columns: Mapping[str, Any]) -> None:
        """Write what became of a record; columns that aren't given stay as they are."""
        key = {"run_id": run_id, "record_id": record_id}
        statement = self._insert(entries).values(**key, **columns)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=list(key), set_=dict(columns))
        )

    async def add_entries(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write what became of records; one that has an entry already keeps it."""
        for start in range(0, len(rows), _CHUNK):
            statement = self._insert(entries).values([dict(row) for row in rows[start : start + _CHUNK]])
            await self._connection.execute(statement.on_conflict_do_nothing())

    async def numbers(self, run_id: str) -> Sequence[Any]:
        """Return how many records a round has per state, reason and last result."""
        group = (entries.c.state, entries.c.reason, entries.c.result)
        statement = (
            select(*group, func.count().label("number"), func.min(entries.c.not_before).label("next_at"))
            .where(entries.c.run_id == run_id)
            .group_by(*group)
        )
        return (await self._connection.execute(statement)).all()

    def _insert(self, table: Any) -> Any:
        return (upsert_sqlite if self._connection.dialect.name == "sqlite" else upsert_postgresql)(table)


def untouched(record_id: Any, run_id: str) -> Any:
    """Return the condition that leaves records that nobody has dealt with in a round."""
    return ~(
        select(entries.c.record_id)
        .where(entries.c.run_id == run_id, entries.c.record_id == record_id)
        .exists()
    )


def unlocked(record_id: Any, now: datetime) -> Any:
    """Return the condition that leaves records that nobody works on."""
    return ~(
        select(locks.c.record_id)
        .where(and_(locks.c.record_id == record_id, locks.c.locked_until > now))
        .exists()
    )
