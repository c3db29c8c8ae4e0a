"""The audit trail: who did what and when, and whether anybody tampered with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.actor import Actor
from crm_tui.domain.history import HistoryEntry, action_label, changes_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.told import shown_text
from crm_tui.errors import NotFound
from crm_tui.policies.administration import can_administer, can_read_audit
from crm_tui.services.core import Core
from crm_tui.services.history_sight import as_seen
from crm_tui.services.references import find_ref
from crm_tui.store.repositories.audit import BATCH, AuditRepository, AuditRow


@dataclass(frozen=True, slots=True)
class Verification:
    """The state of the hash chain.

    Attributes:
        sealed: Rows that were added to the chain by this check.
        broken_at: Id of the first row that was tampered with, None if none was.
    """

    sealed: int
    broken_at: int | None


class AuditService:
    """Reading and checking the audit trail; it is written by the unit of work alone."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def list(
        self,
        actor: Actor,
        *,
        record: Ref | None = None,
        by: Ref | None = None,
        since: datetime | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> Sequence[AuditRow]:
        """Return lines, the latest first.

        Whoever may see a record may see its history; the rest, what was done to users among it, is for
        supervisors and administrators, and for each user about themselves. Records out of the actor's sight
        have neither name nor id in it.
        """
        if record is None:
            await self._core.require(actor, can_read_audit(actor, by.id if by else None), "audit")
        elif record.module is Module.USER:
            await self._core.require(actor, can_read_audit(actor, record.id), "audit")
        else:
            await self._visible(actor, record)
        async with self._core.store.read() as connection:
            rows = await AuditRepository(connection).rows(
                record_id=record.id if record else None,
                user_id=by.id if by else None,
                since=since,
                before_id=before_id,
                limit=limit,
            )
            return await as_seen(connection, actor, rows)

    async def history(
        self, actor: Actor, record: Ref, *, before_id: int | None = None, limit: int = 200
    ) -> Sequence[HistoryEntry]:
        """Return what happened to a record, the latest first, with the labels of its fields.

        Whoever may see the record may see its history.
        """
        rows = await self.list(actor, record=record, before_id=before_id, limit=limit)
        async with self._core.store.read() as connection:
            people = await AuditRepository(connection).people(rows)
        return [self.entry(row, people.get(row.user_id or "", "")) for row in rows]

    def entry(self, row: AuditRow, who: str = "") -> HistoryEntry:
        """Return a line of the audit trail as people read it.

        Args:
            who: What the user is called; the login that the line has unless given.
        """
        module = next((module for module in Module if module.value == row.module), None)
        fields = self._core.custom_fields.fields(module) if module is not None else ()
        changes = changes_of(row.changes, {field.name: field for field in fields})
        return HistoryEntry(
            row.at, who or row.user_name, action_label(row.action), changes, shown_text(row.reason)
        )

    async def verify(self, actor: Actor) -> Verification:
        """Seal what isn't sealed yet, then check the whole chain."""
        await self._core.require(actor, can_administer(actor), "audit verify")
        async with self._core.store.read() as connection:
            broken = await AuditRepository(connection).broken_at()
        return Verification(await self.seal() if broken is None else 0, broken)

    async def seal(self) -> int:
        """Add rows to the hash chain in batches of their own transactions; return how many."""
        total = 0
        while True:
            async with self._core.store.write(None) as uow:
                sealed = await AuditRepository(uow.connection).seal()
                await uow.commit()
            total += sealed
            if sealed < BATCH:
                return total

    async def _visible(self, actor: Actor, record: Ref) -> None:
        try:
            await find_ref(self._core, actor, record.module, record.id)
        except NotFound:
            await self._core.require(actor, can_administer(actor), "audit", record.module, record.id)
