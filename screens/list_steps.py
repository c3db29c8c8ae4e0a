"""Going on to the next or the previous record of the list that a detail screen was opened from."""

from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from crm_tui.i18n import N_, _
from screens.background import in_background
from screens.base import CrmScreen

if TYPE_CHECKING:
    from screens.widgets.record_table import RecordTable


def step_bindings(prefix: str) -> list[BindingType]:
    """Return the keys for the next and the previous record.

    Args:
        prefix: What their ids begin with; each screen has keys of its own.
    """
    return [
        Binding(
            "right_square_bracket",
            "step(1)",
            N_("Next"),
            id=f"{prefix}.next",
            show=False,
            tooltip=N_("Next of the list."),
        ),
        Binding(
            "left_square_bracket",
            "step(-1)",
            N_("Previous"),
            id=f"{prefix}.previous",
            show=False,
            tooltip=N_("Previous of the list."),
        ),
    ]


class ListSteps(CrmScreen[None]):
    """A detail screen with keys for the next and the previous record."""

    list_table: "RecordTable | None" = None
    """The list it was opened from."""

    async def show_row(self, key: str) -> None:
        """Show the record of the list that has the id ``key``, here or on another screen."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take the keys away where there is no list."""
        if action == "step":
            return self.list_table is not None
        return super().check_action(action, parameters)

    def action_step(self, delta: int) -> None:
        """Show the next or the previous record of the list this one was opened from."""
        # A worker of the app: this screen may close on the way, which ends its own workers.
        in_background(self.app, "record.step", self._step, delta)

    async def _step(self, delta: int) -> None:
        if self.list_table is None:
            return
        with self.app.keys.hold():
            row = await self.list_table.step(delta)
            if row is None:
                self.app.notice(
                    _("This is the last record.") if delta > 0 else _("This is the first record.")
                )
            else:
                await self.show_row(row.key)
