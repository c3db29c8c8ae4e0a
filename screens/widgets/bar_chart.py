"""A chart of horizontal bars, made of text: label, figure and bar of each row, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from crm_tui.text import cell_len, fit, safe

EIGHTHS = "▏▎▍▌▋▊▉█"
"""Blocks one eighth to eight eighths of a cell wide."""

_ASCII = "#"
_LONGEST_LABEL = 28
_CURSOR, _NO_CURSOR = "> ", "  "


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart.

    Attributes:
        label: What the bar stands for, as a person wrote it.
        text: The figure as an agent reads it.
        value: How long the bar is beside the others, not negative; None draws none.
    """

    label: str
    text: str
    value: float | None


class BarChart(Widget, can_focus=False):
    """Shows the bars around one of them, as many as there are lines.

    The figure stands before its bar: where a terminal paints blocks two cells wide, nothing moves.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"bar-chart--bar", "bar-chart--cursor"}
    DEFAULT_CSS = """
    BarChart {
        & > .bar-chart--bar { color: $accent; }
        & > .bar-chart--cursor { text-style: bold; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._bars: tuple[Bar, ...] = ()
        self._top = 0
        self._cursor = 0

    def show(self, bars: Sequence[Bar], cursor: int = 0) -> None:
        """Show other bars, and the one at ``cursor`` among them."""
        self._bars = tuple(bars)
        self._cursor, self._top = cursor, self._top_for(cursor)
        self.refresh()

    def go(self, cursor: int) -> None:
        """Bring one of the bars into view and mark it."""
        old, self._cursor = self._cursor, cursor
        top = self._top_for(cursor)
        if top != self._top:
            self._top = top
            self.refresh()
            return
        width = self.size.width
        self.refresh(*(Region(0, index - top, width, 1) for index in {old, cursor}))

    def on_resize(self) -> None:
        """Keep the marked bar in view."""
        self._top = self._top_for(self._cursor)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line: mark, label, figure, bar."""
        width, index = self.size.width, self._top + y
        if not 0 <= index < len(self._bars):
            return Strip.blank(width, self.rich_style)
        bar = self._bars[index]
        label_width, text_width = self._widths(width)
        is_cursor = index == self._cursor
        label = fit(safe(bar.label), label_width)
        front = f"{_CURSOR if is_cursor else _NO_CURSOR}{label} {fit(bar.text, text_width, align='right')} "
        front = fit(front, min(cell_len(front), width))
        room = max(0, width - cell_len(front) - 1)
        ascii_only = self.app.has_class("-ascii")
        drawn = bar_text(bar.value or 0, self._longest, room, ascii_only=ascii_only)
        style = self._style("bar-chart--cursor", self.rich_style) if is_cursor else self.rich_style
        return Strip(
            [
                Segment(front, style),
                Segment(drawn, self._style("bar-chart--bar", self.rich_style)),
                Segment(" " * max(0, width - cell_len(front) - len(drawn)), self.rich_style),
            ],
            width,
        )

    @property
    def _longest(self) -> float:
        return max((bar.value or 0 for bar in self._bars), default=0)

    def _widths(self, width: int) -> tuple[int, int]:
        """Return the cells of label and figure; the bar keeps at least a third of the line."""
        figure = max((cell_len(bar.text) for bar in self._bars), default=0)
        label = max((cell_len(safe(bar.label)) for bar in self._bars), default=0)
        return max(1, min(label, _LONGEST_LABEL, width * 2 // 3 - figure - 4)), figure

    def _top_for(self, cursor: int) -> int:
        """Return the first bar that is shown, so that the one at ``cursor`` is."""
        height = max(1, self.size.height)
        last = max(0, len(self._bars) - height)
        return min(max(self._top, cursor - height + 1), cursor, last)

    def _style(self, name: str, under: Style) -> Style:
        return under + self.get_component_rich_style(name, partial=True)


def bar_text(value: float, longest: float, width: int, *, ascii_only: bool = False) -> str:
    """Return a bar whose length is to ``width`` as ``value`` is to ``longest``; any value shows something.

    Args:
        width: Cells of the longest bar.
        ascii_only: Whole cells of a sign that every terminal has.
    """
    if value <= 0 or longest <= 0 or width <= 0:
        return ""
    if ascii_only:
        return _ASCII * max(1, round(width * value / longest))
    eighths = max(1, round(width * 8 * value / longest))
    whole, rest = divmod(eighths, 8)
    return EIGHTHS[7] * whole + (EIGHTHS[rest - 1] if rest else "")
