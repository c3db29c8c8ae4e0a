"""A call that is logged after it took place: when it began, and what its fields do."""

from datetime import timedelta

from crm_tui.clock import FrozenClock
from screens.call_logger import CallLoggerScreen
from tests.screens.call_steps import clock
from tests.screens.conftest import Console, Sample

__all__ = ["clock"]


async def opened(console: Console, sample: Sample) -> CallLoggerScreen:
    await console.app.open_call_logger("completed", sample.taro.ref)
    await console.until_on(CallLoggerScreen)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    await console.until(lambda: screen.is_open and screen.form.who is not None)
    return screen


async def test_it_has_ended_just_now(console: Console, sample: Sample, clock: FrozenClock) -> None:
    screen = await opened(console, sample)
    await console.type_text("3:00")
    start = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=3)
    await console.until(lambda: screen.form["starts_at"].value == start)
    await console.until(lambda: screen.form["starts_at"].message)
    clock.advance(timedelta(minutes=10))
    screen.form.follow_duration()
    assert screen.form["starts_at"].value == start + timedelta(minutes=10)


async def test_a_start_that_was_typed_stays(console: Console, sample: Sample) -> None:
    screen = await opened(console, sample)
    screen.form["starts_at"].restore("2026-11-19 10:00")
    typed = screen.form["starts_at"].value
    await console.type_text("3:00")
    screen.form.follow_duration()
    assert screen.form["starts_at"].value == typed


async def test_a_proposed_subject_gives_way_to_what_is_typed(console: Console, sample: Sample) -> None:
    screen = await opened(console, sample)
    subject = screen.form["subject"]
    assert subject.raw
    subject.focus_editor()
    await console.type_text("Offer")
    await console.until(lambda: subject.raw == "Offer")
    screen.form.focus_first()
    subject.focus_editor()
    await console.type_text("s")
    await console.until(lambda: subject.raw == "Offers")
