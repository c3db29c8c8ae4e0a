"""Two things at one time for one owner."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.modules import Module
from crm_tui.domain.overlaps import CALL_SLOT, Taken, overlapping, time_taken

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=UTC)


def taken(name: str, start: datetime, end: datetime, owner: str = "sato") -> Taken:
    return Taken(name, owner, start, end)


def test_things_that_share_time_are_found_on_both_sides() -> None:
    long, inside, later = (
        taken("long", at(9), at(12)),
        taken("inside", at(10), at(11)),
        taken("later", at(11, 30), at(13)),
    )
    assert overlapping([later, inside, long]) == {
        "long": {"inside", "later"},
        "inside": {"long"},
        "later": {"long"},
    }


def test_touching_ends_and_other_owners_are_no_conflict() -> None:
    morning, noon = taken("a", at(9), at(10)), taken("b", at(10), at(11))
    assert overlapping([morning, noon, taken("c", at(9), at(11), "mori")]) == {}


def test_one_activity_in_the_time_of_two_people_is_no_conflict_with_itself() -> None:
    assert overlapping([taken("a", at(9), at(10)), taken("a", at(9), at(10))]) == {}


def test_a_scheduled_call_takes_a_quarter_of_an_hour() -> None:
    assert time_taken(Module.CALL, "scheduled", at(9), None, TOKYO) == (at(9), at(9) + CALL_SLOT)
    assert timedelta(minutes=15) == CALL_SLOT


@pytest.mark.parametrize("status", ["completed", "cancelled", "in_progress", None])
def test_what_is_over_takes_no_time(status: str | None) -> None:
    assert time_taken(Module.CALL, status, at(9), None, TOKYO) is None
    assert time_taken(Module.EVENT, status, at(9), at(10), TOKYO) is None


def test_a_task_takes_no_time() -> None:
    assert time_taken(Module.TASK, "scheduled", at(9), at(10), TOKYO) is None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 25), 24)]
)
def test_a_whole_day_lasts_from_midnight_to_midnight_of_its_zone(day: date, hours: int) -> None:
    span = time_taken(Module.EVENT, "scheduled", day, day, BERLIN)
    assert span is not None
    start, end = (moment.astimezone(UTC) for moment in span)
    assert start.astimezone(BERLIN).date() == day
    assert end - start == timedelta(hours=hours)


def test_several_days_end_with_the_last_of_them() -> None:
    span = time_taken(Module.EVENT, "scheduled", date(2026, 11, 25), date(2026, 11, 27), TOKYO)
    assert span == (
        datetime(2026, 11, 25, tzinfo=TOKYO),
        datetime(2026, 11, 28, tzinfo=TOKYO),
    )
