"""Typed times of what is being moved: they count from where it stands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.when import WhenError, parse_date, parse_when

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=TOKYO)
PLANNED = datetime(2026, 11, 23, 14, 10, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1d", datetime(2026, 11, 24, 14, 10, tzinfo=TOKYO)),
        ("-1d", datetime(2026, 11, 22, 14, 10, tzinfo=TOKYO)),
        ("+1w 9:00", datetime(2026, 11, 30, 9, 0, tzinfo=TOKYO)),
        ("+2h", datetime(2026, 11, 23, 16, 10, tzinfo=TOKYO)),
        ("30分後", datetime(2026, 11, 23, 14, 40, tzinfo=TOKYO)),
        ("tomorrow", datetime(2026, 11, 22, 14, 10, tzinfo=TOKYO)),
        ("明日 10時", datetime(2026, 11, 22, 10, 0, tzinfo=TOKYO)),
        ("now", NOW),
    ],
)
def test_a_move_counts_from_the_planned_time(text: str, expected: datetime) -> None:
    assert parse_when(text, now=NOW, moved=PLANNED, timed=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1d", datetime(2026, 11, 22, 14, 10, tzinfo=TOKYO)),
        ("+30m", datetime(2026, 11, 21, 15, 30, tzinfo=TOKYO)),
    ],
)
def test_what_is_overdue_is_moved_ahead_of_now(text: str, expected: datetime) -> None:
    late = datetime(2026, 11, 18, 14, 10, tzinfo=TOKYO)
    assert parse_when(text, now=NOW, moved=late) == expected


def test_a_move_across_daylight_saving_keeps_the_time_of_day() -> None:
    zone = ZoneInfo("America/New_York")
    planned = datetime(2026, 3, 7, 14, 0, tzinfo=zone)
    moved = parse_when("+1d", now=datetime(2026, 3, 1, 9, 0, tzinfo=zone), moved=planned)
    assert (moved.day, moved.hour, moved.utcoffset() == planned.utcoffset()) == (8, 14, False)


@pytest.mark.parametrize("text", ["tomorrow", "明日", "2026-12-01", "fri"])
def test_a_new_appointment_needs_its_time_of_day(text: str) -> None:
    with pytest.raises(WhenError) as refused:
        parse_when(text, now=NOW, timed=True)
    assert refused.value.reason == "no_time"


def test_a_day_is_moved_from_its_own_or_from_today() -> None:
    today = NOW.date()
    assert parse_date("+2d", today=today, moved=date(2026, 12, 1)) == date(2026, 12, 3)
    assert parse_date("+2d", today=today, moved=date(2026, 11, 1)) == date(2026, 11, 23)
    assert parse_date("tomorrow", today=today, moved=date(2026, 12, 1)) == date(2026, 11, 22)
