"""The agent's reminders that are due, and everything that can be done with them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.widgets import OptionList, Static

from crm_tui.clock import clock
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.reminders import Reminder
from crm_tui.i18n import N_, _, ngettext
from screens.activity_actions import cancel_activity, complete_activity, reschedule_activity
from screens.base import CrmModal
from screens.reminder_texts import reminder_line
from screens.snooze_modal import ask_until
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers
from screens.widgets.option_lines import NO_CURSOR, OptionLines


@dataclass(frozen=True, slots=True)
class Leave:
    """What the dialog is left for: to open an activity, or to make the call."""

    to: Literal["open", "call"]
    activity: Ref


Act = Callable[[CrmModal[Any], Ref], Awaitable[object]]
"""One of the functions of `screens.activity_actions`."""


class ReminderModal(CrmModal[Leave]):
    """Lists reminders as they are dealt with; c, r, x, s and d act on the one under the cursor.

    At first that is the one that the bar names.

    It closes by itself once nothing is left. Whatever it stands before stays as it is.
    """

    CSS_PATH = STYLES / "reminder_modal.tcss"
    GLOBAL_ACTIONS = CrmModal.GLOBAL_ACTIONS - {"reminders"}
    BINDING_GROUP_TITLE = N_("Reminders")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "step(1)", N_("Down"), id="reminder.down", show=False),
        Binding("k", "step(-1)", N_("Up"), id="reminder.up", show=False),
        Binding(
            "c",
            "complete",
            N_("Complete"),
            id="reminder.complete",
            tooltip=N_("Complete it; of a call only what is missing is asked for."),
        ),
        Binding(
            "r", "reschedule", N_("Reschedule"), id="reminder.reschedule", tooltip=N_("Choose another time.")
        ),
        Binding(
            "x", "cancel_it", N_("Cancel it"), id="reminder.cancel", tooltip=N_("Cancel a call or an event.")
        ),
        Binding("s", "snooze", N_("Snooze"), id="reminder.snooze", tooltip=N_("Be reminded again later.")),
        Binding(
            "d,delete",
            "dismiss_it",
            N_("Dismiss"),
            id="reminder.dismiss",
            tooltip=N_("Not be reminded any more; the activity stays as it is."),
        ),
        Binding(
            "f2",
            "call",
            N_("Call"),
            id="reminder.call",
            tooltip=N_("Make the scheduled call, or call the person of another activity."),
        ),
        Binding("f8", "cancel", N_("Close"), id="reminder.close", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Reminder, ...] = ()
        self._is_done = False

    def compose(self) -> ComposeResult:
        """Yield the list and what can be done."""
        call = self.app.running_call
        with Vertical(id="dialog"):
            yield Static(id="title")
            yield OptionLines(id="reminders")
            yield Answers(
                ("reminder.complete", "c", _("Complete")),
                ("reminder.reschedule", "r", _("Reschedule")),
                ("reminder.cancel", "x", _("Cancel it")),
                ("reminder.snooze", "s", _("Snooze")),
                ("reminder.dismiss", "d", _("Dismiss")),
                ("reminder.open", "enter", _("Open")),
                ("reminder.call", "f2", _("Stop") if call is not None and call.is_running else _("Call")),
                ("dialog.cancel", "escape", _("Back")),
            )

    def on_mount(self) -> None:
        """Show what is due now, and follow it."""
        self.watch(self.app, "due_reminders", self._follow)
        self._list.focus()

    def record_in_focus(self) -> Ref | None:
        """Whom the activity under the cursor is with, else what it is related to."""
        reminder = self._reminder
        return None if reminder is None else reminder.who or reminder.related_to

    def action_step(self, by: int) -> None:
        """Move the cursor."""
        if by > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()

    def action_complete(self) -> None:
        """Complete the activity under the cursor."""
        self._act(complete_activity)

    def action_reschedule(self) -> None:
        """Choose another time for the activity under the cursor."""
        self._act(reschedule_activity)

    def action_cancel_it(self) -> None:
        """Cancel the activity under the cursor."""
        reminder = self._reminder
        if reminder is not None and reminder.activity.module is Module.TASK:
            # d deletes in a list; here it dismisses.
            self.app.notice(_("A task can't be cancelled. c completes it, d ends the reminder."))
        else:
            self._act(cancel_activity)

    @work(group="reminders.snooze", exit_on_error=False)
    async def action_snooze(self) -> None:
        """Ask until when, and be silent till then."""
        reminder = self._reminder
        if reminder is not None:
            await ask_until(self, reminder)

    @work(group="reminders.dismiss", exit_on_error=False)
    async def action_dismiss_it(self) -> None:
        """Be silent about the activity under the cursor."""
        reminder = self._reminder
        if reminder is not None:
            await self.services.reminders.dismiss(self.actor, reminder.id)

    def action_call(self) -> None:
        """Make the call under the cursor; with a call in progress do what the key means everywhere."""
        self._leave("call")

    def action_cancel(self) -> None:
        """Go back to what was in front."""
        if not self._is_done:
            self._is_done = True
            self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._leave("open")

    @on(Resize)
    def _resized(self) -> None:
        self._show(self._list.highlighted or 0)

    @work(name="action_on_reminder", group="reminders.act", exit_on_error=False)
    async def _act(self, action: Act) -> None:
        reminder = self._reminder
        if reminder is not None:
            await action(self, reminder.activity)

    def _leave(self, to: Literal["open", "call"]) -> None:
        reminder = self._reminder
        if reminder is not None and not self._is_done:
            self._is_done = True
            self.dismiss(Leave(to, reminder.activity))

    @on(ScreenResume)
    def _close_if_empty(self) -> None:
        if not self.app.due_reminders.rows and self.is_current and not self._is_done:
            self._is_done = True
            self.dismiss(None)

    def _follow(self) -> None:
        """Show the reminders of now with the cursor where it was, or on what came in its place."""
        here, place = self._reminder, self._list.highlighted or 0
        self._rows = self.app.due_reminders.rows
        ids = [row.id for row in self._rows]
        if here is not None and here.id in ids:
            place = ids.index(here.id)
        self._show(min(place, max(0, len(ids) - 1)))
        self._close_if_empty()

    def _show(self, highlighted: int) -> None:
        number, now = len(self._rows), clock().now()
        title = ngettext("%(number)s reminder", "%(number)s reminders", number) % {"number": number}
        self.query_one("#title", Static).update(Content(title))
        width = max(self._list.size.width - len(NO_CURSOR), 20)
        lines = [Content(reminder_line(row, width, self.zone, now)) for row in self._rows]
        self._list.show(lines, highlighted)

    @property
    def _list(self) -> OptionLines:
        return self.query_one("#reminders", OptionLines)

    @property
    def _reminder(self) -> Reminder | None:
        place = self._list.highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None
