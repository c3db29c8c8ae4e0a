"""Lines of text that change with the clock and repaint only the cells that differ."""

from abc import abstractmethod
from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from crm_tui.text import cell_len, fit

_MARGIN = 0.01
"""Seconds added to a wait, so that the clock has surely reached the next second after it."""


class TickingText(Widget, can_focus=False):
    """Base of the timer and the call bar. Nothing wakes up while nothing runs."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[str] = []
        self._wake: Timer | None = None

    @abstractmethod
    def compose_lines(self, width: int) -> Sequence[str]:
        """Return the lines as they read now, cleaned; each is cut or padded to ``width`` cells."""

    @abstractmethod
    def until_change(self) -> float | None:
        """Return the seconds until the lines read differently, None if they only change by an event."""

    def tick(self) -> None:
        """Bring the lines up to date and arrange the next time."""
        width = self.size.width
        old, self._lines = self._lines, [fit(line, width) for line in self.compose_lines(width)]
        if len(old) == len(self._lines):
            spans = [changed_cells(*pair) for pair in zip(old, self._lines, strict=True)]
            regions = [Region(span[0], y, span[1], 1) for y, span in enumerate(spans) if span]
            if regions:
                self.refresh(*regions)
        else:
            self.refresh()
        self._schedule()

    def render_line(self, y: int) -> Strip:
        """Return one line of the widget."""
        width = self.size.width
        # The size changes before the event says so.
        text = fit(self._lines[y] if y < len(self._lines) else "", width)
        return Strip([Segment(text, self.rich_style)], width)

    def on_resize(self, event: events.Resize) -> None:
        """Compose anew for the new width."""
        del event
        self._lines = []
        self.tick()

    def _schedule(self) -> None:
        if self._wake is not None:
            self._wake.stop()
            self._wake = None
        wait = self.until_change()
        if wait is not None and self.is_attached:
            self._wake = self.set_timer(wait + _MARGIN, self.tick)


def changed_cells(old: str, new: str) -> tuple[int, int] | None:
    """Return offset and number of the cells to repaint when ``old`` becomes ``new``, None for none.

    Both take the same number of cells.
    """
    if old == new:
        return None
    start = _common(old, new)
    tail = min(_common(old[::-1], new[::-1]), min(len(old), len(new)) - start)
    offset = cell_len(new[:start])
    return offset, cell_len(new[start : len(new) - tail])


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
