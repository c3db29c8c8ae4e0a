"""Settings, pick-lists, counters, user preferences and what ends a draft."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Table, delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.store.models.journal import drafts
from crm_tui.store.models.organisation import counters, picklist_values, settings, user_preferences


class SettingsRepository:
    """Statements on what belongs to the organisation or to one user's way of working."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> dict[str, Any]:
        """Return every setting."""
        rows = await self._connection.execute(select(settings.c.name, settings.c.value))
        return {row.name: row.value for row in rows}

    async def locked(self, name: str) -> Any:
        """Return a setting, None if it isn't set; nobody else changes one until this transaction ends."""
        if self._connection.dialect.name != "sqlite":
            # SQLite has one writer anyway.
            await self._connection.execute(text("LOCK TABLE settings IN SHARE ROW EXCLUSIVE MODE"))
        return await self._connection.scalar(select(settings.c.value).where(settings.c.name == name))

    async def put(self, name: str, value: Any) -> None:
        """Store a setting; ``value`` must fit into JSON."""
        await self._upsert(settings, {"name": name}, {"value": value})

    async def picklists(self) -> Picklists:
        """Return all pick-lists."""
        rows = await self._connection.execute(
            select(picklist_values).order_by(picklist_values.c.list, picklist_values.c.position)
        )
        found: dict[str, list[Choice]] = {}
        for row in rows:
            choice = Choice(
                row.code, row.label_en, row.label_ja, row.is_active, MappingProxyType(row.attributes or {})
            )
            found.setdefault(row.list, []).append(choice)
        return Picklists({name: tuple(choices) for name, choices in found.items()})

    async def locked_picklists(self) -> Picklists:
        """Return all pick-lists; nobody else changes one until this transaction ends."""
        if self._connection.dialect.name != "sqlite":
            # SQLite has one writer anyway.
            await self._connection.execute(text("LOCK TABLE picklist_values IN SHARE ROW EXCLUSIVE MODE"))
        return await self.picklists()

    async def add_picklist(self, name: str, choices: Sequence[Choice]) -> None:
        """Add a pick-list with its values in order."""
        await self._connection.execute(
            insert(picklist_values),
            [
                {
                    "id": new_id(),
                    "list": name,
                    "code": choice.code,
                    "label_en": choice.label_en,
                    "label_ja": choice.label_ja,
                    "position": position,
                    "is_active": choice.active,
                    "attributes": dict(choice.attributes),
                }
                for position, choice in enumerate(choices)
            ],
        )

    async def replace_picklist(self, name: str, choices: Sequence[Choice]) -> None:
        """Make ``choices`` all the values of a list."""
        await self._connection.execute(delete(picklist_values).where(picklist_values.c.list == name))
        await self.add_picklist(name, choices)

    async def next_number(self, name: str) -> int:
        """Count on a counter and return its value; two transactions never get the same."""
        statement = self._insert(counters).values(name=name, value=1)
        bumped = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + 1}
        )
        return int(await self._connection.scalar(bumped.returning(counters.c.value)))

    async def preference(self, user_id: str, name: str) -> Any:
        """Return what a user chose, None if nothing."""
        statement = select(user_preferences.c.value).where(
            user_preferences.c.user_id == user_id, user_preferences.c.name == name
        )
        return await self._connection.scalar(statement)

    async def set_preference(self, user_id: str, name: str, value: Any) -> None:
        """Remember what a user chose; ``value`` must fit into JSON."""
        await self._upsert(user_preferences, {"user_id": user_id, "name": name}, {"value": value})

    async def drop_draft(self, user_id: str, name: str) -> None:
        """Forget what was typed under a name, in whatever console."""
        await self._connection.execute(
            delete(drafts).where(drafts.c.user_id == user_id, drafts.c.name == name)
        )

    async def _upsert(
        self,
        table: Table,
        key: Mapping[str, Any],
        values: Mapping[str, Any],
        new: Mapping[str, Any] | None = None,
    ) -> None:
        statement = self._insert(table).values(**key, **values, **(new or {}))
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=list(key), set_=dict(values))
        )

    def _insert(self, table: Table) -> Any:
        """Return an insertion that can change the row which is there already."""
        return (upsert_sqlite if self._connection.dialect.name == "sqlite" else upsert_postgresql)(table)
