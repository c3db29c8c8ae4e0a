"""Criteria of a list as SQL conditions."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, or_

from crm_tui.domain.call import OVERDUE, CallStatus
from crm_tui.domain.fields import FieldType
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.domain.records import Ref
from crm_tui.store.repositories.fieldmap import FieldMap

LIKE_ESCAPE = "\\"

_COMPARE: Mapping[Op, Callable[[Any, Any], Any]] = {
    Op.EQ: operator.eq,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}

_RANGES = frozenset({Op.LT, Op.LE, Op.GT, Op.GE})


def conditions(fields: FieldMap, query: ListQuery) -> list[ColumnElement[bool]]:
    """Return the conditions of ``query``; with ``match_any`` one condition that joins them by OR."""
    parts = [condition(fields, criterion) for criterion in query.criteria]
    return [or_(*parts)] if parts and query.match_any else parts


def condition(fields: FieldMap, criterion: Criterion) -> ColumnElement[bool]:
    """Return one criterion as a condition; the value has been checked by the service."""
    known = fields.field(criterion.field)
    if criterion.op is Op.EQ and isinstance(criterion.value, Ref) and known.is_polymorphic:
        return fields.reference_column(criterion.field, criterion.value.module) == criterion.value.id
    derived = criterion.field == "status" and not _is_stored(criterion)
    column = fields.shown_status() if derived else fields.comparable(criterion.field)
    if criterion.op in (Op.EMPTY, Op.NOT_EMPTY):
        return _empty(column, known.type) if criterion.op is Op.EMPTY else ~_empty(column, known.type)
    if criterion.op in (Op.CONTAINS, Op.STARTS):
        shown = fields.shown_name(criterion.field) if known.type is FieldType.REFERENCE else column
        return _like(shown, str(criterion.value), anywhere=criterion.op is Op.CONTAINS)
    if criterion.op is Op.IN:
        values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
        return column.in_([_bound(value) for value in values])
    compared = _compare(column, criterion.op, _bound(criterion.value))
    if criterion.field == "due_at" and criterion.op in _RANGES and criterion.value is not None:
        # What has a due time is sorted by it: this way the range is read from the list's own index.
        return compared & _compare(fields.sort_expression("due_at"), criterion.op, _bound(criterion.value))
    return compared


def _is_stored(criterion: Criterion) -> bool:
    """Return whether a condition on the status speaks of values that are stored as they are shown."""
    values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
    derived = {OVERDUE, CallStatus.SCHEDULED.value}
    return criterion.op in (Op.EQ, Op.IN) and not derived.intersection(map(str, values))


def like_pattern(text: str, *, anywhere: bool) -> str:
    """Return a LIKE pattern that takes ``text`` literally."""
    quoted = "".join(LIKE_ESCAPE + c if c in "%_\\" else c for c in text)
    return f"%{quoted}%" if anywhere else f"{quoted}%"


def _like(column: ColumnElement[Any], text: str, *, anywhere: bool) -> ColumnElement[bool]:
    pattern = like_pattern(text.lower(), anywhere=anywhere)
    return func.lower(cast(column, String)).like(pattern, escape=LIKE_ESCAPE)


def _empty(column: ColumnElement[Any], kind: FieldType) -> ColumnElement[bool]:
    if kind in (FieldType.REFERENCE, FieldType.DATE, FieldType.DATETIME, FieldType.NUMBER, FieldType.MONEY):
        return column.is_(None)
    if kind is FieldType.DURATION:
        return column.is_(None)
    if kind is FieldType.BOOL:
        return column.is_(False)
    if kind is FieldType.TAGS:
        return cast(column, String).in_(["[]", ""])
    return column == ""


def _compare(column: ColumnElement[Any], op: Op, value: Any) -> ColumnElement[bool]:
    if value is None:
        return column.is_(None) if op is Op.EQ else column.is_not(None)
    if op is Op.NE:
        return or_(column != value, column.is_(None))
    compared: ColumnElement[bool] = _COMPARE[op](column, value)
    return compared


def _bound(value: object) -> Any:
    return value.id if isinstance(value, Ref) else value
