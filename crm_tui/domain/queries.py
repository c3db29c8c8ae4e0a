"""What a list asks for: columns, criteria, sort. Read by services, compiled by the store."""

from dataclasses import dataclass
from enum import StrEnum

from crm_tui.domain.records import Value


class Op(StrEnum):
    """How a criterion compares."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    CONTAINS = "contains"
    STARTS = "starts"
    EMPTY = "empty"
    NOT_EMPTY = "not-empty"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a list.

    Attributes:
        field: Name of a standard field, or ``owner``, ``created_at``, ``modified_at``, ``id``.
        op: The comparison.
        value: What to compare with; a tuple for IN, None for EMPTY and NOT_EMPTY.
    """

    field: str
    op: Op
    value: Value | tuple[Value, ...] = None


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
    """

    columns: tuple[str, ...] = ()
    sort: Sort = Sort()
    criteria: tuple[Criterion, ...] = ()
    match_any: bool = False
    text: str = ""


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
