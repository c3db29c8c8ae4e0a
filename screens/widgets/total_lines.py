"""Lines of totals in the columns of a list, above or below it."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from screens.widgets.record_columns import Column, ColumnLayout, Row


class TotalLines(Widget, can_focus=False):
    """Shows a few rows that can't be chosen.

    Args:
        heading: Whether the columns are named above them; below a list its own headings do.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TotalLines { height: auto; text-style: bold; background: $panel; }
    """

    def __init__(self, *, id: str, heading: bool = False) -> None:  # noqa: A002
        super().__init__(id=id)
        self._heading = heading
        self._columns: tuple[Column, ...] = ()
        self._rows: tuple[tuple[str, ...], ...] = ()

    def show(self, columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> None:
        """Show ``rows``, cells in the order of ``columns``."""
        is_as_high = len(rows) == len(self._rows)
        self._columns, self._rows = tuple(columns), tuple(rows)
        self.refresh(layout=not is_as_high)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one line for each row, and one for the headings."""
        return len(self._rows) + (self._heading and bool(self._rows))

    def render(self) -> Content:
        """Return the lines."""
        if not self._rows or self.size.width < 1:
            return Content("")
        layout = ColumnLayout(self._columns, self.size.width)
        lines = [layout.header(None, False)] if self._heading else []
        lines += [layout.row(Row("", cells, ()), cursor=False, marked=False) for cells in self._rows]
        return Content("\n".join(lines))
