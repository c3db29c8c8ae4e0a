"""The form of an event: the end follows the start, whole days take days, what else stands then is told."""

from datetime import UTC, date, datetime, timedelta

from textual import on

from crm_tui.domain.records import Value
from screens.record_form import RecordFormScreen
from screens.widgets.field_date import DateField
from screens.widgets.form import Form
from screens.widgets.overlap_hint import USUAL_LENGTH, attach, planned_event


class EventFormScreen(RecordFormScreen):
    """Edits an event."""

    _length: timedelta | None = None
    """What the event lasts while its end follows its start; None once there is nothing to follow."""
    _written = ""
    """The end that was written here, not by the agent."""

    def on_mount(self) -> None:
        """Take up the times that the form begins with, once it shows them."""
        self.call_next(self._begin)

    def _begin(self) -> None:
        if "all_day" in self.form:
            # Also a draft that is taken up again can turn it over.
            self.watch(self.form["all_day"].editor, "on_off", self._take_days)
        if self.record is None and self._date("ends_at").raw == "":
            self._length = timedelta() if self._takes_days else USUAL_LENGTH
            self._follow_start()
        self._mark_end()
        attach(
            self.form, "ends_at", lambda: planned_event(self.form, self.actor.user, self.zone, self.record)
        )

    def _defaults(self) -> dict[str, Value]:
        """An event that was given whole days takes whole days."""
        whole = _day(self.prefill.get("starts_at")) is not None
        return {**super()._defaults(), **({"all_day": True} if whole else {})}

    @on(Form.Changed)
    def _followed(self, event: Form.Changed) -> None:
        if event.field.name == "all_day":
            self._length = None
            self._mark_end()
            self._follow_start()
        elif event.field.name == "starts_at":
            self._follow_start()
        elif event.field.name == "ends_at" and self._date("ends_at").raw != self._written:
            self._length = self._typed_length()

    def _take_days(self, whole: bool) -> None:
        for name in ("starts_at", "ends_at"):
            self._date(name).take_days(whole)

    def _follow_start(self) -> None:
        """Move the end along with the start, so that the event lasts as long as before."""
        start, end = self._date("starts_at").value, self._date("ends_at")
        if not isinstance(start, date):
            return
        if self._length is None:
            self._length = timedelta() if self._takes_days else USUAL_LENGTH
        end.write(start + self._length)
        self._written = end.raw
        end.update_message()

    def _mark_end(self) -> None:
        self._written = self._date("ends_at").raw
        self._length = self._typed_length() or self._length

    def _typed_length(self) -> timedelta | None:
        start, end = self._date("starts_at").value, self._date("ends_at").value
        if isinstance(start, datetime) and isinstance(end, datetime):
            return end.astimezone(UTC) - start.astimezone(UTC) if end >= start else None
        days = _day(start), _day(end)
        if days[0] is None or days[1] is None or days[1] < days[0]:
            return None
        return days[1] - days[0]

    @property
    def _takes_days(self) -> bool:
        return bool(self.form["all_day"].value) if "all_day" in self.form else False

    def _date(self, name: str) -> DateField:
        field = self.form[name]
        assert isinstance(field, DateField)
        return field


def _day(value: object) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
