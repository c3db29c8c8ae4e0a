"""Events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Value
from crm_tui.domain.validation import check_values
from crm_tui.errors import Immutable
from crm_tui.i18n import _
from crm_tui.policies.records import can_edit
from crm_tui.services.activity_records import CLOSED_STATUSES, ActivityRecords
from crm_tui.store.uow import UnitOfWork


class EventService(ActivityRecords):
    """Events."""

    module = Module.EVENT

    def due_at(self, values: Mapping[str, Value]) -> datetime | None:
        """An event is due when it starts."""
        start = values.get("starts_at")
        return start if isinstance(start, datetime) else None

    def problems(self, values: Mapping[str, Value], before: Record | None) -> dict[str, str]:
        """An event doesn't end before it starts."""
        start, end = values.get("starts_at"), values.get("ends_at")
        if isinstance(start, datetime) and isinstance(end, datetime) and end < start:
            return {"ends_at": _("The end is before the start.")}
        return {}

    def refuse_locked(self, record: Record) -> None:
        """A cancelled or completed event stays as it is."""
        if record.text("status") in CLOSED_STATUSES:
            raise Immutable(_("This event is closed and can't be changed. Nothing was saved."))

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """A new event lies ahead unless it says otherwise."""
        columns.setdefault("status", "scheduled")
        await super().before_insert(uow, columns)

    async def reschedule(
        self,
        actor: Actor,
        event_id: str,
        starts_at: object,
        ends_at: object = None,
        version: int | None = None,
    ) -> Record:
        """Move an event; without a new end it keeps its length.

        Times as typed or aware; ``version`` as in `update`.
        """
        await self._core.require(actor, can_edit(actor, self.module), "edit", self.module, event_id)
        values: dict[str, object] = {"starts_at": starts_at}
        if ends_at is not None:
            values["ends_at"] = ends_at
        else:
            event = await self.get(actor, event_id)
            checked = check_values(
                self.fields(), values, self._core.context(actor, timed=True), settable=self.settable
            )
            old, end, new = event.get("starts_at"), event.get("ends_at"), checked.values.get("starts_at")
            if isinstance(old, datetime) and isinstance(end, datetime) and isinstance(new, datetime):
                values["ends_at"] = new + (end - old)
        return (await self.update(actor, event_id, values, version)).record

    async def complete(self, actor: Actor, event_id: str) -> Record:
        """Say that an event took place."""
        return await self.close(actor, event_id, "completed")

    async def cancel(self, actor: Actor, event_id: str) -> Record:
        """Cancel an event; it stays in the closed activities."""
        return await self.close(actor, event_id, "cancelled")
