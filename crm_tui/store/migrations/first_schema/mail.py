"""Mail accounts, folders, messages and their associations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types


def create() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "mail_accounts",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("address", sa.String(length=100), server_default="", nullable=False),
        sa.Column("host", sa.String(length=255), server_default="", nullable=False),
        sa.Column("port", sa.Integer(), server_default=sa.text("(993)"), nullable=False),
        sa.Column("tls", sa.String(length=10), server_default="", nullable=False),
        sa.Column("login", sa.String(length=255), server_default="", nullable=False),
        sa.Column("auth", sa.String(length=20), server_default="", nullable=False),
        sa.Column("provider", sa.String(length=20), server_default="", nullable=False),
        sa.Column("sealed_secret", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "password_command",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("smtp_host", sa.String(length=255), server_default="", nullable=False),
        sa.Column("smtp_port", sa.Integer(), server_default=sa.text("(465)"), nullable=False),
        sa.Column("smtp_tls", sa.String(length=10), server_default="", nullable=False),
        sa.Column("sharing", sa.String(length=10), server_default="", nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("connected_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("state_detail", sa.Text(), server_default="", nullable=False),
        sa.Column("last_sync_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=120), server_default="", nullable=False),
        sa.Column("lease_until", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("modified_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_accounts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_accounts")),
    )
    op.create_table(
        "mail_folders",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("role", sa.String(length=20), server_default="", nullable=False),
        sa.Column("is_selected", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("uid_next", sa.BigInteger(), nullable=True),
        sa.Column("highest_mod_seq", sa.BigInteger(), nullable=True),
        sa.Column("backfill_uid", sa.BigInteger(), nullable=True),
        sa.Column("on_server", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("state_detail", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mail_accounts.id"], name=op.f("fk_mail_folders_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_folders")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_mail_folders_account_id_name")),
    )
    op.create_table(
        "mail_messages",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_id", sa.String(length=250), server_default="", nullable=False),
        sa.Column("content_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("thread_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("date", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("direction", sa.String(length=10), server_default="", nullable=False),
        sa.Column("source", sa.String(length=10), server_default="", nullable=False),
        sa.Column("in_reply_to", sa.String(length=250), server_default="", nullable=False),
        sa.Column(
            "reference_ids",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("snippet", sa.String(length=255), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("is_html", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("parse_error", sa.Text(), server_default="", nullable=False),
        sa.Column("raw_path", sa.String(length=255), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_messages")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_mail_messages_content_hash")),
    )
    with op.batch_alter_table("mail_messages", schema=None) as batch_op:
        batch_op.create_index("ix_mail_messages_date_id", ["date", "id"], unique=False)
        batch_op.create_index("ix_mail_messages_message_id", ["message_id"], unique=False)
        batch_op.create_index("ix_mail_messages_thread_id", ["thread_id"], unique=False)
    op.create_table(
        "mail_documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("terms", types.Terms(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["mail_messages.id"],
            name=op.f("fk_mail_documents_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_documents")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_documents_message_id")),
    )
    op.create_table(
        "mail_references",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("reference", sa.String(length=250), server_default="", nullable=False),
        sa.Column("thread_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_references")),
        sa.UniqueConstraint("reference", name=op.f("uq_mail_references_reference")),
    )
    with op.batch_alter_table("mail_references", schema=None) as batch_op:
        batch_op.create_index("ix_mail_references_thread_id", ["thread_id"], unique=False)
    op.create_table(
        "mail_holders",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("is_unread", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mail_accounts.id"], name=op.f("fk_mail_holders_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mail_messages.id"], name=op.f("fk_mail_holders_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_holders")),
        sa.UniqueConstraint("message_id", "account_id", name=op.f("uq_mail_holders_message_id_account_id")),
    )
    with op.batch_alter_table("mail_holders", schema=None) as batch_op:
        batch_op.create_index("ix_mail_holders_account_id", ["account_id"], unique=False)
        batch_op.create_index(
            "ix_mail_holders_unread",
            ["account_id", "message_id"],
            unique=False,
            sqlite_where=sa.text("is_unread = 1"),
            postgresql_where=sa.text("is_unread"),
        )
    op.create_table(
        "mail_places",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("folder_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column(
            "flags",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("expunged_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["mail_folders.id"], name=op.f("fk_mail_places_folder_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mail_messages.id"], name=op.f("fk_mail_places_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_places")),
        sa.UniqueConstraint(
            "folder_id", "uid_validity", "uid", name=op.f("uq_mail_places_folder_id_uid_validity_uid")
        ),
    )
    with op.batch_alter_table("mail_places", schema=None) as batch_op:
        batch_op.create_index("ix_mail_places_message_id", ["message_id"], unique=False)
    op.create_table(
        "mail_addresses",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("role", sa.String(length=10), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("email", sa.String(length=320), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["mail_messages.id"],
            name=op.f("fk_mail_addresses_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_addresses")),
    )
    with op.batch_alter_table("mail_addresses", schema=None) as batch_op:
        batch_op.create_index("ix_mail_addresses_email", ["email"], unique=False)
        batch_op.create_index("ix_mail_addresses_message_id", ["message_id"], unique=False)
    op.create_table(
        "mail_attachments",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("content_type", sa.String(length=255), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("part", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["mail_messages.id"],
            name=op.f("fk_mail_attachments_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_attachments")),
    )
    with op.batch_alter_table("mail_attachments", schema=None) as batch_op:
        batch_op.create_index("ix_mail_attachments_message_id", ["message_id"], unique=False)
    op.create_table(
        "mail_people",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("lead_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("contact_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("origin", sa.String(length=10), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_mail_people_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_mail_people_lead_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mail_messages.id"], name=op.f("fk_mail_people_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_people")),
        sa.UniqueConstraint("message_id", "contact_id", name=op.f("uq_mail_people_message_id_contact_id")),
        sa.UniqueConstraint("message_id", "lead_id", name=op.f("uq_mail_people_message_id_lead_id")),
    )
    with op.batch_alter_table("mail_people", schema=None) as batch_op:
        batch_op.create_index("ix_mail_people_contact_id", ["contact_id"], unique=False)
        batch_op.create_index("ix_mail_people_lead_id", ["lead_id"], unique=False)
    op.create_table(
        "mail_associations",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("deal_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("decided_by", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_mail_associations_deal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["mail_messages.id"],
            name=op.f("fk_mail_associations_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_associations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_associations")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_associations_message_id")),
    )
    with op.batch_alter_table("mail_associations", schema=None) as batch_op:
        batch_op.create_index("ix_mail_associations_deal_id", ["deal_id"], unique=False)
