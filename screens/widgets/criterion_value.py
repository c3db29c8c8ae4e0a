"""What the value of a condition is typed or chosen with, by the type of its field and the comparison."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from textual import events, on
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, OptionList

from crm_tui.clock import clock
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.queries import AS_TEXT, WITH_LIST, WITHOUT_VALUE, Op, Operand
from crm_tui.domain.records import Ref, Value
from crm_tui.domain.relative import Relative, Word, parse_relative, span_of
from crm_tui.domain.when import WhenError, parse_date, parse_when
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.background import in_background
from screens.value_text import long_date, long_datetime
from screens.widgets.drop_list import ListField
from screens.widgets.field_choice import ChoiceField
from screens.widgets.field_text import LineInput, TextField
from screens.widgets.form_field import FormContext, FormField, Suggestion
from screens.widgets.lookup import ReferenceField

YES_NO = "yes_no"
"""Name of the list that a yes/no is chosen from."""

_USERS = (Module.USER,)
_WORDS = (
    *(Relative(word) for word in Word if word not in (Word.LAST_DAYS, Word.NEXT_DAYS, Word.ME, Word.MY_TEAM)),
    Relative(Word.LAST_DAYS, 7),
    Relative(Word.LAST_DAYS, 30),
    Relative(Word.NEXT_DAYS, 7),
    Relative(Word.NEXT_DAYS, 30),
)
_PEOPLE = (Relative(Word.ME), Relative(Word.MY_TEAM))


def with_lists(context: FormContext) -> FormContext:
    """Return a form's context that knows yes and no as a list, and offers *me* among the users."""
    answers = (
        Choice("yes", "Yes", _("Yes") if language() == "ja" else "はい"),
        Choice("no", "No", _("No") if language() == "ja" else "いいえ"),
    )
    picklists = Picklists({**context.picklists.lists, YES_NO: answers}, context.picklists.custom)
    find = context.find

    async def found(text: str, modules: tuple[Module, ...]) -> tuple[Suggestion, ...]:
        others = await find(text, modules)
        if modules != _USERS:
            return others
        typed = text.strip().casefold()
        mine = [word for word in _PEOPLE if word.label.startswith(typed) or word.text.startswith(typed)]
        return (*(Suggestion(_as_ref(word)) for word in mine), *others)

    return replace(context, picklists=picklists, find=found)


def value_field(field: Field, op: Op, context: FormContext) -> FormField | None:
    """Return what the value of a condition is edited with; None where there is no value."""
    if op in WITHOUT_VALUE:
        return None
    plain = Field("value", "")
    if op in AS_TEXT:
        return TextField(plain, context)
    if op in WITH_LIST:
        if field.type is FieldType.PICKLIST:
            return SeveralField(replace(plain, picklist=field.picklist), context)
        return TextField(replace(plain, hint=N_("Several, with commas between them.")), context)
    if field.type is FieldType.PICKLIST:
        return ChoiceField(replace(plain, type=FieldType.PICKLIST, picklist=field.picklist), context)
    if field.type is FieldType.BOOL:
        return ChoiceField(replace(plain, type=FieldType.PICKLIST, picklist=YES_NO), context)
    if field.type in (FieldType.DATE, FieldType.DATETIME):
        return DayField(replace(plain, type=field.type), context)
    if field.type is FieldType.REFERENCE:
        return ReferenceField(replace(plain, type=field.type, targets=field.targets), context)
    return TextField(plain, context)


def read_value(editor: FormField | None, op: Op) -> Operand | tuple[Operand, ...]:
    """Return what stands in the editor, for the service to judge; None when nothing does."""
    if editor is None:
        return None
    value = editor.value
    if isinstance(value, Ref):
        return _as_word(value)
    if op in WITH_LIST and isinstance(value, str):
        return (
            tuple(part for part in (one.strip() for one in value.replace("、", ",").split(",")) if part)
            or None
        )
    if isinstance(value, tuple):
        return value or None
    return value if isinstance(value, str) and value.strip() else None


def write_value(editor: FormField, value: Operand | tuple[Operand, ...]) -> None:
    """Show the value of a condition."""
    if isinstance(editor, SeveralField):
        codes = value if isinstance(value, tuple) else (value,)
        editor.load(tuple(str(code) for code in codes if code is not None))
    elif isinstance(editor, ReferenceField):
        found = value[0] if isinstance(value, tuple) and value else value
        editor.load(
            _as_ref(found) if isinstance(found, Relative) else found if isinstance(found, Ref) else None
        )
    elif isinstance(editor, ChoiceField):
        found = value[0] if isinstance(value, tuple) and value else value
        editor.load({True: "yes", False: "no"}[found] if isinstance(found, bool) else str(found or ""))
    elif isinstance(value, tuple):
        editor.load(", ".join(_typed(one) for one in value))
    else:
        editor.load(_typed(value))


class DayField(ListField):
    """A date, a moment or a relative day; F4 offers the usual relative ones."""

    BINDINGS = [
        Binding(
            "f4", "pick", N_("Pick"), id="form.pick_day", tooltip=N_("Choose today, this week and the like.")
        ),
    ]
    list_takes_focus = True
    editor: LineInput

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = LineInput(
            placeholder=_("today, this week, last 7 days, 11/25 … F4"), select_on_focus=True
        )

    @property
    def raw(self) -> str:
        return self.editor.value

    @property
    def value(self) -> object:
        return self.editor.value

    def write(self, value: Value) -> None:
        self.write_raw(str(value or ""))

    def write_raw(self, raw: str) -> None:
        self.editor.value = raw

    def understood(self) -> str:
        now, text = clock().now().astimezone(self.context.zone), self.editor.value
        found = parse_relative(text)
        try:
            if found is not None:
                return _days(found, now)
            return long_date(parse_date(text, today=now.date()))
        except (WhenError, OverflowError, ValueError):
            return self._moment(text, now)

    def _moment(self, text: str, now: datetime) -> str:
        if self.field.type is not FieldType.DATETIME:
            return ""
        try:
            return long_datetime(parse_when(text, now=now), self.context.zone)
        except WhenError:
            return ""

    async def action_pick(self) -> None:
        """Offer the usual relative days."""
        lines = [Content(safe(word.label)) for word in _WORDS]
        (await self.open_list(lines, 0)).focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.note_change()
        self.update_message()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.close_list()
        self.editor.value = _typed(_WORDS[event.option_index])
        self.editor.focus()

    def on_key(self, event: events.Key) -> None:
        """Esc closes the list only."""
        if event.key == "escape" and self.list_is_open:
            event.stop()
            event.prevent_default()
            self.editor.focus()
            self.close_list()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        if event.widget is self._list:
            self.close_list()


class SeveralBox(Widget, can_focus=True):
    """Shows several chosen things in order; Enter or Space asks for the list to choose from."""

    DEFAULT_CSS = """
    SeveralBox { height: auto; min-height: 1; width: 1fr; padding: 0 1; background: $panel; }
    SeveralBox:focus { text-style: bold underline; }
    """

    class ListRequested(Message):
        """The agent wants to choose."""

    shown: reactive[str] = reactive("", layout=True)

    def render(self) -> Content:
        return Content(f"{safe(self.shown, limit=400) or '–'} ▾")

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "space", "f4"):
            self.post_message(self.ListRequested())
        elif not event.is_printable:
            return
        event.stop()
        event.prevent_default()


class SeveralField(FormField):
    """A field with several values of a list, in an order.

    Args:
        field: Its pick-list is what can be chosen.
        empty: What is shown when nothing is chosen.
        usual: What nothing stands for: choosing begins with it.
        ordered: Whether the agent may change the order.
    """

    editor: SeveralBox

    def __init__(
        self,
        field: Field,
        context: FormContext,
        empty: str = "",
        usual: Sequence[str] = (),
        *,
        ordered: bool = False,
    ) -> None:
        super().__init__(field, context)
        self._empty = empty
        self._usual = tuple(usual)
        self._ordered = ordered
        self._codes: tuple[str, ...] = ()
        self.editor = SeveralBox()

    @property
    def raw(self) -> str:
        return ",".join(self._codes)

    @property
    def value(self) -> object:
        return self._codes

    def write(self, value: Value) -> None:
        codes = value if isinstance(value, tuple) else ()
        self._codes = tuple(str(code) for code in codes if code)
        labels = [self.context.picklists.label(self.field.picklist, code, language()) for code in self._codes]
        self.editor.shown = ", ".join(labels) or self._empty

    def write_raw(self, raw: str) -> None:
        self.write(tuple(raw.split(",")))

    @on(SeveralBox.ListRequested)
    def _open(self, event: SeveralBox.ListRequested) -> None:
        event.stop()
        in_background(self.screen, f"{self.id}.choose", self._choose)

    async def _choose(self) -> None:
        from screens.several_modal import SeveralModal

        choices = self.context.picklists.active(self.field.picklist)
        answer: asyncio.Future[Sequence[str] | None] = asyncio.get_running_loop().create_future()
        known = {choice.code for choice in choices}
        usual = tuple(code for code in self._usual if code in known)
        modal = SeveralModal(choices, self._codes or usual, ordered=self._ordered)
        done: Callable[[Sequence[str] | None], None] = answer.set_result
        await self.app.push_screen(modal, done)
        chosen = await answer
        if chosen is not None and self.is_attached:
            self.write(() if tuple(chosen) == usual else tuple(chosen))
            self.note_change()
            self.editor.focus()


def _as_ref(word: Relative) -> Ref:
    return Ref(Module.USER, word.word.value, word.label)


def _as_word(ref: Ref) -> Operand:
    if ref.module is Module.USER and ref.id in (Word.ME.value, Word.MY_TEAM.value):
        return Relative(Word(ref.id))
    return ref


def _typed(value: Operand) -> str:
    """Return a value as it can be typed again."""
    if isinstance(value, Relative):
        return value.label if parse_relative(value.label) == value else value.text
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Ref):
        return value.name
    return "" if value is None else str(value)


def _days(value: Relative, now: datetime) -> str:
    span = span_of(value, now, timed=False)
    if span.start is None or span.end is None:
        return _("due before now and still open")
    last = span.end - timedelta(days=1)
    first = long_date(span.start)
    return first if span.start == last else f"{first} – {long_date(last)}"
