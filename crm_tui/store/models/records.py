"""Leads, contacts, accounts, deals, cases, campaigns and what links them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    func,
    text,
)

from crm_tui.store.models.base import Json, flag, key, metadata, moment, record_columns, ref, words
from crm_tui.store.models.types import Money

ALIVE = text("deleted_at IS NULL")


def _address(prefix: str) -> list[Column[str]]:
    return [
        words(f"{prefix}street", 250),
        words(f"{prefix}city", 30),
        words(f"{prefix}state", 30),
        words(f"{prefix}postal_code", 30),
        words(f"{prefix}country", 30),
    ]


def _person() -> list[Column[Any]]:
    return [
        words("first_name", 40),
        words("last_name", 80),
        words("first_name_kana", 80),
        words("last_name_kana", 80),
        words("title", 100),
        words("email", 100),
        words("mobile", 30),
        words("fax", 30),
        flag("do_not_call"),
        words("description"),
    ]


leads = Table(
    "leads",
    metadata,
    *record_columns(),
    *_person(),
    words("company", 100),
    words("phone", 30),
    words("website", 120),
    words("status", 64),
    words("source", 64),
    words("industry", 100),
    *_address(""),
    moment("converted_at"),
    ref("converted_contact_id", "contacts"),
    ref("converted_account_id", "accounts"),
    ref("converted_deal_id", "deals"),
)

contacts = Table(
    "contacts",
    metadata,
    *record_columns(),
    *_person(),
    ref("account_id", "accounts"),
    words("department", 50),
    words("phone", 50),
    words("home_phone", 30),
    words("other_phone", 30),
    words("assistant", 50),
    words("assistant_phone", 30),
    words("reports_to", 50),
    words("source", 64),
    Column("birthday", Date()),
    *_address("mailing_"),
    *_address("other_"),
)

accounts = Table(
    "accounts",
    metadata,
    *record_columns(),
    words("name", 200),
    words("name_kana", 200),
    words("phone", 50),
    words("fax", 30),
    words("website", 120),
    words("industry", 100),
    words("description"),
    flag("contacts_see_all_cases"),
    *_address("billing_"),
)

account_contacts = Table(
    "account_contacts",
    metadata,
    key(),
    ref("account_id", "accounts", nullable=False, on_delete="CASCADE"),
    ref("contact_id", "contacts", nullable=False, on_delete="CASCADE"),
    flag("is_primary"),
    words("role", 100),
    moment("created_at", nullable=False),
    UniqueConstraint("account_id", "contact_id"),
)
Index(
    "uq_account_contacts_primary",
    account_contacts.c.contact_id,
    unique=True,
    sqlite_where=text("is_primary"),
    postgresql_where=text("is_primary"),
)

deals = Table(
    "deals",
    metadata,
    *record_columns(),
    words("name", 120),
    ref("account_id", "accounts"),
    ref("contact_id", "contacts"),
    words("stage", 64),
    words("stage_kind", 10),
    Column("amount", Money()),
    Column("probability", Integer()),
    Column("closing_date", Date()),
    words("next_step", 100),
    words("source", 64),
    ref("campaign_id", "campaigns"),
    words("description"),
    moment("stage_changed_at"),
)

deal_contacts = Table(
    "deal_contacts",
    metadata,
    key(),
    ref("deal_id", "deals", nullable=False, on_delete="CASCADE"),
    ref("contact_id", "contacts", nullable=False, on_delete="CASCADE"),
    words("role", 100),
    UniqueConstraint("deal_id", "contact_id"),
)

cases = Table(
    "cases",
    metadata,
    *record_columns(),
    Column("number", Integer(), nullable=False),
    words("subject", 255),
    ref("contact_id", "contacts"),
    ref("account_id", "accounts"),
    words("status", 64),
    words("priority", 64),
    words("origin", 64),
    words("phone", 50),
    words("email", 100),
    Column("tags", Json, nullable=False, server_default=text("'[]'")),
    words("description"),
    UniqueConstraint("number"),
)

campaigns = Table(
    "campaigns",
    metadata,
    *record_columns(),
    words("name", 200),
    words("type", 64),
    words("status", 64),
    Column("start_date", Date()),
    Column("end_date", Date()),
    Column("budgeted_cost", Money()),
    Column("actual_cost", Money()),
    Column("expected_revenue", Money()),
    words("description"),
)

campaign_members = Table(
    "campaign_members",
    metadata,
    key(),
    ref("campaign_id", "campaigns", nullable=False, on_delete="CASCADE"),
    ref("lead_id", "leads", on_delete="CASCADE"),
    ref("contact_id", "contacts", on_delete="CASCADE"),
    words("response_status", 64),
    moment("added_at", nullable=False),
    ref("added_by_id", "users"),
    Column("version", Integer(), nullable=False, server_default=text("1")),
    UniqueConstraint("campaign_id", "lead_id"),
    UniqueConstraint("campaign_id", "contact_id"),
    CheckConstraint("(lead_id IS NULL) <> (contact_id IS NULL)", name="one_member"),
)

notes = Table(
    "notes",
    metadata,
    *record_columns(),
    words("title", 255),
    words("body"),
    ref("lead_id", "leads"),
    ref("contact_id", "contacts"),
    ref("account_id", "accounts"),
    ref("deal_id", "deals"),
    ref("case_id", "cases"),
    ref("campaign_id", "campaigns"),
)


_BY_NAME = (("sort_name", "id"), ("modified_at", "id"), ("created_at", "id"), ("owner_id", "sort_name", "id"))
_BY_CHANGE = (*_BY_NAME, ("owner_id", "modified_at", "id"))
_LISTS: Mapping[Table, tuple[tuple[str, ...], ...]] = {
    leads: (
        *_BY_NAME,
        ("company", "id"),
        ("company", "sort_name", "id"),
        ("email", "id"),
        ("status", "sort_name", "id"),
    ),
    contacts: (*_BY_NAME, ("email", "id")),
    accounts: _BY_NAME,
    deals: (*_BY_CHANGE, ("stage", "modified_at", "id")),
    cases: (*_BY_CHANGE, ("status", "modified_at", "id")),
    campaigns: _BY_NAME,
    notes: (("modified_at", "id"), ("created_at", "id")),
}
"""What the lists of each table are sorted by, all of them or those of one owner or in one state.

An index on a state alone would do harm: a list of the many rows in that state would be sorted anew.
"""


def bin_index(table: Table) -> Index:
    """Return the index of the records in the bin; it holds nothing of the others."""
    binned = text("deleted_at IS NOT NULL")
    name = f"ix_{table.name}_deleted_at_id"
    return Index(name, table.c.deleted_at, table.c.id, sqlite_where=binned, postgresql_where=binned)


def _list_indexes(table: Table) -> None:
    bin_index(table)
    for columns in _LISTS[table]:
        Index(
            f"ix_{table.name}_{'_'.join(columns)}",
            *(table.c[name] for name in columns),
            sqlite_where=ALIVE,
            postgresql_where=ALIVE,
        )


for _table in _LISTS:
    _list_indexes(_table)

for _table in (leads, contacts):
    Index(f"ix_{_table.name}_email_folded", func.lower(_table.c.email))

Index("ix_contacts_account_id_sort_name_id", contacts.c.account_id, contacts.c.sort_name, contacts.c.id)

for _table, _column in (
    (contacts, "display_name"),
    (leads, "display_name"),
    (accounts, "display_name"),
    (deals, "display_name"),
    (cases, "display_name"),
    (campaigns, "display_name"),
    (deals, "account_id"),
    (deals, "contact_id"),
    (deals, "campaign_id"),
    (cases, "account_id"),
    (cases, "contact_id"),
    (account_contacts, "contact_id"),
    (deal_contacts, "contact_id"),
    (campaign_members, "lead_id"),
    (campaign_members, "contact_id"),
):
    Index(f"ix_{_table.name}_{_column}", _table.c[_column])

for _column in ("lead_id", "contact_id", "account_id", "deal_id", "case_id", "campaign_id"):
    Index(
        f"ix_notes_{_column}_created_at_id",
        notes.c[_column],
        notes.c.created_at,
        notes.c.id,
        sqlite_where=text(f"{_column} IS NOT NULL"),
        postgresql_where=text(f"{_column} IS NOT NULL"),
    )
