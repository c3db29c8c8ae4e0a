"""Metadata, naming convention and the columns that every record has."""

from typing import Any

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, MetaData, String, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB

from crm_tui.store.models.types import Id, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables. Constraints are named so that a later migration can change them on SQLite too."""

Json = JSON().with_variant(JSONB(), "postgresql")


def key() -> Column[str]:
    """The primary key of a record: a UUIDv7."""
    return Column("id", Id(), primary_key=True)


def ref(name: str, target: str, *, nullable: bool = True, on_delete: str | None = None) -> Column[str]:
    """A foreign key to the id of table ``target``."""
    return Column(name, Id(), ForeignKey(f"{target}.id", ondelete=on_delete), nullable=nullable)


def words(name: str, length: int = 0) -> Column[str]:
    """A text column; empty text is '', never NULL, so that sorting needs no special case."""
    return Column(name, String(length) if length else Text(), nullable=False, server_default="")


def sorted_words(name: str) -> Column[str]:
    """A folded text that lists sort by: in code point order on both stores."""
    kind = Text().with_variant(Text(collation="C"), "postgresql")
    return Column(name, kind, nullable=False, server_default="")


def flag(name: str) -> Column[bool]:
    """A yes/no column, no by default."""
    return Column(name, Boolean(), nullable=False, server_default=false())


def moment(name: str, *, nullable: bool = True) -> Column[Any]:
    """An instant in UTC."""
    return Column(name, UtcDateTime(), nullable=nullable)


def record_columns() -> list[Column[Any]]:
    """The columns every record has.

    ``deleted_at`` marks a record in the bin: no list, lookup or reference shows it.
    ``display_name`` and ``sort_name`` are derived on every write: what a record is called, and
    the folded reading (or name) that lists sort by.
    """
    return [
        key(),
        Column("version", Integer(), nullable=False, server_default=text("1")),
        moment("created_at", nullable=False),
        ref("created_by_id", "users"),
        moment("modified_at", nullable=False),
        ref("modified_by_id", "users"),
        ref("owner_id", "users"),
        moment("deleted_at"),
        words("display_name"),
        sorted_words("sort_name"),
        Column("custom", Json, nullable=False, server_default=text("'{}'")),
    ]
