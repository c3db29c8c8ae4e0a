"""Phone numbers and the search index, kept true by every write of a record."""

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from crm_tui.store.models.base import flag, key, metadata, moment, ref, words
from crm_tui.store.models.types import Id, Terms

Digits = String(40).with_variant(String(40, collation="C"), "postgresql")
"""Digits in code point order, so that a range of them is a prefix."""

phone_numbers = Table(
    "phone_numbers",
    metadata,
    key(),
    words("module", 20),
    Column("record_id", Id(), nullable=False),
    words("field", 40),
    words("raw", 50),
    Column("e164", Digits, nullable=False),
    Column("national", Digits, nullable=False),
    Column("reversed", Digits, nullable=False),
)
Index("ix_phone_numbers_record_id", phone_numbers.c.record_id)
for _column in ("e164", "national", "reversed"):
    Index(f"ix_phone_numbers_{_column}", phone_numbers.c[_column])

number_flags = Table(
    "number_flags",
    metadata,
    key(),
    Column("e164", Digits, nullable=False),
    flag("is_invalid"),
    words("invalid_reason"),
    moment("invalid_at"),
    ref("invalid_by_id", "users"),
    flag("do_not_call"),
    words("do_not_call_reason"),
    moment("do_not_call_at"),
    ref("do_not_call_by_id", "users"),
    UniqueConstraint("e164"),
)

search_documents = Table(
    "search_documents",
    metadata,
    Column("id", Integer(), primary_key=True, autoincrement=True),
    words("module", 20),
    Column("record_id", Id(), nullable=False),
    Column("owner_id", Id()),
    words("name"),
    words("detail"),
    words("phone", 50),
    words("email", 100),
    Column("terms", Terms(), nullable=False),
    UniqueConstraint("record_id"),
)
Index("ix_search_documents_owner_id", search_documents.c.owner_id)
