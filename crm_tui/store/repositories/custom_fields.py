"""Definitions of custom fields, and the number that says whether they changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.custom_fields import CustomField, CustomFields
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice
from crm_tui.store.models.organisation import custom_fields
from crm_tui.store.repositories.settings import SettingsRepository

_COUNTER = "custom_fields"


class CustomFieldRepository:
    """Statements on definitions of custom fields."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def revision(self) -> int:
        """Return how often definitions were changed."""
        # As plain SQL: this is asked before every record that is read.
        return int((await self._connection.exec_driver_sql(_REVISION)).scalar() or 0)

    async def all(self) -> CustomFields:
        """Return all definitions."""
        revision = await self.revision()
        rows = await self._connection.execute(select(custom_fields))
        return CustomFields.of(revision, [_definition(row) for row in rows])

    async def locked(self) -> CustomFields:
        """Return all definitions; nobody else changes one until this transaction ends."""
        if self._connection.dialect.name != "sqlite":
            # SQLite has one writer anyway.
            await self._connection.execute(text("LOCK TABLE custom_fields IN SHARE ROW EXCLUSIVE MODE"))
        return await self.all()

    async def add(self, definition: CustomField) -> None:
        """Add a definition."""
        await self._connection.execute(
            insert(custom_fields).values(
                id=definition.id,
                module=definition.module.value,
                name=definition.name,
                type=definition.type.value,
                **_columns(definition),
            )
        )

    async def change(self, definitions: Sequence[CustomField]) -> None:
        """Write definitions anew; module, name and type never change."""
        for definition in definitions:
            await self._connection.execute(
                update(custom_fields)
                .where(custom_fields.c.id == definition.id)
                .values(**_columns(definition), version=custom_fields.c.version + 1)
            )

    async def count_change(self) -> None:
        """Make every session read the definitions again with its next action."""
        await SettingsRepository(self._connection).next_number(_COUNTER)


_REVISION = f"SELECT value FROM counters WHERE name = '{_COUNTER}'"


def _columns(definition: CustomField) -> dict[str, Any]:
    return {
        "label_en": definition.label_en,
        "label_ja": definition.label_ja,
        "options": [
            {
                "code": choice.code,
                "label_en": choice.label_en,
                "label_ja": choice.label_ja,
                "active": choice.active,
            }
            for choice in definition.values
        ],
        "position": definition.position,
        "is_required": definition.required,
        "is_active": definition.active,
    }


def _definition(row: Any) -> CustomField:
    values = tuple(
        Choice(option["code"], option["label_en"], option["label_ja"], option["active"])
        for option in row.options or ()
    )
    return CustomField(
        row.id,
        Module(row.module),
        row.name,
        FieldType(row.type),
        row.label_en,
        row.label_ja,
        values,
        row.is_required,
        row.is_active,
        row.position,
    )
