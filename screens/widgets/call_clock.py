"""What the clock says about a call at this moment. No terminal in here."""

from dataclasses import dataclass
from enum import Enum

from crm_tui.clock import Clock, elapsed, until_next_second
from crm_tui.domain.call import Call


class CallState(Enum):
    """What an agent can do with the call next: start it, stop it, save it."""

    READY = "ready"
    RUNNING = "running"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CallTimes:
    """Times of a call, in whole seconds.

    Attributes:
        talk: From the start to now, or to the stop.
        wrap_up: From the stop to now.
        reliable: False after a restart of the machine with a clock that can't be trusted.
        shift: Seconds by which the machine's clock was set meanwhile; the talk time is right all the same.
    """

    state: CallState
    talk: int = 0
    wrap_up: int = 0
    reliable: bool = True
    shift: int = 0


def times_of(call: Call | None, clock: Clock) -> CallTimes:
    """Return where ``call`` stands; a call that isn't in progress counts as not started."""
    if call is None or call.starts_at is None:
        return CallTimes(CallState.READY)
    if call.is_running:
        talk = elapsed(call.started_mark, call.starts_at, clock)
        return CallTimes(CallState.RUNNING, talk.seconds, reliable=talk.reliable, shift=talk.shift)
    if call.is_stopped and call.stopped_at is not None:
        wrap_up = elapsed(call.stopped_mark, call.stopped_at, clock)
        talked, shift = call.duration_seconds or 0, call.clock_shift
        return CallTimes(CallState.STOPPED, talked, wrap_up.seconds, wrap_up.reliable, shift)
    return CallTimes(CallState.READY)


def until_tick(call: Call | None, clock: Clock) -> float | None:
    """Return the seconds until ``times_of`` gives something else, None if it never does by itself."""
    state = times_of(call, clock).state
    if call is None or state is CallState.READY:
        return None
    return until_next_second(call.started_mark if state is CallState.RUNNING else call.stopped_mark, clock)


def clock_text(seconds: int) -> str:
    """Return ``00:03:12``: the same width all day, so that nothing beside it moves."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest:02d}"


def short_clock_text(seconds: int) -> str:
    """Return ``03:20``, or ``01:03:20`` from an hour on."""
    text = clock_text(seconds)
    return text.removeprefix("00:")
