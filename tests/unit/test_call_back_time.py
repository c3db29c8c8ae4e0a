"""The time that is proposed for a call back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from screens.call_aftermath import a_day_later

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("now", "proposed"),
    [("14:02:31", "14:15"), ("14:15:00", "14:15"), ("14:15:40", "14:15"), ("14:46:00", "15:00")],
)
def test_a_call_back_is_proposed_at_a_quarter_of_an_hour(now: str, proposed: str) -> None:
    later = a_day_later(datetime.fromisoformat(f"2026-11-22T{now}").replace(tzinfo=TOKYO))
    assert f"{later:%d %H:%M}" == f"23 {proposed}"


def test_shortly_before_midnight_the_day_after_begins() -> None:
    later = a_day_later(datetime(2026, 11, 22, 23, 50, tzinfo=TOKYO))
    assert f"{later:%d %H:%M}" == "24 00:00"
