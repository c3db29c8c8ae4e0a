"""Values of custom fields in the JSON column that every record table has.

Lists and details read the whole document and pick from it; a criterion or an order looks into it in SQL,
typed so that numbers compare as numbers and dates as dates.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Float, String, Table, false, func, literal, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.records import Value

COLUMN = "custom"


class _IsoDate(TypeDecorator[date]):
    """A date as ISO text, whose order is that of the dates."""

    impl = String
    cache_ok = True

    @property
    def python_type(self) -> type[date]:
        """What a value is in Python."""
        return date

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Write ISO text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Read ISO text."""
        return None if value is None else date.fromisoformat(value)


class _Number(TypeDecorator[float]):
    """A number as JSON holds it."""

    impl = Float
    cache_ok = True

    @property
    def python_type(self) -> type[float]:
        """What a value is in Python."""
        return float

    def process_bind_param(self, value: Decimal | float | None, dialect: Dialect) -> float | None:
        """Take whole numbers and decimals alike."""
        return None if value is None else float(value)


def compared(table: Table, field: Field) -> ColumnElement[Any]:
    """Return the value of a custom field as criteria compare it.

    Like standard columns, an empty text is '' and an unset yes/no is no; an empty number or date is NULL.
    """
    found = table.c[COLUMN][field.name]
    match field.type:
        case FieldType.NUMBER:
            return type_coerce(found.as_float(), _Number())
        case FieldType.DATE:
            return type_coerce(found.as_string(), _IsoDate())
        case FieldType.BOOL:
            return func.coalesce(found.as_boolean(), false())
        case _:
            return func.coalesce(found.as_string(), literal(""))


def read(document: Mapping[str, Any] | None, fields: Iterable[Field]) -> dict[str, Value]:
    """Return the values of ``fields`` that a stored document holds."""
    found = document or {}
    return {field.name: _typed(field, found.get(field.name)) for field in fields}


def changed(column: ColumnElement[Any], changes: Mapping[str, Any], *, is_sqlite: bool) -> ColumnElement[Any]:
    """Return a stored document with some values set, and those that are None taken out.

    The rest of it stays as it is, values of inactive fields included.
    """
    patch = literal(dict(changes), column.type)
    if is_sqlite:
        return func.json_patch(column, patch, type_=column.type)
    joined = type_coerce(column, JSONB()).concat(type_coerce(patch, JSONB()))
    return cast("ColumnElement[Any]", func.jsonb_strip_nulls(joined, type_=column.type))


def without_empty(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a new record; its custom values hold nothing that is empty."""
    if COLUMN not in columns:
        return dict(columns)
    return {**columns, COLUMN: {name: value for name, value in columns[COLUMN].items() if value is not None}}


def _typed(field: Field, raw: Any) -> Value:
    if field.type is FieldType.BOOL:
        return raw is True
    if field.type is FieldType.NUMBER:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None
        return raw if isinstance(raw, int) else _plain(Decimal(repr(raw)))
    if not isinstance(raw, str):
        return None
    if field.type is not FieldType.DATE:
        return raw
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _plain(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number.normalize()
