"""One note to read."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.records import Record
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.key_names import key_name
from screens.style_sheet import STYLES
from screens.value_text import long_datetime


class NoteModal(CrmModal[str]):
    """Shows a note; closes with ``edit`` or ``delete`` when the agent wants that, else with None.

    Args:
        note: What to show.
    """

    CSS_PATH = STYLES / "note_modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "answer('edit')", N_("Edit"), id="note.edit", tooltip=N_("Edit this note.")),
        Binding("d", "answer('delete')", N_("Delete"), id="note.delete", tooltip=N_("Delete this note.")),
        Binding("enter", "cancel", N_("Close"), id="note.close", show=False),
    ]

    def __init__(self, note: Record) -> None:
        super().__init__()
        self._note = note

    def compose(self) -> ComposeResult:
        """Yield title, author and text."""
        note = self._note
        author = note.created_by.name if note.created_by is not None else ""
        when = long_datetime(note.modified_at, self.zone)
        with Vertical(id="dialog"):
            yield Static(Content(safe(note.text("title") or note.name)), id="title")
            yield Static(Content(f"{when}  {safe(author)}"), id="detail")
            with VerticalScroll(id="text"):
                yield Static(Content(safe(note.text("body"), limit=40_000, newlines=True)))
            yield Static(self._keys(), id="answers")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take keys away that the agent has no permission for."""
        if action == "answer":
            return self.allowed(str(parameters[0]), self._note.module, self._note.owner)
        return super().check_action(action, parameters)

    def _keys(self) -> Content:
        note = self._note
        pairs = [
            (key_name(self.app, f"note.{verb}", key), label)
            for verb, key, label in (("edit", "e", _("Edit")), ("delete", "d", _("Delete")))
            if self.allowed(verb, note.module, note.owner)
        ]
        parts: list[str | tuple[str, str]] = []
        for name, label in [*pairs, ("Esc", _("Close"))]:
            parts += [(name, "bold"), f" {label}   "]
        return Content.assemble(*parts)

    def on_mount(self) -> None:
        """Let the arrow keys scroll the text."""
        self.query_one("#text").focus()

    def action_answer(self, answer: str) -> None:
        """Close and say what to do with the note."""
        self.dismiss(answer)
