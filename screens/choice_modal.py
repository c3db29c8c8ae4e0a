"""A question with a few answers, each with a digit of its own."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from crm_tui.i18n import N_
from crm_tui.text import safe
from screens.base import CrmModal
from screens.style_sheet import STYLES
from screens.widgets.option_lines import OptionLines


class ChoiceModal(CrmModal[str]):
    """Lets the agent choose one of a few things; Esc chooses none.

    Args:
        title: What is asked, translated.
        options: Code and label of each answer, translated.
        current: The answer the cursor starts on.
        detail: What to know before answering, translated; may have several lines.
        digits: The key of each answer, None for one that takes the cursor and Enter. Unless given that is
            its place, 0 for the tenth.
    """

    CSS_PATH = STYLES / "choice_modal.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(digit, f"take({digit})", N_("Choose"), id=f"choice.{digit}", show=False)
        for digit in "1234567890"
    ]

    def __init__(
        self,
        title: str,
        options: Sequence[tuple[str, str]],
        *,
        current: str = "",
        detail: str = "",
        digits: Sequence[int | None] | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._options = tuple(options)
        places = [place % 10 if place <= 10 else None for place in range(1, len(self._options) + 1)]
        self._digits: tuple[int | None, ...] = tuple(places if digits is None else digits)
        self._current = current
        self._detail = detail

    def compose(self) -> ComposeResult:
        """Yield the question and its answers."""
        with Vertical(id="dialog"):
            yield Static(Content(safe(self._title, newlines=True)), id="title")
            if self._detail:
                yield Static(Content(safe(self._detail, newlines=True)), id="detail")
            yield OptionLines([self._line(place) for place in range(len(self._options))], id="choices")

    def on_mount(self) -> None:
        """Put the cursor on the present answer."""
        choices = self.query_one("#choices", OptionList)
        codes = [code for code, _label in self._options]
        choices.highlighted = codes.index(self._current) if self._current in codes else 0
        choices.focus()

    def action_take(self, number: int) -> None:
        """Choose by number."""
        if number in self._digits:
            self.dismiss(self._options[self._digits.index(number)][0])

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._options[event.option_index][0])

    def _line(self, place: int) -> Content:
        code, label = self._options[place]
        sign = "•" if code == self._current else " "
        digit = self._digits[place]
        return Content(f"{' ' if digit is None else digit} {sign} {safe(label)}")
