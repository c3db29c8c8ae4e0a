"""Finding records that may be the same, each kind of likeness by an index of its own."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.duplicates import Keys, Reason
from crm_tui.domain.modules import Module
from crm_tui.domain.search_terms import query_phrases
from crm_tui.domain.typed_text import TypedText
from crm_tui.store.models import TABLES
from crm_tui.store.models.lookup import phone_numbers
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.scope import readable_by

CANDIDATES: Final = 50
"""Records that each kind of likeness brings up for a closer look."""
PER_KEY: Final = 20
"""Records with one key that are compared; a hundred on one line are no duplicates."""

Key = tuple[Any, ...]
"""What the records of one group have in common."""


class DuplicateRepository:
    """Statements that bring up what may be the same; the caller compares."""

    def __init__(self, connection: AsyncConnection, module: Module) -> None:
        self._connection = connection
        self._module = module
        self._table = TABLES[module]

    async def candidates(self, actor: Actor, keys: Keys, names: Collection[str], words: str) -> set[str]:
        """Return the ids of records that share an address, a number or a name, as the actor may see them.

        Args:
            keys: What is looked for.
            names: What a record of the same name may be called or sorted by.
            words: Words of the name that a lookup finds in any notation; "" for none.
        """
        table, found = self._table, set[str]()
        if keys.mail and "email" in table.c:
            found |= await self._ids(actor, func.lower(table.c.email) == keys.mail)
        if keys.phones:
            numbers = select(phone_numbers.c.record_id).where(
                phone_numbers.c.e164.in_(sorted(keys.phones)),
                phone_numbers.c.module == self._module.value,
            )
            found |= await self._ids(actor, table.c.id.in_(numbers))
        if names:
            wanted = sorted(names)
            found |= await self._ids(actor, table.c.sort_name.in_(wanted))
            found |= await self._ids(actor, table.c.display_name.in_(wanted))
        if words:
            typed = TypedText(query_phrases(words))
            if typed.phrases:
                lookup = LookupRepository(self._connection)
                hits = await lookup.find(actor, (self._module,), typed, CANDIDATES)
                found |= {hit.record_id for hit in hits}
        return found

    async def shared(self, kind: Reason, after: Key | None, limit: int) -> Sequence[Key]:
        """Return what several records have in common, in order, behind ``after``.

        Args:
            kind: ``MAIL``, ``NUMBER``, or ``NAME`` together with the company.
        """
        match kind:
            case Reason.MAIL:
                return await self._shared_mail(after, limit)
            case Reason.NUMBER:
                return await self._shared_number(after, limit)
            case _:
                return await self._shared_name(after, limit)

    async def members(self, actor: Actor, kind: Reason, key: Key) -> Sequence[str]:
        """Return the ids of the records that have what ``shared`` returned, no more than `PER_KEY`.

        Those with a number are whoever has it: the one who reads them leaves out what may not be seen.
        """
        table, readable = self._table, readable_by(actor, self._module, self._table)
        match kind:
            case Reason.MAIL:
                statement = select(table.c.id).where(func.lower(table.c.email) == key[0], readable)
            case Reason.NUMBER:
                number = phone_numbers.c.e164 == key[0]
                statement = select(phone_numbers.c.record_id).where(number, self._numbered()).distinct()
            case _:
                same = [c == value for c, value in zip(self._name_columns(), key, strict=True)]
                statement = select(table.c.id).where(*same, readable)
        return list(await self._connection.scalars(statement.limit(PER_KEY)))

    async def _shared_mail(self, after: Key | None, limit: int) -> Sequence[Key]:
        if "email" not in self._table.c:
            return ()
        mail = func.lower(self._table.c.email)
        statement = select(mail).where(mail > (after[0] if after else ""))
        return await self._keys(statement.group_by(mail).order_by(mail), limit)

    async def _shared_number(self, after: Key | None, limit: int) -> Sequence[Key]:
        number, owner = phone_numbers.c.e164, phone_numbers.c.record_id
        statement = select(number).where(self._numbered(), number > (after[0] if after else ""))
        statement = statement.group_by(number).having(func.count(owner.distinct()) > 1).order_by(number)
        return [tuple(row) for row in await self._connection.execute(statement.limit(limit))]

    async def _shared_name(self, after: Key | None, limit: int) -> Sequence[Key]:
        columns = self._name_columns()
        statement = select(*columns)
        if self._module is Module.CONTACT:
            # Without a company namesakes are no more than that.
            statement = statement.where(columns[0].is_not(None))
        else:
            statement = statement.where(self._table.c.deleted_at.is_(None))
        if after is not None:
            statement = statement.where(tuple_(*columns) > tuple_(*after))
        return await self._keys(statement.group_by(*columns).order_by(*columns), limit)

    def _numbered(self) -> ColumnElement[bool]:
        return phone_numbers.c.module == self._module.value

    def _name_columns(self) -> list[ColumnElement[Any]]:
        """The company first where there is an index that begins with it."""
        table = self._table
        match self._module:
            case Module.CONTACT:
                return [table.c.account_id, table.c.sort_name]
            case Module.LEAD:
                return [table.c.company, table.c.sort_name]
            case _:
                return [table.c.sort_name]

    async def _keys(self, statement: Select[Any], limit: int) -> list[Key]:
        several = statement.having(func.count() > 1).limit(limit)
        return [tuple(row) for row in await self._connection.execute(several)]

    async def _ids(self, actor: Actor, where: ColumnElement[bool]) -> set[str]:
        statement = select(self._table.c.id).where(where, readable_by(actor, self._module, self._table))
        return set(await self._connection.scalars(statement.limit(CANDIDATES)))
