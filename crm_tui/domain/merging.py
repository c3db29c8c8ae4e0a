"""Merging records of one module: which value each field gets. Pure; the store and the screen read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref, Value

MERGEABLE: Final = (Module.LEAD, Module.CONTACT, Module.ACCOUNT)
"""Modules whose records can be merged."""

MOST: Final = 5
"""Records that are merged at once at most; more columns nobody can compare."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the records that are merged.

    Attributes:
        values: The value of each record, the keeper's first.
        default: Which of them is taken unless somebody chooses: the keeper's, else the first that
            isn't empty.
    """

    field: Field
    values: tuple[Value, ...]
    default: int

    @property
    def differs(self) -> bool:
        """Whether the records don't agree."""
        return any(_plain(value) != _plain(self.values[0]) for value in self.values)


def rows_of(records: Sequence[Record], fields: Sequence[Field]) -> tuple[Row, ...]:
    """Return the fields that somebody may set, in the order of the form.

    Args:
        records: The records, the one that is kept first.
        fields: All fields of their module.
    """
    rows = []
    for field in fields:
        if field.read_only:
            continue
        values = tuple(record.get(field.name) for record in records)
        rows.append(Row(field, values, _default(values)))
    return tuple(rows)


def merged_values(rows: Sequence[Row], chosen: Mapping[str, int]) -> dict[str, Value]:
    """Return the values that the kept record gets.

    Args:
        rows: As `rows_of` returns them.
        chosen: Per field name the position of the record whose value is taken.
    """
    return {row.field.name: row.values[chosen.get(row.field.name, row.default)] for row in rows}


def _default(values: Sequence[Value]) -> int:
    # No counts as empty: whoever asked once not to be called has asked for good.
    return next((i for i, value in enumerate(values) if not is_empty(value)), 0)


def is_empty(value: Value) -> bool:
    """Return whether there is no value: nothing, no text, no. Zero is a value."""
    return value is None or value is False or value in ("", ())


def _plain(value: Value) -> object:
    if isinstance(value, Ref):
        return value.id
    return None if is_empty(value) else value
