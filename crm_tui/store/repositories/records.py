"""Lists, single records and writes of any module that has a table of its own or shares one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import ACTIVITIES, INDEXED, PEOPLE, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, Criterion, ListQuery
from crm_tui.domain.records import ListRow, Record, Ref, Value
from crm_tui.domain.schema import FIELDS
from crm_tui.domain.typed_text import NOTHING_TYPED, TypedText
from crm_tui.store.keyset import SORT_LABEL, paged, position_of, to_page
from crm_tui.store.models import TABLES
from crm_tui.store.repositories import custom_columns
from crm_tui.store.repositories.criteria import LIKE_ESCAPE, condition, conditions, like_pattern
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.indexed import Reading, reading_of
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.many_inserts import insert_many
from crm_tui.store.repositories.participants import with_participants
from crm_tui.store.repositories.scans import Scan
from crm_tui.store.repositories.scope import owner_in_scope, readable_by, sees_shared
from crm_tui.store.repositories.sight import borrowed, by_own_words, sees_all

KIND_LABEL = "row_kind"
IN_SCOPE_LABEL = "is_in_scope"
_ALWAYS = ("owner", "created_by", "modified_by")


class RecordRepository:
    """Statements on the records of one module.

    Args:
        connection: Where to execute; the caller commits.
        module: The module; activities of one kind share a table and are told apart by it.
        custom: The custom fields of the module, which whole records carry and lists may ask for.
        extra: Further fields that lists may ask for: those of the other kinds of activity.
        mixed: Whether rows of all kinds of activity are meant.
        now: The moment by which a scheduled call is overdue.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        module: Module,
        *,
        custom: Mapping[str, Field] | None = None,
        extra: Mapping[str, Field] | None = None,
        mixed: bool = False,
        now: datetime | None = None,
    ) -> None:
        self._connection = connection
        self._now = now
        self._module = module
        self._custom = custom or {}
        self._extra = {**self._custom, **(extra or {})}
        self._mixed = mixed
        self._table = TABLES[module]

    # Reading

    async def page(
        self,
        actor: Actor,
        query: ListQuery,
        request: PageRequest,
        typed: TypedText = NOTHING_TYPED,
    ) -> Page[ListRow]:
        """Return one page of a list as the actor may see it, filtered by what was typed over it."""
        fields = self._fields()
        sort = fields.sort_expression(query.sort.field)
        columns = [
            self._table.c.id,
            self._table.c.version,
            self._table.c.display_name,
            sort.label(SORT_LABEL),
        ]
        if self._mixed:
            columns.append(self._table.c.kind.label(KIND_LABEL))
        asked = fields.selected(query.columns)
        filters = self._filters(fields, actor, query, typed)
        statement = select(*columns, *asked).select_from(fields.source(actor)).where(*filters)
        rows = None
        if query.report is not None:
            rows = await self._searched(actor, query, statement, sort, request, typed)
        if rows is None:
            statement = paged(statement, sort, self._table.c.id, request, descending=query.sort.descending)
            rows = (await self._connection.execute(statement)).all()
        page = to_page(rows, request)
        listed = [self._row(fields, row, query) for row in page.rows]
        return Page(await with_participants(self._connection, actor, listed), page.at_start, page.at_end)

    async def count(
        self, actor: Actor, query: ListQuery, cap: int, typed: TypedText = NOTHING_TYPED
    ) -> Count:
        """Count the rows of a list, no further than ``cap``."""
        fields = self._fields()
        filters = self._filters(fields, actor, query, typed)
        if query.report is not None:
            reading = reading_of(fields, actor, query, self._one_kind)
            if scan := await self._scan(actor, query, reading, typed):
                loose = self._fields(unindexed=True)
                filters = self._filters(loose, actor, query, typed)
                return await scan.count(filters, loose.source(actor), cap)
        inner = select(self._table.c.id).select_from(fields.source(actor)).where(*filters).limit(cap + 1)
        number = await self._connection.scalar(select(func.count()).select_from(inner.subquery())) or 0
        return Count(min(number, cap), number > cap)

    async def is_searched(self, actor: Actor, query: ListQuery) -> bool:
        """Return whether a list is so long, and so little helped by an index, that reading takes a while."""
        reading = reading_of(self._fields(), actor, query, self._one_kind)
        return await self._scan(actor, query, reading, NOTHING_TYPED) is not None

    async def get(self, actor: Actor, record_id: str) -> Record | None:
        """Return a record, None if there is none that the actor may see."""
        return await self._one(
            readable_by(actor, self._module, self._table), self._table.c.id == record_id, actor=actor
        )

    async def any(self, record_id: str) -> Record | None:
        """Return a record whoever may see it, for derived data and audit; None if it isn't there."""
        return await self._one(self._table.c.deleted_at.is_(None), self._table.c.id == record_id)

    async def many(self, actor: Actor | None, ids: Collection[str], *, lock: bool = False) -> list[Record]:
        """Return those of the records ``ids`` that the actor may see, by id.

        Args:
            actor: None for all that are there, for derived data.
            lock: Keep others from changing them before the end of the transaction.
        """
        fields, names = self._fields(), tuple(f.name for f in FIELDS[self._module])
        living = self._table.c.deleted_at.is_(None)
        seen = living if actor is None else readable_by(actor, self._module, self._table)
        statement = self._whole(fields, names, actor).where(
            self._table.c.id.in_(list(ids)), seen, self._kind()
        )
        if lock:
            statement = statement.with_for_update(of=self._table)
        rows = await self._connection.execute(statement.order_by(self._table.c.id))
        found = [self._record(fields, row, names) for row in rows]
        return await with_participants(self._connection, actor, found)

    async def named(self, actor: Actor, text: str, limit: int = 20) -> list[Ref]:
        """Return the records whose name, mail address or case number is ``text``."""
        same = self._table.c.display_name == text
        if "email" in self._table.c and "@" in text:
            same = same | (func.lower(self._table.c.email) == text.lower())
        if "number" in self._table.c and text.lstrip("#").isdecimal() and len(text) < 12:
            same = same | (self._table.c.number == int(text.lstrip("#")))
        return await self._same(actor, same, limit)

    async def all_named(self, actor: Actor, texts: Collection[str]) -> dict[str, list[Ref]]:
        """Return records by name and by mail address, which stands there in small letters, of many texts."""
        asked: list[tuple[ColumnElement[Any], list[str]]] = [(self._table.c.display_name, list(texts))]
        if "email" in self._table.c:
            asked.append((func.lower(self._table.c.email), [text.lower() for text in texts if "@" in text]))
        found: dict[str, list[Ref]] = {}
        for key, values in asked:
            rows = await self._connection.execute(
                select(self._table.c.id, self._table.c.display_name, key.label("named"))
                .where(readable_by(actor, self._module, self._table), self._kind(), key.in_(values))
                .order_by(self._table.c.sort_name, self._table.c.id)
            )
            for row in rows:
                found.setdefault(row.named, []).append(Ref(self._module, row.id, row.display_name))
        return found

    async def called(self, actor: Actor, names: Collection[str], limit: int = 20) -> list[Ref]:
        """Return the records that have one of ``names``."""
        return await self._same(actor, self._table.c.display_name.in_(list(names)), limit)

    async def _same(self, actor: Actor, same: ColumnElement[bool], limit: int) -> list[Ref]:
        statement = (
            select(self._table.c.id, self._table.c.display_name)
            .where(readable_by(actor, self._module, self._table), self._kind(), same)
            .order_by(self._table.c.sort_name, self._table.c.id)
            .limit(limit)
        )
        rows = await self._connection.execute(statement)
        return [Ref(self._module, row.id, row.display_name) for row in rows]

    async def names(self, actor: Actor, ids: Collection[str]) -> dict[str, str]:
        """Return the name of each of the records ``ids`` that the actor may see, by id."""
        rows = await self._connection.execute(
            select(self._table.c.id, self._table.c.display_name).where(
                self._table.c.id.in_(list(ids)), readable_by(actor, self._module, self._table), self._kind()
            )
        )
        return {row.id: row.display_name for row in rows}

    async def all_ids(self, criterion: Criterion) -> list[str]:
        """Return the ids of all living records that fit, whoever may see them."""
        fields = self._fields()
        statement = (
            select(self._table.c.id)
            .select_from(fields.source())
            .where(self._table.c.deleted_at.is_(None), self._kind(), condition(fields, criterion))
        )
        return list(await self._connection.scalars(statement))

    async def referred_to(self, column: str, ids: Collection[str]) -> frozenset[str]:
        """Return which of ``ids`` living records point to, whoever may see them."""
        pointing = self._table.c[column]
        statement = select(pointing).where(pointing.in_(list(ids)), self._table.c.deleted_at.is_(None))
        return frozenset(await self._connection.scalars(statement.distinct()))

    async def count_all(self, criterion: Criterion) -> int:
        """Count all living records that fit, whoever may see them."""
        fields = self._fields()
        statement = (
            select(func.count())
            .select_from(self._table)
            .where(self._table.c.deleted_at.is_(None), self._kind(), condition(fields, criterion))
        )
        return await self._connection.scalar(statement) or 0

    # Writing

    async def insert(self, columns: Mapping[str, Any]) -> None:
        """Add a record with all its columns."""
        await self._connection.execute(insert(self._table).values(**custom_columns.without_empty(columns)))

    async def insert_many(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add many records."""
        await insert_many(self._connection, self._table, [custom_columns.without_empty(row) for row in rows])

    async def update(self, record_id: str, seen: int, columns: Mapping[str, Any]) -> bool:
        """Change a record if its version still is ``seen``; return whether it was.

        Of the values of custom fields only those in ``columns`` change; None takes one out.
        """
        columns = dict(columns)
        if custom_columns.COLUMN in columns:
            columns[custom_columns.COLUMN] = custom_columns.changed(
                self._table.c[custom_columns.COLUMN],
                columns[custom_columns.COLUMN],
                is_sqlite=self._connection.dialect.name == "sqlite",
            )
        result = await self._connection.execute(
            update(self._table)
            .where(self._table.c.id == record_id, self._table.c.version == seen)
            .where(self._table.c.deleted_at.is_(None))
            .values(**columns, version=self._table.c.version + 1)
        )
        return result.rowcount == 1

    async def delete(self, record_ids: Sequence[str], at: datetime, by: str) -> int:
        """Put records into the bin; return how many went."""
        result = await self._connection.execute(
            update(self._table)
            .where(self._table.c.id.in_(list(record_ids)), self._table.c.deleted_at.is_(None))
            .values(deleted_at=at, modified_at=at, modified_by_id=by, version=self._table.c.version + 1)
        )
        return int(result.rowcount)

    # Parts

    async def _searched(
        self,
        actor: Actor,
        query: ListQuery,
        statement: Select[Any],
        sort: ColumnElement[Any],
        request: PageRequest,
        typed: TypedText,
    ) -> Sequence[Any] | None:
        """Return the rows of a list that no index answers; None where it is read in one go."""
        reading = reading_of(self._fields(), actor, query, self._one_kind)
        scan = await self._scan(actor, query, reading, typed)
        if scan is None:
            return None
        down = query.sort.descending
        rows: Sequence[Any] | None
        if reading.in_order:
            rows = await scan.in_order(statement, sort, request, descending=down, patient=False)
            if rows is not None:
                return rows
        loose = self._fields(unindexed=True)
        ids = await scan.ids(self._filters(loose, actor, query, typed), loose.source(actor))
        if ids is None:
            if not reading.in_order:
                return None
            return await scan.in_order(statement, sort, request, descending=down, patient=True)
        found = statement.where(self._table.c.id.in_(ids))
        found = paged(found, sort, self._table.c.id, request, descending=down)
        rows = (await self._connection.execute(found)).all()
        return rows

    async def _scan(self, actor: Actor, query: ListQuery, reading: Reading, typed: TypedText) -> Scan | None:
        """Return the search that a list needs, None where an index or a typed text leaves little to read."""
        if reading.answered or not typed.is_empty:
            return None
        base = (readable_by(actor, self._module, self._table), *reading.base)
        if not await Scan.is_worth_it(self._connection, self._table, base):
            return None
        return Scan(self._connection, self._table, base, query.report or _unheard)

    @property
    def _one_kind(self) -> Module | None:
        return self._module if self._module in ACTIVITIES and not self._mixed else None

    def _fields(self, *, unindexed: bool = False) -> FieldMap:
        return FieldMap(self._module, self._extra, self._now, unindexed)

    def _kind(self) -> ColumnElement[bool]:
        if self._mixed or self._module not in ACTIVITIES:
            return self._table.c.id.is_not(None)
        return self._table.c.kind == self._module.value

    def _filters(
        self, fields: FieldMap, actor: Actor, query: ListQuery, typed: TypedText
    ) -> list[ColumnElement[bool]]:
        filters = [readable_by(actor, self._module, self._table), *conditions(fields, query)]
        if not self._mixed and self._module in ACTIVITIES:
            filters.append(self._kind())
        if not typed.is_empty:
            filters.append(self._fits(actor, typed))
        return filters

    def _fits(self, actor: Actor, typed: TypedText) -> ColumnElement[bool]:
        """Activities and notes aren't in the index: their subject or person has to contain the text."""
        lookup = LookupRepository(self._connection)
        if self._module in INDEXED:
            found = self._table.c.id.in_(lookup.record_ids(self._module, typed))
            return found & by_own_words(actor, self._module, typed)
        pattern = like_pattern(typed.folded, anywhere=True)
        fits: list[ColumnElement[bool]] = [self._table.c.sort_name.like(pattern, escape=LIKE_ESCAPE)]
        if self._module in ACTIVITIES:
            for person in PEOPLE:
                column = self._table.c[f"{person.value}_id"]
                fits.append(column.in_(lookup.record_ids(person, typed)))
                if not sees_all(actor, person) or borrowed(actor, person):
                    people = TABLES[person]
                    seen = readable_by(actor, person, people) & by_own_words(actor, person, typed)
                    fits[-1] &= column.in_(select(people.c.id).where(seen))
        return or_(*fits)

    def _row(self, fields: FieldMap, row: Any, query: ListQuery) -> ListRow:
        module = Module(row._mapping[KIND_LABEL]) if self._mixed else self._module
        position = position_of(row._mapping[SORT_LABEL], row.id)
        values = fields.read(row, query.columns)
        custom = fields.read_custom(row, query.columns)
        return ListRow(module, row.id, row.version, row.display_name, position, values, custom)

    async def _one(self, *where: ColumnElement[bool], actor: Actor | None = None) -> Record | None:
        fields = self._fields()
        names = tuple(f.name for f in FIELDS[self._module])
        statement = self._whole(fields, names, actor).where(*where)
        if not self._mixed:
            statement = statement.where(self._kind())
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            return None
        return (await with_participants(self._connection, actor, [self._record(fields, row, names)]))[0]

    def _whole(self, fields: FieldMap, names: tuple[str, ...], actor: Actor | None) -> Select[Any]:
        table = self._table
        columns = fields.selected((*names, *_ALWAYS))
        own: list[ColumnElement[Any]] = [
            table.c[name] for name in ("id", "version", "display_name", "created_at", "modified_at", "custom")
        ]
        if actor is not None and sees_shared(actor, self._module):
            own.append(owner_in_scope(actor, self._module, table.c.owner_id).label(IN_SCOPE_LABEL))
        return select(*own, *columns).select_from(fields.source(actor))

    def _record(self, fields: FieldMap, row: Any, names: tuple[str, ...]) -> Record:
        values: dict[str, Value] = fields.read(row, (*names, *_ALWAYS))
        return Record(
            module=self._module,
            id=row.id,
            version=row.version,
            name=row.display_name,
            owner=_ref(values["owner"]),
            created_at=row.created_at,
            created_by=_ref(values["created_by"]),
            modified_at=row.modified_at,
            modified_by=_ref(values["modified_by"]),
            values={name: values[name] for name in names},
            custom=custom_columns.read(row.custom, self._custom.values()),
            shared=not row._mapping.get(IN_SCOPE_LABEL, True),
        )


def _unheard(seen: int, total: int) -> None:
    """Nobody wants to know how far a search is."""


def _ref(value: Value) -> Ref | None:
    return value if isinstance(value, Ref) else None
