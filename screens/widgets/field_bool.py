"""Yes or no."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.domain.fields import Field
from crm_tui.domain.records import Value
from crm_tui.i18n import _
from screens.widgets.form_field import FormContext, FormField


class YesNo(Widget, can_focus=True):
    """A box that Space, Enter or an arrow turns over and that ``y`` and ``n`` set."""

    DEFAULT_CSS = """
    YesNo { height: 1; width: 1fr; padding: 0 1; background: $panel; }
    YesNo:focus { text-style: bold underline; }
    YesNo:disabled { color: $text-disabled; }
    """

    class Changed(Message):
        """The agent turned the box over."""

    on_off: reactive[bool] = reactive(False)

    def render(self) -> Content:
        return Content(f"[x] {_('Yes')}" if self.on_off else f"[ ] {_('No')}")

    def on_key(self, event: events.Key) -> None:
        if event.key in ("space", "enter", "left", "right"):
            self._set(event, not self.on_off)
        elif event.character in ("y", "Y"):
            self._set(event, True)
        elif event.character in ("n", "N"):
            self._set(event, False)
        elif event.is_printable:
            # A letter in a form is never a command of the screen around it.
            event.stop()
            event.prevent_default()

    def _set(self, event: events.Key, value: bool) -> None:
        event.stop()
        event.prevent_default()
        self.on_off = value
        self.post_message(self.Changed())


class BoolField(FormField):
    """A field that is on or off."""

    editor: YesNo

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = YesNo()

    @property
    def raw(self) -> str:
        return "1" if self.editor.on_off else ""

    @property
    def value(self) -> object:
        return self.editor.on_off

    def write(self, value: Value) -> None:
        self.editor.on_off = bool(value)

    def write_raw(self, raw: str) -> None:
        self.editor.on_off = bool(raw)

    def on_yes_no_changed(self, event: YesNo.Changed) -> None:
        event.stop()
        self.note_change()
