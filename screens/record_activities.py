"""The keys on a record that deal with its activities."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from crm_tui.domain.modules import PARENTS, Module
from crm_tui.domain.records import Record, Ref
from crm_tui.i18n import N_
from screens.activity_acts import ActivityActs
from screens.related_tabs import activity_parties


class ActivityKeys(ActivityActs):
    """Logs a call or makes a task with the record shown; completes, moves and cancels activities."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "l,L",
            "log_call",
            N_("Log a call"),
            id="record.log",
            tooltip=N_("Log a completed call with this record."),
        ),
        Binding("t", "new_task", N_("Task"), id="record.task", tooltip=N_("Make a task with this record.")),
        Binding(
            "c",
            "complete",
            N_("Complete"),
            id="record.complete",
            tooltip=N_("Complete the activity in focus."),
        ),
        Binding(
            "r",
            "reschedule",
            N_("Reschedule"),
            id="record.reschedule",
            tooltip=N_("Move the activity in focus to another time."),
        ),
        Binding(
            "x",
            "cancel",
            N_("Cancel it"),
            id="record.cancel",
            tooltip=N_("Cancel the activity in focus."),
        ),
    ]

    record: Record | None

    @property
    def has_activity_in_focus(self) -> bool:
        """Whether c, r and x mean anything now."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that don't apply here or that the agent has no permission for."""
        if action in ("log_call", "new_task"):
            parent = self.record is not None and self.record.module in PARENTS
            return parent and self.allowed("create", Module.TASK)
        if action in ("complete", "reschedule", "cancel"):
            return self.has_activity_in_focus and self.allowed("edit", Module.TASK)
        return super().check_action(action, parameters)

    async def action_log_call(self) -> None:
        """Log a completed call with the record."""
        if self.record is not None:
            parties = activity_parties(self.record)
            who, related_to = parties.get("who"), parties.get("related_to")
            await self.app.open_call_logger(
                "completed",
                who if isinstance(who, Ref) else None,
                related_to if isinstance(related_to, Ref) else None,
            )

    async def action_new_task(self) -> None:
        """Open the form of a task with the record."""
        if self.record is not None:
            await self.app.open_form(Module.TASK, prefill=activity_parties(self.record))
