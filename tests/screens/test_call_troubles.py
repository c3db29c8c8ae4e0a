"""What an agent is told when the clock is set during a call, and when another console was faster."""

from datetime import timedelta

import pytest

from crm_tui.bootstrap import open_services
from crm_tui.clock import FrozenClock
from crm_tui.config import Config
from screens.activity_list import ActivityListScreen
from screens.call_logger import CallLoggerScreen
from tests.screens.call_steps import calls_in_store, clock, notices, start_call
from tests.screens.conftest import Console

__all__ = ["clock"]


@pytest.mark.parametrize(
    ("step", "told"),
    [(timedelta(hours=-1), "set back by 1:00:00"), (timedelta(days=1), "set forward by 24:00:00")],
)
async def test_a_clock_that_is_set_during_a_call(
    console: Console, clock: FrozenClock, step: timedelta, told: str
) -> None:
    """Fault 45: form and bar say so while the call runs, a notice when it stops; the time is right."""
    await start_call(console)
    clock.advance(60)
    clock.set_wall(clock.now() + step)
    await console.until_shown("Clock changed")
    await console.press("escape", "1")
    await console.until_on(ActivityListScreen)
    await console.until_shown("clock changed")
    await console.press("f2")
    await console.until(lambda: told in notices(console))
    await console.until_on(CallLoggerScreen)
    clock.advance(20)
    await console.press("ctrl+s")
    await console.until(lambda: console.app.running_call is None)
    [call] = await calls_in_store(console)
    assert (call.duration_seconds, call.wrap_up_seconds) == (60, 20)


async def test_stopping_what_another_console_has_just_stopped(
    console: Console, clock: FrozenClock, config: Config
) -> None:
    """Fault 46: this console hasn't heard of it; F2 says that the call was stopped; there is one duration."""
    await start_call(console)
    running = console.app.running_call
    assert running is not None
    other = await open_services(config)
    clock.advance(61)
    await other.calls.stop(console.actor, running.id)
    await other.close()
    clock.advance(5)
    console.app.set_running_call(running)
    await console.app.call_key()
    await console.until(lambda: "it was stopped before" in notices(console))
    await console.until(lambda: (now := console.app.running_call) is not None and now.is_stopped)
    await console.until_shown("1:01")
    [call] = await calls_in_store(console)
    assert call.duration_seconds == 61
