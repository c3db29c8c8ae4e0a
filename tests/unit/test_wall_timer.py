"""Waking up at a moment of the wall clock."""

import asyncio
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock, SystemClock
from crm_tui.wall_timer import KernelTimer, WallTimer

PATIENCE = 20.0
"""Seconds until a timer that never rings fails a test."""


async def test_it_rings_once_its_moment_has_come() -> None:
    clock, rung = SystemClock(), asyncio.Event()
    timer = WallTimer(clock, rung.set)
    at = clock.now() + timedelta(milliseconds=30)
    timer.set(at)
    await asyncio.wait_for(rung.wait(), PATIENCE)
    assert clock.now() >= at
    assert timer.at is None
    timer.close()


async def test_a_moment_that_has_passed_rings_at_once_but_not_within_the_call() -> None:
    clock, rung = FrozenClock(), asyncio.Event()
    timer = WallTimer(clock, rung.set)
    timer.set(clock.now() - timedelta(hours=1))
    assert not rung.is_set()
    await asyncio.wait_for(rung.wait(), PATIENCE)
    timer.close()


async def test_a_look_at_a_clock_that_was_set_finds_the_moment() -> None:
    clock, calls = FrozenClock(), []
    timer = WallTimer(clock, lambda: calls.append(clock.now()))
    at = clock.now() + timedelta(hours=8)
    timer.set(at)
    timer.look()
    assert (calls, timer.at) == ([], at)
    clock.set_wall(at)
    timer.look()
    assert (calls, timer.at) == ([at], None)
    timer.look()
    assert calls == [at]
    timer.close()


async def test_it_can_be_set_again_while_it_rings() -> None:
    clock, rung = SystemClock(), asyncio.Event()
    moments = [timedelta(milliseconds=10), timedelta(milliseconds=10)]

    def again() -> None:
        if moments:
            timer.set(clock.now() + moments.pop())
        else:
            rung.set()

    timer = WallTimer(clock, again)
    again()
    await asyncio.wait_for(rung.wait(), PATIENCE)
    timer.close()


async def test_nothing_rings_after_it_was_unset_or_closed() -> None:
    clock, calls = SystemClock(), []
    timer = WallTimer(clock, lambda: calls.append(1))
    timer.set(clock.now())
    timer.set(None)
    timer.set(clock.now())
    timer.close()
    other = asyncio.Event()
    witness = WallTimer(clock, other.set)
    witness.set(clock.now() + timedelta(milliseconds=20))
    await asyncio.wait_for(other.wait(), PATIENCE)
    assert calls == []
    witness.close()


async def test_without_a_timer_of_the_kernel_it_looks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_tui.wall_timer.sys.platform", "darwin")
    monkeypatch.setattr("crm_tui.wall_timer.LOOK_EVERY", 0.01)
    clock, rung = FrozenClock(), asyncio.Event()
    timer = WallTimer(clock, rung.set)
    timer.set(clock.now() + timedelta(hours=8))
    clock.advance(timedelta(hours=8))  # The machine slept.
    await asyncio.wait_for(rung.wait(), PATIENCE)
    timer.close()


async def test_the_kernel_tells_a_moment_of_another_clock() -> None:
    timer = KernelTimer(lambda: None)
    now = SystemClock().now()
    assert timer.set(now + timedelta(days=1))
    assert not timer.set(now - timedelta(days=1))
    timer.close()
