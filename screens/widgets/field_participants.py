"""Who takes part: people and colleagues by search, others by their mail address."""

import json
from collections.abc import Sequence

from textual import events, on
from textual.content import Content
from textual.widgets import Input, OptionList

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.participants import address_in
from crm_tui.domain.records import Participant, Ref, Value
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.widgets.field_several import SeveralField
from screens.widgets.field_text import LineInput
from screens.widgets.form_field import FormContext, Suggestion
from screens.widgets.lookup import SUGGESTIONS, ReferenceField


class ParticipantsField(SeveralField, ReferenceField):
    """A field to which people are added one after the other; typed text is a name or a mail address."""

    editor: LineInput
    takes_addresses = True
    """Whether somebody may be added by a mail address alone."""

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor.placeholder = _("name or mail address") if self.takes_addresses else ""
        self._added: list[Participant] = []

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Those who were added."""
        return tuple(self._added)

    @property
    def raw(self) -> str:
        return listed_people(self._added, self.editor.value.strip())

    @property
    def value(self) -> object:
        typed = self.editor.value.strip()
        return (*self._added, *([typed] if typed else [])) or None

    def write(self, value: Value) -> None:
        found = value if isinstance(value, tuple) else ()
        self._show([one for one in found if isinstance(one, Participant)], "")

    def write_raw(self, raw: str) -> None:
        try:
            typed, *added = json.loads(raw)
        except ValueError:
            typed, added = "", []
        self._show([_read(one) for one in added], str(typed))

    def choose(self, ref: Ref | None) -> None:
        """Add somebody."""
        if ref is None:
            return
        found = next((one for one in self._suggestions if one.ref == ref), None)
        if ref.module is Module.MAIL:
            self.add(Participant(None, ref.id))
        else:
            self.add(Participant(ref, found.email if found is not None else ""))

    def add(self, participant: Participant) -> None:
        """Add somebody who doesn't take part yet, and make room for the next one."""
        known = participant in self._added
        if known:
            self.tell(self.known_already() % {"name": safe(participant.name, limit=60)})
        with self.prevent(Input.Changed):
            self._show(self._added if known else [*self._added, participant], "")
        self.note_change()

    def known_already(self) -> str:
        """Return what to say when somebody is added twice; has a place for the name."""
        return _("%(name)s takes part already.")

    def how_to_remove(self) -> str:
        """Return how what was added is taken out again."""
        return _("Del takes somebody out.")

    def understood(self) -> str:
        if self._told:
            return self._told
        return self.how_to_remove() if self.is_among_chosen else ""

    def note_change(self) -> None:
        super().note_change()
        self._list_added()

    def on_key(self, event: events.Key) -> None:
        typed, handled = self.editor.value.strip(), True
        if not self.editor.has_focus or (event.key == "enter" and not typed):
            # Enter in an empty line goes on to the next field: nobody has to be chosen.
            event.prevent_default()
            return
        if event.key == "enter" and not self.list_is_open and (address := self._address(typed)) is not None:
            self.add(Participant(None, address))
        else:
            handled = event.key == "down" and not self.list_is_open and self.enter_chosen()
        if handled:
            event.stop()
            event.prevent_default()

    def on_descendant_focus(self) -> None:
        """Say how somebody is taken out."""
        self.tell("")

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving takes an address, or whoever is called exactly what was typed."""
        event.prevent_default()
        self.update_message()
        if event.widget is not self.editor:
            return
        typed = self.editor.value.strip()
        named = [one for one in self._suggestions if one.ref.name.casefold() == typed.casefold()]
        mailed = [one for one in self._suggestions if typed and one.email.casefold() == typed.casefold()]
        if len(mailed) == 1:
            self.choose(mailed[0].ref)
        elif (address := self._address(typed)) is not None:
            self.add(Participant(None, address))
        elif typed and len(named) == 1:
            self.choose(named[0].ref)
        self.close_list()

    def take_out(self, index: int) -> int:
        left = [one for place, one in enumerate(self._added) if place != index]
        self._show(left, self.editor.value)
        self.note_change()
        return len(left)

    @on(OptionList.OptionSelected)
    def _pointed_at(self, event: OptionList.OptionSelected) -> None:
        if event.option_list is self._chosen:
            event.stop()
            event.prevent_default()

    async def _search(self, text: str) -> None:
        found = list((await self.context.find(text, self.field.targets))[:SUGGESTIONS])
        if not self.is_attached or text != self.editor.value:
            return
        if (address := self._address(text)) is not None:
            bare = Suggestion(Ref(Module.MAIL, address, address))
            known = any(one.email.casefold() == address.casefold() for one in found)
            found = [*found, bare] if known else [bare, *found]
        self._suggestions = tuple(found)
        if found and self.editor.has_focus:
            await self.open_list([self._line(suggestion) for suggestion in found])
        else:
            self.close_list()

    def _line(self, suggestion: Suggestion) -> Content:
        if suggestion.ref.module is not Module.MAIL:
            return super()._line(suggestion)
        return _line(Participant(None, suggestion.ref.id))

    def _address(self, typed: str) -> str | None:
        return address_in(typed) if self.takes_addresses else None

    def _show(self, added: list[Participant], typed: str) -> None:
        self._added, self._suggestions = list(added), ()
        self.close_list()
        self.editor.value = typed
        self._list_added()

    def _list_added(self) -> None:
        self.list_chosen([_line(one) for one in self._added])


def listed_people(people: Sequence[Participant], typed: str = "") -> str:
    """Return people, and what was typed and isn't added yet, as the field keeps them in a draft."""
    if not people and not typed:
        return ""
    return json.dumps([typed, *map(_listed, people)], ensure_ascii=False)


def _line(one: Participant) -> Content:
    name, address = safe(one.name), safe(one.email if one.ref is not None else "")
    kind = _(SINGULAR[one.ref.module]) if one.ref is not None else _("Mail address")
    rest = "  ".join(part for part in ("", address, kind) if part or not name)
    text = f"{name}  {rest.strip()}"
    return Content(text).stylize("$text-muted", len(name))


def _listed(one: Participant) -> list[str]:
    ref = one.ref
    return [ref.module.value, ref.id, ref.name, one.email] if ref is not None else ["", "", "", one.email]


def _read(listed: object) -> Participant:
    module, ident, name, email = map(str, listed if isinstance(listed, list) else ["", "", "", listed])
    return Participant(Ref(Module(module), ident, name) if module else None, email)
