"""One field of a form: label, editor, and the line under it that says what is wrong or understood."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from crm_tui.domain.fields import TEXTUAL, Field, label_of
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.widgets.text_wrap import wrap

W = TypeVar("W", bound=Widget)

REQUIRED_SIGN = "*"
ERROR_SIGN = N_("! ")
"""In Japanese a wide sign without a space: a sentence without spaces would wrap right behind one."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A record that fits what is being typed, with what tells it from its namesakes."""

    ref: Ref
    detail: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class FormContext:
    """What fields need from outside.

    Attributes:
        picklists: The values to choose from.
        zone: The agent's time zone.
        find: Records of some modules that fit a typed text, best first.
        pick: Lets the agent choose a record in a window of its own; starts with a typed text.
    """

    picklists: Picklists
    zone: tzinfo
    find: Callable[[str, tuple[Module, ...]], Awaitable[tuple[Suggestion, ...]]]
    pick: Callable[[tuple[Module, ...], str], Awaitable[Ref | None]]


class FormField(Widget):
    """Base of all fields of a form.

    A subclass makes its ``editor`` in ``__init__`` and tells how it is read and written.

    Args:
        field: What is edited.
        context: What the field needs from outside.
    """

    DEFAULT_CSS = """
    FormField {
        height: auto;
        layout: vertical;
        color: $text-muted;
        & > .field--message { height: auto; padding: 0 1; color: $text-muted; }
        &:focus-within { color: $foreground; }
        &.-error { color: $text-error; }
        &.-error > .field--message { color: $text-error; }
    }
    """

    class Changed(Message):
        """The agent changed the value.

        Attributes:
            form_field: The field it happened in.
        """

        def __init__(self, form_field: "FormField") -> None:
            super().__init__()
            self.form_field = form_field

        @property
        def control(self) -> "FormField":
            return self.form_field

    wide = False
    """Whether the field takes the whole width where others stand two in a row."""

    label_width: reactive[int] = reactive(18)
    editor: Widget

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(id=f"field-{field.name}")
        self.field = field
        self.context = context
        self._message: Static | None = None
        self._is_composed = False
        self._error = ""
        self._disabled_reason = ""
        self._baseline = ""
        self._known = ""

    def compose(self) -> ComposeResult:
        # The line of the message is made when there is something to say: a form opens in half the time.
        self._is_composed = True
        yield self.editor
        if self._message is not None:
            yield self._message

    def render(self) -> Content:
        """Return the label, which stands left of the editor."""
        label = "\n".join(self._label_lines())
        # Bold by the style sheet would make everything in the field bold.
        return Content.styled(label, "bold" if self.has_focus_within else "")

    @property
    def raw(self) -> str:
        """What stands in the editor, as text that ``restore`` takes back."""
        raise NotImplementedError

    @property
    def value(self) -> object:
        """What to hand to a service: a typed value, or the text if it isn't understood."""
        raise NotImplementedError

    def write(self, value: Value) -> None:
        """Put ``value`` into the editor."""
        raise NotImplementedError

    def write_raw(self, raw: str) -> None:
        """Put a text that ``raw`` once returned into the editor."""
        raise NotImplementedError

    def understood(self) -> str:
        """Return what the typed text was understood as, "" if that goes without saying."""
        return ""

    def trouble(self) -> str:
        """Return what is already known to be wrong with the typed text, "" if nothing is."""
        limit, typed = self.field.max_length, len(self.raw)
        if self.field.type not in TEXTUAL or not limit or typed <= limit:
            return ""
        return _("At most %(limit)d characters; %(typed)d typed.") % {"limit": limit, "typed": typed}

    def load(self, value: Value) -> None:
        """Show ``value`` as the unchanged state of the field."""
        with self.prevent(FormField.Changed):
            self.write(value)
        self._baseline = self._known = self.raw
        self._error = ""
        self.update_message()

    def restore(self, raw: str) -> None:
        """Show a text from a draft; the field counts as changed if it differs from what was loaded."""
        with self.prevent(FormField.Changed):
            self.write_raw(raw)
        self._known = self.raw
        self.update_message()

    @property
    def is_dirty(self) -> bool:
        """Whether the field differs from what was loaded."""
        return self.raw != self._baseline

    @property
    def error(self) -> str:
        """The reason that stands under the field."""
        return self._error

    def show_error(self, reason: str) -> None:
        """Put ``reason`` under the field until its value changes; "" takes it away."""
        self._error = reason
        self.update_message()

    def set_enabled(self, enabled: bool, reason: str = "") -> None:
        """Make the field editable, or not, and say why not."""
        self.editor.disabled = not enabled
        self._disabled_reason = "" if enabled else reason
        self.update_message()

    def focus_editor(self) -> None:
        """Put the cursor into the field."""
        self.editor.focus()

    def note_change(self) -> None:
        """Called by a subclass whenever the editor may have changed."""
        raw = self.raw
        if raw == self._known:
            return
        self._known = raw
        self._error = ""
        self.update_message()
        self.post_message(self.Changed(self))

    def update_message(self) -> None:
        """Show the most important of error, reason for being disabled, echo and hint."""
        error = self._error or self.trouble()
        text = self._disabled_reason or self.understood() or _(self.field.hint)
        if error:
            text = _(ERROR_SIGN) + error
        self.set_class(bool(error), "-error")
        if self._message is None:
            if not text:
                return
            self._message = self._indented(Static(classes="field--message"))
            if self._is_composed:
                self.mount(self._message)
        self._message.display = bool(text)
        self._message.update(Content(safe(text, newlines=True)))

    @property
    def message(self) -> str:
        """What stands under the field, "" if nothing does."""
        return str(self._message.content) if self._message is not None and self._message.display else ""

    def watch_label_width(self) -> None:
        parts = self.children if self._is_composed else (self.editor, self._message)
        for part in parts:
            if part is not None:
                self._indented(part)
        self.styles.min_height = len(self._label_lines())

    def _indented(self, part: W) -> W:
        """Leave room for the label left of a part of the field."""
        part.styles.margin = (0, 0, 0, self.label_width)
        return part

    def _label_lines(self) -> list[str]:
        sign = f" {REQUIRED_SIGN}" if self.field.required else ""
        return wrap(label_of(self.field) + sign, max(1, self.label_width - 1))
