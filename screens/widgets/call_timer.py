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
"""State of a call in one cell; a word always stands beside it.

It stands behind the digits: terminals don't agree on its width, and what follows it is sent again as a
whole when anything in the line changes.
"""


class CallTimer(TickingText):
    """Elapsed time of a call; in two lines where its height allows no more."""

    DEFAULT_CSS = """
    CallTimer { height: 5; }
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
        """Return the time, the state and what comes next: five lines, or two where there is less room."""
        times = times_of(self.call, clock())
        digits, sign, word = clock_text(times.talk), SIGNS[times.state], _state_text(times)
        if self.size.height < HEIGHT + 2 or width < len(large_digits(digits)[0]):
            return [f"{digits} {sign} {word}", self._hint(times)]
        return [*large_digits(digits), f"{sign} {word}", self._hint(times)]

    def _hint(self, times: CallTimes) -> str:
        if not times.reliable:
            return _("The clock was changed; check it.")
        if times.state is CallState.STOPPED:
            return _("wrap-up %(time)s") % {"time": short_clock_text(times.wrap_up)}
        text = _("%(key)s starts") if times.state is CallState.READY else _("%(key)s stops")
        return text % {"key": key_name(self.app, "app.call", "f2")}


def _state_text(times: CallTimes) -> str:
    if times.state is CallState.READY:
        return _("ready")
    return _("running") if times.state is CallState.RUNNING else _("stopped")
