"""Activities, event participants, reminders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types


def create() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "activities",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("modified_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("deleted_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "sort_name",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column(
            "custom",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=10), server_default="", nullable=False),
        sa.Column("subject", sa.String(length=255), server_default="", nullable=False),
        sa.Column("status", sa.String(length=64), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("is_closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("lead_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("deal_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("campaign_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("due_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sort_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reminder", sa.String(length=64), server_default="", nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("priority", sa.String(length=64), server_default="", nullable=False),
        sa.Column("starts_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("all_day", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("location", sa.String(length=255), server_default="", nullable=False),
        sa.Column("type", sa.String(length=64), server_default="", nullable=False),
        sa.Column("purpose", sa.String(length=64), server_default="", nullable=False),
        sa.Column("result", sa.String(length=64), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=50), server_default="", nullable=False),
        sa.Column("source_campaign_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("wrap_up_seconds", sa.Integer(), nullable=True),
        sa.Column("stopped_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("started_mark", sa.String(length=120), server_default="", nullable=False),
        sa.Column("stopped_mark", sa.String(length=120), server_default="", nullable=False),
        sa.Column("completed_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind <> 'call' OR lead_id IS NULL OR (account_id IS NULL AND deal_id IS NULL"
            " AND case_id IS NULL AND campaign_id IS NULL)",
            name=op.f("ck_activities_related_needs_contact"),
        ),
        sa.CheckConstraint("kind IN ('task', 'event', 'call')", name=op.f("ck_activities_kind")),
        sa.CheckConstraint(
            "duration_seconds IS NULL OR duration_seconds >= 0", name=op.f("ck_activities_duration")
        ),
        sa.CheckConstraint("lead_id IS NULL OR contact_id IS NULL", name=op.f("ck_activities_one_person")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_activities_account_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_activities_campaign_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_activities_case_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_activities_contact_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_activities_created_by_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_activities_deal_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_activities_lead_id")),
        sa.ForeignKeyConstraint(["modified_by_id"], ["users.id"], name=op.f("fk_activities_modified_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_activities_owner_id")),
        sa.ForeignKeyConstraint(
            ["source_campaign_id"], ["campaigns.id"], name=op.f("fk_activities_source_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index(
            "ix_activities_owner_id_sort_at_id",
            ["owner_id", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_account_id_is_closed_sort_at_id",
            ["account_id", "is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("account_id IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("account_id IS NOT NULL AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_campaign_id_is_closed_sort_at_id",
            ["campaign_id", "is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("campaign_id IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("campaign_id IS NOT NULL AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_case_id_is_closed_sort_at_id",
            ["case_id", "is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("case_id IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("case_id IS NOT NULL AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_completed_call",
            [
                "completed_at",
                "owner_id",
                "type",
                "purpose",
                "result",
                "duration_seconds",
                "wrap_up_seconds",
                "contact_id",
                "lead_id",
                "sort_at",
                "kind",
                "status",
                "deleted_at",
            ],
            unique=False,
            sqlite_where=sa.text("kind = 'call' AND status = 'completed' AND deleted_at IS NULL"),
            postgresql_where=sa.text("kind = 'call' AND status = 'completed' AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_contact_id_is_closed_sort_at_id",
            ["contact_id", "is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("contact_id IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("contact_id IS NOT NULL AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_deal_id_is_closed_sort_at_id",
            ["deal_id", "is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("deal_id IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("deal_id IS NOT NULL AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_source_campaign_id",
            ["source_campaign_id"],
            unique=False,
            sqlite_where=sa.text("source_campaign_id IS NOT NULL"),
            postgresql_where=sa.text("source_campaign_id IS NOT NULL"),
        )
        for columns in (["owner_id", "ends_at"], ["ends_at"]):
            batch_op.create_index(
                f"ix_activities_event_{'_'.join(columns)}",
                columns,
                unique=False,
                sqlite_where=sa.text("kind = 'event' AND deleted_at IS NULL"),
                postgresql_where=sa.text("kind = 'event' AND deleted_at IS NULL"),
            )
        batch_op.create_index(
            "ix_activities_inbound_call",
            [
                "contact_id",
                "lead_id",
                "purpose",
                "sort_at",
                "owner_id",
                "kind",
                "status",
                "type",
                "deleted_at",
            ],
            unique=False,
            sqlite_where=sa.text(
                "kind = 'call' AND status = 'completed' AND deleted_at IS NULL AND type = 'inbound'"
            ),
            postgresql_where=sa.text(
                "kind = 'call' AND status = 'completed' AND deleted_at IS NULL AND type = 'inbound'"
            ),
        )
        batch_op.create_index(
            "ix_activities_scheduled_call",
            ["sort_at", "owner_id", "kind", "status", "deleted_at"],
            unique=False,
            sqlite_where=sa.text("kind = 'call' AND status = 'scheduled' AND deleted_at IS NULL"),
            postgresql_where=sa.text("kind = 'call' AND status = 'scheduled' AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_is_closed_sort_at_id",
            ["is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_lead_id_is_closed_sort_at_id",
            ["lead_id", "is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("lead_id IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=sa.text("lead_id IS NOT NULL AND deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_modified_at_id",
            ["modified_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_owner_id_is_closed_sort_at_id",
            ["owner_id", "is_closed", "sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_sort_at_id",
            ["sort_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_activities_sort_name_id",
            ["sort_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "uq_activities_running_call",
            ["owner_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'call' AND status = 'in_progress' AND deleted_at IS NULL"),
            postgresql_where=sa.text("kind = 'call' AND status = 'in_progress' AND deleted_at IS NULL"),
        )
    op.create_table(
        "event_participants",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("lead_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("email", sa.String(length=100), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_event_participants_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["activities.id"], name=op.f("fk_event_participants_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_event_participants_lead_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_event_participants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_participants")),
    )
    with op.batch_alter_table("event_participants", schema=None) as batch_op:
        batch_op.create_index("ix_event_participants_event_id", ["event_id"], unique=False)
        for name in ("lead_id", "contact_id", "user_id"):
            batch_op.create_index(
                f"ix_event_participants_{name}",
                [name],
                unique=False,
                sqlite_where=sa.text(f"{name} IS NOT NULL"),
                postgresql_where=sa.text(f"{name} IS NOT NULL"),
            )
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("activity_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("planned_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("fired_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_reminders_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reminders_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("activity_id", "user_id", name=op.f("uq_reminders_activity_id_user_id")),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reminders_user_id_state_due_at", ["user_id", "state", "due_at"], unique=False
        )
