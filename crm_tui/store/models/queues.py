"""Call queues: rounds over a view, a campaign or a list, what became of each record, who works on which."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, text

from crm_tui.store.models.base import Json, key, metadata, moment, ref, words
from crm_tui.store.models.types import Id

queue_runs = Table(
    "queue_runs",
    metadata,
    key(),
    # Two agents who start the same thing share its open round.
    words("source_key", 120),
    words("kind", 20),
    words("module", 20),
    Column("source", Json, nullable=False),
    moment("created_at", nullable=False),
    ref("created_by_id", "users", nullable=False),
    moment("closed_at"),
)

_OPEN = text("closed_at IS NULL")

Index(
    "uq_queue_runs_open_source",
    queue_runs.c.source_key,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

queue_entries = Table(
    "queue_entries",
    metadata,
    Column("run_id", Id(), ForeignKey("queue_runs.id", ondelete="CASCADE"), primary_key=True),
    # Without a foreign key: what became of a record stays counted after the record is gone.
    Column("record_id", Id(), primary_key=True),
    words("module", 20),
    words("state", 10),
    words("reason", 40),
    Column("attempts", Integer(), nullable=False, server_default=text("0")),
    words("result", 64),
    moment("result_at"),
    moment("not_before"),
    Column("position", Integer(), nullable=False, server_default=text("0")),
    ref("user_id", "users"),
    moment("changed_at", nullable=False),
)
"""Only records that somebody has dealt with, or that are named by a list; the rest of a view has no row."""

Index(
    "ix_queue_entries_run_id_state_not_before_position",
    queue_entries.c.run_id,
    queue_entries.c.state,
    queue_entries.c.not_before,
    queue_entries.c.position,
)
Index("ix_queue_entries_record_id", queue_entries.c.record_id)

queue_locks = Table(
    "queue_locks",
    metadata,
    Column("record_id", Id(), primary_key=True),
    Column("module", String(20), nullable=False),
    ref("run_id", "queue_runs", nullable=False, on_delete="CASCADE"),
    ref("user_id", "users", nullable=False),
    words("holder", 120),
    moment("locked_at", nullable=False),
    moment("locked_until", nullable=False),
)
"""One row per record that somebody works on, whatever queue it came from: nobody is called by two at once."""
