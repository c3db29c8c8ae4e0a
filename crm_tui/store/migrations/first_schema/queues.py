"""Call queues: rounds, what became of each record, who works on which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types


def create() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "queue_runs",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("source_key", sa.String(length=120), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column(
            "source",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_queue_runs_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_runs")),
    )
    op.create_index(
        "uq_queue_runs_open_source",
        "queue_runs",
        ["source_key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "queue_entries",
        sa.Column("run_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("result", sa.String(length=64), server_default="", nullable=False),
        sa.Column("result_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("not_before", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("changed_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["queue_runs.id"], name=op.f("fk_queue_entries_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_queue_entries_user_id")),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_queue_entries")),
    )
    op.create_index(
        "ix_queue_entries_run_id_state_not_before_position",
        "queue_entries",
        ["run_id", "state", "not_before", "position"],
        unique=False,
    )
    op.create_index("ix_queue_entries_record_id", "queue_entries", ["record_id"], unique=False)
    op.create_table(
        "queue_locks",
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("module", sa.String(length=20), nullable=False),
        sa.Column("run_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("holder", sa.String(length=120), server_default="", nullable=False),
        sa.Column("locked_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("locked_until", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["queue_runs.id"], name=op.f("fk_queue_locks_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_queue_locks_user_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_queue_locks")),
    )
