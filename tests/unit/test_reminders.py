"""When an activity reminds: exact minutes, and days that keep the time of day on the owner's wall."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.domain.reminders import START_OF_WORK, begins_at_work, reminds_at

ZONES = (
    "Asia/Tokyo",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",  # Changed at midnight.
    "Australia/Lord_Howe",  # Changes by half an hour.
    "Pacific/Apia",  # Left out 2011-12-30.
    "Pacific/Kwajalein",  # Left out 1993-08-21.
    "Africa/Casablanca",  # Changes twice around Ramadan.
    "Asia/Kathmandu",
    "UTC",
)
DAY = 24 * 60

zones = st.sampled_from(ZONES).map(ZoneInfo)
walls = st.times().map(lambda at: at.replace(second=0, microsecond=0))
days = st.dates(date(1990, 1, 1), date(2036, 1, 1))


def on_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return a local time as forms store it: one that is skipped moves forward, the first of two is taken."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def exists(day: date, at: time, zone: ZoneInfo) -> bool:
    moment = on_wall(day, at, zone).astimezone(zone)
    return (moment.date(), moment.time()) == (day, at)


@given(zones, days, walls, st.sampled_from((5, 10, 15, 30, 60, 120)))
def test_minutes_and_hours_are_exact(zone: ZoneInfo, day: date, at: time, minutes: int) -> None:
    begins = on_wall(day, at, zone)
    assert reminds_at(begins, minutes, zone) == begins - timedelta(minutes=minutes)


@settings(max_examples=60)
@given(zones, days, walls, st.sampled_from((1, 2)))
def test_a_daily_series_reminds_every_day_at_its_own_time(
    zone: ZoneInfo, first: date, at: time, before: int
) -> None:
    """Ten days in a row: one reminder each, in order, ahead of its activity, at the activity's own time."""
    series = [first + timedelta(days=number) for number in range(10)]
    series = [day for day in series if exists(day, at, zone)]
    reminded = [reminds_at(on_wall(day, at, zone), before * DAY, zone) for day in series]
    for day, moment in zip(series, reminded, strict=True):
        asked, there = day - timedelta(days=before), moment.astimezone(zone)
        assert moment < on_wall(day, at, zone)
        if exists(asked, at, zone):
            assert (there.date(), there.time()) == (asked, at)
        else:
            assert abs(there.replace(tzinfo=None) - datetime.combine(asked, at)) <= timedelta(days=1)
    assert reminded == sorted(reminded)
    if all(exists(day - timedelta(days=before), at, zone) for day in series):
        assert len(set(reminded)) == len(series)


def test_a_time_that_is_skipped_moves_forward() -> None:
    london = ZoneInfo("Europe/London")
    begins = on_wall(date(2026, 3, 30), time(1, 30), london)
    assert reminds_at(begins, DAY, london).isoformat() == "2026-03-29T01:30:00+00:00"  # 2:30 summer time.


def test_of_a_time_that_comes_twice_the_first_reminds() -> None:
    london = ZoneInfo("Europe/London")
    begins = on_wall(date(2026, 10, 26), time(1, 30), london)
    assert reminds_at(begins, DAY, london).isoformat() == "2026-10-25T00:30:00+00:00"
    second = datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=london)
    assert reminds_at(second, DAY, london).isoformat() == "2026-10-24T00:30:00+00:00"


def test_a_day_that_was_left_out_reminds_the_day_before() -> None:
    apia = ZoneInfo("Pacific/Apia")
    begins = on_wall(date(2011, 12, 31), time(14), apia)
    assert reminds_at(begins, DAY, apia).astimezone(apia).date() == date(2011, 12, 29)


@pytest.mark.parametrize("zone", ZONES)
def test_what_has_no_time_of_day_begins_with_work(zone: str) -> None:
    there = begins_at_work(date(2026, 11, 25), ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert (there.date(), there.time()) == (date(2026, 11, 25), START_OF_WORK)
