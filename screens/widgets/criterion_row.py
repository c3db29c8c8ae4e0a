"""One condition of a view being edited: field, comparison, value."""

from collections.abc import Mapping
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from crm_tui.domain.fields import Field, FieldType, label_of
from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.queries import Criterion, Op, operators_of
from crm_tui.i18n import N_, _
from screens.widgets.criterion_value import read_value, value_field, write_value
from screens.widgets.field_choice import ChoiceBox, ChoiceField, matching
from screens.widgets.form_field import FormContext, FormField

FIELDS_LIST = "view.fields"
"""Name of the list of fields among the pick-lists of the editor."""

_OPS_LIST = "view.operators"

_WORDS: Mapping[Op, str] = {
    Op.EQ: N_("is"),
    Op.NE: N_("isn't"),
    Op.CONTAINS: N_("contains"),
    Op.NOT_CONTAINS: N_("doesn't contain"),
    Op.STARTS: N_("starts with"),
    Op.EMPTY: N_("is empty"),
    Op.NOT_EMPTY: N_("isn't empty"),
    Op.IN: N_("is one of"),
    Op.NOT_IN: N_("is none of"),
    Op.LT: "<",
    Op.LE: "<=",
    Op.GT: ">",
    Op.GE: ">=",
}
_OF_DAYS: Mapping[Op, str] = {
    Op.LT: N_("before"),
    Op.LE: N_("up to"),
    Op.GT: N_("after"),
    Op.GE: N_("from"),
}
_DAYS = frozenset({FieldType.DATE, FieldType.DATETIME})


def operator_label(op: Op, field: Field) -> str:
    """Return how a comparison reads for a field, in the agent's language."""
    return _(_OF_DAYS[op]) if field.type in _DAYS and op in _OF_DAYS else _(_WORDS[op])


def fields_list(fields: Mapping[str, Field]) -> tuple[Choice, ...]:
    """Return fields as a list to choose from."""
    return tuple(Choice(field.name, label_of(field), label_of(field)) for field in fields.values())


class _LongBox(ChoiceBox):
    """A choice among many: letters typed one after the other are the beginning of a name.

    A letter that leads nowhere begins anew, so that the same letter again goes to the next name with it.
    """

    _typed = ""

    def _seek(self, letter: str) -> None:
        longer = self._typed + letter
        found = matching(self.choices, longer) if self._typed else []
        if found:
            self._typed = longer
            self.choose(found[0])
        else:
            self._typed = letter
            super()._seek(letter)

    def on_blur(self) -> None:
        """What is typed after coming back is a new name."""
        self._typed = ""


class _FieldField(ChoiceField):
    """The choice of a field."""

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = _LongBox(context.picklists.active(field.picklist), required=field.required)


class _OpField(ChoiceField):
    """A choice without a label, not even the sign that it is required."""

    def _label_lines(self) -> list[str]:
        return []


class CriterionRow(Widget):
    """Edits one condition. Without a field it is none, so that an empty row can stand at the end.

    Args:
        fields: What can be compared, in the order in which it is offered.
        context: What the parts need from outside; knows the fields as `FIELDS_LIST`.
    """

    DEFAULT_CSS = """
    CriterionRow {
        height: auto;
        layout: horizontal;
        & > #field-field { width: 26; margin-right: 1; }
        & > .criterion--op { width: 18; height: auto; margin-right: 1; }
        & > .criterion--value { width: 1fr; height: auto; }
    }
    """

    class Changed(Message):
        """The agent changed the condition.

        Attributes:
            row: Which one.
        """

        def __init__(self, row: "CriterionRow") -> None:
            super().__init__()
            self.row = row

    def __init__(self, fields: Mapping[str, Field], context: FormContext) -> None:
        super().__init__()
        self._fields = fields
        self._around = context
        self._field = self._blank(_FieldField(_choice("field", FIELDS_LIST), context))
        self._op_place = Container(classes="criterion--op")
        self._value_place = Container(classes="criterion--value")
        self._op: _OpField | None = None
        self._value: FormField | None = None
        self._kind: tuple[str, Op] | None = None

    def compose(self) -> ComposeResult:
        """Yield the three parts; comparison and value come with the field."""
        yield self._field
        yield self._op_place
        yield self._value_place

    @property
    def field(self) -> Field | None:
        """What is compared; None for an empty row."""
        return self._fields.get(self._field.raw)

    @property
    def op(self) -> Op:
        """How it is compared."""
        code = self._op.raw if self._op is not None else ""
        return Op(code) if code else Op.EQ

    @property
    def criterion(self) -> Criterion | None:
        """The condition as it stands, for the service to judge; None for an empty row."""
        return (
            None
            if self.field is None
            else Criterion(self.field.name, self.op, read_value(self._value, self.op))
        )

    @property
    def is_complete(self) -> bool:
        """Whether the row says something: a comparison without its value says nothing yet."""
        found = self.criterion
        return found is not None and (self._value is None or found.value is not None)

    @property
    def raws(self) -> list[str]:
        """The row as a draft keeps it."""
        return [self._field.raw, self.op.value, self._value.raw if self._value is not None else ""]

    async def load(self, criterion: Criterion) -> None:
        """Show a condition."""
        self._field.load(criterion.field)
        await self._renew(criterion.op)
        if self._value is not None:
            write_value(self._value, criterion.value)

    async def restore(self, raws: list[str]) -> None:
        """Show what a draft kept."""
        self._field.restore(raws[0])
        await self._renew(Op(raws[1]) if raws[1] in tuple(Op) else Op.EQ)
        if self._value is not None:
            self._value.restore(raws[2])

    def show_error(self, reason: str) -> None:
        """Say under the value what is wrong."""
        (self._value or self._field).show_error(reason)

    def focus_editor(self) -> None:
        """Put the cursor into the row."""
        (self._value or self._field).focus_editor()

    @on(FormField.Changed)
    async def _changed(self, event: FormField.Changed) -> None:
        event.stop()
        if event.form_field is self._field:
            await self._renew(self.op)
        elif event.form_field is self._op:
            await self._renew(self.op)
        self.post_message(self.Changed(self))

    async def _renew(self, wanted: Op) -> None:
        """Offer the comparisons of the field and the editor of the value; keep what still fits."""
        field = self.field
        if field is None:
            self._op = self._value = self._kind = None
            await self._op_place.remove_children()
            await self._value_place.remove_children()
            return
        ops = operators_of(field)
        op = wanted if wanted in ops else ops[0]
        if self._kind is None or self._kind[0] != field.name:
            await self._renew_op(field, op)
        elif self._op is not None:
            self._op.load(op.value)
        kind = (field.name, op)
        if self._kind != kind:
            old, kept = self._value, self._kind is not None and self._kind[0] == field.name
            self._kind = kind
            self._value = value_field(field, op, self._around)
            await self._value_place.remove_children()
            if self._value is not None:
                await self._value_place.mount(self._blank(self._value))
                if kept and old is not None and type(old) is type(self._value):
                    self._value.restore(old.raw)

    async def _renew_op(self, field: Field, op: Op) -> None:
        labels = {one: operator_label(one, field) for one in operators_of(field)}
        choices = tuple(Choice(one.value, label, label) for one, label in labels.items())
        context = replace(self._around, picklists=Picklists({_OPS_LIST: choices}))
        self._op = _OpField(_choice("op", _OPS_LIST, required=True), context)
        await self._op_place.remove_children()
        await self._op_place.mount(self._blank(self._op))
        self._op.load(op.value)

    def _blank(self, part: FormField) -> FormField:
        """The parts stand beside each other and have no labels."""
        part.label_width = 0
        return part


def _choice(name: str, picklist: str, *, required: bool = False) -> Field:
    return Field(name, "", FieldType.PICKLIST, picklist=picklist, required=required)
