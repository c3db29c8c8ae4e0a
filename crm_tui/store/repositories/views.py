"""Statements on stored views."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.organisation import users, views


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A view as it is stored; conditions and order are JSON."""

    id: str
    area: Area
    name: str
    owner: Ref
    shared: bool
    match_any: bool
    criteria: list[dict[str, Any]]
    columns: list[str]
    sort: dict[str, Any]
    version: int


class ViewRepository:
    """Statements on views. What an actor may not use is never read."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self, actor: Actor, area: Area | None = None) -> list[ViewRow]:
        """Return the views that ``actor`` may use: their own first, then shared ones, by name."""
        where = [_usable(actor)] if area is None else [_usable(actor), views.c.module == area.value]
        rows = await self._select(*where)
        return sorted(rows, key=lambda row: (row.owner.id != actor.id, row.name.casefold(), row.id))

    async def get(self, actor: Actor, view_id: str) -> ViewRow | None:
        """Return a view that ``actor`` may use."""
        return next(iter(await self._select(_usable(actor), views.c.id == view_id)), None)

    async def has_name(self, owner_id: str, area: Area, name: str, but: str | None = None) -> bool:
        """Return whether a user has another view of this name."""
        statement = select(views.c.id).where(
            views.c.module == area.value, views.c.owner_id == owner_id, views.c.name == name
        )
        return any(found != but for found in await self._connection.scalars(statement))

    async def insert(self, columns: Mapping[str, Any]) -> None:
        """Add a view."""
        await self._connection.execute(insert(views).values(**columns))

    async def update(self, view_id: str, seen: int, columns: Mapping[str, Any]) -> bool:
        """Change a view if its version still is ``seen``; return whether it was."""
        result = await self._connection.execute(
            update(views)
            .where(views.c.id == view_id, views.c.version == seen)
            .values(**columns, version=views.c.version + 1)
        )
        return result.rowcount == 1

    async def delete(self, view_id: str, seen: int) -> bool:
        """Remove a view if its version still is ``seen``; return whether it was."""
        result = await self._connection.execute(
            delete(views).where(views.c.id == view_id, views.c.version == seen)
        )
        return result.rowcount == 1

    async def _select(self, *where: ColumnElement[bool]) -> list[ViewRow]:
        statement = (
            select(*views.c, users.c.display_name.label("owner_name"))
            .join(users, users.c.id == views.c.owner_id)
            .where(*where)
        )
        return [
            ViewRow(
                row.id,
                Area(row.module),
                row.name,
                Ref(Module.USER, row.owner_id, row.owner_name),
                row.is_shared,
                row.match_any,
                list(row.criteria),
                list(row.columns),
                dict(row.sort),
                row.version,
            )
            for row in await self._connection.execute(statement)
        ]


def _usable(actor: Actor) -> ColumnElement[bool]:
    return or_(views.c.owner_id == actor.id, views.c.is_shared)


def row_of(
    view_id: str, area: Area, owner_id: str, at: datetime, columns: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the columns of a new view."""
    made = {"id": view_id, "module": area.value, "owner_id": owner_id, "created_at": at, "modified_at": at}
    return {**made, **columns}
