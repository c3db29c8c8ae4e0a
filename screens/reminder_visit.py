"""Going to the reminders from anywhere, and from there to an activity or into its call."""

from functools import partial
from typing import TYPE_CHECKING

from crm_tui.i18n import _
from screens.action_hold import held
from screens.activity_actions import call_for_activity, open_activity
from screens.background import in_background
from screens.base import CrmScreen
from screens.reminder_modal import Leave, ReminderModal

if TYPE_CHECKING:
    from crm_tui.app import CrmApp


def show_reminders(app: "CrmApp") -> None:
    """Show what is due in front of whatever is open; say so if nothing is."""
    if any(isinstance(screen, ReminderModal) for screen in app.screen_stack):
        return
    if not app.due_reminders.rows:
        app.notice(_("There is nothing to remind you of now."))
        return

    def left(leave: Leave | None) -> None:
        if leave is not None:
            work = held(app.keys, partial(_go, app, leave))
            in_background(app, "reminders.go", work)

    app.push_screen(ReminderModal(), left)


async def _go(app: "CrmApp", leave: Leave) -> None:
    screen = app.screen
    if not isinstance(screen, CrmScreen):
        # A screen above a dialog would leave that behind half done.
        app.notice(_("Close this dialog first. Then go to the reminders again."))
    elif leave.to == "call" and app.running_call is not None:
        await app.call_key()
    elif leave.to == "call":
        await call_for_activity(screen, leave.activity)
    else:
        await open_activity(screen, leave.activity)
