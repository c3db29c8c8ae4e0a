"""Callers that telephone systems announced to agents."""

import sqlalchemy as sa
from alembic import op

from crm_tui.store.models import types


def create() -> None:
    """Create the table and its indexes."""
    op.create_table(
        "screen_pops",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("offered_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("number", sa.String(length=50), server_default="", nullable=False),
        sa.Column("e164", sa.String(length=20), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="", nullable=False),
        sa.Column("at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("call_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_screen_pops_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["users.id"], name=op.f("fk_screen_pops_offered_by_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["activities.id"], name=op.f("fk_screen_pops_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_pops")),
    )
    with op.batch_alter_table("screen_pops", schema=None) as batch_op:
        batch_op.create_index("ix_screen_pops_call_id", ["call_id"], unique=False)
        batch_op.create_index("ix_screen_pops_user_id_expires_at", ["user_id", "expires_at"], unique=False)
