"""Rows of any table as they are now, and putting them back to what they were."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Table,
    UniqueConstraint,
    and_,
    delete,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.store.images import CUSTOM, Image, Operation, columns_of_image, image_of
from crm_tui.store.models import TABLES, metadata

FOLLOWING = frozenset({"reminders", "mail_people"})
"""Tables whose rows follow their record by themselves; they are no reason to keep it."""

_MODULES = {table.name: module for module, table in TABLES.items() if module not in ACTIVITIES}
_EVENTS = {("event_participants", "event_id"): Module.EVENT}
"""Columns that point to one kind of activity; activities say themselves in their rows what they are."""

_ACTIVITIES = TABLES[Module.CALL].name


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as it is now.

    Attributes:
        image: Its columns without stamps.
        name: What it is called, "" where it is no record.
        custom: Its custom fields.
    """

    image: Image
    name: str
    custom: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows that point to a record."""

    table: str
    number: int


def module_of(table: str, image: Image) -> Module | None:
    """Return what a row of ``table`` is a record of, None where it only links records."""
    if table == _ACTIVITIES:
        return Module(str(image.get("kind")))
    return _MODULES.get(table)


def ends_of(table: str, image: Image) -> list[tuple[Module, str]]:
    """Return the records that a row of a link table points to."""
    ends: list[tuple[Module, str]] = []
    for column in metadata.tables[table].c:
        for key in column.foreign_keys:
            module = _MODULES.get(key.column.table.name) or _EVENTS.get((table, column.name))
            value = image.get(column.name)
            if module is not None and module is not Module.USER and value is not None:
                ends.append((module, str(value)))
    return ends


class RowRepository:
    """Statements on single rows, whatever table they stand in."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def current(self, operations: Iterable[Operation]) -> dict[tuple[str, str], StoredRow]:
        """Return the rows of ``operations`` as they are now, by table and id; those that exist."""
        found: dict[tuple[str, str], StoredRow] = {}
        for name, ids in _by_table(operations).items():
            table = metadata.tables[name]
            statement = select(table).where(table.c.id.in_(ids)).order_by(table.c.id)
            for row in await self._connection.execute(statement.with_for_update(key_share=True)):
                row_name = row.display_name if "display_name" in table.c else ""
                custom = row.custom if CUSTOM in table.c else {}
                found[name, row.id] = StoredRow(image_of(row), row_name, custom or {})
        return found

    async def write(self, name: str, row_id: str, image: Image, custom: Mapping[str, Any] | None) -> None:
        """Set the columns of an image in a row, as one more version of it."""
        table = metadata.tables[name]
        columns: dict[str, Any] = columns_of_image(table, image, custom)
        if "version" in table.c:
            columns["version"] = table.c.version + 1
        await self._connection.execute(update(table).where(table.c.id == row_id).values(**columns))

    async def stamp(
        self, module: Module, row_id: str, at: datetime, by: str, names: Mapping[str, str]
    ) -> None:
        """Say who changed a record last and what it and its place in lists are called now."""
        table = TABLES[module]
        columns = {"modified_at": at, "modified_by_id": by, **names}
        await self._connection.execute(update(table).where(table.c.id == row_id).values(**columns))

    async def add(self, name: str, row_id: str, image: Image) -> bool:
        """Add a row again; return False where another one has taken its place."""
        table = metadata.tables[name]
        columns = {**columns_of_image(table, image), "id": row_id}
        if await self._is_taken(table, columns):
            return False
        await self._connection.execute(insert(table).values(**columns))
        return True

    async def remove(self, name: str, row_id: str) -> None:
        """Take a row out of its table for good."""
        table = metadata.tables[name]
        await self._connection.execute(delete(table).where(table.c.id == row_id))

    async def referring(
        self, name: str, row_id: str, but: Collection[tuple[str, str]]
    ) -> Sequence[Reference]:
        """Return what points to a row: living records and links, except the rows ``but``."""
        found = []
        for table in metadata.sorted_tables:
            columns = [
                column
                for column in table.c
                if _points_to(column, name) and (table.name, column.name) not in _EVENTS
            ]
            if not columns or table.name in FOLLOWING or "id" not in table.c:
                continue
            excepted = [row for other, row in but if other == table.name]
            # SQLite takes a partial index for one side of an OR only if its condition stands on that side.
            alive = table.c.deleted_at.is_(None) if "deleted_at" in table.c else true()
            points_to_it = or_(*(and_(column == row_id, alive) for column in columns))
            where = (points_to_it, table.c.id.not_in(excepted))
            number = len((await self._connection.scalars(select(table.c.id).where(*where))).all())
            if number:
                found.append(Reference(table.name, number))
        return found

    async def _is_taken(self, table: Table, columns: Mapping[str, Any]) -> bool:
        for constraint in table.constraints:
            if not isinstance(constraint, UniqueConstraint):
                continue
            given = {column: columns.get(column.name) for column in constraint.columns}
            if None in given.values():
                continue
            same = and_(*(column == value for column, value in given.items()))
            if await self._connection.scalar(select(table.c.id).where(same)) is not None:
                return True
        return (
            await self._connection.scalar(select(table.c.id).where(table.c.id == columns["id"])) is not None
        )


def _by_table(operations: Iterable[Operation]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for operation in operations:
        ids.setdefault(operation.table, []).append(operation.row_id)
    return ids


def _points_to(column: Column[Any], name: str) -> bool:
    return any(key.column.table.name == name for key in column.foreign_keys)
