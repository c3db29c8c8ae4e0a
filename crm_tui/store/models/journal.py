"""Drafts of what is being typed, the append-only audit trail, and what can be undone."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, UniqueConstraint

from crm_tui.store.models.base import Json, key, metadata, moment, ref, words
from crm_tui.store.models.types import Id

BigKey = BigInteger().with_variant(Integer(), "sqlite")

drafts = Table(
    "drafts",
    metadata,
    key(),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    words("name", 120),
    Column("payload", Json, nullable=False),
    moment("updated_at", nullable=False),
    words("holder", 120),
    moment("held_until", nullable=False),
    UniqueConstraint("user_id", "name", "holder"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    moment("at", nullable=False),
    Column("user_id", Id()),
    words("user_name", 120),
    words("action", 20),
    words("module", 20),
    Column("record_id", Id()),
    words("record_name"),
    Column("changes", Json, nullable=False),
    words("reason"),
)
Index("ix_audit_record_id_id", audit.c.record_id, audit.c.id)
Index("ix_audit_user_id_id", audit.c.user_id, audit.c.id)
Index("ix_audit_at", audit.c.at)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("position", BigKey, primary_key=True, autoincrement=False),
    Column("audit_id", BigInteger(), nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("audit_id"),
)
"""Hash chain over committed audit rows, sealed in batches so that no write waits for it."""

undo_steps = Table(
    "undo_steps",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    Column("group_id", Id(), nullable=False),
    moment("at", nullable=False),
    words("kind", 40),
    words("label"),
    Column("params", Json, nullable=False),
    Column("operations", Json, nullable=False),
    Column("number", Integer(), nullable=False),
    sqlite_autoincrement=True,
)
"""What each user changed lately, a row per transaction; the transactions of one bulk action share a group.

Numbers are never used twice, so that the last one is always the latest.
"""
Index("ix_undo_steps_user_id_group_id_id", undo_steps.c.user_id, undo_steps.c.group_id, undo_steps.c.id)
