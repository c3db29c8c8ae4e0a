"""One painted line of a list, and which of its cells differ from what stood there before."""

from dataclasses import dataclass

from crm_tui.text import cell_len, fit
from screens.widgets.record_columns import GUTTER, ColumnLayout, Row

BAR = 18
"""Cells that the cursor colours at most; what a cursor move sends grows with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands on the terminal.

    Attributes:
        text: All cells of the line.
        style: Name of the style of its text.
        row: The record it shows, if any.
        marked: The record is marked.
        cursor: The line has the cursor.
        bar: Characters at the start of the text that the cursor colours.
        bar_cells: The cells these take.
    """

    text: str
    style: str
    row: Row | None = None
    marked: bool = False
    cursor: bool = False
    bar: int = 0
    bar_cells: int = 0

    def shows(self, row: Row, *, cursor: bool, marked: bool) -> bool:
        """Return whether the line is the one that such a row would get."""
        return self.cursor == cursor and self.marked == marked and self.row == row


def row_line(layout: ColumnLayout, row: Row, *, cursor: bool, marked: bool) -> Line:
    """Return the line of a row."""
    text = layout.row(row, cursor=cursor, marked=marked)
    end, cells = _bar(text, min(BAR, GUTTER + layout.placed[0].width))
    return Line(text, row.tone.value, row, marked, cursor, end, cells)


def text_line(text: str, width: int, style: str) -> Line:
    """Return a line that shows a sentence, or nothing."""
    indented = " " * GUTTER + text if text else ""
    return Line(fit(indented, width), style)


def cells_to_paint(old: Line, new: Line, width: int) -> int:
    """Return how many cells, from the left, must be painted to turn ``old`` into ``new``."""
    if old is new:
        return 0
    if old.style == new.style and old.text[old.bar :] == new.text[new.bar :]:
        return max(old.bar_cells, new.bar_cells)
    return width


def _bar(text: str, limit: int) -> tuple[int, int]:
    """Return the characters and cells of the longest start of ``text`` within ``limit`` cells."""
    cells = 0
    for index, char in enumerate(text):
        width = 1 if char.isascii() else cell_len(char)
        if cells + width > limit:
            return index, cells
        cells += width
    return len(text), cells
