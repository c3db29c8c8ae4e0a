"""Rows, columns and how they become one line of text of a given width. No terminal in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from crm_tui.domain.paging import Position
from crm_tui.i18n import _
from crm_tui.text import fit, safe

CURSOR = ">"
MARK = "*"
GUTTER = 5
"""Cells left of the first column: cursor, mark, two for the row's sign, one gap."""

PHONE_WIDTH = 17
"""Cells that hold the telephone number of any country as it is written internationally."""


class Tone(Enum):
    """How a row is coloured. Its sign says the same without colour."""

    NORMAL = "normal"
    MUTED = "muted"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Attributes:
        id: Name by which the screen knows it.
        label: Heading, marked with ``N_``; translated when it is painted.
        width: Cells; 0 makes the column flexible.
        min_width: Cells that a flexible column needs at least.
        weight: Share of the spare cells that a flexible column gets.
        align: Side to which the text is pushed.
        priority: The lowest goes first when the list is too narrow for all.
        sortable: Whether the list can be asked to sort by it.
        literal: The heading is shown as it is: it is text of an administrator, or translated already.
    """

    id: str
    label: str
    width: int = 0
    min_width: int = 8
    weight: int = 1
    align: Literal["left", "right"] = "left"
    priority: int = 0
    sortable: bool = False
    literal: bool = False

    @property
    def heading(self) -> str:
        """The label in the agent's language, not yet safe for the terminal."""
        return self.label if self.literal else _(self.label)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a list.

    Attributes:
        key: Id of the record.
        cells: Raw texts in the order of the columns; cleaned when they are painted.
        position: Where the row stands in the sorted list.
        tone: Colour of the line.
        sign: Up to two cells that tell the state without colour.
        markable: Whether it can be marked one by one.
    """

    key: str
    cells: tuple[str, ...]
    position: Position
    tone: Tone = Tone.NORMAL
    sign: str = ""
    markable: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """A column that is shown: its place in ``Row.cells`` and the cells that it got."""

    index: int
    column: Column
    width: int


def sort_arrow(descending: bool) -> str:
    """Return the sign that stands behind the heading by which a list is sorted."""
    return "▼" if descending else "▲"


class ColumnLayout:
    """The columns that fit a width, and the lines made with them.

    Args:
        columns: All columns of the list.
        width: Cells of the whole line, gutter included.
    """

    def __init__(self, columns: Sequence[Column], width: int) -> None:
        self.width = width
        self.placed = _place(columns, width - GUTTER)

    def header(self, sort_column: str | None, descending: bool) -> str:
        """Return the heading line, with an arrow at the column by which the list is sorted."""
        arrow = sort_arrow(descending)
        labels = [
            _sorted_label(place, arrow)
            if place.column.id == sort_column
            else fit(safe(place.column.heading), place.width, align=place.column.align)
            for place in self.placed
        ]
        return self._line(" " * GUTTER, labels)

    def row(self, row: Row, *, cursor: bool, marked: bool) -> str:
        """Return the line of a row, exactly ``width`` cells wide."""
        return self._line(self.gutter(row, cursor=cursor, marked=marked), self._cells(row))

    def first(self, row: Row) -> str:
        """Return gutter and first column of a row: what the cursor may colour at most."""
        return self.gutter(row, cursor=False, marked=False) + self._cell(row, self.placed[0])

    def gutter(self, row: Row, *, cursor: bool, marked: bool) -> str:
        """Return what stands left of the first column, ``GUTTER`` cells."""
        sign = fit(safe(row.sign), 2)
        return f"{CURSOR if cursor else ' '}{MARK if marked else ' '}{sign} "

    def _cells(self, row: Row) -> list[str]:
        return [self._cell(row, place) for place in self.placed]

    def _cell(self, row: Row, place: Placed) -> str:
        return fit(safe(row.cells[place.index]), place.width, align=place.column.align)

    def _line(self, gutter: str, cells: Sequence[str]) -> str:
        return fit(gutter + " ".join(cells), self.width)


def _sorted_label(place: Placed, arrow: str) -> str:
    if place.width < 2:
        return fit(arrow, place.width)
    label = fit(safe(place.column.heading), place.width - 1, align=place.column.align).rstrip()
    return fit(label + arrow, place.width, align=place.column.align)


def _place(columns: Sequence[Column], room: int) -> tuple[Placed, ...]:
    chosen = list(enumerate(columns))
    while len(chosen) > 1 and _needed([column for _index, column in chosen]) > room:
        chosen.remove(min(chosen, key=lambda pair: (pair[1].priority, -pair[0])))
    shown = [column for _index, column in chosen]
    widths = _widths(shown, room)
    return tuple(Placed(index, column, width) for (index, column), width in zip(chosen, widths, strict=True))


def _needed(columns: Sequence[Column]) -> int:
    return sum(column.width or column.min_width for column in columns) + len(columns) - 1


def _widths(columns: Sequence[Column], room: int) -> list[int]:
    if len(columns) == 1:
        column = columns[0]
        return [max(1, min(column.width or room, room))]
    spare = room - _needed(columns)
    weights = sum(column.weight for column in columns if not column.width)
    widths = []
    for column in columns:
        if column.width:
            widths.append(column.width)
            continue
        share = spare * column.weight // weights if weights else 0
        widths.append(column.min_width + share)
        spare -= share
        weights -= column.weight
    return widths
