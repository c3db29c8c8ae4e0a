"""Indexes by which the mail of an account that is removed is found without reading all of a store."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the indexes of this step."""
    op.create_index("ix_mail_outbox_mail_id", "mail_outbox", ["mail_id"])
    op.create_index("ix_mail_outbox_files_attachment_id", "mail_outbox_files", ["attachment_id"])
    kept = sa.text("raw_path != ''")
    op.create_index(
        "ix_mail_messages_raw_path", "mail_messages", ["raw_path"], sqlite_where=kept, postgresql_where=kept
    )
