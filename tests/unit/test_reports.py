"""Figures of call reports: the formulas, and days and hours as the clock on the wall shows them."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.reports import (
    BY_TIME,
    SLICE_SECONDS,
    By,
    Figures,
    Period,
    ReportRow,
    add_up,
    in_order,
    time_key,
    total_of,
)

LONDON = ZoneInfo("Europe/London")
# Whole hours, half hours and quarters away from UTC, with and without daylight saving; one moves by half
# an hour, one by a day.
ZONES = [
    ZoneInfo(name)
    for name in (
        *("UTC", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "Europe/London", "America/New_York"),
        *("Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "America/Havana", "Africa/Cairo"),
    )
]


def test_the_formulas() -> None:
    figures = Figures(
        calls=10, missed=2, inbound=6, followed=3, talk_seconds=1600, wrap_up_seconds=80
    )  # 8 handled: 6 inbound, 2 outbound
    assert figures.average_duration_seconds == 200
    assert figures.average_handling_seconds == 210
    assert figures.missed_rate == 0.25
    assert figures.first_call_resolution == 0.5


def test_nothing_to_divide_by_is_no_figure() -> None:
    only_missed = Figures(calls=1, missed=1)
    assert only_missed.average_duration_seconds is None
    assert only_missed.average_handling_seconds is None
    assert only_missed.first_call_resolution is None
    assert only_missed.missed_rate == 1
    assert Figures(calls=1).missed_rate is None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 1), 24)]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    start, end = Period(day, day).span(LONDON)
    assert end - start == timedelta(hours=hours)


def test_a_day_without_a_midnight_begins_when_it_does() -> None:
    start, _end = Period(date(2024, 4, 26), date(2024, 4, 26)).span(ZoneInfo("Africa/Cairo"))
    assert start == datetime(2024, 4, 25, 22, tzinfo=UTC)
    assert start.astimezone(ZoneInfo("Africa/Cairo")).time() == time(1)


def test_the_repeated_hour_is_one_row() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    keys = {time_key(_slice(moment), By.HOUR, LONDON) for moment in (first, second)}
    assert keys == {"01"}


def test_the_most_frequent_come_first_and_days_in_their_order() -> None:
    rows = [
        ReportRow(None, "", Figures(calls=1)),
        ReportRow("b", "B", Figures(calls=3)),
        ReportRow("a", "A", Figures(calls=1)),
    ]
    assert [row.key for row in in_order(rows, By.PURPOSE)] == ["b", "a", None]
    days = [ReportRow(key, key, Figures(calls=1)) for key in ("2026-11-02", "2026-10-31")]
    assert [row.key for row in in_order(days, By.DAY)] == ["2026-10-31", "2026-11-02"]


@given(
    seconds=st.lists(
        st.integers(
            int(datetime(2011, 1, 1, tzinfo=UTC).timestamp()),
            int(datetime(2030, 1, 1, tzinfo=UTC).timestamp()),
        ),
        max_size=20,
    ),
    zone=st.sampled_from(ZONES),
    by=st.sampled_from(sorted(BY_TIME)),
)
def test_slices_make_the_same_rows_as_calls_one_by_one(seconds: list[int], zone: ZoneInfo, by: By) -> None:
    calls = [datetime.fromtimestamp(second, UTC) for second in seconds]
    form = {By.DAY: "%Y-%m-%d", By.MONTH: "%Y-%m", By.HOUR: "%H"}[by]
    obvious = Counter(call.astimezone(zone).strftime(form) for call in calls)
    slices = Counter(_slice(call) for call in calls)
    rows = add_up((time_key(number, by, zone), Figures(calls=count)) for number, count in slices.items())
    assert {key: figures.calls for key, figures in rows.items()} == obvious
    assert total_of(rows.values()).calls == len(calls)


@given(
    second=st.integers(
        int(datetime(2011, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2030, 1, 1, tzinfo=UTC).timestamp())
    ),
    zone=st.sampled_from(ZONES),
)
def test_a_moment_lies_in_the_period_of_its_own_day_alone(second: int, zone: ZoneInfo) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    own = moment.astimezone(zone).date()
    for day in (own - timedelta(days=1), own, own + timedelta(days=1)):
        start, end = Period(day, day).span(zone)
        assert (start <= moment < end) == (day == own)


def _slice(moment: datetime) -> int:
    return int(moment.timestamp()) // SLICE_SECONDS
