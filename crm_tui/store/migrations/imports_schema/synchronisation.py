"""Synchronisation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def create() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "sync_accounts",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("address", sa.String(length=255), server_default="", nullable=False),
        sa.Column("remote_id", sa.String(length=255), server_default="", nullable=False),
        sa.Column("settings", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("sealed_secret", sa.Text(), server_default="", nullable=False),
        sa.Column("cursors", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("interval_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("state_detail", sa.Text(), server_default="", nullable=False),
        sa.Column("last_run_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("retry_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=120), server_default="", nullable=False),
        sa.Column("lease_until", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sync_accounts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_accounts")),
    )
    with op.batch_alter_table("sync_accounts", schema=None) as batch_op:
        batch_op.create_index("ix_sync_accounts_user_id", ["user_id"], unique=False)

    op.create_table(
        "sync_runs",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("source", sa.String(length=60), server_default="", nullable=False),
        sa.Column("started_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("counts", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["sync_accounts.id"], name=op.f("fk_sync_runs_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sync_runs_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_runs")),
    )
    with op.batch_alter_table("sync_runs", schema=None) as batch_op:
        batch_op.create_index("ix_sync_runs_user_id_started_at", ["user_id", "started_at"], unique=False)

    op.create_table(
        "sync_links",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("source", sa.String(length=60), server_default="", nullable=False),
        sa.Column("what", sa.String(length=20), server_default="", nullable=False),
        sa.Column("remote_id", sa.String(length=500), server_default="", nullable=False),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("lead_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("deal_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("case_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("campaign_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("activity_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("note_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("etag", sa.String(length=255), server_default="", nullable=False),
        sa.Column("synced", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("raw", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("seen_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sync_links_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_sync_links_activity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_sync_links_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_sync_links_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_sync_links_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_sync_links_deal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_sync_links_lead_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name=op.f("fk_sync_links_note_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_links")),
    )
    with op.batch_alter_table("sync_links", schema=None) as batch_op:
        batch_op.create_index("ix_sync_links_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_sync_links_activity_id", ["activity_id"], unique=False)
        batch_op.create_index("ix_sync_links_campaign_id", ["campaign_id"], unique=False)
        batch_op.create_index("ix_sync_links_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_sync_links_contact_id", ["contact_id"], unique=False)
        batch_op.create_index("ix_sync_links_deal_id", ["deal_id"], unique=False)
        batch_op.create_index("ix_sync_links_lead_id", ["lead_id"], unique=False)
        batch_op.create_index("ix_sync_links_note_id", ["note_id"], unique=False)
        batch_op.create_index(
            "uq_sync_links_source_what_remote_id", ["source", "what", "remote_id"], unique=True
        )
