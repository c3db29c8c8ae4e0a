"""What a list asks for: columns, criteria, sort. Read by services, compiled by the store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.records import Plain, Ref
from crm_tui.domain.relative import Relative, Span

Operand = Plain | Relative | Span
"""What a condition compares with. A span is what a relative or a whole day turns into for the store."""


class Op(StrEnum):
    """How a criterion compares."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    CONTAINS = "contains"
    NOT_CONTAINS = "not-contains"
    STARTS = "starts"
    EMPTY = "empty"
    NOT_EMPTY = "not-empty"
    IN = "in"
    NOT_IN = "not-in"


AS_TEXT = frozenset({Op.CONTAINS, Op.NOT_CONTAINS, Op.STARTS})
"""Operators that compare with a piece of text, whatever the type of the field."""

WITHOUT_VALUE = frozenset({Op.EMPTY, Op.NOT_EMPTY})
WITH_LIST = frozenset({Op.IN, Op.NOT_IN})

_EQUAL = (Op.EQ, Op.NE)
_ORDER = (Op.LT, Op.LE, Op.GT, Op.GE)
_GIVEN = (Op.EMPTY, Op.NOT_EMPTY)
_TEXT = (Op.CONTAINS, Op.NOT_CONTAINS, Op.STARTS, *_EQUAL, Op.IN, Op.NOT_IN, *_GIVEN)
_NUMBER = (*_EQUAL, *_ORDER, Op.IN, Op.NOT_IN, *_GIVEN)
_CHOICE = (*_EQUAL, Op.IN, Op.NOT_IN, *_GIVEN)

OPERATORS: Mapping[FieldType, tuple[Op, ...]] = {
    FieldType.TEXT: _TEXT,
    FieldType.LONG_TEXT: (Op.CONTAINS, Op.NOT_CONTAINS, Op.STARTS, *_EQUAL, *_GIVEN),
    FieldType.EMAIL: _TEXT,
    FieldType.PHONE: _TEXT,
    FieldType.URL: _TEXT,
    FieldType.NUMBER: _NUMBER,
    FieldType.MONEY: _NUMBER,
    FieldType.DURATION: _NUMBER,
    FieldType.DATE: _NUMBER,
    FieldType.DATETIME: _NUMBER,
    FieldType.BOOL: _EQUAL,
    FieldType.PICKLIST: _CHOICE,
    FieldType.TAGS: (Op.CONTAINS, Op.NOT_CONTAINS, *_GIVEN),
    FieldType.PARTICIPANTS: (),
    FieldType.REFERENCE: (*_EQUAL, Op.IN, Op.NOT_IN, Op.CONTAINS, Op.STARTS, *_GIVEN),
}
"""The operators that make sense for a field, the usual one first."""


def operators_of(field: Field) -> tuple[Op, ...]:
    """Return how a condition on ``field`` can compare, the usual way first."""
    return OPERATORS[field.type]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a list.

    Attributes:
        field: Name of a field of the module, or ``owner``, ``created_at``, ``modified_at``, ``id``.
        op: The comparison.
        value: What to compare with; a tuple for IN and NOT_IN, None for EMPTY and NOT_EMPTY. A date
            compared with a moment means the whole day.
    """

    field: str
    op: Op
    value: Operand | tuple[Operand, ...] = None


@dataclass(frozen=True, slots=True)
class Sort:
    """Order of a list; the id breaks ties in the same direction.

    Attributes:
        field: A field name; ``name`` means the reading, or the name where there is none.
    """

    field: str = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A list of one module.

    Attributes:
        columns: Fields whose values the rows carry.
        criteria: Conditions, all of which hold, or one of them with ``match_any``.
        text: Filter typed over the list; matched against the searchable text of the record.
        also: Further conditions, all of which hold whatever ``match_any`` says.
        report: Hears how many of how many records were looked at, where a list that no index answers is
            searched piece by piece; None reads any list in one go.
        involved: A contact or lead: only activities with them, and events in which they take part.
    """

    columns: tuple[str, ...] = ()
    sort: Sort = Sort()
    criteria: tuple[Criterion, ...] = ()
    match_any: bool = False
    text: str = ""
    also: tuple[Criterion, ...] = ()
    report: Callable[[int, int], None] | None = field(default=None, compare=False, repr=False)
    involved: Ref | None = None

    def narrowed(self, *more: Criterion) -> Self:
        """Return the list with further conditions, all of which hold whatever ``match_any`` says."""
        return replace(self, also=(*self.also, *more))


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a list has; ``capped`` means "at least"."""

    number: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class RelatedCounts:
    """What hangs on a record."""

    open: int
    closed: int
    notes: int
