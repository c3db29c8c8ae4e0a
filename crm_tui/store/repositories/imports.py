"""Imports: how far each is, what it wrote, what it couldn't take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, case, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.imports.batches import Batch, BatchState, Counts, Origin, RejectedRow, RowAction
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.store.models import TABLES
from crm_tui.store.models.imports import import_batches, import_rejects, import_rows
from crm_tui.store.models.journal import audit
from crm_tui.store.repositories.many_inserts import insert_many

_WRITES: Final = (RowAction.CREATE.value, RowAction.UPDATE.value)

_LOCK: Final = 0x696D7074
"""Number of the lock of PostgreSQL by which imports wait for each other."""


class Met(NamedTuple):
    """How an import came upon a record.

    Attributes:
        number: The first row about it.
        is_new: It was made by that row.
    """

    number: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A record that a batch wrote.

    Attributes:
        number: The row of the file.
        before: Values that were replaced, as `crm_tui.services.columns.to_json` writes them.
        after: Values in their place.
        version: The record's behind it; 0 for one that grew by each row.
        link_id: The link to the record's source that was added.
    """

    number: int
    module: Module
    record_id: str
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    version: int = 0
    link_id: str | None = None


class ImportRepository:
    """Statements on imports; whoever calls them knows whose they are."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def alone(self) -> None:
        """Wait until no other transaction takes records in: two might find that somebody is missing.

        Called before anything is read. SQLite has one writer anyway.
        """
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))

    # Batches

    async def add(self, row: Mapping[str, Any]) -> None:
        """Add a batch."""
        await self._connection.execute(insert(import_batches).values(**row))

    async def get(self, user: Ref, batch_id: str, *, lock: bool = False) -> Batch | None:
        """Return a batch of a user; None if they have none of this id.

        Args:
            lock: Keep others from changing it until the end of the transaction.
        """
        statement = select(import_batches).where(
            import_batches.c.id == batch_id, import_batches.c.user_id == user.id
        )
        if lock:
            statement = statement.with_for_update()
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _batch(row, user)

    async def batches(
        self,
        user: Ref,
        fingerprint: str | None = None,
        states: Collection[BatchState] = (),
        limit: int | None = None,
    ) -> list[Batch]:
        """Return batches of a user, the latest first: of one file, in some states."""
        statement = select(import_batches).where(import_batches.c.user_id == user.id)
        if fingerprint is not None:
            statement = statement.where(import_batches.c.fingerprint == fingerprint)
        if states:
            statement = statement.where(import_batches.c.state.in_([state.value for state in states]))
        order = import_batches.c.created_at.desc(), import_batches.c.id.desc()
        rows = await self._connection.execute(statement.order_by(*order).limit(limit))
        return [_batch(row, user) for row in rows.mappings()]

    async def worked_at(self, batch_id: str) -> datetime | None:
        """Return when the holder of a batch was last heard of."""
        moment: datetime | None = await self._connection.scalar(
            select(import_batches.c.worked_at).where(import_batches.c.id == batch_id)
        )
        return moment

    async def change(self, batch_id: str, **columns: Any) -> None:
        """Change a batch."""
        await self._connection.execute(
            update(import_batches)
            .where(import_batches.c.id == batch_id)
            .values(**columns, version=import_batches.c.version + 1)
        )

    async def advance(
        self, batch: Batch, position: int, counts: Counts, by_module: Mapping[Module, Counts], at: datetime
    ) -> Batch | None:
        """Move a batch on and return it; None if it is not, or no longer, where and whose it was."""
        told = {module.value: asdict(some) for module, some in by_module.items()}
        moved = await self._connection.execute(
            update(import_batches)
            .where(
                import_batches.c.id == batch.id,
                import_batches.c.position == batch.position,
                import_batches.c.holder == batch.holder,
                import_batches.c.state == BatchState.RUNNING.value,
            )
            .values(
                position=position,
                counts={"all": asdict(counts), **told},
                worked_at=at,
                version=import_batches.c.version + 1,
            )
            .returning(*import_batches.c)
        )
        row = moved.mappings().one_or_none()
        return None if row is None else _batch(row, batch.user)

    # Rows

    async def add_rows(self, batch_id: str, rows: Sequence[WrittenRow]) -> None:
        """Remember what was written."""
        values = [
            {
                "batch_id": batch_id,
                "number": row.number,
                "module": row.module.value,
                "record_id": row.record_id,
                "action": row.action,
                "before": row.before,
                "after": row.after,
                "version": row.version,
                "link_id": row.link_id,
            }
            for row in rows
        ]
        await insert_many(self._connection, import_rows, values)

    async def count_records(self, batch_id: str) -> int:
        """Return how many records a batch wrote or linked."""
        records = select(import_rows.c.record_id).where(*_written(batch_id)).distinct()
        return await self._connection.scalar(select(func.count()).select_from(records.subquery())) or 0

    async def count_undoable(self, batch_id: str) -> tuple[int, int]:
        """Return how many records of a batch are new, also if rows only name them, and how many changed."""
        is_new = func.max(case((import_rows.c.action == RowAction.CREATE.value, 1), else_=0)).label("is_new")
        of_batch = import_rows.c.batch_id == batch_id, import_rows.c.action.in_(_WRITES)
        records = select(is_new).where(*of_batch).group_by(import_rows.c.record_id).subquery()
        found = await self._connection.execute(select(func.count(), func.sum(records.c.is_new)))
        number, new = found.one()
        return int(new or 0), number - int(new or 0)

    async def modules(self, batch_id: str) -> list[tuple[Module, str]]:
        """Return what a batch did to records of which modules."""
        table = import_rows
        done = select(table.c.module, table.c.action).where(*_written(batch_id), table.c.action.in_(_WRITES))
        return [(Module(row[0]), row[1]) for row in await self._connection.execute(done.distinct())]

    async def met(self, batch_id: str) -> dict[str, Met]:
        """Return the first row about each record that a batch has met, by the record's id."""
        is_new = func.max(case((import_rows.c.action == RowAction.CREATE.value, 1), else_=0))
        rows = await self._connection.execute(
            select(import_rows.c.record_id, func.min(import_rows.c.number), is_new)
            .where(import_rows.c.batch_id == batch_id)
            .group_by(import_rows.c.record_id)
        )
        return {row[0]: Met(row[1], bool(row[2])) for row in rows}

    async def last_records(self, batch_id: str, limit: int) -> list[WrittenRow]:
        """Return all that was written to the records of the last rows, each record's in the file's order."""
        ids = await self._last_ids(batch_id, limit)
        rows = await self._connection.execute(
            select(import_rows).where(*_about(batch_id, ids)).order_by(import_rows.c.number)
        )
        return [_row(row) for row in rows.mappings()]

    async def _last_ids(self, batch_id: str, limit: int) -> list[str]:
        """Return the records of the last rows, read from the last row on however many there are."""
        place = tuple_(import_rows.c.number, import_rows.c.record_id)
        last = select(import_rows.c.number, import_rows.c.record_id).where(*_written(batch_id))
        last = last.order_by(import_rows.c.number.desc(), import_rows.c.record_id.desc()).limit(2 * limit)
        found: dict[str, None] = {}
        rows = (await self._connection.execute(last)).all()
        while rows:
            found.update(dict.fromkeys(row.record_id for row in rows))
            if len(found) >= limit:
                break
            rows = (await self._connection.execute(last.where(place < tuple(rows[-1])))).all()
        return list(found)[:limit]

    async def rows(self, batch_id: str) -> list[WrittenRow]:
        """Return which record each row so far is about, and what was done to it."""
        table = import_rows
        statement = select(table).where(table.c.batch_id == batch_id).order_by(table.c.number)
        return [_row(row) for row in (await self._connection.execute(statement)).mappings()]

    async def forget_rows(self, batch_id: str, record_ids: Collection[str]) -> None:
        """Forget what was written to some records."""
        await self._connection.execute(delete(import_rows).where(*_about(batch_id, record_ids)))

    async def worked_with(
        self, batch_id: str, module: Module, record_ids: Collection[str], staying: Collection[str]
    ) -> frozenset[str]:
        """Return which of some records others point to that the import didn't write, whoever may see them.

        Args:
            staying: Records of the import that were taken back or left out by now, and count as others.
        """
        found: set[str] = set()
        for table in dict.fromkeys(TABLES.values()):
            is_pending = exists().where(
                import_rows.c.record_id == table.c.id,
                import_rows.c.batch_id == batch_id,
                import_rows.c.action.in_(_WRITES),
                import_rows.c.record_id.not_in(list(staying)),
            )
            for key in table.foreign_keys:
                if key.column.table is TABLES[module] and "deleted_at" in table.c:
                    pointing = select(key.parent).where(
                        key.parent.in_(list(record_ids)), table.c.deleted_at.is_(None), ~is_pending
                    )
                    found |= set(await self._connection.scalars(pointing.distinct()))
        return frozenset(found)

    async def merged(self, module: Module, record_ids: Collection[str]) -> frozenset[str]:
        """Return which of some records took in others by a merge, and stand for these as well by now."""
        lines = select(audit.c.record_id, audit.c.changes).where(
            audit.c.record_id.in_(list(record_ids)), audit.c.action == "merge"
        )
        taken: dict[str, set[str]] = {}
        for record_id, changes in await self._connection.execute(lines):
            _before, refs = changes.get("merged", (None, ()))
            taken.setdefault(record_id, set()).update(one["id"] for one in refs)
        table = TABLES[module]
        # Those of a merge that was undone are there again.
        there = select(table.c.id).where(
            table.c.id.in_(set().union(*taken.values())), table.c.deleted_at.is_(None)
        )
        alive = set(await self._connection.scalars(there)) if taken else set()
        return frozenset(record_id for record_id, ids in taken.items() if ids - alive)

    # Rejected rows

    async def add_rejects(self, batch_id: str, rows: Sequence[RejectedRow]) -> None:
        """Keep rows that couldn't be taken in; the moments among their cells as text."""
        values = [
            {
                "batch_id": batch_id,
                "number": row.number,
                "cells": list(row.cells),
                "reasons": dict(row.reasons),
            }
            for row in rows
        ]
        await insert_many(self._connection, import_rejects, values)

    async def rejects(self, batch_id: str, after: int, limit: int) -> list[RejectedRow]:
        """Return rejected rows behind row ``after``."""
        rows = await self._connection.execute(
            select(import_rejects)
            .where(import_rejects.c.batch_id == batch_id, import_rejects.c.number > after)
            .order_by(import_rejects.c.number)
            .limit(limit)
        )
        return [RejectedRow(row.number, tuple(row.cells), row.reasons) for row in rows]


def _written(batch_id: str) -> tuple[ColumnElement[bool], ...]:
    is_written = import_rows.c.action.in_(_WRITES) | import_rows.c.link_id.is_not(None)
    return import_rows.c.batch_id == batch_id, is_written


def _about(batch_id: str, record_ids: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Return what rows of a batch about some records fulfil, so that a store finds them by the records."""
    # By equality SQLite would read all rows of the batch.
    is_mine = import_rows.c.batch_id.between(batch_id, batch_id)
    return is_mine, import_rows.c.record_id.in_(list(record_ids))


def _row(row: RowMapping) -> WrittenRow:
    return WrittenRow(
        row["number"],
        Module(row["module"]),
        row["record_id"],
        row["action"],
        row["before"],
        row["after"],
        row["version"],
        row["link_id"],
    )


def _batch(row: RowMapping, user: Ref) -> Batch:
    counts = {name: Counts(**some) for name, some in row["counts"].items()}
    return Batch(
        id=row["id"],
        user=user,
        origin=Origin(row["origin"]),
        name=row["name"],
        path=row["path"],
        fingerprint=row["fingerprint"],
        module=Module(row["module"]) if row["module"] else None,
        settings=row["settings"],
        total=row["total"],
        state=BatchState(row["state"]),
        position=row["position"],
        counts=counts.pop("all", Counts()),
        by_module={Module(name): some for name, some in counts.items()},
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        problem=row["problem"],
        wants_cancel=row["wants_cancel"],
        holder=row["holder"],
        version=row["version"],
        notes=tuple(row["notes"]),
    )
