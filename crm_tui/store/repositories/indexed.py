"""Whether an index answers a list: its conditions and its order, and how much it leaves to be searched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Index, Table

from crm_tui.domain.actor import Actor, Scope
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.domain.records import Ref
from crm_tui.domain.relative import Span
from crm_tui.store.repositories.criteria import condition
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.scope import sees_shared

_RANGES = frozenset({Op.LT, Op.LE, Op.GT, Op.GE, Op.EQ})


@dataclass(frozen=True, slots=True)
class Reading:
    """How a list can be read.

    Attributes:
        answered: An index gives the rows, in order, and no others.
        in_order: An index gives rows in the order of the list, though not only those that fit.
        base: Conditions that this index answers; the others have to be tried on each row.
    """

    answered: bool
    in_order: bool
    base: tuple[ColumnElement[bool], ...] = ()


def reading_of(fields: FieldMap, actor: Actor, query: ListQuery, kind: Module | None) -> Reading:
    """Return how a list can be read.

    Args:
        fields: The columns of the list.
        kind: The one kind of activity that is listed, None for all or for other records.
    """
    criteria = query.also if query.match_any and len(query.criteria) > 1 else (*query.criteria, *query.also)
    tried = len(query.criteria) + len(query.also)
    equal = {name: c for c in criteria if (name := _equal_column(fields, c)) is not None}
    if "id" in equal:
        return Reading(True, True)
    sort = _sort_column(fields, query)
    is_own = actor.grant(fields.module).scope is Scope.OWN and not sees_shared(actor, fields.module)
    free = {"owner_id"} if is_own else set()
    best = Reading(False, False)
    for index in [*_indexes(fields.table), ("id",)]:
        prefix = _prefix(index, equal.keys() | free)
        used = {id(equal[name]) for name in prefix if name in equal}
        following = index[len(prefix)] if len(prefix) < len(index) else None
        in_order = following is not None and following == ("id" if sort in prefix else sort)
        along = [c for c in criteria if id(c) not in used and in_order and _is_along(fields, c, sort)]
        answered = in_order and kind is None and len(used) + len(along) == tried
        base = tuple(condition(fields, equal[name]) for name in prefix if name in equal)
        found = Reading(answered, in_order, base)
        if _rank(found) > _rank(best):
            best = found
    return best


def _rank(reading: Reading) -> tuple[bool, int, bool]:
    return reading.answered, len(reading.base), reading.in_order


def _indexes(table: Table) -> Iterable[tuple[str, ...]]:
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        if _is_plain(index):
            yield tuple(column.name for column in index.columns)


def _is_plain(index: Index) -> bool:
    return not index.unique and all(isinstance(expression, Column) for expression in index.expressions)


def _prefix(index: Sequence[str], columns: Iterable[str]) -> list[str]:
    known, found = set(columns), []
    for name in index:
        if name not in known:
            break
        found.append(name)
    return found


def _equal_column(fields: FieldMap, criterion: Criterion) -> str | None:
    """Return the column that a condition compares with one value, None if it does anything else."""
    value, known = criterion.value, fields.field(criterion.field)
    if criterion.field == "id" and criterion.op in (Op.EQ, Op.IN):
        return "id"
    if criterion.op is not Op.EQ or value is None or isinstance(value, tuple | Span) or known.custom:
        return None
    if known.type is FieldType.REFERENCE:
        if not isinstance(value, Ref) or value.module not in known.targets:
            return None
        return str(fields.reference_column(criterion.field, value.module).key)
    return criterion.field if criterion.field in fields.table.c else None


def _sort_column(fields: FieldMap, query: ListQuery) -> str | None:
    expression = fields.sort_expression(query.sort.field)
    return expression.name if isinstance(expression, Column) else None


def _is_along(fields: FieldMap, criterion: Criterion, sort: str | None) -> bool:
    """Return whether a condition is a range of what the list is sorted by, read from the index as such."""
    if criterion.op not in _RANGES or isinstance(criterion.value, tuple) or sort is None:
        return False
    if isinstance(criterion.value, Span) and criterion.value.open_only:
        return False
    return criterion.field == sort or (criterion.field == "due_at" and sort == "sort_at")
