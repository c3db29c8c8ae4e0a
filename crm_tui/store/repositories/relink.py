"""Moving everything that points to a record to another one: for conversion and merging.

What points to a module is read off the tables themselves, so that a new table can't be forgotten.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Table, UniqueConstraint, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.fields import columns_of
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.records import Ref
from crm_tui.domain.schema import FIELDS
from crm_tui.store.models import TABLES, metadata
from crm_tui.store.models.activities import activities, event_participants
from crm_tui.store.models.organisation import views
from crm_tui.store.models.records import campaign_members
from crm_tui.store.repositories.rows import ends_of
from crm_tui.store.uow import AuditEntry, UnitOfWork

_CHUNK: Final = 500
"""Rows that one statement names at most."""

_MODULES: Final[Mapping[Table, Module]] = {
    table: module for module, table in TABLES.items() if module not in ACTIVITIES
}
"""What the records of a table are; activities say it themselves, in their kind."""

_ONE_OF_EACH: Final[Mapping[Table, str]] = {event_participants: "event_id"}
"""Tables without a constraint in which somebody stands once per record all the same."""


@dataclass(frozen=True)
class Link:
    """A column that points to the records of a module.

    Attributes:
        beside: The column with which it makes a pair that stands in the table once; "" for none.
    """

    table: Table
    column: str
    beside: str = ""

    @property
    def is_record(self) -> bool:
        """Whether the rows are records of their own, with a version and a history."""
        return self.table in _MODULES or self.table is activities

    @property
    def counted_as(self) -> str:
        """What a moved row counts as in a summary."""
        return "mail" if self.table.name == "mail_people" else self.table.name


@cache
def links_to(module: Module) -> tuple[Link, ...]:
    """Return every column of the store that points to the records of ``module``."""
    target = TABLES[module]
    return tuple(
        Link(table, key.parent.name, _beside(table, key.parent.name))
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is target
    )


async def count_links(connection: AsyncConnection, refs: Sequence[Ref]) -> dict[str, int]:
    """Count what points to records of one module, by table; what is in the bin isn't counted."""
    counts: dict[str, int] = {}
    for link in links_to(refs[0].module):
        statement = select(func.count()).where(link.table.c[link.column].in_([ref.id for ref in refs]))
        if link.is_record:
            statement = statement.where(link.table.c.deleted_at.is_(None))
        number = await connection.scalar(statement) or 0
        if number:
            counts[link.counted_as] = counts.get(link.counted_as, 0) + number
    return counts


class Relinker:
    """Moves pointers from some records of a module to one record, of the same module or another.

    Args:
        uow: The transaction; moved rows are remembered for undo, told to screens and to the audit trail.
        sources: Where the pointers lead now.
        target: Where they lead afterwards.
        action: What the audit trail says of each record that pointed there.
        statuses: Response statuses in order: of two memberships in a campaign the further one stays.
    """

    def __init__(
        self, uow: UnitOfWork, sources: Sequence[Ref], target: Ref, action: str, statuses: Sequence[str]
    ) -> None:
        self._uow = uow
        self._sources = {ref.id: ref for ref in sources}
        self._module = sources[0].module
        self._target = target
        self._action = action
        self._ranks = {code: place for place, code in enumerate(statuses)}

    async def run(self) -> dict[str, int]:
        """Move all pointers and return how many, by table."""
        counts: dict[str, int] = {}
        for link in links_to(self._module):
            number = await self._move(link)
            if number:
                counts[link.counted_as] = counts.get(link.counted_as, 0) + number
        if self._target.module is self._module:
            await self._point_views()
        return counts

    async def _point_views(self) -> None:
        """Let conditions of stored views name the record that is kept; there are never many views."""
        rows = await self._uow.connection.execute(select(views.c.id, views.c.criteria))
        for row in rows.all():
            criteria = self._pointed(row.criteria)
            if criteria != row.criteria:
                await self._uow.keep(views.name, [row.id])
                changes = {"criteria": criteria, "version": views.c.version + 1}
                await self._uow.connection.execute(
                    update(views).where(views.c.id == row.id).values(**changes)
                )

    def _pointed(self, stored: Any) -> Any:
        if isinstance(stored, list):
            return [self._pointed(one) for one in stored]
        if not isinstance(stored, dict):
            return stored
        if stored.get("module") == self._module.value and stored.get("id") in self._sources:
            return {**stored, "module": self._target.module.value, "id": self._target.id}
        return {name: self._pointed(value) for name, value in stored.items()}

    async def _move(self, link: Link) -> int:
        rows = await self._rows(link)
        if not rows:
            return 0
        if link.beside:
            rows = await self._without_doubles(link, rows)
        values: dict[str, Any] = {link.column: None, self._target_column(link): self._target.id}
        if "version" in link.table.c:
            values["version"] = link.table.c.version + 1
        if link.is_record:
            actor = self._uow.actor
            values |= {"modified_at": self._uow.at, "modified_by_id": actor.id if actor else None}
        for ids in _chunks([row.id for row in rows]):
            await self._uow.keep(link.table.name, ids)
            await self._uow.connection.execute(
                update(link.table).where(link.table.c.id.in_(ids)).values(values)
            )
        living = [row for row in rows if not link.is_record or row.deleted_at is None]
        for row in living:
            self._tell(link, row)
        return len(living)

    async def _rows(self, link: Link) -> list[Any]:
        statement = select(link.table).where(link.table.c[link.column].in_(list(self._sources)))
        return list(await self._uow.connection.execute(statement.order_by(link.table.c.id)))

    def _target_column(self, link: Link) -> str:
        return link.column if self._target.module is self._module else f"{self._target.module.value}_id"

    async def _without_doubles(self, link: Link, rows: Sequence[Any]) -> list[Any]:
        """Unite rows that would be the same afterwards; return those that are still to be moved."""
        table, column = link.table, link.table.c[self._target_column(link)]
        present = await self._uow.connection.execute(select(table).where(column == self._target.id))
        there: dict[str, Any] = {getattr(row, link.beside): row for row in present}
        moving: list[Any] = []
        doubles: list[tuple[Any, Any]] = []
        for row in rows:
            other = getattr(row, link.beside)
            if other in there:
                doubles.append((there[other], row))
            else:
                there[other] = row
                moving.append(row)
        for survivor, double in doubles:
            await self._unite(table, survivor, double)
            self._tell(link, double)
        return moving

    async def _unite(self, table: Table, survivor: Any, double: Any) -> None:
        await self._uow.keep(table.name, [survivor.id, double.id])
        # Read again: a third record may have been united with it before.
        found = await self._uow.connection.execute(select(table).where(table.c.id == survivor.id))
        changes = self._united(table, found.one()._asdict(), double._asdict())
        await self._uow.connection.execute(delete(table).where(table.c.id == double.id))
        if changes:
            await self._uow.connection.execute(
                update(table).where(table.c.id == survivor.id).values(**changes)
            )

    def _united(self, table: Table, survivor: Mapping[str, Any], double: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the surviving row takes from the one that goes."""
        changes: dict[str, Any] = {}
        for name in ("role", "email"):
            if name in table.c and not survivor[name] and double[name]:
                changes[name] = double[name]
        if "is_primary" in table.c and double["is_primary"]:
            changes["is_primary"] = True
        if table is campaign_members:
            theirs, ours = double["response_status"], survivor["response_status"]
            if self._ranks.get(theirs, -1) > self._ranks.get(ours, -1):
                changes["response_status"] = theirs
            changes["version"] = table.c.version + 1
        return changes

    def _tell(self, link: Link, row: Any) -> None:
        """Tell screens of every record that the row is about, and the audit trail of moved records."""
        if link.is_record:
            module = _MODULES.get(link.table) or Module(row.kind)
            self._uow.touched(module, row.id)
            old = self._sources[getattr(row, link.column)]
            changes = {_field_name(module, link.column): [_json(old), _json(self._target)]}
            self._uow.record(AuditEntry(self._action, module, row.id, row.display_name, changes))
            return
        for end, record_id in ends_of(link.table.name, row._asdict()):
            self._uow.touched(end, record_id)


def _beside(table: Table, column: str) -> str:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and column in constraint.columns:
            others = [other.name for other in constraint.columns if other.name != column]
            return others[0] if others else ""
    return _ONE_OF_EACH.get(table, "")


def _field_name(module: Module, column: str) -> str:
    """Return the field that a column belongs to, for the audit trail."""
    return next((f.name for f in FIELDS[module] if column in columns_of(f)), "converted_to")


def _json(ref: Ref) -> dict[str, str]:
    return {"module": ref.module.value, "id": ref.id, "name": ref.name}


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    listed = list(ids)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]
