"""Says what would be undone, and asks."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.confirm_modal import ConfirmModal
from screens.widgets.answers import Answers


class UndoModal(ConfirmModal):
    """Enter undoes, unlike other questions: what is undone can be done again, and the key was meant.

    Args:
        question: What would be undone, translated.
        detail: When it was done and how many records it concerns, translated.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", N_("Undo"), id="undo.yes", tooltip=N_("Undo this change."))
    ]

    def __init__(self, question: str, detail: str) -> None:
        super().__init__(question, _("Undo"), detail)

    def compose(self) -> ComposeResult:
        """Yield the change and the two answers."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._question, newlines=True)), id="question")
            yield Static(Content(safe(self._detail, newlines=True)), id="detail")
            yield Answers(("undo.yes", "enter", _("Undo")), ("dialog.cancel", "escape", _("Back")))
