"""The reminder that came up, on every screen and dialog: one line, gone once it is dealt with."""

from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widget import Widget

from crm_tui.clock import clock
from crm_tui.i18n import ngettext
from crm_tui.text import cell_len, fit
from screens.key_names import key_name
from screens.reminder_texts import GAP, bar_facts

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.reminder_watch import DueReminders


class ReminderBar(Widget, can_focus=False):
    """Says of what the agent is reminded and which key leads there. It takes no key itself."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    ReminderBar { height: 1; width: 1fr; display: none; text-style: bold; }
    ReminderBar.-due { display: block; background: $accent-muted; color: $text-accent; }
    ReminderBar.-behind { background: transparent; }
    """

    def on_mount(self) -> None:
        """Follow the reminders of the app."""
        self.watch(self.app, "due_reminders", self._follow)

    def render(self) -> Content:
        """Return the line."""
        app = cast("CrmApp", self.app)
        due, width = app.due_reminders, self.size.width
        first = due.first
        if first is None or self.has_class("-behind"):
            return Content("")
        number = len(due.rows)
        key = {"key": key_name(app, "app.reminders", "f8"), "number": number}
        keys = ngettext("%(key)s %(number)s reminder", "%(key)s %(number)s reminders", number) % key
        facts = GAP.join(bar_facts(first, app.zone, clock().now()))
        room = width - cell_len(keys) - len(GAP) - 1
        return Content(f" {fit(facts, max(room, 0))}{GAP}{keys}")

    def step_back(self) -> None:
        """Show an empty line: a dialog stands before the screen and has a bar of its own."""
        self.add_class("-behind")
        self.refresh()

    def step_forward(self) -> None:
        """Show the reminder again."""
        self.remove_class("-behind")
        self.refresh()

    def _follow(self, due: "DueReminders") -> None:
        self.set_class(due.first is not None, "-due")
        self.refresh()
