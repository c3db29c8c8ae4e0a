"""The timer of the call form: large digits, the state in words, the key that comes next."""

from collections.abc import Sequence

from crm_tui.clock import clock
from crm_tui.i18n import _
from screens.key_names import key_name
from screens.widgets.call_clock import (
    CallState,
    CallTimes,
    clock_text,
    short_clock_text,
    times_of,
)
from screens.widgets.call_text import SIGNS, CallText
from screens.widgets.large_digits import HEIGHT, large_digits


class CallTimer(CallText):
    """Elapsed time of a call; in two lines where its height allows no more."""

    DEFAULT_CSS = """
    CallTimer { height: 5; }
    CallTimer.-running { color: $text-success; text-style: bold; }
    CallTimer.-stopped { color: $text-warning; }
    """

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
        if times.shift and times.state is CallState.RUNNING:
            return _("Clock changed; time is right.")
        if times.state is CallState.STOPPED:
            return _("wrap-up %(time)s") % {"time": short_clock_text(times.wrap_up)}
        text = _("%(key)s starts") if times.state is CallState.READY else _("%(key)s stops")
        return text % {"key": key_name(self.app, "app.call", "f2")}


def _state_text(times: CallTimes) -> str:
    if times.state is CallState.READY:
        return _("ready")
    return _("running") if times.state is CallState.RUNNING else _("stopped")
