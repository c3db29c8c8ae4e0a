"""The form of a call: results chosen by digit, fields that follow the mode and the person."""

from collections.abc import Mapping
from datetime import timedelta

from textual import on

from crm_tui.clock import clock
from crm_tui.domain.call import Call, default_subject
from crm_tui.domain.fields import Field
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import _
from screens.call_values import MEASURED, applies, form_values, why_not_related
from screens.widgets.field_date import DateField
from screens.widgets.field_text import LineInput
from screens.widgets.form import Form
from screens.widgets.form_field import FormContext, FormField
from screens.widgets.lookup import ReferenceField
from screens.widgets.mode_switch import CallMode
from screens.widgets.result_keys import ResultField

_FIRST_FIELD = {
    CallMode.CURRENT: "description",
    CallMode.COMPLETED: "duration_seconds",
    CallMode.SCHEDULED: "starts_at",
}
"""Where the cursor goes once it is known whom the call is with."""


class ResultForm(Form):
    """A form in which the result of a call is chosen by digit."""

    def make_field(self, field: Field, context: FormContext) -> FormField:
        """Return what edits ``field``."""
        if field.picklist == "call_result":
            return ResultField(field, context)
        return super().make_field(field, context)


class CallForm(ResultForm):
    """Edits the fields of a call."""

    mode = CallMode.CURRENT
    planned: Value = None
    """The time that a new scheduled call is proposed for; none unless set."""
    _subject = ""

    @property
    def who(self) -> Ref | None:
        """The lead or contact that was chosen."""
        return self._reference("who")

    @property
    def related_to(self) -> Ref | None:
        """The record that was chosen, whether it may be used or not."""
        return self._reference("related_to")

    def choose_person(self, ref: Ref) -> None:
        """Choose the lead or contact for the agent."""
        field = self._fields["who"]
        if isinstance(field, ReferenceField):
            field.choose(ref)

    def raw_texts(self) -> Mapping[str, str]:
        """Return all that can be typed, also what the form was opened with, as a draft keeps it."""
        fields = {name: field for name, field in self._fields.items() if not field.editor.disabled}
        return {name: field.raw for name, field in fields.items() if field.raw or field.is_dirty}

    def show_mode(self, mode: CallMode, *, is_new: bool) -> None:
        """Show the fields of ``mode``; what stands in the others stays there.

        Args:
            is_new: The call doesn't exist yet, so its start can be proposed.
        """
        self.mode = mode
        for name, field in self._fields.items():
            field.display = applies(name, mode)
            measured = name in MEASURED and mode is CallMode.CURRENT
            self.set_enabled(name, applies(name, mode) and not measured)
            if name in MEASURED:
                field.editor.placeholder = self._placeholder(name)  # type: ignore[attr-defined]
        if is_new:
            self._propose_start()
        self.relate()

    def show_measured(self, call: Call) -> None:
        """Fill in what the timer measures."""
        values = form_values(call)
        for name in MEASURED & self._fields.keys():
            self._fields[name].load(values[name])

    def follow_person(self) -> None:
        """Make subject and related record follow the person and the type of the call."""
        self.relate()
        kind = str(self._fields["type"].value or "")
        subject = default_subject(kind, self.who.name if self.who is not None else "")
        if self._fields["subject"].raw in ("", self._subject):
            self._fields["subject"].load(subject)
        self._subject = subject
        self._select_proposed()

    def follow_duration(self) -> None:
        """Let a completed call whose start nobody typed have ended just now."""
        start, seconds = self._fields.get("starts_at"), self._value("duration_seconds")
        if self.mode is CallMode.COMPLETED and isinstance(start, DateField) and not start.is_dirty:
            length = timedelta(seconds=seconds) if isinstance(seconds, int) else timedelta()
            start.load(clock().now().replace(second=0, microsecond=0) - length)
            start.tell_read()

    @on(FormField.Changed)
    def _follow_field(self, event: FormField.Changed) -> None:
        if event.form_field.field.name == "duration_seconds":
            self.follow_duration()
        elif event.form_field.field.name == "subject":
            self._select_proposed()

    def _select_proposed(self) -> None:
        """What the agent types takes the place of a proposed subject, but not of one they have edited."""
        editor = self._fields["subject"].editor
        if isinstance(editor, LineInput):
            editor.select_on_focus = editor.value == self._subject

    def relate(self) -> None:
        """Allow or refuse a related record, with the reason."""
        if "related_to" in self:
            reason = why_not_related(self.who)
            self.set_enabled("related_to", not reason, reason)

    def focus_first(self) -> None:
        """Go to the person, or to what comes next once the person is known."""
        first = _FIRST_FIELD[self.mode]
        self.focus_field(first if self.who is not None and first in self else "who")

    def focus_result(self) -> None:
        """Go to the result, which is what is left to do after a call."""
        name = next((name for name in ("result", "description") if name in self), "subject")
        self.focus_field(name)

    def choose_result(self, digit: int) -> None:
        """Choose the result by its digit."""
        field = self._fields.get("result")
        if isinstance(field, ResultField) and field.display:
            field.editor.choose(digit)

    def _propose_start(self) -> None:
        field = self._fields.get("starts_at")
        if not isinstance(field, DateField):
            return
        field.past = self.mode is CallMode.COMPLETED
        if not field.is_dirty:
            now = clock().now().replace(second=0, microsecond=0)
            field.load(now if self.mode is CallMode.COMPLETED else self.planned)

    def _placeholder(self, name: str) -> str:
        if self.mode is not CallMode.CURRENT:
            return _("required") if self._fields[name].field.required else ""
        return _("filled in by Start") if name == "starts_at" else _("filled in by Stop")

    def _value(self, name: str) -> object:
        return self._fields[name].value if name in self else None

    def _reference(self, name: str) -> Ref | None:
        value = self._value(name)
        return value if isinstance(value, Ref) else None
