"""Somebody saved the same record meanwhile: whose values are kept is the agent's choice."""

from collections.abc import Mapping
from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.errors import Conflict
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.widgets.answers import Answers

ConflictChoice = Literal["mine", "theirs"]


class ConflictModal(CrmModal[ConflictChoice]):
    """Shows which fields differ; closes with ``mine``, ``theirs``, or None to go on editing.

    Args:
        error: The refusal of the service.
        labels: Label per field name, translated.
    """

    BINDINGS = [
        Binding(
            "m", "choose('mine')", N_("Save mine"), id="conflict.mine", tooltip=N_("Save what you typed.")
        ),
        Binding(
            "t",
            "choose('theirs')",
            N_("Take theirs"),
            id="conflict.theirs",
            tooltip=N_("Forget what you typed and show what is saved."),
        ),
    ]

    def __init__(self, error: Conflict, labels: Mapping[str, str]) -> None:
        super().__init__()
        self._error = error
        self._labels = labels

    def compose(self) -> ComposeResult:
        """Yield the refusal, the fields and the choices."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._error.message)), id="question")
            for name in self._error.changed:
                yield Static(Content(f"  {safe(self._labels.get(name, name))}"))
            if self._error.hint:
                yield Static(Content(safe(self._error.hint)))
            yield Answers(
                ("conflict.mine", "m", _("Save mine")),
                ("conflict.theirs", "t", _("Take theirs")),
                ("dialog.cancel", "escape", _("Go on editing")),
            )

    def action_choose(self, choice: ConflictChoice) -> None:
        """Close with the choice."""
        self.dismiss(choice)
