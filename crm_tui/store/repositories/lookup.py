"""The search index and the phone numbers: written with every record, read by every lookup."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    column,
    delete,
    literal,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.phone import PhoneNumber, PhoneQuery
from crm_tui.domain.records import Ref
from crm_tui.domain.search_terms import Phrase, any_fts5, any_tsquery, fold, query_phrases
from crm_tui.domain.typed_text import TypedText
from crm_tui.store.models.lookup import phone_numbers, search_documents
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.many_inserts import insert_many
from crm_tui.store.repositories.scope import owner_in_scope

CANDIDATES = 2_000
"""Matches of a filter that are sorted at most; sorting a quarter of a million takes a second."""

_AT_ONCE = 50
"""Names that one statement looks for; SQLite's expressions have a depth."""

_fts = table("search_index", column("rowid"), column("search_index"))
"""The FTS5 table of SQLite; its column of the same name is what MATCH takes."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the lookup knows of a record.

    Attributes:
        terms: Space-separated search terms.
        numbers: Field name and number of each telephone number.
    """

    module: Module
    record_id: str
    owner_id: str | None
    name: str
    detail: str
    phone: str
    email: str
    terms: str
    numbers: Sequence[tuple[str, PhoneNumber]] = ()


class LookupRepository:
    """Statements on the search index and the phone numbers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    async def replace(self, documents: Sequence[Document]) -> None:
        """Make the index say exactly ``documents`` about their records."""
        await self.remove([document.record_id for document in documents])
        await self.add(documents)

    async def add(self, documents: Sequence[Document]) -> None:
        """Put records into the index that aren't in it yet."""
        await insert_many(
            self._connection, search_documents, [_document_row(document) for document in documents]
        )
        numbers = [row for document in documents for row in _number_rows(document)]
        await insert_many(self._connection, phone_numbers, numbers)

    async def remove(self, record_ids: Sequence[str]) -> None:
        """Take records out of the index."""
        ids = list(record_ids)
        await self._connection.execute(delete(search_documents).where(search_documents.c.record_id.in_(ids)))
        await self._connection.execute(delete(phone_numbers).where(phone_numbers.c.record_id.in_(ids)))

    async def find(
        self, actor: Actor, modules: Sequence[Module], typed: TypedText, limit: int
    ) -> Sequence[Any]:
        """Return at most ``limit`` entries that fit the words and the number."""
        columns = [c for c in search_documents.c if c.name != "terms"]
        statement = select(*columns).where(visible(actor, modules)).limit(limit)
        if typed.phrases:
            statement = self.matching(statement, typed.phrases)
        if typed.phone is not None:
            return await self._by_phone(statement, typed.phone, limit)
        return (await self._connection.execute(statement)).all()

    async def _by_phone(self, statement: Select[Any], phone: PhoneQuery, limit: int) -> Sequence[Any]:
        """Exact numbers first, then those that begin or end so; each kind by its own index."""
        statement = statement.add_columns(
            phone_numbers.c.raw.label("matched"), phone_numbers.c.e164
        ).join_from(
            search_documents, phone_numbers, phone_numbers.c.record_id == search_documents.c.record_id
        )
        found: dict[tuple[str, str], Any] = {}
        for condition in number_conditions(phone):
            for row in await self._connection.execute(statement.where(condition)):
                found.setdefault((row.record_id, row.e164), row)
            if len(found) >= limit:
                break
        return list(found.values())[:limit]

    async def in_any_notation(
        self, actor: Actor, module: Module, names: Collection[str]
    ) -> dict[str, list[Ref]]:
        """Return the records that are called as one of some names in other width or case, by folded name."""
        wanted = {fold(name): phrases for name in names if (phrases := query_phrases(name))}
        found: dict[str, list[Ref]] = {}
        for some in chunks(sorted(wanted), _AT_ONCE):
            statement = select(search_documents.c.record_id, search_documents.c.name)
            statement = statement.where(visible(actor, (module,))).limit(CANDIDATES)
            for row in await self._connection.execute(self._any(statement, [wanted[one] for one in some])):
                if (folded := fold(row.name)) in some:
                    found.setdefault(folded, []).append(Ref(module, row.record_id, row.name))
        return found

    def matching(self, statement: Select[Any], phrases: Sequence[Phrase]) -> Select[Any]:
        """Return ``statement`` restricted to entries of the index that have all the phrases."""
        return self._any(statement, [phrases])

    def _any(self, statement: Select[Any], some: Sequence[Sequence[Phrase]]) -> Select[Any]:
        """Return ``statement`` restricted to entries that have all the phrases of one lookup.

        On SQLite by a join, which stops at the statement's limit; a list of all matches would be
        made in full first.
        """
        if self._is_sqlite:
            return statement.where(
                _fts.c.rowid == search_documents.c.id, _fts.c.search_index.op("MATCH")(any_fts5(some))
            )
        query = literal(any_tsquery(some), Text).op("::")(text("tsquery"))
        return statement.where(search_documents.c.terms.cast(TSVECTOR).op("@@")(query))

    def record_ids(self, module: Module, typed: TypedText) -> Select[Any]:
        """Return a statement of the ids of ``module`` that typed text keeps, capped before any sort."""
        statement = select(search_documents.c.record_id).where(search_documents.c.module == module.value)
        if typed.phrases:
            statement = self.matching(statement, typed.phrases)
        if typed.phone is not None:
            numbers = (
                select(phone_numbers.c.record_id)
                .where(phone_numbers.c.module == module.value, or_(*number_conditions(typed.phone)))
                .limit(CANDIDATES)
            )
            statement = statement.where(search_documents.c.record_id.in_(numbers))
        return statement.limit(CANDIDATES)


def number_conditions(phone: PhoneQuery) -> list[ColumnElement[bool]]:
    """Return the ways in which a number can fit what was typed, best first."""
    conditions: list[ColumnElement[bool]] = []
    if phone.exact:
        conditions.append(phone_numbers.c.e164 == phone.exact)
    if phone.suffix_reversed:
        conditions.append(_begins(phone_numbers.c.reversed, phone.suffix_reversed))
    if phone.prefix:
        conditions.append(_begins(phone_numbers.c.national, phone.prefix))
    return conditions


def _begins(column: ColumnElement[str], digits: str) -> ColumnElement[bool]:
    """A range instead of LIKE, so that an index serves it whatever its collation rules."""
    return and_(column >= digits, column < digits + ":")


def visible(actor: Actor, modules: Sequence[Module]) -> ColumnElement[bool]:
    """Return the condition that an entry of the index belongs to a record the actor may see."""
    return or_(
        *(
            and_(
                search_documents.c.module == module.value,
                owner_in_scope(actor, module, search_documents.c.owner_id),
            )
            for module in modules
        )
    )


def _document_row(document: Document) -> dict[str, Any]:
    return {
        "module": document.module.value,
        "record_id": document.record_id,
        "owner_id": document.owner_id,
        "name": document.name,
        "detail": document.detail,
        "phone": document.phone,
        "email": document.email,
        "terms": document.terms,
    }


def _number_rows(document: Document) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "module": document.module.value,
            "record_id": document.record_id,
            "field": field,
            "raw": number.raw,
            "e164": number.e164,
            "national": number.national,
            "reversed": number.reversed,
        }
        for field, number in document.numbers
    ]
