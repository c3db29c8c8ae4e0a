"""Column types that read and write the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Text, Uuid, cast
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from crm_tui.domain.ids import is_id
from crm_tui.domain.search_terms import to_tsvector_literal


class _TextUuid(Uuid[str]):
    """Sets the dashes itself where the store has no such type; the general way takes five times longer."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Return what makes text of a stored id, None where the driver does."""
        if dialect.supports_native_uuid and self.native_uuid:
            return super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]
        return _dashed


def _dashed(digits: str | None) -> str | None:
    if digits is None:
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


NOBODY = "00000000-0000-7000-8000-000000000000"
"""The id of no record."""


class Id(TypeDecorator[str]):
    """UUIDv7 as text in Python, native where the store has it.

    A text that is no id, whoever typed it, is compared like the id of no record: drivers would take
    it for an error of the connection.
    """

    impl = _TextUuid(as_uuid=False)
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        """What a value is in Python."""
        return str

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Leave ids as they are."""
        return value if value is None or is_id(value) else NOBODY


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Stored in UTC, read back aware; a naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What a value is in Python."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the driver stores."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An amount with two decimals, kept as a whole number of hundredths so that it stays exact."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        """What a value is in Python."""
        return Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Turn an amount into hundredths."""
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Turn hundredths into an amount."""
        return None if value is None else Decimal(value).scaleb(-2)


class Terms(TypeDecorator[str]):
    """Search terms in order: plain text on SQLite, where FTS5 indexes it, a tsvector on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the dialect."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write positions where the store needs them to find phrases."""
        if value is None or dialect.name != "postgresql":
            return value
        return to_tsvector_literal(value)

    def bind_expression(self, bindparam: BindParameter[str]) -> ColumnElement[str]:
        """Send the terms as text; PostgreSQL reads its tsvector from that text."""
        return cast(cast(bindparam, Text()), self)
