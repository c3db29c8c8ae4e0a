"""The result of a call: every choice on the screen with the digit that chooses it."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.domain.fields import Field
from crm_tui.domain.picklists import Choice
from crm_tui.domain.records import Value
from crm_tui.i18n import language
from crm_tui.text import cell_len, fit, safe
from screens.widgets.form_field import FormContext, FormField

_DIGITS = 9
"""Choices that a digit can reach; the arrows reach the others."""

_GAP = 2


class ResultKeys(Widget, can_focus=True):
    """All results with their digits; the chosen one stands in brackets."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ResultKeys { height: auto; background: $surface; }
    ResultKeys:focus { background: $primary 40%; }
    ResultKeys:disabled { color: $text-disabled; }
    """

    class Chosen(Message):
        """The agent chose a result, or took it back."""

    code: reactive[str] = reactive("")

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = tuple(choices)

    def choose(self, digit: int) -> bool:
        """Choose by digit, 0 for none; return whether the digit means anything."""
        if not 0 <= digit <= min(_DIGITS, len(self._choices)):
            return False
        self._set(self._choices[digit - 1].code if digit else "")
        return True

    def on_key(self, event: events.Key) -> None:
        """Choose by digit or arrow; other letters mean nothing in here."""
        digit = digit_of(event)
        if digit is not None:
            self.choose(digit)
        elif event.key in ("left", "right", "up", "down"):
            self._step(-1 if event.key in ("left", "up") else 1)
        elif event.key in ("backspace", "delete"):
            self._set("")
        elif not event.is_printable:
            return
        event.stop()
        event.prevent_default()

    def render(self) -> Content:
        """Return the choices in as many columns as fit."""
        columns, width = self._columns(self.size.width)
        cells = [self._cell(place, choice, width) for place, choice in enumerate(self._choices, 1)]
        rows = -(-len(cells) // columns)
        lines = [Content(" " * _GAP).join(cells[row::rows]) for row in range(rows)]
        return Content("\n").join(lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that the choices take at ``width`` cells."""
        del container, viewport
        columns, _width = self._columns(width)
        return max(1, -(-len(self._choices) // columns))

    def _cell(self, place: int, choice: Choice, width: int) -> Content:
        digit = str(place) if place <= _DIGITS else " "
        label = safe(choice.label(language()))
        if choice.code == self.code:
            return Content(fit(f"[{digit}] {label}", width)).stylize("bold reverse")
        return Content(fit(f" {digit}  {label}", width))

    def _columns(self, width: int) -> tuple[int, int]:
        longest = max((cell_len(safe(choice.label(language()))) for choice in self._choices), default=1) + 4
        columns = max(1, (width + _GAP) // (longest + _GAP))
        return min(columns, max(1, len(self._choices))), min(longest, max(1, width))

    def _step(self, delta: int) -> None:
        codes = [choice.code for choice in self._choices]
        if not codes:
            return
        if self.code in codes:
            self._set(codes[(codes.index(self.code) + delta) % len(codes)])
        else:
            self._set(codes[0 if delta > 0 else -1])

    def _set(self, code: str) -> None:
        if code != self.code:
            self.code = code
            self.post_message(self.Chosen())


class ResultField(FormField):
    """The field of the call form that holds the result."""

    editor: ResultKeys
    wide = True

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = ResultKeys(context.picklists.active(field.picklist))

    @property
    def raw(self) -> str:
        return self.editor.code

    @property
    def value(self) -> object:
        return self.editor.code or None

    def write(self, value: Value) -> None:
        self.editor.code = value if isinstance(value, str) else ""

    def write_raw(self, raw: str) -> None:
        self.editor.code = raw

    def on_result_keys_chosen(self, event: ResultKeys.Chosen) -> None:
        """Tell the form."""
        event.stop()
        self.note_change()


def digit_of(event: events.Key) -> int | None:
    """Return the digit that was typed, also one an input method made full-width; None for others."""
    char = event.character
    return int(char) if char is not None and len(char) == 1 and char.isdecimal() else None
