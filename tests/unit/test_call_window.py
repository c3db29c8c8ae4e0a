"""Calling hours at the callee: every way of writing them, several time zones, days, daylight saving time."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.domain.call_window import CallWindow, parse_window, zone_infos, zones_of

ZONES = ("Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9:00-20:00", "09:00-20:00"),
        (" 09:00 – 20:00 ", "09:00-20:00"),
        ("8:30-21:00 mon-fri", "08:30-21:00 mon,tue,wed,thu,fri"),
        ("8:30-21:00 Sat-Mon", "08:30-21:00 mon,sat,sun"),
        ("9:00-17:00 mon, wed", "09:00-17:00 mon,wed"),
        ("0:00-24:00 sat", "00:00-24:00 sat"),
    ],
)
def test_what_is_written_is_read_and_read_again(written: str, read: str) -> None:
    window = parse_window(written)
    assert window.text == read
    assert parse_window(window.text) == window


@pytest.mark.parametrize("wrong", ["", "9-20", "20:00-9:00", "9:00-9:00", "9:00-25:00", "9:00-20:00 someday"])
def test_what_is_no_window_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        parse_window(wrong)


def test_the_number_says_where_it_rings() -> None:
    assert zones_of("+81312345678") == ("Asia/Tokyo",)
    assert zones_of("+12125550100") == ("America/New_York",)
    assert len(zones_of("+18005550100")) > 1
    assert zones_of("+441632960000") == ()
    assert zones_of("117") == ()


def test_it_opens_where_the_callee_is() -> None:
    window, new_york = CallWindow(), zone_infos(("America/New_York",))
    assert window.opening(at("2026-11-21T14:00+09:00"), new_york) == at("2026-11-21T09:00-05:00")
    assert window.opening(at("2026-11-21T20:00-05:00"), new_york) == at("2026-11-22T09:00-05:00")
    # The night in which the clock goes back has an hour more.
    assert window.opening(at("2026-10-31T20:00-04:00"), new_york) == at("2026-11-01T09:00-05:00")
    weekdays = parse_window("9:00-20:00 mon-fri")
    assert weekdays.opening(at("2026-11-20T20:00-05:00"), new_york) == at("2026-11-23T09:00-05:00")


def test_several_time_zones_must_all_be_inside() -> None:
    window, coasts = CallWindow(), zone_infos(("America/New_York", "America/Los_Angeles"))
    assert window.opening(at("2026-11-21T09:00-05:00"), coasts) == at("2026-11-21T09:00-08:00")
    everywhere = zone_infos(("Pacific/Auckland", "Europe/London", "America/Los_Angeles"))
    assert window.opening(at("2026-11-21T09:00+00:00"), everywhere) is None


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True),
    st.integers(0, 22),
    st.integers(1, 8),
)
def test_the_opening_is_the_first_moment_inside(
    minute: int, names: list[str], hour: int, length: int
) -> None:
    """Against the obvious way: every minute is tried."""
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    window = parse_window(f"{hour}:00-{min(hour + length, 23)}:59")
    zones = tuple(ZoneInfo(name) for name in names)
    found = window.opening(moment, zones)
    tried = (moment + timedelta(minutes=step) for step in range(0, 26 * 60))
    first = next((one for one in tried if window.holds(one, zones)), None)
    assert found == first or (first is None and (found is None or found > moment + timedelta(hours=26)))
