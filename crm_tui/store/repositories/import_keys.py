"""Bringing up the records that rows of an import may be about, or refer to, by many keys at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.keys import Key, KeyKind
from crm_tui.domain.imports.rules import Absence
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.sync.accounts import sources_known
from crm_tui.store.models import TABLES
from crm_tui.store.models.lookup import phone_numbers
from crm_tui.store.models.synchronisation import sync_links
from crm_tui.store.repositories.fieldmap import FAR
from crm_tui.store.repositories.scope import readable_by


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that a key brought up.

    Attributes:
        name: What it is called.
    """

    key: Key
    record_id: str
    name: str


class ImportKeyRepository:
    """Statements that find records of one module by keys, as far as an actor may see them.

    Args:
        source: Whose ids `KeyKind.REMOTE` means.
    """

    def __init__(self, connection: AsyncConnection, actor: Actor, module: Module, source: str) -> None:
        self._connection = connection
        self._actor = actor
        self._module = module
        self._source = source
        self._table = TABLES[module]

    async def hits(self, keys: Iterable[Key]) -> list[Hit]:
        """Return what all keys bring up; one statement for each kind of key, and each kind of record."""
        kinds: dict[Key, list[Key]] = {}
        for key in keys:
            kinds.setdefault(key[:2] if key[0] is KeyKind.REFERRED else key[:1], []).append(key)
        found: list[Hit] = []
        for kind, some in kinds.items():
            statement, parts = self._statement(kind[0], kind, some)
            for row in await self._connection.execute(statement):
                key = (*kind, *row[2 : 2 + parts])
                found.append(Hit(key, row[0], row[1]))
        return found

    async def absent(self, remote_ids: Collection[str]) -> dict[str, Absence]:
        """Return why records of the module that some ids are linked with can't be had.

        Args:
            remote_ids: Ids that brought up nothing.
        """
        table, column = self._table, self._linked_column()
        there = self._of_source(remote_ids)
        statement = select(sync_links.c.remote_id, table.c.id, table.c.deleted_at)
        rows = await self._connection.execute(
            statement.select_from(sync_links.outerjoin(table, column == table.c.id)).where(*there)
        )
        found: dict[str, Absence] = {}
        for remote_id, record_id, deleted_at in rows:
            kind = Absence.HIDDEN if deleted_at is None else Absence.BINNED
            found[remote_id] = Absence.CONVERTED if record_id is None else kind
        return found

    def _statement(self, kind: KeyKind, group: Key, keys: Sequence[Key]) -> tuple[Select[Any], int]:
        """Return a statement of id, name and the parts of the key, and how many parts there are."""
        table = self._table
        match kind:
            case KeyKind.ID:
                return self._one(table.c.id, keys), 1
            case KeyKind.MAIL:
                return self._one(func.lower(table.c.email), keys), 1
            case KeyKind.PHONE:
                statement = self._one(phone_numbers.c.e164, keys)
                same = phone_numbers.c.record_id == table.c.id
                return statement.join_from(phone_numbers, table, same), 1
            case KeyKind.NAME:
                return self._one(table.c.display_name, keys), 1
            case KeyKind.SORT:
                return self._one(table.c.sort_name, keys), 1
            case KeyKind.NUMBER:
                return self._one(table.c.number, keys), 1
            case KeyKind.TIME:
                return self._two(table.c.sort_at, 1, keys), 2
            case KeyKind.OPEN:
                nobody = table.c.contact_id.is_(None), table.c.lead_id.is_(None)
                return self._one(table.c.sort_name, keys).where(table.c.sort_at == FAR, *nobody), 1
            case KeyKind.REFERRED:
                return self._two(table.c[f"{group[1]}_id"], 2, keys), 2
            case KeyKind.REMOTE:
                return self._linked(keys), 1

    def _one(self, column: ColumnElement[Any], keys: Sequence[Key]) -> Select[Any]:
        return self._seen(column).where(column.in_([key[1] for key in keys]))

    def _two(self, column: ColumnElement[Any], place: int, keys: Sequence[Key]) -> Select[Any]:
        """Find by a column and the folded name; a store that has to choose shall take the column's index."""
        table = self._table
        name = (
            table.c.sort_name.concat("") if self._connection.dialect.name == "sqlite" else table.c.sort_name
        )
        return self._seen(column, table.c.sort_name).where(
            column.in_({key[place] for key in keys}), name.in_({key[place + 1] for key in keys})
        )

    def _linked(self, keys: Sequence[Key]) -> Select[Any]:
        linked = self._linked_column() == self._table.c.id
        return (
            self._seen(sync_links.c.remote_id)
            .join_from(sync_links, self._table, linked)
            .where(*self._of_source([key[1] for key in keys]))
        )

    def _linked_column(self) -> ColumnElement[Any]:
        return sync_links.c["activity_id" if self._module in ACTIVITIES else f"{self._module.value}_id"]

    def _of_source(self, remote_ids: Collection[str]) -> tuple[ColumnElement[bool], ...]:
        """Return what links of some ids at the source fulfil."""
        return (
            sync_links.c.source.in_(sources_known(self._source)),
            sync_links.c.what == self._module.value,
            sync_links.c.remote_id.in_(list(remote_ids)),
        )

    def _seen(self, *columns: ColumnElement[Any]) -> Select[Any]:
        table = self._table
        statement = select(table.c.id, table.c.display_name, *columns)
        if self._module in ACTIVITIES:
            statement = statement.where(table.c.kind == self._module.value)
        return statement.where(readable_by(self._actor, self._module, table))
