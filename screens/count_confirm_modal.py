"""A question about very many records: yes is said by typing how many they are."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from crm_tui.formats import format_number
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.answers import Answers
from screens.widgets.field_text import LineInput


class CountConfirmModal(CrmModal[bool]):
    """Closes with True once the number was typed and Enter pressed; Esc closes with False.

    Args:
        question: One sentence with the number in it, translated.
        number: What has to be typed.
        detail: What goes with it, translated.
    """

    CSS_PATH = STYLES / "count_confirm_modal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, question: str, number: int, detail: str = "") -> None:
        super().__init__()
        self._question = question
        self._number = number
        self._detail = detail

    def compose(self) -> ComposeResult:
        """Yield the question, a line for the number, and how to get out."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._question, newlines=True)), id="question")
            yield Static(Content(safe(self._detail, newlines=True)), id="detail")
            yield Static(Content(self._request), id="state")
            yield LineInput(id="number")
            yield Answers(("dialog.cancel", "escape", _("Back")))

    def on_mount(self) -> None:
        """Put the cursor into the line."""
        self.query_one("#detail").display = bool(self._detail)
        self.query_one("#number").focus()

    def action_cancel(self) -> None:
        """Close with no."""
        self.dismiss(False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        typed = "".join(char for char in event.value if char not in " ,.　，．")
        if typed.isdecimal() and int(typed) == self._number:
            self.dismiss(True)
        else:
            text = _("That is another number. Nothing was changed.")
            self.query_one("#state", Static).update(Content(f"{text}\n{self._request}"))

    @property
    def _request(self) -> str:
        return _("Type %(number)s and press Enter.") % {"number": format_number(self._number)}
