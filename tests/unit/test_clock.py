"""Time: durations that survive restarts, changed clocks and sleep; the agent's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.clock import (
    Elapsed,
    FrozenClock,
    SystemClock,
    clock,
    elapsed,
    local_zone,
    until_next_second,
    use_clock,
)
from crm_tui.errors import Misconfigured


def test_a_duration_is_what_has_passed() -> None:
    frozen = FrozenClock()
    mark, start = frozen.mark(), frozen.now()
    frozen.advance(192.9)
    assert elapsed(mark, start, frozen) == Elapsed(192, reliable=True)


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1), timedelta(days=-400)])
def test_setting_the_wall_clock_does_not_change_a_duration(jump: timedelta) -> None:
    frozen = FrozenClock()
    mark, start = frozen.mark(), frozen.now()
    frozen.advance(60)
    frozen.set_wall(frozen.now() + jump)
    shift = int(jump.total_seconds())
    assert elapsed(mark, start, frozen) == Elapsed(60, reliable=True, shift=shift)


def test_small_corrections_by_a_time_server_are_no_change_of_the_clock() -> None:
    frozen = FrozenClock()
    mark, start = frozen.mark(), frozen.now()
    frozen.advance(3600)
    frozen.set_wall(frozen.now() + timedelta(seconds=2))
    assert elapsed(mark, start, frozen) == Elapsed(3600, reliable=True)


def test_a_call_of_more_than_a_day_is_believed_on_the_same_boot() -> None:
    frozen = FrozenClock()
    mark, start = frozen.mark(), frozen.now()
    frozen.advance(timedelta(hours=30))
    assert elapsed(mark, start, frozen) == Elapsed(30 * 3600, reliable=True)


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(minutes=5), Elapsed(300, reliable=True)),
        (timedelta(hours=24), Elapsed(86400, reliable=True)),
        (timedelta(hours=24, seconds=1), Elapsed(86401, reliable=False)),
        (timedelta(minutes=-5), Elapsed(0, reliable=False)),
    ],
)
def test_after_a_reboot_the_wall_clock_is_used_with_care(passed: timedelta, expected: Elapsed) -> None:
    frozen = FrozenClock()
    mark, start = frozen.mark(), frozen.now()
    frozen.reboot()
    frozen.set_wall(start + passed)
    assert elapsed(mark, start, frozen) == expected


def test_a_counter_that_went_back_is_not_used() -> None:
    frozen = FrozenClock()
    start = frozen.now()
    frozen.advance(10)
    assert elapsed("boot-1:999999", start, frozen) == Elapsed(10, reliable=True)


@given(
    st.one_of(
        st.none(), st.text(), st.sampled_from(["boot-1:nan", "boot-1:-inf", "boot-1:", ":", "boot-1:1e999"])
    )
)
def test_a_damaged_mark_never_harms(mark: str | None) -> None:
    frozen = FrozenClock()
    start = frozen.now() - timedelta(seconds=7)
    assert elapsed(mark, start, frozen).seconds >= 0


def test_the_system_clock_measures_across_restarts_of_the_program() -> None:
    first, second = SystemClock(), SystemClock()
    assert first.now().tzinfo is UTC
    result = elapsed(first.mark(), datetime(2000, 1, 1, tzinfo=UTC), second)
    assert result.reliable
    assert result.seconds < 60


def test_a_display_ticks_when_the_seconds_of_the_call_do() -> None:
    frozen = FrozenClock()
    mark, start = frozen.mark(), frozen.now()
    frozen.advance(2.25)
    wait = until_next_second(mark, frozen)
    assert wait == pytest.approx(0.75)
    frozen.advance(wait)
    assert elapsed(mark, start, frozen).seconds == 3
    assert until_next_second(None, frozen) == 1.0


def test_the_clock_of_the_process_can_be_replaced() -> None:
    frozen = FrozenClock()
    old = use_clock(frozen)
    try:
        assert clock() is frozen
    finally:
        assert use_clock(old) is frozen
    assert clock() is old


def test_a_zone_by_name() -> None:
    assert local_zone("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "\x00", "\ud800"]
)
def test_an_unknown_zone_is_a_clear_error(name: str) -> None:
    with pytest.raises(Misconfigured):
        local_zone(name)


@pytest.mark.parametrize("value", ["Asia/Tokyo", ":Asia/Tokyo"])
def test_the_system_zone_follows_the_environment(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TZ", value)
    assert local_zone("") == ZoneInfo("Asia/Tokyo")


def test_the_system_has_a_zone_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "nonsense/zone")
    assert datetime.now(local_zone("")).utcoffset() is not None
