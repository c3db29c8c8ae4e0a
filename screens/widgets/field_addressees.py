"""Whom a mail goes to: typed addresses, and people found by name, reading, company or address."""

import unicodedata
from collections.abc import Awaitable, Callable

from textual import events, on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList

from crm_tui.domain.addressee_part import part_at
from crm_tui.domain.addressees import Addressee, is_email, read_addressees
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import PEOPLE, SINGULAR
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import N_, _, ngettext
from crm_tui.text import cell_len, clean_input, safe
from screens.background import in_background
from screens.widgets.drop_list import ListField
from screens.widgets.field_text import LineInput
from screens.widgets.form_field import FormContext, Suggestion
from screens.widgets.lookup import INDENT, SUGGESTIONS
from screens.widgets.text_wrap import wrap

AddressOf = Callable[[Ref], Awaitable[str]]
"""Returns the mail address of a lead or contact, "" if it has none."""

_BETWEEN = " ,;，；、"
"""What stands between two addressees."""


class AddressLine(LineInput):
    """A line that takes a pasted list of addresses, one a line, as one with commas."""

    def _on_paste(self, event: events.Paste) -> None:
        lines = [line.strip(_BETWEEN) for line in clean_input(event.text).split("\n")]
        super()._on_paste(events.Paste(", ".join(filter(None, lines))))
        event.stop()
        event.prevent_default()


class AddresseesField(ListField):
    """A line of addressees, separated by commas; the part under the cursor is looked up while it is typed.

    Args:
        field: What is edited.
        context: What the field needs from outside; its ``find`` returns people with their addresses.
        address_of: Reads the address of somebody who was chosen in the record picker.
    """

    wide = True
    BINDINGS = [
        Binding("f4", "pick", N_("Pick"), id="form.pick", tooltip=N_("Choose the record in a list")),
    ]

    editor: LineInput

    def __init__(self, field: Field, context: FormContext, address_of: AddressOf) -> None:
        super().__init__(field, context)
        self.editor = AddressLine(placeholder=_("name or mail address"), select_on_focus=False)
        self._address_of = address_of
        self._suggestions: tuple[Suggestion, ...] = ()
        self._told = ""

    @property
    def addressees(self) -> tuple[Addressee, ...]:
        """Who stands in the line, as far as it can be read."""
        return read_addressees(self.editor.value)[0]

    @property
    def raw(self) -> str:
        return self.editor.value

    @property
    def value(self) -> object:
        return self.editor.value.strip()

    def write(self, value: Value) -> None:
        self.write_raw(value if isinstance(value, str) else "")

    def write_raw(self, raw: str) -> None:
        self._suggestions = ()
        self.close_list()
        self.editor.value = raw

    def add(self, addressee: Addressee) -> None:
        """Put somebody in the place of the part under the cursor, and make room for the next one."""
        text = self.editor.value
        start, end = part_at(text, self.editor.cursor_position)
        new = f"{text[:start]}{addressee.typed}, "
        rest = text[end:].lstrip(_BETWEEN)
        self._suggestions = ()
        self.close_list()
        with self.prevent(Input.Changed):
            self.editor.value = new + rest
        self.editor.cursor_position = len(new)
        self.note_change()

    def trouble(self) -> str:
        """Name what is no address once the cursor has left the line."""
        if self.editor.has_focus:
            return ""
        return " ".join(read_addressees(self.editor.value)[1])

    def understood(self) -> str:
        if self._told:
            return self._told
        if cell_len(self.editor.value) < self.editor.size.width or self.editor.size.width == 0:
            return ""
        number = len(self.addressees)
        return ngettext("%(number)d addressee", "%(number)d addressees", number) % {"number": number}

    def action_pick(self) -> None:
        """Choose somebody in the record picker, beginning with what is being typed."""
        in_background(self.screen, f"{self.id}.pick", self._pick)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.editor.value:
            return
        self._told = ""
        self.note_change()
        self._suggestions = ()
        part = self._part()
        if part and self.editor.has_focus:
            in_background(self.screen, f"{self.id}.search", self._search, part, exclusive=True)
        else:
            self.close_list()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(self._suggestions[event.option_index])

    def on_key(self, event: events.Key) -> None:
        """Keys of the open list; Enter on a name that isn't known yet asks the record picker."""
        shown = self._list if self.list_is_open else None
        handled = self.move_in_list(event.key)
        if not handled and event.key == "enter":
            if shown is not None and shown.highlighted is not None:
                self._take(self._suggestions[shown.highlighted])
                handled = True
            elif (part := self._part()) and not _is_address(part):
                self.action_pick()
                handled = True
        if handled:
            event.stop()
            event.prevent_default()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving takes the only person who fits what was typed."""
        if event.widget is self.editor:
            part = self._part()
            if part and not _is_address(part) and len(self._suggestions) == 1:
                self._take(self._suggestions[0])
            self.close_list()
            self.update_message()

    def on_descendant_focus(self) -> None:
        """While the line is typed nothing is held against it."""
        self.update_message()

    def _part(self) -> str:
        start, end = part_at(self.editor.value, self.editor.cursor_position)
        return self.editor.value[start:end].strip()

    def _take(self, suggestion: Suggestion) -> None:
        self.add(Addressee(suggestion.email, suggestion.ref.name))

    async def _search(self, part: str) -> None:
        found = await self.context.find(part, PEOPLE)
        if not self.is_attached or part != self._part():
            return
        # Who stands in the line already is no suggestion; what is being typed may be their address, though.
        known = {one.key for one in self.addressees} - {_plain(part).lower()}
        offered = [one for one in found if one.email and one.email.lower() not in known]
        typed = _plain(part).lower()
        offered.sort(key=lambda one: one.email.lower() != typed)
        self._suggestions = tuple(offered[:SUGGESTIONS])
        if self._suggestions and self.editor.has_focus:
            shown = await self.open_list([self._line(one) for one in self._suggestions])
            if _is_whole(typed) and self._suggestions[0].email.lower() != typed:
                # A whole address stays as it is typed; Enter must not make another one of it.
                shown.highlighted = None
        else:
            self.close_list()

    async def _pick(self) -> None:
        part = self._part()
        typed = "" if _is_address(part) else part
        ref = await self.context.pick(PEOPLE, typed)
        if ref is None or not self.is_attached:
            return
        email = await self._address_of(ref)
        if email:
            if not typed and part:
                self._go_behind()
            self.add(Addressee(email, ref.name))
        else:
            self._told = _("%(name)s has no mail address.") % {"name": safe(ref.name, limit=60)}
            self.update_message()
        self.editor.focus()

    def _go_behind(self) -> None:
        """Make room at the end: what stands under the cursor is somebody who stays."""
        self.editor.value = f"{self.editor.value.rstrip(_BETWEEN)}, "
        self.editor.cursor_position = len(self.editor.value)

    def _line(self, one: Suggestion) -> Content:
        name = safe(one.ref.name)
        rest = "  ".join(filter(None, (safe(one.email), _(SINGULAR[one.ref.module]), safe(one.detail))))
        room = max(self.editor.size.width - len(INDENT) - 1, len(INDENT) * 4)
        whole = f"\n{INDENT}".join(wrap(f"{name}  {rest}", room))
        return Content(whole).stylize("$text-muted", len(name))


def _plain(part: str) -> str:
    return unicodedata.normalize("NFKC", part).strip()


def _is_address(part: str) -> bool:
    """Return whether a part is an address, alone or behind a name, and needs no looking up."""
    return _is_whole(_plain(part)) or "<" in _plain(part)


def _is_whole(plain: str) -> bool:
    """Return whether an address is more than the beginning of one: behind its @ stands a dot."""
    return is_email(plain) and "." in plain.rpartition("@")[2]
