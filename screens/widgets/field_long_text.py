"""Text over several lines: descriptions and notes."""

import re
from typing import Final

from textual import _wrap, events, on
from textual.binding import Binding
from textual.widgets import TextArea

from crm_tui.domain.fields import Field
from crm_tui.domain.records import Value
from crm_tui.text import clean_input
from screens.widgets.form_field import FormContext, FormField

_TAKEN_BY_CONSOLE = frozenset({"f6", "f7", "ctrl+f"})
"""Keys that mean the same on every screen and so can't edit text."""

_WIDE: Final = (
    r"\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffef\U00020000-\U0003ffff"
)
_OPENING: Final = "「『（【〔｛〈《"
_CLOSING: Final = "、。，．・：；？！」』）】〕｝〉》ー々ゝゞ…‥ぁぃぅぇぉっゃゅょァィゥェォッャュョ"

# Where the toolkit may break a line of an editor; by itself it does so at spaces only, which Japanese hasn't.
# No line begins with what closes, none ends with what opens (JIS X 4051).
_wrap.re_chunk = re.compile(rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*\s*|\s+")


class NoteArea(TextArea, inherit_bindings=False):
    """A TextArea whose text is cleaned when it is pasted and that leaves the console's keys alone."""

    BINDINGS = [
        binding
        for binding in TextArea.BINDINGS
        if isinstance(binding, Binding) and binding.key not in _TAKEN_BY_CONSOLE
    ]

    @on(TextArea.Changed)
    def _keep_cursor_in_sight(self) -> None:
        # Where a character makes a new line, that line is only there to be scrolled to after the layout.
        self.call_after_refresh(self.scroll_cursor_visible)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        result = self.replace(clean_input(event.text), *self.selection)
        self.move_cursor(result.end_location)


class LongTextField(FormField):
    """A field that is typed over several lines; Enter starts a new one, Tab leaves."""

    DEFAULT_CSS = """
    LongTextField > NoteArea { height: 6; padding: 0 1; background: $panel; }
    """

    wide = True
    editor: NoteArea

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = NoteArea(compact=True, soft_wrap=True, show_line_numbers=False)

    @property
    def raw(self) -> str:
        return self.editor.text

    @property
    def value(self) -> object:
        return self.editor.text

    def write(self, value: Value) -> None:
        self.write_raw(value if isinstance(value, str) else "")

    def write_raw(self, raw: str) -> None:
        self.editor.text = raw
        # What is added to a note or a description mostly comes last.
        self.editor.move_cursor(self.editor.document.end)

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.note_change()
