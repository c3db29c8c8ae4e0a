"""Relative values of conditions: what they mean on which day, how they are typed and stored."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import OPERATORS, Criterion, Op
from crm_tui.domain.records import Ref
from crm_tui.domain.relative import COUNTED, PEOPLE_WORDS, Relative, Word, days_of, parse_relative, span_of
from crm_tui.domain.view_codec import criterion_from_json, criterion_to_json

DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))
PERIODS = [word for word in Word if word not in PEOPLE_WORDS | COUNTED | {Word.OVERDUE}]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", date(2026, 11, 21), date(2026, 11, 21)),
        ("yesterday", date(2026, 11, 20), date(2026, 11, 20)),
        ("tomorrow", date(2026, 11, 22), date(2026, 11, 22)),
        ("this week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last_week", date(2026, 11, 9), date(2026, 11, 15)),
        ("来週", date(2026, 11, 23), date(2026, 11, 29)),
        ("This Month", date(2026, 11, 1), date(2026, 11, 30)),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("next month", date(2026, 12, 1), date(2026, 12, 31)),
        ("last 7 days", date(2026, 11, 15), date(2026, 11, 21)),
        ("last 1 day", date(2026, 11, 21), date(2026, 11, 21)),
        ("今後７日間", date(2026, 11, 21), date(2026, 11, 27)),
    ],
)
def test_days_seen_from_a_saturday(text: str, first: date, last: date) -> None:
    value = parse_relative(text)
    assert value is not None
    assert days_of(value, date(2026, 11, 21)) == (first, last + timedelta(days=1))


@given(DAYS, st.sampled_from(PERIODS))
def test_weeks_and_months_are_whole_and_meet(today: date, word: Word) -> None:
    first, end = days_of(Relative(word), today)
    assert first < end
    if "week" in word:
        assert (first.weekday(), (end - first).days) == (0, 7)
    if "month" in word:
        assert (first.day, end.day) == (1, 1)
        assert first.month == (end - timedelta(days=1)).month
    for before, after in ((Word.LAST_WEEK, Word.THIS_WEEK), (Word.THIS_MONTH, Word.NEXT_MONTH)):
        assert days_of(Relative(before), today)[1] == days_of(Relative(after), today)[0]


@given(DAYS, st.integers(1, 3_660))
def test_days_are_counted_from_today(today: date, number: int) -> None:
    first, end = days_of(Relative(Word.LAST_DAYS, number), today)
    assert (end - first, end - timedelta(days=1)) == (timedelta(days=number), today)
    first, end = days_of(Relative(Word.NEXT_DAYS, number), today)
    assert (end - first, first) == (timedelta(days=number), today)


@pytest.mark.parametrize("text", ["", "me too", "last days", "last 0 days", "next 99999 days", "this year"])
def test_anything_else_is_no_relative_value(text: str) -> None:
    assert parse_relative(text) is None


@given(st.sampled_from(sorted(set(Word) - COUNTED)) | st.sampled_from(sorted(COUNTED)), st.integers(1, 400))
def test_a_value_can_be_typed_and_stored_as_it_is_shown(word: Word, days: int) -> None:
    value = Relative(word, days if word in COUNTED else 0)
    assert parse_relative(value.text) == value
    stored = Criterion("owner", Op.IN, (value, Ref(Module.USER, "x", ""), 3, "a", date(2026, 1, 2)))
    assert criterion_from_json(criterion_to_json(stored)) == stored


def test_a_day_has_as_many_hours_as_the_agents_zone_gives_it() -> None:
    now = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    span = span_of(Relative(Word.TODAY), now, timed=True)
    assert isinstance(span.start, datetime)
    assert isinstance(span.end, datetime)
    assert span.end.astimezone(UTC) - span.start.astimezone(UTC) == timedelta(hours=23)


def test_every_type_of_field_can_be_compared() -> None:
    assert set(OPERATORS) == set(FieldType)
    # Who takes part depends on the sight of whoever asks, so that a condition would tell names.
    assert {type_ for type_, operators in OPERATORS.items() if not operators} == {FieldType.PARTICIPANTS}
