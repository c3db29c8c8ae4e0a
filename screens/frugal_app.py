"""An app that sends only the cells that change.

Textual repaints whole lines, and a new screen twice. Over a line of a few kilobytes per second that is
what an agent waits for, so the app remembers what stands on the terminal and sends the difference.
"""

from functools import cached_property
from typing import Generic

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.geometry import Offset
from textual.screen import Screen

from screens.terminal_frame import TerminalFrame


class Difference(CompositorUpdate):
    """The bytes that turn what stands on the terminal into the next frame."""

    def __init__(self, sequence: str) -> None:
        self.sequence = sequence

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Textual asks for the sequence only."""
        yield from ()

    def render_segments(self, console: Console) -> str:
        """Return the escape sequences."""
        return self.sequence


class Passing:
    """A screen that stands for a moment only, or isn't filled yet: its empty lines aren't worth the bytes."""

    passing = True
    """Whether lines without text, where nothing was painted so far, are left out."""


class FrugalApp(App[ReturnType], Generic[ReturnType]):
    """Base of the console's app. Overrides one private method of the pinned Textual: where it writes."""

    _cursor_sent: Offset | None = None

    @cached_property
    def _frame(self) -> TerminalFrame:
        return TerminalFrame()

    def redraw(self) -> None:
        """Paint everything anew, whatever another program left on the terminal."""
        self._frame.forget()
        self.screen.refresh()

    def fill_gaps(self) -> None:
        """Paint the lines that were left out while the screen in front was passing."""
        if self._frame.has_gaps:
            self.screen.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Forget the frame: terminals rearrange what they show.

        Two sizes that follow each other at once may both be read as the last one. The terminal has lost what
        it showed all the same, and nothing else would paint it again.
        """
        if self._frame.size == event.size:
            self.redraw()
        else:
            self._frame.forget()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if not isinstance(renderable, LayoutUpdate | ChopsUpdate) or not self._paints_differences():
            super()._display(screen, renderable)
            return
        lasting = not (isinstance(screen, Passing) and screen.passing)
        sequence = self._frame.paint(renderable, self.size, self.console, blank_lines=lasting)
        if sequence or self._cursor_sent != self.cursor_position:
            self._cursor_sent = self.cursor_position
            super()._display(screen, Difference(sequence))
        else:
            self.post_display_hook()

    def _paints_differences(self) -> bool:
        # While updates are held back Textual throws frames away: they never stood on the terminal.
        return self._driver is not None and not (
            self.is_headless or self._driver.is_inline or self._batch_count or self._closed
        )
