"""A mail to read: lines of which only those in sight are painted, however long it is."""

import asyncio
from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crm_tui.domain.mail import MailMessage
from crm_tui.i18n import N_
from screens.base import WorkerErrors
from screens.key_names import key_name
from screens.mail_text import Line, mail_lines

_AT_ONCE: Final = 20_000
"""Characters that are broken into lines at once; a longer text is broken beside the keys."""

_STYLES: Final = ("bold", "muted", "quote", "deal", "warning")


class MailBody(WorkerErrors, ScrollView, inherit_bindings=False):
    """Shows head, attachments and text of a mail, and scrolls.

    Args:
        focusable: Whether it takes the keys for scrolling; a preview doesn't.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {f"mail--{style}" for style in _STYLES}
    DEFAULT_CSS = """
    MailBody {
        height: 1fr;
        padding: 0;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .mail--bold { text-style: bold; }
        & > .mail--muted { color: $text-muted; }
        & > .mail--quote { color: $text-muted; }
        & > .mail--deal { color: $text-success; text-style: bold; }
        & > .mail--warning { color: $text-warning; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", N_("Down"), show=False, id="mail_text.down"),
        Binding("k,up", "scroll_up", N_("Up"), show=False, id="mail_text.up"),
        Binding(
            "pagedown,space,ctrl+d",
            "page_down",
            N_("Scroll down by a screen"),
            show=False,
            id="mail_text.page_down",
        ),
        Binding("pageup,ctrl+u", "page_up", N_("Scroll up by a screen"), show=False, id="mail_text.page_up"),
        Binding("home", "scroll_home", N_("First"), show=False, id="mail_text.home"),
        Binding("G,end", "scroll_end", N_("Last"), show=False, id="mail_text.end"),
    ]

    def __init__(self, *, focusable: bool = True) -> None:
        super().__init__()
        self.can_focus = focusable
        self.unfolded = False
        """Whether quotes, addressees and attachments are shown all."""
        self._message: MailMessage | None = None
        self._zone: tzinfo | None = None
        self._lines: list[Line] = []
        self._styles_by_name: dict[str, Style] = {}

    def show(self, message: MailMessage | None, zone: tzinfo) -> None:
        """Show a mail, or nothing; another one than before from its top."""
        before = self._message.row.id if self._message is not None else None
        self._message, self._zone = message, zone
        if message is None or message.row.id != before:
            self.unfolded = False
            self.scroll_home(animate=False)
        self._lay_out()

    def toggle_quotes(self) -> None:
        """Show quotes, addressees and attachments all, or fold them again."""
        self.unfolded = not self.unfolded
        self._lay_out()

    def action_first(self) -> None:
        """Go to the top, as ``g g`` does everywhere."""
        self.scroll_home(animate=False)

    def action_scroll_home(self) -> None:
        """Go to the top."""
        self.scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        """Go to the end."""
        self.scroll_end(animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines for the new width."""
        del event
        self._lay_out()

    def notify_style_update(self) -> None:
        """Forget the colours after a change of theme."""
        super().notify_style_update()
        self._styles_by_name.clear()

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        width = self.size.width
        place = y + self.scroll_offset.y
        if place >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[place]
        segment = Segment(line.text, self._style(line.style))
        return Strip([segment]).adjust_cell_length(width, self.rich_style)

    def _lay_out(self) -> None:
        self.workers.cancel_group(self, "mail.lines")
        message, zone = self._message, self._zone
        width = self.scrollable_content_region.width - 1
        if message is None or zone is None or width < 1:
            self._take([])
            return
        key = key_name(self.app, "mail_reader.quotes", "h") if self.can_focus else ""
        make = partial(mail_lines, message, zone, width, unfolded=self.unfolded, key=key)
        if len(message.text) <= _AT_ONCE:
            self._take(make())
        else:
            self._make(make)

    @work(group="mail.lines", exclusive=True, exit_on_error=False)
    async def _make(self, make: Callable[[], list[Line]]) -> None:
        self._take(await asyncio.to_thread(make))

    def _take(self, lines: list[Line]) -> None:
        self._lines = lines
        self.virtual_size = Size(self.scrollable_content_region.width, len(lines))
        self.refresh()

    def _style(self, name: str) -> Style:
        if name not in self._styles_by_name:
            self._styles_by_name[name] = (
                self.get_component_rich_style(f"mail--{name}") if name else self.rich_style
            )
        return self._styles_by_name[name]
