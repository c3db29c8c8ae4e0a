"""Calls as records: lists, details, the scheduled ones' edits, deletion."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm_tui.domain.call import CallStatus
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.schema import phone_fields
from crm_tui.errors import Conflict, Immutable
from crm_tui.i18n import _
from crm_tui.services.activity_records import ActivityRecords
from crm_tui.store.repositories.calls import CallRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import UnitOfWork

MEASURED = frozenset({"duration_seconds", "result"})
"""Fields that a call gets by taking place."""


def first_number(person: Record | None) -> str:
    """Return the first number of a person, "" if there is none."""
    if person is None:
        return ""
    return next((text for field in phone_fields(person.module) if (text := person.text(field.name))), "")


class CallRecords(ActivityRecords):
    """Records of calls. Starting, stopping and completing is in `crm_tui.services.calls`."""

    module = Module.CALL

    def due_at(self, values: Mapping[str, Value]) -> datetime | None:
        """A call is due when it starts, or was when it did."""
        start = values.get("starts_at")
        return start if isinstance(start, datetime) else None

    def fields(self) -> tuple[Field, ...]:
        """The measured fields aren't asked of a scheduled call."""
        return tuple(
            field.but(required=field.required and field.name not in MEASURED) for field in super().fields()
        )

    def problems(self, values: Mapping[str, Value], before: Record | None) -> dict[str, str]:
        """Only a call with a contact can be related to something."""
        who = values.get("who")
        if isinstance(who, Ref) and who.module is Module.LEAD and values.get("related_to") is not None:
            return {"related_to": _("Related to can be used only with a contact, not with a lead.")}
        return super().problems(values, before)

    def refuse_locked(self, record: Record) -> None:
        """A completed or cancelled call is final; a running one is saved, not edited."""
        status = record.text("status")
        if status == CallStatus.COMPLETED.value:
            raise Immutable(
                _("This call is completed and can't be changed any more. Nothing was saved."),
                _("Add a note to the contact instead."),
            )
        if status == CallStatus.CANCELLED.value:
            raise Immutable(
                _("This call was cancelled and can't be changed any more. Nothing was saved."),
                _("Schedule a new call instead."),
            )
        if status == CallStatus.IN_PROGRESS.value:
            raise Conflict(
                _("This call is running. Nothing was saved."), _("Stop and save it; then it is final.")
            )

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """A new record of a call is a scheduled one unless it says otherwise."""
        columns.setdefault("status", CallStatus.SCHEDULED.value)
        columns["is_closed"] = columns["status"] in (CallStatus.COMPLETED.value, CallStatus.CANCELLED.value)
        await super().before_insert(uow, columns)

    async def after_write(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """A scheduled call that is now with somebody else has their number."""
        await super().after_write(uow, before, after)
        if before is None or after.text("status") != CallStatus.SCHEDULED.value:
            return
        who = after.ref_to("who")
        if who is not None and who != before.whole.get("who"):
            person = await RecordRepository(uow.connection, who.module).any(who.id)
            await CallRepository(uow.connection).set_number(after.id, first_number(person)[:50])

    async def _write(
        self,
        uow: UnitOfWork,
        before: Record,
        seen: int,
        columns: Mapping[str, Any],
        values: Mapping[str, Value],
        action: str = "edit",
    ) -> Record:
        record = await super()._write(uow, before, seen, columns, values, action)
        # What follows from the person is written after the row.
        return await self._repository(uow.connection).any(record.id) or record if "who" in values else record
