"""The call back that a result asks for, and what the form of a scheduled call says of the callee's hours."""

from collections.abc import Iterator

import pytest

from crm_tui.clock import FrozenClock, use_clock
from screens.call_logger import CallLoggerScreen
from screens.widgets.call_form import CallForm
from screens.widgets.mode_switch import CallMode
from tests.screens.conftest import Console, Sample


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """A clock that stands; it is Saturday, 14:00 in Tokyo."""
    clock = FrozenClock()
    before = use_clock(clock)
    yield clock
    use_clock(before)


async def _form(console: Console) -> CallForm:
    await console.until_on(CallLoggerScreen)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    await console.until(lambda: screen.is_open)
    return screen.form


async def test_a_call_back_is_proposed_inside_the_hours_there_with_a_reminder(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    """A day later it is midnight in New York; 9:00 in Tokyo is 19:00 there."""
    await console.services.settings.set_option(console.actor, "time_zone", "Asia/Tokyo")
    await console.app.start_call(sample.jane.ref, None)
    form = await _form(console)
    await console.until(lambda: console.app.running_call is not None)
    await console.press("f2")
    await console.until(lambda: (call := console.app.running_call) is not None and call.is_stopped)
    await console.press("5", "ctrl+s")
    await console.until(lambda: any(one is not form for one in console.app.screen.query(CallForm)))
    back = await _form(console)
    assert back.mode is CallMode.SCHEDULED
    assert (back["starts_at"].raw, back["reminder"].value) == ("2026-11-23 09:00", "5_minutes")
    await console.press("ctrl+s")
    await console.until(lambda: not isinstance(console.app.screen, CallLoggerScreen))


async def test_a_time_outside_the_hours_there_is_told_while_it_is_typed(
    clock: FrozenClock, console: Console, sample: Sample
) -> None:
    await console.app.open_call_logger("scheduled", sample.jane.ref)
    form = await _form(console)
    form.focus_field("starts_at")
    await console.type_text("2026-11-24 14:00")
    await console.until_shown("00:00 there: outside")
    await console.press(*["backspace"] * 5)
    await console.type_text("09:30")
    await console.until(lambda: "there: outside" not in console.text())
