"""Another time for a scheduled call, a task or an event."""

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.domain.schema import field_of
from crm_tui.i18n import _
from screens.fields_modal import FieldsModal, Save

TIMES: dict[Module, tuple[str, ...]] = {
    Module.CALL: ("starts_at",),
    Module.TASK: ("due_date",),
    Module.EVENT: ("starts_at", "ends_at"),
}
"""The fields that say when an activity is."""


class RescheduleModal(FieldsModal):
    """Takes ``+2d``, ``fri 14:00``, ``明日 14時`` and echoes what it understood.

    Args:
        record: The activity as it is.
        save: Called with the new times.
    """

    def __init__(self, record: Record, save: Save) -> None:
        names = TIMES[record.module]
        fields = [field.but(required=True) for name in names if (field := field_of(record.module, name))]
        initial = {name: record.get(name) for name in names}
        super().__init__(_("Reschedule"), record.name, fields, save, initial)
