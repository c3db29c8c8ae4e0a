"""Records in the bin: listing them, taking them out, deleting them for good."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.binned import BinnedRecord
from crm_tui.domain.modules import ACTIVITIES, PARENTS, Module
from crm_tui.domain.records import Ref
from crm_tui.domain.search_terms import fold
from crm_tui.store.models import TABLES, metadata
from crm_tui.store.models.organisation import users
from crm_tui.store.models.records import notes
from crm_tui.store.repositories.criteria import LIKE_ESCAPE, like_pattern
from crm_tui.store.repositories.scope import on_readable_record, owner_in_scope

BINNED = (*PARENTS, *ACTIVITIES, Module.NOTE)
"""Modules whose records rest in the bin after they were deleted."""

_GONE_WITH_IT = frozenset({"notes", "event_participants"})
"""Tables whose rows mean nothing without the record they point to."""


class BinRepository:
    """Statements on deleted records."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def page(
        self, actor: Actor, modules: Sequence[Module], text: str, limit: int
    ) -> list[BinnedRecord]:
        """Return deleted records in the actor's scope, the latest first; notes that went along aside."""
        found: list[BinnedRecord] = []
        for module in modules:
            statement = _listed(actor, module, text).limit(limit)
            found += [_binned(module, row) for row in await self._connection.execute(statement)]
        return sorted(found, key=lambda one: (one.deleted_at, one.ref.id), reverse=True)[:limit]

    async def get(self, actor: Actor, ids: Collection[str], *, lock: bool = False) -> dict[str, BinnedRecord]:
        """Return the deleted records ``ids`` in the actor's scope, by id.

        Args:
            lock: Keep others from taking them out before the end of the transaction.
        """
        found = {}
        for module in BINNED:
            statement = _listed(actor, module, "").where(TABLES[module].c.id.in_(list(ids)))
            if lock:
                statement = statement.with_for_update(of=TABLES[module])
            for row in await self._connection.execute(statement):
                found[row.id] = _binned(module, row)
        return found

    async def notes_of(self, record: BinnedRecord) -> list[str]:
        """Return the ids of the notes that went into the bin together with a record."""
        if record.ref.module not in PARENTS:
            return []
        parent = notes.c[f"{record.ref.module.value}_id"]
        same = (parent == record.ref.id) & (notes.c.deleted_at == record.deleted_at)
        return list(await self._connection.scalars(select(notes.c.id).where(same)))

    async def restore(self, module: Module, ids: Collection[str], at: datetime, by: str) -> None:
        """Take records out of the bin."""
        table = TABLES[module]
        await self._connection.execute(
            update(table)
            .where(table.c.id.in_(list(ids)), table.c.deleted_at.is_not(None))
            .values(deleted_at=None, modified_at=at, modified_by_id=by, version=table.c.version + 1)
        )

    async def purge(self, module: Module, record_id: str) -> None:
        """Delete a record for good; what points to it loses the link, its notes go with it."""
        target = TABLES[module]
        for table in metadata.sorted_tables:
            for column in table.c:
                for key in column.foreign_keys:
                    if key.column.table is target and key.ondelete != "CASCADE":
                        await self._unlink(table, column == record_id, column.name)
        await self._connection.execute(
            delete(target).where(target.c.id == record_id, target.c.deleted_at.is_not(None))
        )

    async def _unlink(self, table: Table, points_to_it: ColumnElement[bool], column: str) -> None:
        if table.name in _GONE_WITH_IT:
            await self._connection.execute(delete(table).where(points_to_it))
        else:
            await self._connection.execute(update(table).where(points_to_it).values({column: None}))


def _listed(actor: Actor, module: Module, text: str) -> Select[Any]:
    table = TABLES[module]
    statement = (
        select(
            table.c.id,
            table.c.display_name,
            table.c.owner_id,
            table.c.deleted_at,
            table.c.modified_by_id,
            users.c.display_name.label("deleted_by"),
        )
        .select_from(table.outerjoin(users, users.c.id == table.c.modified_by_id))
        .where(table.c.deleted_at.is_not(None), owner_in_scope(actor, module, table.c.owner_id))
        .order_by(table.c.deleted_at.desc(), table.c.id.desc())
    )
    if module in ACTIVITIES:
        statement = statement.where(table.c.kind == module.value)
    if module is Module.NOTE:
        statement = statement.where(~_went_along(table), on_readable_record(actor, table))
    if text:
        reading = like_pattern(fold(text), anywhere=True)
        name = like_pattern(text.lower(), anywhere=True)
        statement = statement.where(
            table.c.sort_name.like(reading, escape=LIKE_ESCAPE)
            | func.lower(table.c.display_name).like(name, escape=LIKE_ESCAPE)
        )
    return statement


def _went_along(table: Table) -> ColumnElement[bool]:
    return or_(
        *(
            select(TABLES[parent].c.id)
            .where(
                and_(
                    TABLES[parent].c.id == table.c[f"{parent.value}_id"],
                    TABLES[parent].c.deleted_at == table.c.deleted_at,
                )
            )
            .exists()
            for parent in PARENTS
        )
    )


def _binned(module: Module, row: Any) -> BinnedRecord:
    by = Ref(Module.USER, row.modified_by_id, row.deleted_by or "") if row.modified_by_id else None
    return BinnedRecord(Ref(module, row.id, row.display_name), row.owner_id, row.deleted_at, by)
