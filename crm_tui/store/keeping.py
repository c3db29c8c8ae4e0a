"""Remembers rows before a transaction changes them, so that the change can be taken back later."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.modules import Module
from crm_tui.store.images import Image, Operation, image_of, operation_of
from crm_tui.store.models import TABLES, metadata


def table_of(table: Module | str) -> Table:
    """Return the table of a module's records, or the table of a name."""
    return TABLES[table] if isinstance(table, Module) else metadata.tables[table]


class Keeper:
    """The rows that one transaction has announced to change."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], Image | None] = {}
        self._searches: list[tuple[Table, dict[str, list[str]]]] = []

    async def keep(self, connection: AsyncConnection, table: Table, ids: Iterable[str]) -> None:
        """Remember rows by id; an id without a row is one that will be added."""
        wanted = [row_id for row_id in ids if (table.name, row_id) not in self._before]
        found = await _images(connection, table, {"id": wanted}) if wanted else {}
        for row_id in wanted:
            self._before[table.name, row_id] = found.get(row_id)

    async def keep_where(
        self, connection: AsyncConnection, table: Table, columns: dict[str, list[str]]
    ) -> None:
        """Remember the rows that have one of the given values in each of ``columns``.

        Rows that fit only at the end of the transaction are those that were added.
        """
        for row_id, image in (await _images(connection, table, columns)).items():
            self._before.setdefault((table.name, row_id), image)
        self._searches.append((table, columns))

    async def operations(self, connection: AsyncConnection) -> list[Operation]:
        """Return what has happened to the remembered rows."""
        after: dict[tuple[str, str], Image] = {}
        for table, columns in self._searches:
            for row_id, image in (await _images(connection, table, columns)).items():
                self._before.setdefault((table.name, row_id), None)
                after[table.name, row_id] = image
        for name in dict.fromkeys(name for name, _row_id in self._before):
            ids = [row_id for table, row_id in self._before if table == name and (name, row_id) not in after]
            if ids:
                found = await _images(connection, metadata.tables[name], {"id": ids})
                after.update({(name, row_id): image for row_id, image in found.items()})
        made = [operation_of(*row, before, after.get(row)) for row, before in self._before.items()]
        return [operation for operation in made if operation is not None]


async def _images(
    connection: AsyncConnection, table: Table, columns: dict[str, list[str]]
) -> dict[str, Image]:
    rows = await connection.execute(_rows(table, columns))
    return {row.id: image_of(row) for row in rows}


def _rows(table: Table, columns: dict[str, list[str]]) -> Select[Any]:
    """Rows are locked where the store can: what is remembered is what this transaction changes."""
    statement = select(table).where(*(table.c[name].in_(values) for name, values in columns.items()))
    return statement.order_by(table.c.id).with_for_update(key_share=True)


def listed(values: str | Collection[str]) -> list[str]:
    """Return one value or several as a list."""
    return [values] if isinstance(values, str) else list(values)
