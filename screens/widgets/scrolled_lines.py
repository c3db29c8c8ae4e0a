"""Lines to read, broken for the width that there is, with the keys that scroll them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import N_

_STYLES: Final = {"bold": "bold", "error": "$text-error", "muted": "$text-muted"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is ready for the terminal.

    Attributes:
        style: bold, error, muted, or "" for none.
    """

    text: str
    style: str = ""


MakeLines = Callable[[int], Sequence[Line]]
"""Returns the lines for a width in cells."""


class ScrolledLines(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows lines; empty until ``show_lines`` is called.

    Args:
        id: Id of the widget.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ScrolledLines { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    ScrolledLines > Static { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", N_("Down"), show=False, id="lines.down"),
        Binding("k,up", "scroll_up", N_("Up"), show=False, id="lines.up"),
        Binding("pagedown,space,ctrl+d", "page_down", N_("Page down"), show=False, id="lines.page_down"),
        Binding("pageup,ctrl+u", "page_up", N_("Page up"), show=False, id="lines.page_up"),
        Binding("home", "first", N_("First"), show=False, id="lines.first"),
        Binding("G,end", "last", N_("Last"), show=False, id="lines.last"),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - the toolkit's name for it
        super().__init__(id=id)
        self._text = Static()
        self._make: MakeLines = lambda width: ()

    def compose(self) -> list[Static]:
        """Return the one widget that holds the lines."""
        return [self._text]

    def show_lines(self, make: MakeLines, *, stay: bool = False) -> None:
        """Show other lines.

        Args:
            make: Makes them, for each width anew.
            stay: They are the same things as before; else they are shown from their top.
        """
        self._make = make
        if not stay:
            self.scroll_home(animate=False)
        self._paint()

    def action_first(self) -> None:
        """Go to the top, as ``g g`` does everywhere."""
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """Go to the end."""
        self.scroll_end(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines for the new width."""
        del event
        self._paint()

    def _paint(self) -> None:
        # One cell stays for the scroll bar, which comes and goes.
        width = self.container_size.width - 3
        if width > 0:
            lines = (Content.styled(one.text, _STYLES.get(one.style, "")) for one in self._make(width))
            self._text.update(Content("\n").join(lines))
