"""Fields of tasks, events, calls and notes."""

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import PARENTS, PEOPLE, RELATABLE, Module
from crm_tui.i18n import N_

_MAIN = N_("Main")
_MORE = N_("More")

T = FieldType

SUBJECT = Field("subject", N_("Subject"), max_length=255, required=True, section=_MAIN)
DESCRIPTION = Field("description", N_("Description"), T.LONG_TEXT, 32_000, section=_MORE)
WHO = Field("who", N_("Contact or lead"), T.REFERENCE, targets=PEOPLE, section=_MAIN)
RELATED_TO = Field("related_to", N_("Related to"), T.REFERENCE, targets=RELATABLE, section=_MAIN)
OWNER = Field("owner", N_("Owner"), T.REFERENCE, targets=(Module.USER,), section=_MORE)
REMINDER = Field("reminder", N_("Reminder"), T.PICKLIST, picklist="reminder", section=_MORE)
DUE_AT = Field("due_at", N_("Due"), T.DATETIME, read_only=True, in_form=False, section=_MAIN)

TASK = (
    SUBJECT,
    Field("due_date", N_("Due date"), T.DATE, section=_MAIN),
    Field("priority", N_("Priority"), T.PICKLIST, picklist="task_priority", section=_MAIN),
    Field("status", N_("Status"), T.PICKLIST, picklist="task_status", required=True, section=_MAIN),
    WHO,
    RELATED_TO,
    OWNER,
    REMINDER,
    DESCRIPTION,
    DUE_AT,
)

EVENT = (
    SUBJECT,
    Field("starts_at", N_("Start"), T.DATETIME, required=True, section=_MAIN),
    Field("ends_at", N_("End"), T.DATETIME, section=_MAIN),
    Field("all_day", N_("All day"), T.BOOL, section=_MAIN),
    Field("location", N_("Location"), max_length=255, section=_MAIN),
    WHO,
    RELATED_TO,
    Field(
        "participants",
        N_("Participants"),
        T.PARTICIPANTS,
        targets=(Module.CONTACT, Module.LEAD, Module.USER),
        section=_MAIN,
    ),
    OWNER,
    REMINDER,
    DESCRIPTION,
    Field("status", N_("Status"), T.PICKLIST, picklist="event_status", read_only=True, in_form=False),
    DUE_AT,
)

CALL = (
    SUBJECT,
    Field("type", N_("Call type"), T.PICKLIST, picklist="call_type", required=True, section=_MAIN),
    Field("purpose", N_("Call purpose"), T.PICKLIST, picklist="call_purpose", section=_MAIN),
    WHO.but(required=True),
    RELATED_TO,
    Field("starts_at", N_("Start time"), T.DATETIME, section=_MAIN),
    Field("duration_seconds", N_("Duration"), T.DURATION, section=_MAIN),
    OWNER,
    REMINDER,
    Field("result", N_("Call result"), T.PICKLIST, picklist="call_result", section=_MAIN),
    DESCRIPTION,
    Field("status", N_("Status"), T.PICKLIST, picklist="call_status", read_only=True, in_form=False),
    Field("phone", N_("Phone"), T.PHONE, 50, read_only=True, in_form=False),
    Field("wrap_up_seconds", N_("Wrap-up time"), T.DURATION, read_only=True, in_form=False),
    DUE_AT,
)

NOTE = (
    Field("title", N_("Note title"), max_length=255, section=_MAIN),
    Field("body", N_("Note"), T.LONG_TEXT, 32_000, required=True, section=_MAIN),
    Field("parent", N_("Belongs to"), T.REFERENCE, targets=PARENTS, required=True, section=_MAIN),
)
