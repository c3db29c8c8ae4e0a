"""Synchronisation: accounts elsewhere, which record is which item there, and what each run did."""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, Table, text, true

from crm_tui.store.models.base import Json, key, metadata, moment, ref, words

LONGEST_REMOTE_ID: Final = 500

sync_accounts: Final = Table(
    "sync_accounts",
    metadata,
    key(),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    words("kind", 20),
    words("address", 255),
    words("remote_id", 255),
    Column("settings", Json, nullable=False, server_default=text("'{}'")),
    words("sealed_secret"),
    Column("cursors", Json, nullable=False, server_default=text("'{}'")),
    Column("is_enabled", Boolean(), nullable=False, server_default=true()),
    Column("interval_minutes", Integer(), nullable=False, server_default=text("0")),
    words("state", 20),
    words("state_detail"),
    moment("last_run_at"),
    moment("retry_at"),
    words("lease_owner", 120),
    moment("lease_until"),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    moment("created_at", nullable=False),
    moment("modified_at", nullable=False),
)
"""``kind``: outlook or zoho. ``interval_minutes``: 0 means by hand. ``cursors``: by what is synchronised."""

Index("ix_sync_accounts_user_id", sync_accounts.c.user_id)

sync_links: Final = Table(
    "sync_links",
    metadata,
    key(),
    words("source", 60),
    words("what", 20),
    words("remote_id", LONGEST_REMOTE_ID),
    ref("contact_id", "contacts", on_delete="CASCADE"),
    ref("lead_id", "leads", on_delete="CASCADE"),
    ref("account_id", "accounts", on_delete="CASCADE"),
    ref("deal_id", "deals", on_delete="CASCADE"),
    ref("case_id", "cases", on_delete="CASCADE"),
    ref("campaign_id", "campaigns", on_delete="CASCADE"),
    ref("activity_id", "activities", on_delete="CASCADE"),
    ref("note_id", "notes", on_delete="CASCADE"),
    words("state", 20),
    words("etag", 255),
    Column("synced", Json, nullable=False, server_default=text("'{}'")),
    Column("raw", Json, nullable=False, server_default=text("'{}'")),
    moment("seen_at", nullable=False),
)
"""Which item elsewhere is which record.

* ``source``: whose items: ``outlook:`` and an account's id, ``outlook_file:`` and a user's id, ``zoho:`` and
  the organisation's id there, or ``zoho:file`` for files as long as no organisation is connected; ``store``
  for ids in exports of other stores.
* ``what``: their kind there, such as contact or task; remote ids are unique within it.
* ``synced``: what the item said when it was last taken over, by field.
"""

Index(
    "uq_sync_links_source_what_remote_id",
    *(sync_links.c[n] for n in ("source", "what", "remote_id")),
    unique=True,
)
for _name in (
    "contact_id",
    "lead_id",
    "account_id",
    "deal_id",
    "case_id",
    "campaign_id",
    "activity_id",
    "note_id",
):
    Index(f"ix_sync_links_{_name}", sync_links.c[_name])

sync_runs: Final = Table(
    "sync_runs",
    metadata,
    key(),
    ref("user_id", "users", nullable=False, on_delete="CASCADE"),
    ref("account_id", "sync_accounts", on_delete="CASCADE"),
    words("source", 60),
    moment("started_at", nullable=False),
    moment("finished_at"),
    words("state", 20),
    Column("counts", Json, nullable=False, server_default=text("'{}'")),
    words("problem"),
)
"""``counts`` holds those of all items, and those of each kind by its name."""

Index("ix_sync_runs_user_id_started_at", sync_runs.c.user_id, sync_runs.c.started_at)
