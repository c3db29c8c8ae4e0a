"""The calendar's surface: lines of styled pieces, of which only those that changed are painted."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crm_tui.i18n import N_
from screens.calendar_pieces import STYLES, Line


def _binding(key: str, action: str, name: str, description: str, tooltip: str) -> Binding:
    return Binding(key, action, description, tooltip=tooltip, id=f"calendar.{name}", show=False)


class CalendarCanvas(Widget, can_focus=True, inherit_bindings=False):
    """Shows lines; the screen moves the cursor by its keys."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {f"calendar--{style}" for style in STYLES}
    DEFAULT_CSS = """
    CalendarCanvas {
        height: 1fr;
        width: 1fr;
        overflow: hidden;
        & > .calendar--title { text-style: bold; }
        & > .calendar--head { color: $accent; }
        & > .calendar--muted { color: $text-muted; }
        & > .calendar--edge { color: $text-muted; }
        & > .calendar--entry { background: $panel; }
        & > .calendar--over { background: $panel; color: $text-muted; }
        & > .calendar--bad { background: $panel; color: $text-error; text-style: bold; }
        & > .calendar--good { background: $panel; color: $text-success; }
        & > .calendar--clash { background: $panel; color: $text-warning; }
        & > .calendar--now { color: $text-success; text-style: bold; }
        & > .calendar--cursor { text-style: bold reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _binding(
            "left", "screen.move('days', -1)", "day_before", N_("Day before"), N_("Go to the day before.")
        ),
        _binding("right", "screen.move('days', 1)", "day_after", N_("Day after"), N_("Go to the day after.")),
        _binding(
            "up", "screen.move('rows', -1)", "up", N_("Up"), N_("Half an hour up; in a month a week back.")
        ),
        _binding(
            "down",
            "screen.move('rows', 1)",
            "down",
            N_("Down"),
            N_("Half an hour down; in a month a week on."),
        ),
        _binding("j,tab", "screen.move('entries', 1)", "next", N_("Next entry"), N_("Go to the next entry.")),
        _binding(
            "k,shift+tab",
            "screen.move('entries', -1)",
            "previous",
            N_("Previous entry"),
            N_("Go to the entry before."),
        ),
        _binding(
            "pageup",
            "screen.move('periods', -1)",
            "back",
            N_("Week back"),
            N_("A week back; in a month's view a month."),
        ),
        _binding(
            "pagedown",
            "screen.move('periods', 1)",
            "on",
            N_("Week on"),
            N_("A week on; in a month's view a month."),
        ),
        _binding(
            "ctrl+u", "screen.move('rows', -8)", "half_up", N_("Four hours up"), N_("Go four hours up.")
        ),
        _binding(
            "ctrl+d", "screen.move('rows', 8)", "half_down", N_("Four hours down"), N_("Go four hours down.")
        ),
        _binding(
            "home",
            "screen.move('edge', -1)",
            "first",
            N_("First"),
            N_("Go to the start of the day or month."),
        ),
        _binding(
            "G,end", "screen.move('edge', 1)", "last", N_("Last"), N_("Go to the end of the day or month.")
        ),
    ]

    class Sized(Message):
        """There is room for other lines."""

    def __init__(self) -> None:
        super().__init__(id="calendar")
        self._lines: list[Line] = []
        self._styles_by_name: dict[str, Style] = {}

    def show(self, lines: Sequence[Line]) -> None:
        """Show lines; of those that stand there already nothing is painted."""
        old, self._lines = self._lines, list(lines)
        if len(old) != len(self._lines):
            self.refresh()
            return
        width = self.size.width
        pairs = enumerate(zip(old, self._lines, strict=True))
        regions = [Region(0, y, width, 1) for y, (before, now) in pairs if before != now]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        width = self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        segments = [Segment(text, self._style(style)) for text, style in self._lines[y]]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def notify_style_update(self) -> None:
        """Forget the colours after a change of theme."""
        super().notify_style_update()
        self._styles_by_name.clear()

    async def action_first(self) -> None:
        """Go to the start of the day or month, as `g g` does in every list."""
        await self.run_action("screen.move('edge', -1)")

    def on_resize(self, event: Resize) -> None:
        """Ask for lines that fit."""
        del event
        self.post_message(self.Sized())

    def _style(self, name: str) -> Style:
        if name not in self._styles_by_name:
            self._styles_by_name[name] = (
                self.rich_style if name == "normal" else self.get_component_rich_style(f"calendar--{name}")
            )
        return self._styles_by_name[name]
