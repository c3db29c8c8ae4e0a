"""Shown at the start to an agent whose call is still open after the line dropped or the console ended."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.call import Call
from crm_tui.formats import format_time
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.widgets.answers import Answers


class ResumeCallModal(CrmModal[bool]):
    """Offers to go to the call; closes with True for that.

    Args:
        call: The call that isn't saved.
    """

    GLOBAL_ACTIONS = frozenset({"quit", "help", "answer_pop", "choose_for_pop", "redraw"})
    BINDINGS = [
        Binding(
            "enter,f12,f2",
            "go",
            N_("Go to the call"),
            id="resume.go",
            priority=True,
            tooltip=N_("Open the call with what was typed so far."),
        )
    ]

    def __init__(self, call: Call) -> None:
        super().__init__()
        self._call = call

    def compose(self) -> ComposeResult:
        """Yield whom the call is with, since when, and the keys."""
        with Vertical(id="dialog"):
            yield Static(Content(self._sentence()), id="question")
            yield Answers(
                ("resume.go", "enter", _("Go to the call")),
                ("dialog.cancel", "escape", _("Later")),
            )

    def action_go(self) -> None:
        """Close in order to open the call."""
        self.dismiss(True)

    def _sentence(self) -> str:
        call = self._call
        facts = {
            "name": safe(call.who.name if call.who else call.subject),
            "time": format_time(call.starts_at, self.app.zone) if call.starts_at else "?",
        }
        if call.is_stopped:
            return _("Your call with %(name)s, started at %(time)s, isn't saved yet.") % facts
        return _("You have a running call with %(name)s since %(time)s.") % facts
