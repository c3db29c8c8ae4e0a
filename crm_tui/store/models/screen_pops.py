"""Callers that telephone systems announced to agents."""

from sqlalchemy import Index, Table

from crm_tui.store.models.base import key, metadata, moment, ref, words

screen_pops = Table(
    "screen_pops",
    metadata,
    key(),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    ref("offered_by_id", "users", on_delete="CASCADE"),
    words("number", 50),
    words("e164", 20),
    words("state", 10),
    moment("at", nullable=False),
    moment("expires_at", nullable=False),
    ref("call_id", "activities", on_delete="CASCADE"),
)
"""``call_id`` is the record of a missed call; a caller who rings has none."""

Index("ix_screen_pops_user_id_expires_at", screen_pops.c.user_id, screen_pops.c.expires_at)
Index("ix_screen_pops_call_id", screen_pops.c.call_id)
