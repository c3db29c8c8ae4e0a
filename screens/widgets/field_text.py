"""Text on one line: names, numbers, addresses, amounts, tags."""

from datetime import date, datetime
from decimal import Decimal

from textual import events, on
from textual.binding import Binding
from textual.widgets import Input

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import N_, _
from crm_tui.text import clean_input
from screens.widgets.form_field import FormContext, FormField

_TAKEN_BY_CONSOLE = frozenset({"ctrl+f", "f6", "f7"})
"""Keys that mean the same on every screen and so can't edit text."""

_TYPED_ANEW = frozenset(
    {FieldType.NUMBER, FieldType.MONEY, FieldType.DATE, FieldType.DATETIME, FieldType.DURATION}
)
"""Types whose text is selected when the cursor comes to it: a new value takes the place of the old one."""


class LineInput(Input, inherit_bindings=False):
    """An Input that takes a pasted block as one line and leaves the console's keys alone."""

    # Not the toolkit's compact mode: that styles every input of a form a second time when it is mounted.
    DEFAULT_CSS = """
    LineInput { height: 1; border: none; padding: 0 1; background: $panel; }
    LineInput:focus { border: none; text-style: underline; }
    """

    BINDING_GROUP_TITLE = N_("Text field")
    BINDINGS = [
        binding
        for binding in Input.BINDINGS
        if isinstance(binding, Binding) and binding.key not in _TAKEN_BY_CONSOLE
    ]

    def _on_focus(self, event: events.Focus) -> None:
        super()._on_focus(event)
        if not (self.select_on_focus or event.from_app_focus):
            # A proposed text may have grown since: what is typed now must not land in the middle of it.
            self.cursor_position = len(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        line = " ".join(clean_input(event.text).split("\n")).strip()
        self.replace(line, *self.selection)


class TextField(FormField):
    """A field typed on one line."""

    editor: LineInput

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        placeholder = _("required") if field.required else ""
        self.editor = LineInput(placeholder=placeholder, select_on_focus=field.type in _TYPED_ANEW)

    @property
    def raw(self) -> str:
        return self.editor.value

    @property
    def value(self) -> object:
        return self.editor.value

    def write(self, value: Value) -> None:
        self.write_raw(_as_typed(value))

    def write_raw(self, raw: str) -> None:
        self.editor.value = raw

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.note_change()


def _as_typed(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Ref):
        return value.name
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
