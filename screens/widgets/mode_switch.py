"""Which kind of call is logged: current, completed or scheduled."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.i18n import N_, _


class CallMode(StrEnum):
    """The three modes of the call form."""

    CURRENT = "current"
    COMPLETED = "completed"
    SCHEDULED = "scheduled"


MODE_LABELS: Mapping[CallMode, str] = MappingProxyType(
    {
        CallMode.CURRENT: N_("Current call"),
        CallMode.COMPLETED: N_("Completed call"),
        CallMode.SCHEDULED: N_("Schedule a call"),
    }
)


class ModeSwitch(Widget, can_focus=False):
    """One line with the three modes; the chosen one stands in brackets."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ModeSwitch { height: 1; color: $text-muted; }
    """

    mode: reactive[CallMode] = reactive(CallMode.CURRENT)
    locked: reactive[bool] = reactive(False)
    """Only the chosen mode is shown: a call that runs can't become a scheduled one."""

    def render(self) -> Content:
        """Return the line."""
        if self.locked:
            return Content(f"[{_(MODE_LABELS[self.mode])}]").stylize("bold")
        parts: list[Content] = []
        for mode, label in MODE_LABELS.items():
            chosen = mode is self.mode
            part = Content(f"[{_(label)}]" if chosen else f" {_(label)} ")
            parts.append(part.stylize("bold $foreground") if chosen else part)
        return Content(" ").join(parts)

    def next_mode(self) -> CallMode:
        """Return the mode that follows the present one."""
        modes = list(CallMode)
        return modes[(modes.index(self.mode) + 1) % len(modes)]
