"""Criteria of a list as SQL conditions."""

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_

from crm_tui.domain.call import OVERDUE, CallStatus
from crm_tui.domain.fields import TEXTUAL, Field, FieldType
from crm_tui.domain.queries import AS_TEXT, WITH_LIST, WITHOUT_VALUE, Criterion, ListQuery, Op
from crm_tui.domain.records import Ref
from crm_tui.domain.relative import Span
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.participants import involves

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
    also = [condition(fields, criterion) for criterion in query.also]
    if query.involved is not None:
        also.append(involves(fields.table, query.involved))
    return [or_(*parts), *also] if parts and query.match_any else [*parts, *also]


def condition(fields: FieldMap, criterion: Criterion) -> ColumnElement[bool]:
    """Return one criterion as a condition; the value has been checked and worked out by the service.

    What isn't given is different from every value: it fits "isn't", "not in" and "doesn't contain".
    """
    known = fields.field(criterion.field)
    if criterion.op is Op.EQ and isinstance(criterion.value, Ref) and known.is_polymorphic:
        return fields.reference_column(criterion.field, criterion.value.module) == criterion.value.id
    derived = criterion.field == "status" and not _is_stored(criterion)
    column = fields.shown_status() if derived else fields.comparable(criterion.field)
    if criterion.op in WITHOUT_VALUE:
        if known.type is FieldType.REFERENCE:
            # A link to a record that the actor may not see is shown as none.
            column = fields.shown_name(criterion.field)
        return _empty(column, known) if criterion.op is Op.EMPTY else ~_empty(column, known)
    if criterion.op in AS_TEXT:
        shown = fields.shown_name(criterion.field) if known.type is FieldType.REFERENCE else column
        fits = _like(shown, str(criterion.value), anywhere=criterion.op is not Op.STARTS)
        if known.type is FieldType.TAGS and not str(criterion.value).isascii():
            # SQLite keeps a list as JSON text, in which such characters are escaped.
            fits |= _like(shown, json.dumps(str(criterion.value))[1:-1], anywhere=True)
        return _or_nothing(~fits, shown) if criterion.op is Op.NOT_CONTAINS else fits
    if criterion.op in WITH_LIST:
        fits = _one_of(fields, column, criterion)
        return fits if criterion.op is Op.IN else _or_nothing(~fits, column)
    if isinstance(criterion.value, Span):
        return _spanned(fields, column, criterion.op, criterion.value, criterion.field)
    return _along(fields, criterion.field, column, criterion.op, _bound(criterion.value))


def _one_of(fields: FieldMap, column: ColumnElement[Any], criterion: Criterion) -> ColumnElement[bool]:
    values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
    spans = [value for value in values if isinstance(value, Span)]
    single = [_bound(value) for value in values if not isinstance(value, Span)]
    fits = [_spanned(fields, column, Op.EQ, span, criterion.field) for span in spans]
    if single or not spans:
        fits.append(column.in_(single))
    return or_(*fits)


def _spanned(
    fields: FieldMap, column: ColumnElement[Any], op: Op, span: Span, name: str
) -> ColumnElement[bool]:
    """Compare with some days: "before" is before the first of them, "after" after the last."""
    match op:
        case Op.LT:
            return false() if span.start is None else _along(fields, name, column, Op.LT, span.start)
        case Op.LE:
            return column.is_not(None) if span.end is None else _along(fields, name, column, Op.LT, span.end)
        case Op.GT:
            return false() if span.end is None else _along(fields, name, column, Op.GE, span.end)
        case Op.GE:
            inside = span.start is None
            return column.is_not(None) if inside else _along(fields, name, column, Op.GE, span.start)
    parts: list[ColumnElement[bool]] = [column.is_not(None)]
    if span.start is not None:
        parts.append(_along(fields, name, column, Op.GE, span.start))
    if span.end is not None:
        parts.append(_along(fields, name, column, Op.LT, span.end))
    if span.open_only:
        parts += fields.still_open()
        parts += fields.has_passed(span.end)
    within = and_(*parts)
    return _or_nothing(~within, column) if op is Op.NE else within


def _along(
    fields: FieldMap, name: str, column: ColumnElement[Any], op: Op, value: Any
) -> ColumnElement[bool]:
    """Compare; a range of due times also where the list is sorted, so that it is read from its index."""
    compared = _compare(column, op, value)
    if name == "due_at" and op in _RANGES and value is not None:
        return compared & _compare(fields.sort_expression("due_at"), op, value)
    return compared


def _or_nothing(fits: ColumnElement[bool], column: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(fits, column.is_(None))


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


def _empty(column: ColumnElement[Any], known: Field) -> ColumnElement[bool]:
    if known.type is FieldType.BOOL:
        return column.is_(False)
    if known.type is FieldType.TAGS:
        return cast(column, String).in_(["[]", ""])
    if known.type in TEXTUAL or known.type in (FieldType.PICKLIST, FieldType.REFERENCE):
        return column == ""
    return column.is_(None)


def _compare(column: ColumnElement[Any], op: Op, value: Any) -> ColumnElement[bool]:
    if value is None:
        return column.is_(None) if op is Op.EQ else column.is_not(None)
    if op is Op.NE:
        return or_(column != value, column.is_(None))
    compared: ColumnElement[bool] = _COMPARE[op](column, value)
    return compared


def _bound(value: object) -> Any:
    return value.id if isinstance(value, Ref) else value
