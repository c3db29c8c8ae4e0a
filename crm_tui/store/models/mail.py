"""Mail accounts, folders, messages and which deal a message belongs to."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, UniqueConstraint, text, true

from crm_tui.store.models.base import Json, flag, key, metadata, moment, ref, words
from crm_tui.store.models.types import Id, Terms

LONGEST_ID: Final = 250
"""Characters of a Message-ID that are kept: an index of PostgreSQL takes no more than 2,704 bytes."""

mail_accounts = Table(
    "mail_accounts",
    metadata,
    key(),
    ref("user_id", "users", nullable=False),
    words("address", 100),
    words("host", 255),
    Column("port", Integer(), nullable=False, server_default=text("993")),
    words("tls", 10),
    words("login", 255),
    words("auth", 20),
    words("provider", 20),
    words("sealed_secret"),
    Column("password_command", Json, nullable=False, server_default=text("'[]'")),
    words("smtp_host", 255),
    Column("smtp_port", Integer(), nullable=False, server_default=text("465")),
    words("smtp_tls", 10),
    words("sharing", 10),
    Column("is_enabled", Boolean(), nullable=False, server_default=true()),
    moment("connected_at", nullable=False),
    words("state", 20),
    words("state_detail"),
    moment("last_sync_at"),
    words("lease_owner", 120),
    moment("lease_until"),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    moment("created_at", nullable=False),
    moment("modified_at", nullable=False),
)

mail_folders = Table(
    "mail_folders",
    metadata,
    key(),
    ref("account_id", "mail_accounts", nullable=False, on_delete="CASCADE"),
    words("name", 255),
    words("role", 20),
    Column("is_selected", Boolean(), nullable=False, server_default=true()),
    Column("uid_validity", BigInteger()),
    Column("uid_next", BigInteger()),
    Column("highest_mod_seq", BigInteger()),
    Column("backfill_uid", BigInteger()),
    Column("on_server", Integer(), nullable=False, server_default=text("0")),
    words("state", 20),
    words("state_detail"),
    UniqueConstraint("account_id", "name"),
)

mail_messages = Table(
    "mail_messages",
    metadata,
    key(),
    words("message_id", LONGEST_ID),
    words("content_hash", 64),
    Column("thread_id", Id(), nullable=False),
    words("subject"),
    moment("date", nullable=False),
    moment("received_at", nullable=False),
    words("direction", 10),
    words("source", 10),
    words("in_reply_to", LONGEST_ID),
    Column("reference_ids", Json, nullable=False, server_default=text("'[]'")),
    Column("size", Integer(), nullable=False, server_default=text("0")),
    words("snippet", 255),
    words("text"),
    flag("is_html"),
    words("parse_error"),
    words("raw_path", 255),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    UniqueConstraint("content_hash"),
)
Index("ix_mail_messages_message_id", mail_messages.c.message_id)
Index("ix_mail_messages_thread_id", mail_messages.c.thread_id)
Index("ix_mail_messages_date_id", mail_messages.c.date, mail_messages.c.id)
Index(
    "ix_mail_messages_raw_path",
    mail_messages.c.raw_path,
    sqlite_where=text("raw_path != ''"),
    postgresql_where=text("raw_path != ''"),
)

mail_documents = Table(
    "mail_documents",
    metadata,
    Column("id", Integer(), primary_key=True, autoincrement=True),
    ref("message_id", "mail_messages", nullable=False, on_delete="CASCADE"),
    Column("terms", Terms(), nullable=False),
    UniqueConstraint("message_id"),
)

mail_references = Table(
    "mail_references",
    metadata,
    key(),
    words("reference", LONGEST_ID),
    Column("thread_id", Id(), nullable=False),
    UniqueConstraint("reference"),
)
Index("ix_mail_references_thread_id", mail_references.c.thread_id)

mail_holders = Table(
    "mail_holders",
    metadata,
    key(),
    ref("message_id", "mail_messages", nullable=False, on_delete="CASCADE"),
    ref("account_id", "mail_accounts", nullable=False, on_delete="CASCADE"),
    # Not yet read by the agent whose account it is, neither here nor with another program.
    flag("is_unread"),
    UniqueConstraint("message_id", "account_id"),
)
Index("ix_mail_holders_account_id", mail_holders.c.account_id)
Index(
    "ix_mail_holders_unread",
    mail_holders.c.account_id,
    mail_holders.c.message_id,
    sqlite_where=text("is_unread = 1"),
    postgresql_where=text("is_unread"),
)

mail_places = Table(
    "mail_places",
    metadata,
    key(),
    ref("message_id", "mail_messages", nullable=False, on_delete="CASCADE"),
    ref("folder_id", "mail_folders", nullable=False, on_delete="CASCADE"),
    Column("uid_validity", BigInteger(), nullable=False),
    Column("uid", BigInteger(), nullable=False),
    Column("flags", Json, nullable=False, server_default=text("'[]'")),
    moment("expunged_at"),
    UniqueConstraint("folder_id", "uid_validity", "uid"),
)
Index("ix_mail_places_message_id", mail_places.c.message_id)

mail_addresses = Table(
    "mail_addresses",
    metadata,
    key(),
    ref("message_id", "mail_messages", nullable=False, on_delete="CASCADE"),
    words("role", 10),
    Column("position", Integer(), nullable=False, server_default=text("0")),
    words("email", 320),
    words("name"),
)
Index("ix_mail_addresses_message_id", mail_addresses.c.message_id)
Index("ix_mail_addresses_email", mail_addresses.c.email)

mail_attachments = Table(
    "mail_attachments",
    metadata,
    key(),
    ref("message_id", "mail_messages", nullable=False, on_delete="CASCADE"),
    words("name"),
    words("content_type", 255),
    Column("size", BigInteger(), nullable=False, server_default=text("0")),
    words("part", 64),
)
Index("ix_mail_attachments_message_id", mail_attachments.c.message_id)

mail_people = Table(
    "mail_people",
    metadata,
    key(),
    ref("message_id", "mail_messages", nullable=False, on_delete="CASCADE"),
    ref("lead_id", "leads", on_delete="CASCADE"),
    ref("contact_id", "contacts", on_delete="CASCADE"),
    words("origin", 10),
    UniqueConstraint("message_id", "lead_id"),
    UniqueConstraint("message_id", "contact_id"),
)
Index("ix_mail_people_lead_id", mail_people.c.lead_id)
Index("ix_mail_people_contact_id", mail_people.c.contact_id)

mail_associations = Table(
    "mail_associations",
    metadata,
    key(),
    ref("message_id", "mail_messages", nullable=False, on_delete="CASCADE"),
    ref("deal_id", "deals", on_delete="CASCADE"),
    words("decided_by", 10),
    words("reason", 40),
    Column("number", Integer(), nullable=False, server_default=text("0")),
    moment("decided_at", nullable=False),
    moment("suspended_at"),
    ref("user_id", "users"),
    UniqueConstraint("message_id"),
)
Index("ix_mail_associations_deal_id", mail_associations.c.deal_id)
