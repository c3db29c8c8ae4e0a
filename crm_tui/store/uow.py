"""Unit of work: one transaction with its audit rows. Leaving it without a commit rolls it back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_tui.clock import Clock
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.store.announcing import announce, ring
from crm_tui.store.changes import EVERYTHING, Changed, ChangeHub
from crm_tui.store.failures import translated
from crm_tui.store.keeping import Keeper, listed, table_of
from crm_tui.store.models.journal import audit
from crm_tui.store.repositories.many_inserts import insert_many
from crm_tui.store.repositories.undo import NewStep, UndoRepository


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail, before it is written.

    Attributes:
        action: What was done: create, edit, delete, start, stop, denied …
        changes: Old and new value per field, as JSON values.
        reason: Why it was refused or overridden.
    """

    action: str
    module: Module | None = None
    record_id: str | None = None
    record_name: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


_NO_RECORD = frozenset({"denied", "export", "import", "flag number", "clear number"})
"""Actions that name no record and yet change nothing that any screen may show."""


def _concerns_all(entry: AuditEntry) -> bool:
    """Whether an entry is about no single record: settings, pick-lists, fields, profiles, users."""
    return entry.action not in _NO_RECORD and (entry.record_id is None or entry.module is Module.USER)


class UnitOfWork:
    """A write transaction of one actor.

    Attributes:
        connection: What repositories execute on; nobody below a service commits it.
        at: The moment of the change, the same for all its rows; UTC.
        actor: Who changes; None only while a store is being set up.
    """

    connection: AsyncConnection

    def __init__(self, engine: AsyncEngine, hub: ChangeHub, clock: Clock, actor: Actor | None) -> None:
        self._engine = engine
        self._hub = hub
        self._entries: list[AuditEntry] = []
        self._changed: set[tuple[Module, str]] = set()
        self._changed_all = False
        self._committed = False
        self._keeper = Keeper()
        self._step: NewStep | None = None
        self.actor = actor
        self.at: datetime = clock.now()

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is an SQLite file."""
        return self._engine.dialect.name == "sqlite"

    async def __aenter__(self) -> Self:
        with translated():
            self.connection = await self._engine.connect()
            try:
                # IMMEDIATE takes the write lock at once: a transaction that reads first and
                # writes later fails without waiting when another writer came in between.
                await self.connection.exec_driver_sql("BEGIN IMMEDIATE" if self.is_sqlite else "SELECT 1")
            except BaseException:
                await self.connection.close()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._committed:
                await self.connection.rollback()
        finally:
            await self.connection.close()
        if error is not None:
            with translated():
                raise error

    def record(self, entry: AuditEntry) -> None:
        """Add a line to the audit trail of this transaction."""
        self._entries.append(entry)
        if _concerns_all(entry):
            self.touched_all()

    def touched(self, module: Module, record_id: str) -> None:
        """Say that a record was changed, so that open screens read it again."""
        self._changed.add((module, record_id))

    def touched_all(self) -> None:
        """Say that any screen may show something of this change: a setting, a field, a name."""
        self._changed_all = True

    async def keep(self, table: Module | str, ids: Iterable[str]) -> None:
        """Remember rows that this transaction is going to change, for `undoable`.

        Args:
            table: A module, for its records, or the name of a table.
            ids: Ids of the rows; one without a row is one that is going to be added.
        """
        await self._keeper.keep(self.connection, table_of(table), ids)

    async def keep_where(self, table: Module | str, **columns: str | Collection[str]) -> None:
        """Remember the rows that hold one of the given values in each column, for `undoable`.

        For rows whose ids aren't known beforehand, like links: those that fit at the end but
        didn't at the beginning were added.
        """
        given = {name: listed(values) for name, values in columns.items()}
        await self._keeper.keep_where(self.connection, table_of(table), given)

    def undoable(self, label: str, *, group: str | None = None, kind: str = "", **params: str | int) -> None:
        """Let the actor take back what this transaction does to the rows it keeps.

        Args:
            label: What was done, in English and marked for translation, with places for ``params``.
            group: An id that all transactions of one bulk action share; they are taken back together,
                leaving out the records that others have changed since.
            kind: What `crm_tui.services.undo` knows the change by.
        """
        self._step = NewStep(label, params, group, kind)

    async def commit(self) -> None:
        """Write the audit rows and what can be undone, make everything durable, tell the screens."""
        if self._step is not None and self.actor is not None:
            operations = await self._keeper.operations(self.connection)
            await UndoRepository(self.connection).add(self.actor.id, self.at, self._step, operations)
        await insert_many(self.connection, audit, [self._audit_row(entry) for entry in self._entries])
        changed = self._what_changed()
        if changed is not None:
            await announce(self.connection, self._hub.origin, changed)
        await self.connection.commit()
        self._committed = True
        if changed is not None:
            self._tell(changed)

    def _what_changed(self) -> Changed | None:
        """Return what screens have to read again, None if they show nothing of it."""
        if self._changed_all:
            return EVERYTHING
        return frozenset(self._changed) or None

    def _tell(self, changed: Changed) -> None:
        if self.is_sqlite and self._engine.url.database:
            ring(self._engine.url.database)
        self._hub.publish(changed)

    def _audit_row(self, entry: AuditEntry) -> dict[str, Any]:
        return {
            "at": self.at,
            "user_id": self.actor.id if self.actor else None,
            "user_name": self.actor.name if self.actor else "",
            "action": entry.action,
            "module": entry.module.value if entry.module else "",
            "record_id": entry.record_id,
            "record_name": entry.record_name,
            "changes": dict(entry.changes),
            "reason": entry.reason,
        }
