"""The rows of calls as their states change, each change with its line in the audit trail."""

from collections.abc import Mapping
from typing import Any

from crm_tui.clock import ClockMark
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus, StartCall, values_of
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.naming import sort_name_of
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.errors import Conflict, NotFound
from crm_tui.i18n import _
from crm_tui.services.call_records import CallRecords
from crm_tui.services.columns import differences, to_columns
from crm_tui.store.repositories.calls import CallRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input

_MEASURES = ("status", "starts_at", "duration_seconds", "wrap_up_seconds")
"""Columns that a state change of a call sets, for the audit trail."""


class CallRows:
    """Writes rows of calls; whether the actor may, and whether the values fit, was asked before.

    Args:
        records: Knows the fields of calls.
    """

    def __init__(self, records: CallRecords) -> None:
        self._records = records

    async def start(
        self, uow: UnitOfWork, actor: Actor, start: StartCall, scheduled: Call | None, mark: ClockMark
    ) -> str:
        """Write a call that runs from now on, or say so of the scheduled one; return its id."""
        running = {
            "status": CallStatus.IN_PROGRESS.value,
            "starts_at": uow.at,
            "due_at": uow.at,
            "sort_at": uow.at,
            "started_mark": mark,
            "phone": clean_input(start.phone)[:50],
            "source_campaign_id": start.campaign.id if start.campaign is not None else None,
            "owner_id": actor.id,
        }
        if scheduled is not None:
            await self.change(uow, scheduled, running, "start")
            return scheduled.id
        values: dict[str, Value] = {
            "subject": start.subject,
            "type": start.type,
            "purpose": start.purpose or None,
            "who": start.who,
            "related_to": start.related_to,
        }
        columns = {**self.new(uow, actor, values), **running}
        await self.insert(uow, columns, values, "start")
        return str(columns["id"])

    def new(self, uow: UnitOfWork, actor: Actor, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return the columns of a new call; its state is still missing."""
        return {
            "id": new_id(),
            "created_at": uow.at,
            "created_by_id": actor.id,
            "modified_at": uow.at,
            "modified_by_id": actor.id,
            "owner_id": actor.id,
            "display_name": str(values.get("subject") or ""),
            "sort_name": sort_name_of(Module.CALL, values),
            **{k: v for k, v in self._records.derived(values).items() if k != "is_closed"},
            **{k: v for k, v in to_columns(self._records.fields(), values).items() if v is not None},
        }

    async def insert(
        self, uow: UnitOfWork, columns: Mapping[str, Any], values: Mapping[str, Value], action: str
    ) -> Record:
        """Write a new call; ``action`` is what the audit trail says."""
        repository = RecordRepository(uow.connection, Module.CALL)
        await repository.insert(columns)
        record = await repository.any(str(columns["id"]))
        if record is None:
            raise NotFound(_("There is no such call, or you may not see it."))
        uow.record(AuditEntry(action, Module.CALL, record.id, record.name, differences({}, values)))
        self._touch(uow, record.id, values.get("who"), values.get("related_to"))
        return record

    async def plan(self, uow: UnitOfWork, actor: Actor, values: Mapping[str, Value], number: str) -> Record:
        """Write a scheduled call that can be undone; the caller says what the change is called."""
        columns = {**self.new(uow, actor, values), "status": CallStatus.SCHEDULED.value, "phone": number}
        await uow.keep(Module.CALL, [columns["id"]])
        record = await self.insert(uow, columns, values, "schedule")
        await self._records.after_write(uow, None, record)
        return record

    async def change(
        self,
        uow: UnitOfWork,
        call: Call,
        columns: Mapping[str, Any],
        action: str,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Change columns of a call that is still as it was read.

        Raises:
            Conflict: It was changed from another session.
        """
        stamped = {**columns, "modified_at": uow.at, "modified_by_id": uow.actor.id if uow.actor else None}
        if not await CallRepository(uow.connection).change(call, stamped):
            raise Conflict(
                _("This call was changed from another session. Nothing was saved."),
                _("Look at it again; what you typed is kept."),
            )
        measured = {name: columns[name] for name in _MEASURES if name in columns}
        changes = differences(values_of(call), {**(values or {}), **measured})
        uow.record(AuditEntry(action, Module.CALL, call.id, call.subject, changes))
        record = await RecordRepository(uow.connection, Module.CALL).any(call.id)
        if record is not None:
            await self._records.after_write(uow, None, record)
        self._touch(uow, call.id, call.who, call.related_to)

    async def complete(
        self,
        uow: UnitOfWork,
        call: Call,
        columns: Mapping[str, Any],
        values: Mapping[str, Value],
    ) -> None:
        """Make a call a completed one with all that was typed."""
        closing = {
            "status": CallStatus.COMPLETED.value,
            "is_closed": True,
            "completed_at": uow.at,
            "display_name": str(values.get("subject") or ""),
            "sort_name": sort_name_of(Module.CALL, values),
        }
        await self.change(uow, call, {**columns, **closing}, "complete", values)
        self._touch(uow, call.id, values.get("who"), values.get("related_to"))

    def _touch(self, uow: UnitOfWork, call_id: str, *others: Value) -> None:
        uow.touched(Module.CALL, call_id)
        for other in others:
            if isinstance(other, Ref):
                uow.touched(other.module, other.id)
