"""A question with two answers, of which the safe one is at hand."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers


class ConfirmModal(CrmModal[bool]):
    """Asks; y means yes, n, Enter and Esc mean no.

    Args:
        question: One sentence, translated.
        yes_label: What yes does, translated.
        detail: What goes with it, translated; may have several lines.
    """

    CSS_PATH = STYLES / "confirm_modal.tcss"

    BINDINGS = [
        Binding("y", "answer(True)", N_("Yes"), id="confirm.yes", tooltip=N_("Do it.")),
        Binding("n,enter", "answer(False)", N_("No"), id="confirm.no", tooltip=N_("Leave it as it is.")),
    ]

    def __init__(self, question: str, yes_label: str, detail: str = "") -> None:
        super().__init__()
        self._question = question
        self._yes_label = yes_label
        self._detail = detail

    def compose(self) -> ComposeResult:
        """Yield the question and its two answers."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._question, newlines=True)), id="question")
            if self._detail:
                yield Static(Content(safe(self._detail, newlines=True)), id="detail")
            yield Answers(
                ("confirm.yes", "y", self._yes_label),
                ("confirm.no", "n,enter", _("No")),
                ("dialog.cancel", "escape", _("Back")),
            )

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)

    def action_cancel(self) -> None:
        """Close with no."""
        self.dismiss(False)
