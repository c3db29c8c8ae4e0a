"""Mail on its way out, and the contents of its attachments until it is sent."""

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, text

from crm_tui.store.models.base import Json, flag, key, metadata, moment, ref, words
from crm_tui.store.models.mail import LONGEST_ID

mail_outbox: Final = Table(
    "mail_outbox",
    metadata,
    key(),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    ref("account_id", "mail_accounts", nullable=False, on_delete="CASCADE"),
    words("state", 10),
    words("reason"),
    Column("draft", Json, nullable=False, server_default=text("'{}'")),
    Column("refused", Json, nullable=False, server_default=text("'[]'")),
    flag("is_partial"),
    words("message_id", LONGEST_ID),
    words("in_reply_to", LONGEST_ID),
    Column("reference_ids", Json, nullable=False, server_default=text("'[]'")),
    Column("attempts", Integer(), nullable=False, server_default=text("0")),
    moment("retry_at"),
    flag("is_ending"),
    words("claim_owner", 120),
    moment("claim_until"),
    moment("created_at", nullable=False),
    moment("tried_since"),
    moment("sent_at"),
    ref("mail_id", "mail_messages", on_delete="SET NULL"),
    words("copy_state", 10),
    Column("copy_attempts", Integer(), nullable=False, server_default=text("0")),
    Column("version", Integer(), nullable=False, server_default=text("1")),
)
"""The table of the outbox.

* ``is_partial``: some of the addressees were refused.
* ``is_ending``: set just before the last bytes go out; after that nobody can know without an answer.
* ``retry_at``: of sending, and of copying once it is sent.
* ``tried_since``: when the first try began, since an agent asked for it.
"""

Index("ix_mail_outbox_user_id_created_at", mail_outbox.c.user_id, mail_outbox.c.created_at)
Index("ix_mail_outbox_user_id_state", mail_outbox.c.user_id, mail_outbox.c.state, mail_outbox.c.copy_state)
# A message that is deleted leaves the outbox: without an index all of it would be read for each.
Index("ix_mail_outbox_mail_id", mail_outbox.c.mail_id)

mail_outbox_files: Final = Table(
    "mail_outbox_files",
    metadata,
    key(),
    ref("outbox_id", "mail_outbox", nullable=False, on_delete="CASCADE"),
    Column("position", Integer(), nullable=False, server_default=text("0")),
    words("name", 255),
    words("content_type", 255),
    Column("size", Integer(), nullable=False, server_default=text("0")),
    ref("attachment_id", "mail_attachments", on_delete="SET NULL"),
    Column("content", LargeBinary()),
)
"""``content`` is missing for an attachment of a forwarded mail that is still on its server."""

Index("ix_mail_outbox_files_outbox_id", mail_outbox_files.c.outbox_id)
Index("ix_mail_outbox_files_attachment_id", mail_outbox_files.c.attachment_id)
