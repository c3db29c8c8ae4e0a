"""Drafts: one row for each form that is being typed in, and for each that never was saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.store.models.journal import drafts


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A row.

    Attributes:
        holder: The console that typed it last.
        held_until: When that console has to be taken for ended, unless it says otherwise before; UTC.
    """

    id: str
    name: str
    payload: Mapping[str, str]
    updated_at: datetime
    holder: str
    held_until: datetime


class DraftRepository:
    """Statements on the drafts of one user."""

    def __init__(self, connection: AsyncConnection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id

    async def put(
        self, name: str, holder: str, payload: Mapping[str, str], at: datetime, until: datetime
    ) -> None:
        """Store what is being typed in a console, in the place of what that console stored before."""
        values = {"payload": dict(payload), "updated_at": at, "held_until": until}
        row = {"id": new_id(), "user_id": self._user_id, "name": name, "holder": holder, **values}
        statement: Any = upsert_sqlite if self._connection.dialect.name == "sqlite" else upsert_postgresql
        await self._connection.execute(
            statement(drafts)
            .values(row)
            .on_conflict_do_update(index_elements=["user_id", "name", "holder"], set_=values)
        )

    async def all(self, name: str | None = None) -> list[StoredDraft]:
        """Return the drafts, the latest first; those of one name if it is given."""
        statement = select(
            drafts.c.id,
            drafts.c.name,
            drafts.c.payload,
            drafts.c.updated_at,
            drafts.c.holder,
            drafts.c.held_until,
        ).where(drafts.c.user_id == self._user_id)
        if name is not None:
            statement = statement.where(drafts.c.name == name)
        rows = await self._connection.execute(statement.order_by(drafts.c.updated_at.desc(), drafts.c.id))
        return [StoredDraft(*row) for row in rows]

    async def take(self, draft: StoredDraft, holder: str, until: datetime) -> bool:
        """Hold a draft as it was read; return whether nobody else was faster."""
        taken = await self._connection.execute(
            update(drafts)
            .where(
                drafts.c.id == draft.id,
                drafts.c.holder == draft.holder,
                drafts.c.held_until == draft.held_until,
            )
            .values(holder=holder, held_until=until)
        )
        return taken.rowcount == 1

    async def hold(self, name: str, holder: str, until: datetime) -> None:
        """Say that a console goes on with a draft."""
        await self._connection.execute(
            update(drafts).where(self._held(name, holder)).values(held_until=until)
        )

    async def release(self, name: str, holder: str, at: datetime) -> None:
        """Say that a console has left a draft; no other row of it can be called so."""
        await self._connection.execute(
            update(drafts).where(self._held(name, holder)).values(holder=new_id(), held_until=at)
        )

    async def drop(self, name: str, holder: str) -> None:
        """Forget what a console holds."""
        await self._connection.execute(delete(drafts).where(self._held(name, holder)))

    def _held(self, name: str, holder: str) -> Any:
        return and_(drafts.c.user_id == self._user_id, drafts.c.name == name, drafts.c.holder == holder)
