"""Another time for a scheduled call, a task or an event."""

from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.schema import field_of
from crm_tui.i18n import _
from screens.fields_modal import FieldsModal, Save, Settle
from screens.value_text import long_date, long_datetime
from screens.widgets.call_form import ResultForm
from screens.widgets.field_date import DateField
from screens.widgets.overlap_hint import Planned, attach, planned_call, planned_event

TIMES: dict[Module, tuple[str, ...]] = {
    Module.CALL: ("starts_at",),
    Module.TASK: ("due_date",),
    Module.EVENT: ("starts_at", "ends_at"),
}
"""The fields that say when an activity is; of the second one an empty text means: as long as before."""


class RescheduleModal(FieldsModal):
    """Takes ``+2d``, ``fri 14:00``, ``明日 14時`` and echoes what it understood.

    Args:
        record: The activity as it is.
        zone: The agent's time zone.
        save: Called with the new times.
        settle: Called with them when somebody else saved the activity meanwhile.
    """

    def __init__(self, record: Record, zone: tzinfo, save: Save, settle: Settle) -> None:
        names = TIMES[record.module]
        self._record = record
        fields = [
            _typed(field, record).but(required=name == names[0])
            for name in names
            if (field := field_of(record.module, name)) is not None
        ]
        detail = "\n".join((record.name, _("Until now: %(time)s") % {"time": time_text(record, zone)}))
        super().__init__(_("Reschedule"), detail, fields, save, settle=settle)

    def on_mount(self) -> None:
        """Count from the time until now, and tell what else stands at the new one."""
        form = self.query_one(ResultForm)
        for name in TIMES[self._record.module]:
            field, value = form[name], self._record.get(name)
            if isinstance(field, DateField) and isinstance(value, date):
                field.moved = value
        self.call_next(self._tell_overlaps)

    def _tell_overlaps(self) -> None:
        if self._record.module is not Module.TASK:
            attach(self.query_one(ResultForm), TIMES[self._record.module][-1], self._planned)

    def _planned(self) -> Planned | None:
        form, record = self.query_one(ResultForm), self._record
        if record.module is Module.CALL:
            who = record.get("who")
            callee = who if isinstance(who, Ref) else None
            return planned_call(form, self.actor.user, record.id, record.owner, callee)
        return planned_event(form, self.actor.user, self.zone, record, _length(record))


def _typed(field: Field, record: Record) -> Field:
    """An event that takes whole days is moved to another day."""
    return replace(field, type=FieldType.DATE) if record.get("all_day") else field


def _length(record: Record) -> timedelta | None:
    start, end = record.get("starts_at"), record.get("ends_at")
    return end - start if isinstance(start, date) and isinstance(end, date) else None


def time_text(record: Record, zone: tzinfo) -> str:
    """Return when an activity is, in full."""
    value = record.get(TIMES[record.module][0])
    if isinstance(value, datetime):
        return (
            long_date(value.astimezone(zone).date()) if record.get("all_day") else long_datetime(value, zone)
        )
    return long_date(value) if isinstance(value, date) else _("none")
