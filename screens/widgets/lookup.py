"""References: type part of a name or number, take a suggestion, or choose in the record picker."""

from textual import events, on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import PEOPLE, SINGULAR, Module
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens.background import in_background
from screens.widgets.drop_list import ListField
from screens.widgets.field_text import LineInput
from screens.widgets.form_field import FormContext, Suggestion
from screens.widgets.text_wrap import wrap

SUGGESTIONS = 6
"""Lines of suggestions at most; more are better looked at in the picker."""


INDENT = "    "
"""What the second line of a suggestion begins with; the cursor takes two of its cells in the first."""


class ReferenceField(ListField):
    """A field that points to a record, of one of several modules if need be.

    What was typed and never resolved to a record is handed on as text, which a service takes if
    exactly one record is called so.
    """

    BINDINGS = [
        Binding("f4", "pick", N_("Pick"), id="form.pick", tooltip=N_("Choose the record in a list")),
    ]

    editor: LineInput

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        placeholder = _("required") if field.required else ""
        self.editor = LineInput(placeholder=placeholder, select_on_focus=True)
        self._ref: Ref | None = None
        self._suggestions: tuple[Suggestion, ...] = ()
        self._told = ""
        self._found_none = ""

    @property
    def ref(self) -> Ref | None:
        """The chosen record."""
        return self._ref

    @property
    def raw(self) -> str:
        if self._ref is None:
            return f"?{self.editor.value}" if self.editor.value else ""
        return f"{self._ref.module}:{self._ref.id}:{self._ref.name}"

    @property
    def value(self) -> object:
        return self._ref or self.editor.value.strip() or None

    def write(self, value: Value) -> None:
        self._ref = value if isinstance(value, Ref) else None
        self._suggestions = ()
        self.close_list()
        self.editor.value = safe(value.name) if isinstance(value, Ref) else str(value or "")

    def write_raw(self, raw: str) -> None:
        module, _colon, rest = raw.partition(":")
        ident, _colon, name = rest.partition(":")
        if raw.startswith("?") or module not in self.field.targets:
            self.write(raw.removeprefix("?"))
        else:
            self.write(Ref(Module(module), ident, name))

    def choose(self, ref: Ref | None) -> None:
        """Take ``ref`` as the agent's choice; None empties the field."""
        with self.prevent(Input.Changed):
            self.write(ref)
        self.editor.cursor_position = len(self.editor.value)
        self.note_change()

    def tell(self, sentence: str) -> None:
        """Say something under the field, translated, until something else is said; "" says nothing."""
        self._told = sentence
        self.update_message()

    def understood(self) -> str:
        if self._told:
            return self._told
        if self._ref is None and self._found_none == self.editor.value != "" and not self.editor.has_focus:
            people = {*PEOPLE, Module.USER}.issuperset(self.field.targets)
            return _("Nobody found") if people else _("Nothing found")
        if self._ref is None or not self.field.is_polymorphic:
            return ""
        return _(SINGULAR[self._ref.module])

    def action_pick(self) -> None:
        """Open the record picker with what is typed."""
        if not self.editor.disabled:
            in_background(self.screen, f"{self.id}.pick", self._pick)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        # The line may hold another text by now, of which another event tells.
        if event.value != self.editor.value:
            return
        if self._ref is not None and event.value == safe(self._ref.name):
            return
        self._ref = None
        self._suggestions = ()
        self.note_change()
        self.update_message()
        if event.value.strip() and self.editor.has_focus:
            in_background(self.screen, f"{self.id}.search", self._search, event.value, exclusive=True)
        else:
            self.close_list()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.choose(self._suggestions[event.option_index].ref)

    def on_key(self, event: events.Key) -> None:
        handled = False
        if event.key == "enter" and self._ref is None:
            handled = True
            if not self._take_highlighted():
                self.action_pick()
        else:
            handled = self.move_in_list(event.key)
        if handled:
            event.stop()
            event.prevent_default()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving takes the only suggestion, or the one that is exactly what was typed."""
        if event.widget is not self.editor:
            return
        typed = self.editor.value.strip().casefold()
        exact = [s for s in self._suggestions if s.ref.name.casefold() == typed] or self._suggestions
        if self._ref is None and typed and len(exact) == 1:
            self.choose(exact[0].ref)
        self.close_list()
        self.update_message()

    async def _search(self, text: str) -> None:
        found = await self.context.find(text, self.field.targets)
        if not self.is_attached or self._ref is not None or text != self.editor.value:
            return
        self._suggestions = found[:SUGGESTIONS]
        self._found_none = "" if found else text
        self.update_message()
        if self._suggestions and self.editor.has_focus:
            await self.open_list([self._line(suggestion) for suggestion in self._suggestions])
        else:
            self.close_list()

    async def _pick(self) -> None:
        typed = "" if self._ref is not None else self.editor.value
        ref = await self.context.pick(self.field.targets, typed)
        if ref is not None and self.is_attached:
            self.choose(ref)
            self.editor.focus()

    def _take_highlighted(self) -> bool:
        if self._list is None or not self._list.is_open or self._list.highlighted is None:
            return False
        self.choose(self._suggestions[self._list.highlighted].ref)
        return True

    def _line(self, suggestion: Suggestion) -> Content:
        detail = suggestion.detail
        if self.field.is_polymorphic:
            detail = "  ".join(part for part in (_(SINGULAR[suggestion.ref.module]), detail) if part)
        name, text = safe(suggestion.ref.name), safe(detail)
        # A line that is too long goes on indented, so that the next suggestion isn't taken for its end.
        room = max(self.editor.size.width - len(INDENT) - 1, len(INDENT) * 4)
        whole = f"\n{INDENT}".join(wrap(f"{name}  {text}", room))
        return Content(whole).stylize("$text-muted", len(name))


def named_in(raw: str) -> str:
    """Return the name, or the typed text, that a draft of a reference holds."""
    return raw.removeprefix("?") if raw.startswith("?") else raw.split(":", 2)[-1]
