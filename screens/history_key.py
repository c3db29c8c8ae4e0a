"""The key that shows what happened to the record of a detail screen."""

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from crm_tui.domain.records import Record, Ref
from crm_tui.i18n import N_
from screens.base import CrmScreen
from screens.history_modal import HistoryModal


class HistoryKey(CrmScreen[None]):
    """A detail screen whose record has a history."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "H",
            "history",
            N_("History"),
            id="record.history",
            show=False,
            tooltip=N_("Show who changed what and when."),
        )
    ]

    ref: Ref
    record: Record | None

    @work(group="record.history", exit_on_error=False)
    async def action_history(self) -> None:
        """Show the history of the record."""
        await self.app.push_screen_wait(HistoryModal(self.record.ref if self.record else self.ref))
