"""Typed values of a record as the columns that store them, and as the audit trail shows them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from crm_tui.domain.fields import TEXTUAL, Field, FieldType, columns_of
from crm_tui.domain.records import Participant, Ref, Value

_EMPTY_IS_TEXT = TEXTUAL | {FieldType.PICKLIST}


def to_columns(fields: Iterable[Field], values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the store columns for those of ``fields`` that ``values`` has.

    Those of custom fields are gathered in one column; an empty one is None there.
    """
    columns: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for field in fields:
        if field.name not in values:
            continue
        value = values[field.name]
        if field.custom:
            custom[field.name] = _document_value(value)
        elif isinstance(value, str) and field.type in _EMPTY_IS_TEXT:
            columns[field.name] = value
        else:
            columns.update(_columns(field, value))
    return {**columns, "custom": custom} if custom else columns


def _columns(field: Field, value: Value) -> dict[str, Any]:
    if field.type is FieldType.REFERENCE:
        ref = value if isinstance(value, Ref) else None
        return {
            column: ref.id if ref is not None and ref.module is target else None
            for column, target in zip(columns_of(field), field.targets, strict=True)
        }
    if field.is_linked:
        return {}
    if field.type is FieldType.BOOL:
        return {field.name: bool(value)}
    if field.type is FieldType.DATETIME and isinstance(value, date) and not isinstance(value, datetime):
        return {field.name: datetime.combine(value, time(), UTC)}
    if field.type is FieldType.TAGS:
        return {field.name: list(value) if isinstance(value, tuple) else []}
    return {field.name: "" if value is None and field.type in _EMPTY_IS_TEXT else value}


def _document_value(value: Value) -> Any:
    """Return a value as the JSON of a record keeps it: numbers as numbers, nothing for an empty one."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return None if value == "" or value is False else to_json(value)


def differences(before: Mapping[str, Value], after: Mapping[str, Value]) -> dict[str, Any]:
    """Return old and new value, as JSON, of every field that ``after`` changes."""
    return {
        name: [to_json(before.get(name)), to_json(value)]
        for name, value in after.items()
        if _same(before.get(name)) != _same(value)
    }


def additions(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return what `differences` returns for a new record, which takes a third of the time."""
    return {
        name: [None, value if isinstance(value, str) else to_json(value)]
        for name, value in values.items()
        if value is not None and value is not False and value != ""
    }


def to_json(value: Value | Participant) -> Any:
    """Return a value as the audit trail keeps it."""
    match value:
        case Ref():
            return {"module": value.module.value, "id": value.id, "name": value.name}
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Participant():
            return value.email if value.ref is None else to_json(value.ref)
        case tuple():
            return [to_json(one) for one in value]
        case _:
            return value


def _same(value: Value) -> Value:
    """Make what the store doesn't tell apart equal: no and unset, a reference under an old name."""
    if isinstance(value, Ref):
        return value.id
    return None if value is False or value == "" else value
