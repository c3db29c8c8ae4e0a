"""Imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_tui.store.models import types

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def create() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("origin", sa.String(length=20), server_default="", nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("path", sa.Text(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("settings", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("counts", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("wants_cancel", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("holder", sa.String(length=120), server_default="", nullable=False),
        sa.Column("worked_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_import_batches_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    with op.batch_alter_table("import_batches", schema=None) as batch_op:
        batch_op.create_index("ix_import_batches_user_id_created_at", ["user_id", "created_at"], unique=False)

    op.create_table(
        "import_mappings",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("mapping", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("used_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_import_mappings_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
    )
    with op.batch_alter_table("import_mappings", schema=None) as batch_op:
        batch_op.create_index(
            "uq_import_mappings_user_id_module_fingerprint", ["user_id", "module", "fingerprint"], unique=True
        )

    op.create_table(
        "import_rejects",
        sa.Column("batch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("reasons", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_rejects_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_import_rejects")),
    )

    op.create_table(
        "import_rows",
        sa.Column("batch_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("action", sa.String(length=10), server_default="", nullable=False),
        sa.Column("before", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("after", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("link_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_rows_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", "record_id", name=op.f("pk_import_rows")),
    )
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.create_index("ix_import_rows_record_id", ["record_id"], unique=False)


def create_remarks() -> None:
    """Create the table of remarks, which belong to imports or to runs of a synchronisation."""
    op.create_table(
        "import_remarks",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("batch_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("run_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=10), server_default="", nullable=False),
        sa.Column("module", sa.String(length=20), server_default="", nullable=False),
        sa.Column("record_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("shortened", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_remarks_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["sync_runs.id"], name=op.f("fk_import_remarks_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_remarks")),
    )
    with op.batch_alter_table("import_remarks", schema=None) as batch_op:
        batch_op.create_index("ix_import_remarks_batch_id_number", ["batch_id", "number"], unique=False)
        batch_op.create_index("ix_import_remarks_run_id", ["run_id"], unique=False)
