"""How columns of tables became fields the last time, per user."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.store.models.imports import import_mappings


class ImportMappingRepository:
    """Statements on remembered mappings."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, user_id: str, kind: str, fingerprint: str) -> Mapping[str, Any] | None:
        """Return what was remembered; None if nothing was."""
        mapping: Mapping[str, Any] | None = await self._connection.scalar(
            select(import_mappings.c.mapping).where(*_same(user_id, kind, fingerprint))
        )
        return mapping

    async def put(
        self, user_id: str, kind: str, fingerprint: str, mapping: Mapping[str, Any], at: datetime
    ) -> None:
        """Remember a mapping in the place of the one before."""
        changed = await self._connection.execute(
            update(import_mappings)
            .where(*_same(user_id, kind, fingerprint))
            .values(mapping=dict(mapping), used_at=at)
        )
        if not changed.rowcount:
            row = {"id": new_id(), "user_id": user_id, "module": kind, "fingerprint": fingerprint}
            await self._connection.execute(
                insert(import_mappings).values(**row, mapping=dict(mapping), used_at=at)
            )


def _same(user_id: str, kind: str, fingerprint: str) -> tuple[Any, ...]:
    table = import_mappings.c
    return (table.user_id == user_id, table.module == kind, table.fingerprint == fingerprint)
