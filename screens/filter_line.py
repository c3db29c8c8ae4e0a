"""The line over a list where a filter is typed: it comes with a key and goes with Esc."""

from textual import events, on
from textual.widgets import Input

from screens.base import CrmScreen
from screens.widgets.field_text import LineInput
from screens.widgets.record_table import RecordTable


class FilteredScreen(CrmScreen[None]):
    """A screen with a table and, above it, a line ``#filter``; both are yielded by the subclass.

    Attributes:
        filter_text: What was typed there, without the blanks around it.
    """

    filter_text = ""

    def filter_changed(self) -> None:
        """Read the list anew for ``filter_text``."""
        raise NotImplementedError

    @property
    def table(self) -> RecordTable:
        """The list itself."""
        return self.query_one(RecordTable)

    @property
    def is_filtered(self) -> bool:
        """Whether there is a filter, or a line for one."""
        return bool(self.filter_text) or bool(self.query_one("#filter").display)

    def on_mount(self) -> None:
        """Begin without the line."""
        self.query_one("#filter").display = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let Esc end the filter, also where there is nothing to go back to."""
        if action == "back" and self.is_filtered:
            return True
        return super().check_action(action, parameters)

    async def action_back(self) -> None:
        """Clear the filter; without one, go back."""
        if not self.is_filtered:
            await super().action_back()
            return
        self._show_filter(False)
        self.query_one("#filter", LineInput).value = ""
        self.table.focus()

    def action_filter(self) -> None:
        """Open the line where a filter is typed."""
        self._show_filter(True)
        self.query_one("#filter").focus()

    def on_key(self, event: events.Key) -> None:
        """The down key leaves the filter line for the list."""
        if event.key == "down" and self.query_one("#filter").has_focus:
            event.stop()
            event.prevent_default()
            self.table.focus()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self.filter_text:
            self.filter_text = event.value.strip()
            self.refresh_bindings()  # Esc means something only while there is a filter.
            self.filter_changed()

    @on(Input.Submitted, "#filter")
    def _filter_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._show_filter(bool(self.filter_text))
        self.table.focus()

    def _show_filter(self, shown: bool) -> None:
        self.query_one("#filter").display = shown
        self.refresh_bindings()
