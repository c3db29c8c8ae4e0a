"""Tasks, events and calls in one table; participants, reminders."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Table, UniqueConstraint, text

from crm_tui.store.models.base import flag, key, metadata, moment, record_columns, ref, words
from crm_tui.store.models.records import ALIVE, bin_index

activities = Table(
    "activities",
    metadata,
    *record_columns(),
    words("kind", 10),
    words("subject", 255),
    words("status", 64),
    words("description"),
    flag("is_closed"),
    ref("lead_id", "leads"),
    ref("contact_id", "contacts"),
    ref("account_id", "accounts"),
    ref("deal_id", "deals"),
    ref("case_id", "cases"),
    ref("campaign_id", "campaigns"),
    moment("due_at"),
    moment("sort_at", nullable=False),
    words("reminder", 64),
    Column("due_date", Date()),
    words("priority", 64),
    moment("starts_at"),
    moment("ends_at"),
    flag("all_day"),
    words("location", 255),
    words("type", 64),
    words("purpose", 64),
    words("result", 64),
    words("phone", 50),
    ref("source_campaign_id", "campaigns"),
    Column("duration_seconds", Integer()),
    Column("wrap_up_seconds", Integer()),
    moment("stopped_at"),
    words("started_mark", 120),
    words("stopped_mark", 120),
    moment("completed_at"),
    CheckConstraint("kind IN ('task', 'event', 'call')", name="kind"),
    CheckConstraint("lead_id IS NULL OR contact_id IS NULL", name="one_person"),
    CheckConstraint(
        "kind <> 'call' OR lead_id IS NULL OR (account_id IS NULL AND deal_id IS NULL"
        " AND case_id IS NULL AND campaign_id IS NULL)",
        name="related_needs_contact",
    ),
    CheckConstraint("duration_seconds IS NULL OR duration_seconds >= 0", name="duration"),
)

_RUNNING = text("kind = 'call' AND status = 'in_progress' AND deleted_at IS NULL")

Index(
    "uq_activities_running_call",
    activities.c.owner_id,
    unique=True,
    sqlite_where=_RUNNING,
    postgresql_where=_RUNNING,
)

_COMPLETED_CALL = "kind = 'call' AND status = 'completed' AND deleted_at IS NULL"
_INBOUND_CALL = f"{_COMPLETED_CALL} AND type = 'inbound'"

_SCHEDULED_CALL = "kind = 'call' AND status = 'scheduled' AND deleted_at IS NULL"

# The first holds all that call reports count, the second answers whether a caller called again, the third
# whose scheduled calls are overdue. SQLite reads from an index alone only if that has every column of the
# condition too.
for _name, _condition, _covered in (
    (
        "ix_activities_completed_call",
        text(_COMPLETED_CALL),
        (
            *("completed_at", "owner_id", "type", "purpose", "result", "duration_seconds", "wrap_up_seconds"),
            *("contact_id", "lead_id", "sort_at", "kind", "status", "deleted_at"),
        ),
    ),
    (
        "ix_activities_inbound_call",
        text(_INBOUND_CALL),
        (
            *("contact_id", "lead_id", "purpose", "sort_at", "owner_id"),
            *("kind", "status", "type", "deleted_at"),
        ),
    ),
    (
        "ix_activities_scheduled_call",
        text(_SCHEDULED_CALL),
        ("sort_at", "owner_id", "kind", "status", "deleted_at"),
    ),
):
    Index(
        _name,
        *(activities.c[column] for column in _covered),
        sqlite_where=_condition,
        postgresql_where=_condition,
    )

bin_index(activities)

for _columns in (
    ("sort_at", "id"),
    ("is_closed", "sort_at", "id"),
    ("owner_id", "is_closed", "sort_at", "id"),
    ("owner_id", "sort_at", "id"),
    ("modified_at", "id"),
    ("sort_name", "id"),
):
    Index(
        f"ix_activities_{'_'.join(_columns)}",
        *(activities.c[name] for name in _columns),
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )

# Of those that last: what began before a calendar's first day and reaches into it.
_EVENT = text("kind = 'event' AND deleted_at IS NULL")
for _ends in (("owner_id", "ends_at"), ("ends_at",)):
    Index(
        f"ix_activities_event_{'_'.join(_ends)}",
        *(activities.c[name] for name in _ends),
        sqlite_where=_EVENT,
        postgresql_where=_EVENT,
    )

for _column in ("lead_id", "contact_id", "account_id", "deal_id", "case_id", "campaign_id"):
    _given = text(f"{_column} IS NOT NULL AND deleted_at IS NULL")
    Index(
        f"ix_activities_{_column}_is_closed_sort_at_id",
        activities.c[_column],
        activities.c.is_closed,
        activities.c.sort_at,
        activities.c.id,
        sqlite_where=_given,
        postgresql_where=_given,
    )

# No list asks for it, but a campaign can go only once nothing points to it any more.
_CALLED_FOR = text("source_campaign_id IS NOT NULL")
Index(
    "ix_activities_source_campaign_id",
    activities.c.source_campaign_id,
    sqlite_where=_CALLED_FOR,
    postgresql_where=_CALLED_FOR,
)

event_participants = Table(
    "event_participants",
    metadata,
    key(),
    ref("event_id", "activities", nullable=False, on_delete="CASCADE"),
    ref("lead_id", "leads"),
    ref("contact_id", "contacts"),
    ref("user_id", "users"),
    words("email", 100),
    Column("position", Integer(), nullable=False, server_default=text("0")),
)
Index("ix_event_participants_event_id", event_participants.c.event_id)

for _name in ("lead_id", "contact_id", "user_id"):
    _given = text(f"{_name} IS NOT NULL")
    Index(
        f"ix_event_participants_{_name}",
        event_participants.c[_name],
        sqlite_where=_given,
        postgresql_where=_given,
    )

reminders = Table(
    "reminders",
    metadata,
    key(),
    ref("activity_id", "activities", nullable=False, on_delete="CASCADE"),
    ref("user_id", "users", nullable=False),
    moment("planned_at", nullable=False),
    moment("due_at", nullable=False),
    words("state", 20),
    moment("fired_at"),
    UniqueConstraint("activity_id", "user_id"),
)
Index("ix_reminders_user_id_state_due_at", reminders.c.user_id, reminders.c.state, reminders.c.due_at)
