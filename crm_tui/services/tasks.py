"""Tasks."""

from collections.abc import Mapping
from datetime import date, datetime

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Value
from crm_tui.policies.records import can_edit
from crm_tui.services.activity_records import ActivityRecords


class TaskService(ActivityRecords):
    """Tasks."""

    module = Module.TASK

    def defaults(self, actor: Actor) -> dict[str, Value]:
        """A new task waits to be started."""
        return {"status": "not_started", "priority": "normal"}

    def due_at(self, values: Mapping[str, Value]) -> datetime | None:
        """A task is due by the end of its day."""
        day = values.get("due_date")
        return self.end_of(day) if isinstance(day, date) else None

    async def complete(self, actor: Actor, task_id: str) -> Record:
        """Close a task."""
        return (await self.update(actor, task_id, {"status": "completed"})).record

    async def reschedule(
        self, actor: Actor, task_id: str, due_date: object, version: int | None = None
    ) -> Record:
        """Move the due date of a task; text as typed or a date. ``version`` as in `update`."""
        await self._core.require(actor, can_edit(actor, self.module), "edit", self.module, task_id)
        if isinstance(due_date, str):
            due_date = self.moved(actor, due_date, (await self.get(actor, task_id)).get("due_date"))
        return (await self.update(actor, task_id, {"due_date": due_date}, version)).record
