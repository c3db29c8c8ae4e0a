"""Unit of work: one transaction with its audit rows. Leaving it without a commit rolls it back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_tui.clock import Clock
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.store.changes import ChangeHub
from crm_tui.store.failures import translated
from crm_tui.store.models.journal import audit


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
        self._committed = False
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

    def touched(self, module: Module, record_id: str) -> None:
        """Say that a record was changed, so that open screens read it again."""
        self._changed.add((module, record_id))

    async def commit(self) -> None:
        """Write the audit rows, make everything durable, tell the screens."""
        if self._entries:
            await self.connection.execute(insert(audit), [self._audit_row(entry) for entry in self._entries])
        await self.connection.commit()
        self._committed = True
        self._hub.publish(frozenset(self._changed))

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
