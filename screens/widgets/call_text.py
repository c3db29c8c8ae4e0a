"""Text about a call that follows its clock."""

from textual.reactive import reactive

from crm_tui.clock import clock
from crm_tui.domain.call import Call
from screens.widgets.call_clock import CallState, times_of, until_tick
from screens.widgets.ticking_text import TickingText

SIGNS = {CallState.READY: "○", CallState.RUNNING: "●", CallState.STOPPED: "■"}
"""State of a call in one cell; a word always stands beside it.

It stands behind the digits: terminals don't agree on its width, and what follows it is sent again as a
whole when anything in the line changes.
"""


class CallText(TickingText):
    """Base of the timer and the call bar; carries the class ``-running`` or ``-stopped``."""

    call: reactive[Call | None] = reactive(None, always_update=True)

    def watch_call(self) -> None:
        """Show another call, or another state of the same."""
        state = times_of(self.call, clock()).state
        self.set_class(state is CallState.RUNNING, "-running")
        self.set_class(state is CallState.STOPPED, "-stopped")
        if self.is_mounted:
            self.tick()

    def until_change(self) -> float | None:
        """Return the seconds until the next tick."""
        return until_tick(self.call, clock())
