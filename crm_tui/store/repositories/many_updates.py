"""Changing many rows of a table, each to values of its own, with a statement per set of columns."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection


async def update_many(
    connection: AsyncConnection, table: Table, columns: Mapping[str, Mapping[str, Any]]
) -> None:
    """Change records that this transaction has read and that nobody else can change meanwhile.

    Args:
        columns: Of each record, by its id; custom values can't be among them.
    """
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for record_id, row in columns.items():
        new = {f"new_{name}": value for name, value in row.items()}
        groups.setdefault(tuple(sorted(row)), []).append({"row_id": record_id, **new})
    for names, rows in groups.items():
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = update(table).where(table.c.id == bindparam("row_id"))
        await connection.execute(statement.values(version=table.c.version + 1, **values), rows)
