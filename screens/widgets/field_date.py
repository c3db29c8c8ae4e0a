"""Dates and times: typed in any usual form, echoed as they were understood."""

from datetime import UTC, date, datetime, timedelta

from textual.binding import Binding

from crm_tui.clock import clock
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.records import Value
from crm_tui.domain.when import WhenError, parse_date, parse_when
from crm_tui.i18n import N_, _
from screens.value_text import long_date, long_datetime
from screens.widgets.field_text import TextField
from screens.widgets.form_field import FormContext


class DateField(TextField):
    """A field that takes ``2026-11-25``, ``+2d``, ``fri 14:00``, ``明日 14時`` and so on.

    What is relative is understood at the moment it is typed and doesn't move while the form stays open.

    Attributes:
        past: Read dates without a year, weekdays and times as the last instead of the next ones.
        moved: What is being moved stands there now: ``+2d`` counts from it, a day alone keeps its time.
    """

    BINDINGS = [
        Binding("ctrl+up", "shift(1)", N_("Next day"), show=False, id="form.day_later"),
        Binding("ctrl+down", "shift(-1)", N_("Previous day"), show=False, id="form.day_earlier"),
    ]

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.past = False
        self.moved: date | None = None
        self._timed = self._timed_by_type = field.type is FieldType.DATETIME
        self._read_text = ""
        self._read: date | None = None
        self._refused = ""
        self._is_told = False

    @property
    def raw(self) -> str:
        understood = self._understood()
        return self.editor.value if understood is None else self._typed(understood)

    @property
    def value(self) -> object:
        understood = self._understood()
        if isinstance(understood, datetime):
            return understood.astimezone(UTC)
        return understood if understood is not None else self.editor.value.strip() or None

    def write(self, value: Value) -> None:
        if isinstance(value, date):
            self._timed = self._timed_by_type and isinstance(value, datetime)
            self._read_text = ""
        self.write_raw(self._typed(value) if isinstance(value, date) else "")

    def understood(self) -> str:
        found = self._understood()
        if found is None and self.editor.value.strip():
            return self._refused
        if found is None or (
            not (self.is_dirty or self._is_told) and self.editor.value == self._typed(found)
        ):
            return ""
        if isinstance(found, datetime):
            return long_datetime(found, self.context.zone)
        return long_date(found)

    def note_change(self) -> None:
        super().note_change()
        self.update_message()

    def tell_read(self) -> None:
        """Say in full what stands here, as of a typed text: the form has worked it out."""
        self._is_told = True
        self.update_message()

    def take_days(self, whole: bool) -> None:
        """Take whole days instead of moments, or moments again; what stands there stays as far as it fits."""
        timed = self._timed_by_type and not whole
        if timed is self._timed:
            return
        found = self._understood()
        self._timed, self._read_text = timed, ""
        if isinstance(found, datetime):
            self.write_raw(found.astimezone(self.context.zone).date().isoformat())
        elif found is not None:
            self.write_raw(f"{found.isoformat()} {self._clock_time}")
        self.update_message()

    def action_shift(self, days: int) -> None:
        """Move the date by whole days; an empty field starts from today."""
        found = self._understood() or self._now()
        try:
            self.write_raw(self._typed(found + timedelta(days=days)))
        except OverflowError:
            return
        self.editor.cursor_position = len(self.editor.value)

    @property
    def _clock_time(self) -> str:
        """The time of day at which something begins that had none: the next full hour."""
        now = clock().now().astimezone(self.context.zone)
        return f"{(now.hour + 1) % 24:02d}:00"

    def _now(self) -> date:
        now = clock().now().astimezone(self.context.zone)
        return now.replace(second=0, microsecond=0) if self._timed else now.date()

    def _understood(self) -> date | None:
        text = self.editor.value
        if text != self._read_text:
            self._read_text, self._read = text, self._parse(text)
        return self._read

    def _parse(self, text: str) -> date | None:
        now, moved = clock().now().astimezone(self.context.zone), self.moved
        try:
            if self._timed:
                moment = moved if isinstance(moved, datetime) else None
                return parse_when(text, now=now, past=self.past, timed=True, moved=moment)
            day = None if isinstance(moved, datetime) else moved
            return parse_date(text, today=now.date(), past=self.past, moved=day)
        except WhenError as error:
            # The examples would flicker under every text that isn't finished.
            self._refused = _("Not understood") if error.reason == "unknown" else str(error)
            return None

    def _typed(self, value: date) -> str:
        if isinstance(value, datetime):
            return f"{value.astimezone(self.context.zone):%Y-%m-%d %H:%M}"
        return value.isoformat()
