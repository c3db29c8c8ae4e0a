"""A form: the fields of a record in reading order, with everything that is wrong shown at once."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, ScrollableContainer
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.records import Record, Value
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from crm_tui.text import cell_len, safe
from screens.widgets.field_bool import BoolField
from screens.widgets.field_choice import ChoiceField
from screens.widgets.field_date import DateField
from screens.widgets.field_duration import DurationField
from screens.widgets.field_long_text import LongTextField
from screens.widgets.field_participants import ParticipantsField
from screens.widgets.field_text import TextField
from screens.widgets.form_field import REQUIRED_SIGN, FormContext, FormField
from screens.widgets.lookup import ReferenceField

if TYPE_CHECKING:
    from screens.key_queue import KeyQueue

WIDE = 100
"""Cells from which fields stand two in a row."""

_KINDS: Mapping[FieldType, type[FormField]] = {
    FieldType.LONG_TEXT: LongTextField,
    FieldType.BOOL: BoolField,
    FieldType.PICKLIST: ChoiceField,
    FieldType.REFERENCE: ReferenceField,
    FieldType.DATE: DateField,
    FieldType.DATETIME: DateField,
    FieldType.DURATION: DurationField,
    FieldType.PARTICIPANTS: ParticipantsField,
}


class Form(ScrollableContainer, can_focus=False, inherit_bindings=False):
    """Edits the fields of one record.

    Args:
        fields: What to edit, in reading order; a heading stands where the section changes.
        context: What the fields need from outside.
        headings: Show the sections' headings.
    """

    DEFAULT_CSS = """
    Form {
        height: 1fr;
        scrollbar-size-vertical: 1;
        padding: 0 1;
        & > .form--general { height: auto; color: $text-error; display: none; }
        & > .form--general.-shown { display: block; }
        & > .form--heading { height: 1; color: $accent; text-style: bold; }
        & > .form--section { height: auto; layout: vertical; margin: 0 0 1 0; }
        & .form--rows { height: auto; layout: vertical; }
        &.-wide .form--pairs { layout: grid; grid-size: 2; grid-rows: auto; grid-gutter: 0 2; }
    }
    """

    BINDINGS = [
        Binding("down,ctrl+down", "next_field", N_("Next field"), show=False, id="form.next"),
        Binding("up,ctrl+up", "previous_field", N_("Previous field"), show=False, id="form.previous"),
        Binding("pagedown", "page_down", N_("Scroll down"), show=False, id="form.page_down"),
        Binding("pageup", "page_up", N_("Scroll up"), show=False, id="form.page_up"),
    ]

    class Changed(Message):
        """The agent changed a field.

        Attributes:
            form: The form.
            field: The field that changed.
        """

        def __init__(self, form: "Form", field: Field) -> None:
            super().__init__()
            self.form = form
            self.field = field

        @property
        def control(self) -> "Form":
            return self.form

    def __init__(
        self,
        fields: Sequence[Field],
        context: FormContext,
        *,
        headings: bool = True,
        id: str | None = None,  # noqa: A002 - the toolkit's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._fields = {f.name: self.make_field(f, context) for f in fields}
        self._headings = headings and len({f.section for f in fields}) > 1
        self._general = Static(classes="form--general")

    def compose(self) -> ComposeResult:
        yield self._general
        for section, fields in groupby(self._fields.values(), key=lambda f: f.field.section):
            if self._headings and section:
                yield Static(Content(_(section)), classes="form--heading")
            with Container(classes="form--section"):
                for wide, group in groupby(fields, key=lambda f: f.wide):
                    yield Container(*group, classes="form--rows" if wide else "form--rows form--pairs")

    def make_field(self, field: Field, context: FormContext) -> FormField:
        """Return what edits ``field``; a form with fields of its own kind overrides it."""
        return _KINDS.get(field.type, TextField)(field, context)

    def __getitem__(self, name: str) -> FormField:
        """Return the field ``name``; KeyError if the form doesn't have it."""
        return self._fields[name]

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    @property
    def form_fields(self) -> Iterable[FormField]:
        """All fields in reading order."""
        return self._fields.values()

    def values(self) -> dict[str, object]:
        """Return what is typed, by field name: typed values, or texts for the service to judge.

        Fields that don't apply at the moment are None.
        """
        return {
            name: None if form_field.editor.disabled else form_field.value
            for name, form_field in self._fields.items()
        }

    def changed_values(self) -> dict[str, object]:
        """Return the values of the fields that differ from what was loaded."""
        return {n: v for n, v in self.values().items() if self._fields[n].is_dirty}

    def load(self, source: Record | Mapping[str, Value]) -> None:
        """Show a record, or the values to start a new one with; nothing counts as changed then."""
        for name, form_field in self._fields.items():
            form_field.load(_value_of(source, name))
        self.clear_errors()

    @property
    def is_dirty(self) -> bool:
        """Whether anything differs from what was loaded."""
        return any(form_field.is_dirty for form_field in self._fields.values())

    def texts(self) -> dict[str, str]:
        """Return what is typed in changed fields, as a draft keeps it."""
        return {n: f.raw for n, f in self._fields.items() if f.is_dirty}

    def restore(self, texts: Mapping[str, str]) -> None:
        """Type in again what ``texts`` once returned; the fields count as changed."""
        for name, text in texts.items():
            if name in self._fields:
                self._fields[name].restore(text)

    def show_errors(self, error: Invalid) -> None:
        """Put every reason under its field, the rest on top, and go to the first field concerned.

        Keys that were typed behind the one that saves were for what comes after the form: they are dropped.
        """
        keys: KeyQueue | None = getattr(self.app, "keys", None)
        if keys is not None:
            keys.drop()
        for name, form_field in self._fields.items():
            form_field.show_error(error.fields.get(name, ""))
        rest = [reason for name, reason in error.fields.items() if name not in self._fields]
        if rest or not error.fields:
            self._show_general("\n".join(rest) or str(error))
        else:
            self._show_general("")
        first = next((f for f in self._fields.values() if f.error), None)
        if first is not None:
            first.focus_editor()
            self.call_after_refresh(first.scroll_visible, animate=False)
        else:
            self.scroll_home(animate=False)

    def clear_errors(self) -> None:
        """Take away all reasons."""
        for form_field in self._fields.values():
            form_field.show_error("")
        self._show_general("")

    def set_enabled(self, name: str, enabled: bool, reason: str = "") -> None:
        """Make a field editable, or not, and say why not."""
        self._fields[name].set_enabled(enabled, reason)

    def focus_field(self, name: str) -> None:
        """Put the cursor into field ``name``."""
        self._fields[name].focus_editor()

    def focus_first(self) -> None:
        """Put the cursor into the first empty required field, else into the first field."""
        usable = [f for f in self._fields.values() if not f.editor.disabled]
        empty = [f for f in usable if f.field.required and not f.raw]
        for form_field in (empty or usable)[:1]:
            form_field.focus_editor()

    def action_next_field(self) -> None:
        self._step(1)

    def action_previous_field(self) -> None:
        self._step(-1)

    def fit(self, width: int) -> None:
        """Lay the fields out for a width in cells; called before the form is painted it saves a frame."""
        self.set_class(width >= WIDE, "-wide")
        self._set_label_width(width)

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.fit(self.outer_size.width)

    @on(FormField.Changed)
    def _field_changed(self, event: FormField.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.form_field.field))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._step(1)

    def _step(self, step: int) -> None:
        usable = [f for f in self._fields.values() if not f.editor.disabled]
        here = next((i for i, f in enumerate(usable) if f.has_focus_within), None)
        if usable:
            usable[0 if here is None else (here + step) % len(usable)].focus_editor()

    def _show_general(self, text: str) -> None:
        self._general.set_class(bool(text), "-shown")
        self._general.update(Content(safe(text, newlines=True)))

    def _set_label_width(self, width: int) -> None:
        labels = [cell_len(label_of(f.field)) + len(REQUIRED_SIGN) + 2 for f in self._fields.values()]
        column = width // 2 if width >= WIDE else width
        widest = max(10, min(24, column * 2 // 5))
        label_width = min(max(labels, default=10), widest)
        for form_field in self._fields.values():
            form_field.label_width = label_width


def _value_of(source: Record | Mapping[str, Value], name: str) -> Value:
    if not isinstance(source, Record):
        return source.get(name)
    return source.owner if name == "owner" else source.get(name)
