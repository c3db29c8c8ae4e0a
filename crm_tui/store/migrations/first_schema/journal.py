"""Drafts, the audit trail, what can be undone, the bin, telephone numbers, the search index."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types

_BINNED = ("leads", "contacts", "accounts", "deals", "cases", "campaigns", "notes", "activities")


def _create_bin_indexes() -> None:
    for table in _BINNED:
        op.create_index(
            f"ix_{table}_deleted_at_id",
            table,
            ["deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )


def create() -> None:
    """Create the tables and their indexes."""
    _create_bin_indexes()
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column(
            "payload",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("updated_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.String(length=120), server_default="", nullable=False),
        sa.Column("held_until", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_drafts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("user_id", "name", "holder", name=op.f("uq_drafts_user_id_name_holder")),
    )
    op.create_table(
        "audit",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("user_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("action", sa.String(length=20), server_default="", nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("record_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "changes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["at"], unique=False)
        batch_op.create_index("ix_audit_record_id_id", ["record_id", "id"], unique=False)
        batch_op.create_index("ix_audit_user_id_id", ["user_id", "id"], unique=False)
    op.create_table(
        "audit_chain",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_chain")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_chain_audit_id")),
    )
    op.create_table(
        "undo_steps",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), server_default="", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "params",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "operations",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_undo_steps_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo_steps")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("undo_steps", schema=None) as batch_op:
        batch_op.create_index(
            "ix_undo_steps_user_id_group_id_id", ["user_id", "group_id", "id"], unique=False
        )
    op.create_table(
        "phone_numbers",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("field", sa.String(length=40), server_default="", nullable=False),
        sa.Column("raw", sa.String(length=50), server_default="", nullable=False),
        sa.Column(
            "e164",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "national",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "reversed",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_numbers")),
    )
    with op.batch_alter_table("phone_numbers", schema=None) as batch_op:
        batch_op.create_index("ix_phone_numbers_e164", ["e164"], unique=False)
        batch_op.create_index("ix_phone_numbers_national", ["national"], unique=False)
        batch_op.create_index("ix_phone_numbers_record_id", ["record_id"], unique=False)
        batch_op.create_index("ix_phone_numbers_reversed", ["reversed"], unique=False)
    op.create_table(
        "number_flags",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "e164",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("is_invalid", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("invalid_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("invalid_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("invalid_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("do_not_call", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("do_not_call_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("do_not_call_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("do_not_call_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["do_not_call_by_id"], ["users.id"], name=op.f("fk_number_flags_do_not_call_by_id")
        ),
        sa.ForeignKeyConstraint(["invalid_by_id"], ["users.id"], name=op.f("fk_number_flags_invalid_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_flags")),
        sa.UniqueConstraint("e164", name=op.f("uq_number_flags_e164")),
    )
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("owner_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=50), server_default="", nullable=False),
        sa.Column("email", sa.String(length=100), server_default="", nullable=False),
        sa.Column("terms", types.Terms(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("record_id", name=op.f("uq_search_documents_record_id")),
    )
    with op.batch_alter_table("search_documents", schema=None) as batch_op:
        batch_op.create_index("ix_search_documents_owner_id", ["owner_id"], unique=False)
