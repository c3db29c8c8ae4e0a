"""Flags of telephone numbers, and the records that have a number."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.modules import Module
from crm_tui.domain.numbers import Flag
from crm_tui.domain.records import Ref
from crm_tui.store.models.lookup import number_flags, phone_numbers, search_documents
from crm_tui.store.models.organisation import users

TABLE = "number_flags"

_PREFIXES = {Flag.INVALID: "invalid", Flag.DO_NOT_CALL: "do_not_call"}
_SET = {Flag.INVALID: number_flags.c.is_invalid, Flag.DO_NOT_CALL: number_flags.c.do_not_call}


class NumberRepository:
    """Statements on flags of numbers; all numbers are in E.164."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def flagged(self, numbers: Collection[str]) -> dict[str, Any]:
        """Return the rows of those of ``numbers`` that are flagged, by number."""
        if not numbers:
            return {}
        statement = _flagged().where(number_flags.c.e164.in_(list(numbers)))
        return {row.e164: row for row in await self._connection.execute(statement)}

    async def page(self, after: str, limit: int) -> Sequence[Any]:
        """Return flagged numbers in their order, those after ``after``."""
        statement = _flagged().where(number_flags.c.e164 > after)
        statement = statement.order_by(number_flags.c.e164).limit(limit)
        return list(await self._connection.execute(statement))

    async def make(self, row_id: str, e164: str) -> None:
        """Make a row for a number that has none; two who do so at the same time get the same one."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        row = {"id": row_id, "e164": e164}
        await self._connection.execute(dialect.insert(number_flags).values(**row).on_conflict_do_nothing())

    async def change(self, e164: str, columns: Mapping[str, Any]) -> None:
        """Change the row of a number; one without any flag goes."""
        table = number_flags
        await self._connection.execute(update(table).where(table.c.e164 == e164).values(**columns))
        bare = ~table.c.is_invalid & ~table.c.do_not_call
        await self._connection.execute(delete(table).where(table.c.e164 == e164, bare))

    async def of_records(self, record_ids: Collection[str]) -> Sequence[Any]:
        """Return record, field and flags of every flagged number that some records have."""
        statement = (
            select(
                phone_numbers.c.record_id,
                phone_numbers.c.field,
                number_flags.c.is_invalid,
                number_flags.c.do_not_call,
            )
            .join_from(phone_numbers, number_flags, number_flags.c.e164 == phone_numbers.c.e164)
            .where(phone_numbers.c.record_id.in_(list(record_ids)))
        )
        return list(await self._connection.execute(statement))

    async def who_has(self, e164: str) -> list[Ref]:
        """Return the records that have a number, whoever may see them."""
        statement = (
            select(phone_numbers.c.module, phone_numbers.c.record_id, search_documents.c.name)
            .distinct()
            .join_from(
                phone_numbers, search_documents, search_documents.c.record_id == phone_numbers.c.record_id
            )
            .where(phone_numbers.c.e164 == e164)
            .order_by(phone_numbers.c.record_id)
        )
        return [
            Ref(Module(row.module), row.record_id, row.name)
            for row in await self._connection.execute(statement)
        ]


def flag_columns(flag: Flag, *, on: bool, reason: str, at: Any, by: str | None) -> dict[str, Any]:
    """Return the columns that set a flag, or take it away with all that was known of it."""
    prefix = _PREFIXES[flag]
    return {
        _SET[flag].name: on,
        f"{prefix}_reason": reason if on else "",
        f"{prefix}_at": at if on else None,
        f"{prefix}_by_id": by if on else None,
    }


def _flagged() -> Select[Any]:
    by_invalid, by_do_not_call = users.alias("invalid_by"), users.alias("do_not_call_by")
    return (
        select(
            number_flags,
            by_invalid.c.display_name.label("invalid_by"),
            by_do_not_call.c.display_name.label("do_not_call_by"),
        )
        .outerjoin_from(number_flags, by_invalid, by_invalid.c.id == number_flags.c.invalid_by_id)
        .outerjoin(by_do_not_call, by_do_not_call.c.id == number_flags.c.do_not_call_by_id)
        .where(or_(number_flags.c.is_invalid, number_flags.c.do_not_call))
    )
