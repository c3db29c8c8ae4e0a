"""Mail on its way out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def create() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("draft", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("refused", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("is_partial", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("message_id", sa.String(length=250), server_default="", nullable=False),
        sa.Column("in_reply_to", sa.String(length=250), server_default="", nullable=False),
        sa.Column("reference_ids", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_ending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("claim_owner", sa.String(length=120), server_default="", nullable=False),
        sa.Column("claim_until", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tried_since", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("mail_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("copy_state", sa.String(length=10), server_default="", nullable=False),
        sa.Column("copy_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mail_outbox_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mail_accounts.id"], name=op.f("fk_mail_outbox_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail_messages.id"], name=op.f("fk_mail_outbox_mail_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outbox")),
    )
    with op.batch_alter_table("mail_outbox", schema=None) as batch_op:
        batch_op.create_index("ix_mail_outbox_user_id_created_at", ["user_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_mail_outbox_user_id_state", ["user_id", "state", "copy_state"], unique=False
        )
    op.create_table(
        "mail_outbox_files",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("outbox_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("content_type", sa.String(length=255), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attachment_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["mail_outbox.id"], name=op.f("fk_mail_outbox_files_outbox_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["mail_attachments.id"],
            name=op.f("fk_mail_outbox_files_attachment_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outbox_files")),
    )
    with op.batch_alter_table("mail_outbox_files", schema=None) as batch_op:
        batch_op.create_index("ix_mail_outbox_files_outbox_id", ["outbox_id"], unique=False)
