"""Pick-lists: one line that cycles, and the list that opens under it."""

from collections.abc import Iterable, Sequence

from textual import events, on
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList

from crm_tui.domain.fields import Field
from crm_tui.domain.picklists import Choice
from crm_tui.domain.records import Value
from crm_tui.i18n import _, language
from crm_tui.text import safe
from screens.widgets.drop_list import DropList, ListField
from screens.widgets.form_field import FormContext

NO_CHOICE = ""
"""Code of the empty value."""

_DIGITS = {str(n): n for n in range(1, 10)}


class ChoiceBox(Widget, can_focus=True):
    """Shows one value. Arrows cycle, a letter goes to the next value that starts with it, a digit
    takes the value at that place, Enter or Space asks for the list."""

    DEFAULT_CSS = """
    ChoiceBox { height: 1; width: 1fr; padding: 0 1; background: $panel; }
    ChoiceBox:focus { text-style: bold underline; }
    ChoiceBox:disabled { color: $text-disabled; }
    """

    class Changed(Message):
        """The agent chose another value."""

    class ListRequested(Message):
        """The agent wants to see all values."""

    code: reactive[str] = reactive(NO_CHOICE)

    def __init__(self, choices: Sequence[Choice], *, required: bool) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._required = required

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The values on offer, with the present one even if it isn't offered for new records."""
        return self._choices

    @property
    def required(self) -> bool:
        """Whether there is no empty value."""
        return self._required

    def offer(self, choice: Choice | None) -> None:
        """Offer one more value: one that a record still holds."""
        if choice is not None and choice not in self._choices:
            self._choices = (*self._choices, choice)

    def render(self) -> Content:
        found = next((choice for choice in self._choices if choice.code == self.code), None)
        if found is not None:
            return Content(f"{safe(found.label(language()))} ▾")
        word = _("required") if self._required else "–"
        return Content(f"{safe(self.code) or word} ▾")

    def choose(self, code: str) -> None:
        """Take the value ``code`` as the agent's choice."""
        if code != self.code:
            self.code = code
            self.post_message(self.Changed())

    def on_key(self, event: events.Key) -> None:
        if not self._handles(event) and not event.is_printable:
            return
        # A letter or digit in a form is never a command of the screen around it.
        event.stop()
        event.prevent_default()

    def _handles(self, event: events.Key) -> bool:
        if event.key in ("enter", "space", "f4"):
            self.post_message(self.ListRequested())
        elif event.key in ("right", "left"):
            self._cycle(1 if event.key == "right" else -1)
        elif event.key in ("delete", "backspace"):
            if not self._required:
                self.choose(NO_CHOICE)
        elif event.character in _DIGITS:
            self._take(_DIGITS[event.character])
        elif event.character and event.is_printable:
            self._seek(event.character)
        else:
            return False
        return True

    def _codes(self) -> list[str]:
        codes = [choice.code for choice in self._choices]
        return codes if self._required else [NO_CHOICE, *codes]

    def _cycle(self, step: int) -> None:
        codes = self._codes()
        if not codes:
            return
        if self.code not in codes:
            self.choose(codes[0 if step > 0 else -1])
        else:
            self.choose(codes[(codes.index(self.code) + step) % len(codes)])

    def _take(self, place: int) -> None:
        if place <= len(self._choices):
            self.choose(self._choices[place - 1].code)

    def _seek(self, letter: str) -> None:
        found = matching(self._choices, letter)
        if found:
            later = [code for code in found if self._place(code) > self._place(self.code)]
            self.choose((later or found)[0])

    def _place(self, code: str) -> int:
        return next((i for i, choice in enumerate(self._choices) if choice.code == code), -1)


def matching(choices: Iterable[Choice], letter: str) -> list[str]:
    """Return the codes of values whose label, in either language, starts with ``letter``."""
    start = letter.casefold()
    return [
        choice.code
        for choice in choices
        if choice.label_en.casefold().startswith(start) or choice.label(language()).startswith(letter)
    ]


class ChoiceField(ListField):
    """A field with one value of a pick-list."""

    list_takes_focus = True
    editor: ChoiceBox

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = ChoiceBox(context.picklists.active(field.picklist), required=field.required)

    @property
    def raw(self) -> str:
        return self.editor.code

    @property
    def value(self) -> object:
        return self.editor.code or None

    def write(self, value: Value) -> None:
        self.write_raw(value if isinstance(value, str) else NO_CHOICE)

    def write_raw(self, raw: str) -> None:
        self.editor.offer(self.context.picklists.find(self.field.picklist, raw))
        self.editor.code = raw

    @on(ChoiceBox.Changed)
    def _changed(self, event: ChoiceBox.Changed) -> None:
        event.stop()
        self.note_change()

    @on(ChoiceBox.ListRequested)
    async def _open(self, event: ChoiceBox.ListRequested) -> None:
        event.stop()
        codes = self._codes()
        (await self.open_list(self._lines(), codes.index(self.raw) if self.raw else 0)).focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._close()
        self.editor.choose(self._codes()[event.option_index])

    def on_key(self, event: events.Key) -> None:
        """Keys of the open list; it hands on what it has no use for."""
        if self._list is None or not self._list.has_focus:
            return
        if event.key == "escape":
            self._close()
        elif event.key == "space":
            self._list.action_select()
        elif event.character in _DIGITS and _DIGITS[event.character] <= len(self.editor.choices):
            self._close()
            self.editor.choose(self.editor.choices[_DIGITS[event.character] - 1].code)
        elif event.character and event.is_printable:
            self._seek(self._list, event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        if event.widget is self._list:
            self.close_list()

    def _seek(self, shown: DropList, letter: str) -> None:
        codes = self._codes()
        places = [codes.index(code) for code in matching(self.editor.choices, letter)]
        if places:
            here = -1 if shown.highlighted is None else shown.highlighted
            shown.highlighted = next((place for place in places if place > here), places[0])

    def _close(self) -> None:
        self.editor.focus()
        self.close_list()

    def _codes(self) -> list[str]:
        codes = [choice.code for choice in self.editor.choices]
        return codes if self.field.required else [*codes, NO_CHOICE]

    def _lines(self) -> list[Content]:
        labels = [safe(choice.label(language())) for choice in self.editor.choices]
        lines = [f"{n if n < 10 else ' '} {label}" for n, label in enumerate(labels, start=1)]
        return [Content(line) for line in (lines if self.field.required else [*lines, "  –"])]
