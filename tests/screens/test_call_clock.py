"""What the clock of a call shows, and how little of it is sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.clock import FrozenClock
from crm_tui.domain.call import Call, CallStatus
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.text import cell_len, fit
from screens.widgets.call_clock import CallState, clock_text, short_clock_text, times_of, until_tick
from screens.widgets.large_digits import large_digits
from screens.widgets.ticking_text import changed_cells

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def running(clock: FrozenClock) -> Call:
    """Return a call that starts now."""
    return Call(
        id="1",
        version=1,
        status=CallStatus.IN_PROGRESS,
        type="outbound",
        subject="",
        purpose="",
        result="",
        who=None,
        related_to=None,
        owner=Ref(Module.USER, "1", "sato"),
        phone="",
        starts_at=clock.now(),
        stopped_at=None,
        duration_seconds=None,
        wrap_up_seconds=None,
        description="",
        reminder="",
        due_at=clock.now(),
        started_mark=clock.mark(),
        stopped_mark="",
        completed_at=None,
    )


def stopped(call: Call, clock: FrozenClock) -> Call:
    """Return ``call`` stopped after 200 seconds, now."""
    return replace(call, stopped_at=clock.now(), stopped_mark=clock.mark(), duration_seconds=200)


def test_no_call_means_ready_and_nothing_ticks() -> None:
    clock = FrozenClock(NOW)
    assert times_of(None, clock).state is CallState.READY
    assert until_tick(None, clock) is None


@pytest.mark.parametrize("shift", [timedelta(hours=-1), timedelta(days=1)])
def test_a_changed_wall_clock_changes_nothing(shift: timedelta) -> None:
    clock = FrozenClock(NOW)
    call = running(clock)
    clock.advance(192)
    clock.set_wall(NOW + shift)
    times = times_of(call, clock)
    assert (times.state, times.talk, times.reliable) == (CallState.RUNNING, 192, True)
    assert times.shift == round(shift.total_seconds()) - 192


def test_after_the_stop_the_wrap_up_runs_and_the_talk_stands() -> None:
    clock = FrozenClock(NOW)
    call = stopped(running(clock), clock)
    clock.advance(12)
    times = times_of(call, clock)
    assert (times.state, times.talk, times.wrap_up) == (CallState.STOPPED, 200, 12)


def test_a_reboot_with_a_wrong_clock_is_admitted() -> None:
    """The mark is worth nothing any more and the wall clock stands before the start."""
    clock = FrozenClock(NOW)
    call = running(clock)
    clock.reboot()
    clock.set_wall(NOW - timedelta(hours=2))
    times = times_of(call, clock)
    assert (times.talk, times.reliable) == (0, False)


def test_the_next_tick_comes_with_the_next_whole_second() -> None:
    clock = FrozenClock(NOW)
    call = running(clock)
    clock.advance(3.25)
    assert until_tick(call, clock) == pytest.approx(0.75)


def test_clock_texts_keep_their_width_all_day() -> None:
    assert [clock_text(s) for s in (0, 192, 3600, 86399)] == ["00:00:00", "00:03:12", "01:00:00", "23:59:59"]
    assert [short_clock_text(s) for s in (0, 200, 3800)] == ["00:00", "03:20", "01:03:20"]


def test_large_digits_are_told_apart() -> None:
    """Ten glyphs, all different, all of one size and of ASCII."""
    glyphs = [large_digits(digit) for digit in "0123456789"]
    assert len(set(glyphs)) == 10
    assert all(line.isascii() and len(line) == 3 for glyph in glyphs for line in glyph)


def test_a_tick_repaints_one_cell() -> None:
    assert changed_cells("00:00:08 x", "00:00:09 x") == (7, 1)
    assert changed_cells("00:00:59", "00:01:00") == (4, 4)
    assert changed_cells("same", "same") is None


@given(st.text("a12 田ｱ", max_size=12), st.text("a12 田ｱ", max_size=12))
def test_repainting_the_changed_cells_gives_the_new_line(old: str, new: str) -> None:
    """Cutting the span out of the new line and putting it into the old one gives the new line."""
    old, new = fit(old, 16), fit(new, 16)
    span = changed_cells(old, new)
    if span is None:
        assert old == new
        return
    cells_old, cells_new = _cells(old), _cells(new)
    start, count = span
    assert cells_old[:start] + cells_new[start : start + count] + cells_old[start + count :] == cells_new


def _cells(text: str) -> list[str]:
    cells: list[str] = []
    for char in text:
        cells += [char, *[""] * (cell_len(char) - 1)]
    return cells
