"""What a command hands back: the same content for programs and for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
"""Anything that JSON can hold."""

NOTHING: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Table:
    """What people read.

    Attributes:
        header: Headings of the columns; empty for a list of names and values.
        rows: Cells as text, not yet made safe for the terminal.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a command.

    Attributes:
        data: ``data`` of the JSON envelope.
        table: The same for people; None: made from the data.
        records: The same as one record per line; None: the data itself is the one record.
        below: Sentences under the table, for people.
        beside: Keys of the envelope next to ``data``.
        notes: Sentences for standard error.
        more: How to get the rows that follow, for formats that have no place for the cursor.
        text: Printed as it is in every format, instead of all the above.
        exit_code: What the program ends with.
    """

    data: Json
    table: Table | None = None
    records: Sequence[Mapping[str, Json]] | None = None
    below: tuple[str, ...] = ()
    beside: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    notes: tuple[str, ...] = ()
    more: str = ""
    text: str = ""
    exit_code: int = 0
