"""The timer of the call form: large digits, the state in words, the key that comes next."""

from collections.abc import Sequence

from textual.reactive import reactive

from crm_tui.clock import clock
from crm_tui.domain.call import Call
from crm_tui.i18n import _
from screens.key_names import key_name
from screens.widgets.call_clock import (
    CallState,
    CallTimes,
    clock_text,
    short_clock_text,
    times_of,
    until_tick,
)
from screens.widgets.large_digits import HEIGHT, large_digits
from screens.widgets.ticking_text import TickingText

SIGNS = {CallState.READY: "○", CallState.RUNNING: "●", CallState.STOPPED: "■"}
"""State of a call in one cell; a word always stands beside it."""


class CallTimer(TickingText):
    """Elapsed time of a call. Compact (one line) where its height allows no more."""

    DEFAULT_CSS = """
    CallTimer { height: 4; padding: 0; }
    CallTimer.-compact { height: 1; }
    CallTimer.-running { color: $text-success; text-style: bold; }
    CallTimer.-stopped { color: $text-warning; }
    """

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

    def compose_lines(self, width: int) -> Sequence[str]:
        """Return the digits and the line under them, or one line with both."""
        times = times_of(self.call, clock())
        digits = clock_text(times.talk)
        if self.size.height < HEIGHT + 1 or width < len(large_digits(digits)[0]):
            return [f"{SIGNS[times.state]} {digits} {self._state_text(times)}"]
        return [*large_digits(digits), f"{SIGNS[times.state]} {self._state_text(times)}"]

    def _state_text(self, times: CallTimes) -> str:
        if times.state is not CallState.READY:
            return _state_text(times)
        return _("ready, %(key)s starts") % {"key": key_name(self.app, "app.call", "f2")}


def _state_text(times: CallTimes) -> str:
    if not times.reliable:
        return _("the clock was changed; check the duration")
    if times.state is CallState.RUNNING:
        return _("running")
    return _("stopped, wrap-up %(time)s") % {"time": short_clock_text(times.wrap_up)}
