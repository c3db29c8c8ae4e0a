"""Dates and times as agents type them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.domain.when import WhenError, parse_date, parse_when

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 14, 5, 33, tzinfo=TOKYO)
"""A Saturday."""

PIECES = [
    *(
        "2026",
        "11",
        "25",
        "-",
        "/",
        ":",
        " ",
        "T",
        "Z",
        "+",
        "09",
        "年",
        "月",
        "日",
        "時",
        "分",
        "半",
        "午後",
    ),
    *(
        "tomorrow",
        "fri",
        "nov",
        "am",
        "pm",
        "now",
        "明日",
        "来週",
        "金",
        "(土)",
        "後",
        "前",
        "d",
        "h",
        "w",
        "9999",
    ),
    *("1900", "0", "00", "30", "1", "２", "ー", ".", ",", "at", "th", "t"),
]


def when(text: str, past: bool = False) -> str:
    return f"{parse_when(text, now=NOW, past=past):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-25T09:30:00+00:00", "2026-11-25 18:30"),
        ("2026-11-25t09:30z", "2026-11-25 18:30"),
        ("2026-11-25 09:30+0900", "2026-11-25 09:30"),
        ("20261125T0930", "2026-11-25 09:30"),
        ("2026-11-25T9:30", "2026-11-25 09:30"),
        ("2026-11-25", "2026-11-25 00:00"),
        ("20261125", "2026-11-25 00:00"),
        ("2026-11-25 9:30", "2026-11-25 09:30"),
        ("2026/11/25", "2026-11-25 00:00"),
        ("2026.11.25 9:30", "2026-11-25 09:30"),
        ("11/25 9:30", "2026-11-25 09:30"),
        ("11-25 9:30", "2026-11-25 09:30"),
        ("3/1", "2027-03-01 00:00"),
        ("11/21", "2026-11-21 00:00"),
        ("11/21 14:05", "2027-11-21 14:05"),
        ("11/21 14:06", "2026-11-21 14:06"),
        ("2/29 9:00", "2028-02-29 09:00"),
        ("25 nov", "2026-11-25 00:00"),
        ("25nov 9am", "2026-11-25 09:00"),
        ("Nov 25, 2027 9:30", "2027-11-25 09:30"),
        ("25th November 2:30pm", "2026-11-25 14:30"),
        ("+2d", "2026-11-23 14:05"),
        ("+2 days", "2026-11-23 14:05"),
        ("+2d 9:00", "2026-11-23 09:00"),
        ("+3h", "2026-11-21 17:05"),
        ("+30m", "2026-11-21 14:35"),
        ("-10 min", "2026-11-21 13:55"),
        ("+1w", "2026-11-28 14:05"),
        ("today 14:00", "2026-11-21 14:00"),
        ("Tomorrow at 14:00", "2026-11-22 14:00"),
        ("yesterday 9:00", "2026-11-20 09:00"),
        ("now", "2026-11-21 14:05"),
        ("fri 14:00", "2026-11-27 14:00"),
        ("saturday 14:00", "2026-11-28 14:00"),
        ("sat 15:00", "2026-11-21 15:00"),
        ("14:00", "2026-11-21 14:00"),
        ("9am", "2026-11-21 09:00"),
        ("12am", "2026-11-21 00:00"),
        ("12 p.m.", "2026-11-21 12:00"),
        ("2:30pm", "2026-11-21 14:30"),
        ("noon", "2026-11-21 12:00"),
        ("14:00 tomorrow", "2026-11-22 14:00"),
        ("9 am fri", "2026-11-27 09:00"),
        ("今日 16時", "2026-11-21 16:00"),
        ("明日 14時", "2026-11-22 14:00"),
        ("明日の14時30分", "2026-11-22 14:30"),
        ("明後日 午後2時", "2026-11-23 14:00"),
        ("あさって午前9:15", "2026-11-23 09:15"),
        ("昨日 9時半", "2026-11-20 09:30"),
        ("月曜 10:00", "2026-11-23 10:00"),
        ("月曜日に10時", "2026-11-23 10:00"),
        ("金 14時", "2026-11-27 14:00"),
        ("11月25日 9時半", "2026-11-25 09:30"),
        ("25日10時", "2026-11-25 10:00"),
        ("5日 10時", "2026-12-05 10:00"),
        ("来週月曜", "2026-11-23 00:00"),
        ("来週の金曜日 9:00", "2026-11-27 09:00"),
        ("今週月曜 9:00", "2026-11-16 09:00"),
        ("再来週火曜", "2026-12-01 00:00"),
        ("3日後", "2026-11-24 14:05"),
        ("1週間後 10時", "2026-11-28 10:00"),
        ("2時間後", "2026-11-21 16:05"),
        ("30分前", "2026-11-21 13:35"),
        ("２０２６／１１／２５　９：３０", "2026-11-25 09:30"),
        ("＋２ｄ", "2026-11-23 14:05"),
        ("2026年11月21日（土） 14:05", "2026-11-21 14:05"),
        ("令和8年11月25日 9:30", "2026-11-25 09:30"),
        ("Ｓ６４．１．７", "1989-01-07 00:00"),
        ("平成元年1月8日", "1989-01-08 00:00"),
        ("㍼50年04月03日(木)", "1975-04-03 00:00"),
        ("t15/12/24", "1926-12-24 00:00"),
    ],
)
def test_what_is_understood(text: str, expected: str) -> None:
    assert when(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11/25 9:30", "2025-11-25 09:30"),
        ("11/20 9:30", "2026-11-20 09:30"),
        ("11/21 14:00", "2026-11-21 14:00"),
        ("11/21 15:00", "2025-11-21 15:00"),
        ("fri 14:00", "2026-11-20 14:00"),
        ("sat 15:00", "2026-11-14 15:00"),
        ("sat 14:00", "2026-11-21 14:00"),
        ("14:00", "2026-11-21 14:00"),
        ("23:50", "2026-11-20 23:50"),
        ("25日 10時", "2026-10-25 10:00"),
        ("29 feb", "2024-02-29 00:00"),
        ("2027-01-01", "2027-01-01 00:00"),
    ],
)
def test_what_is_logged_lies_in_the_past(text: str, expected: str) -> None:
    assert when(text, past=True) == expected


def test_a_default_time_completes_a_date_only() -> None:
    nine = time(9)
    assert parse_when("11/25", now=NOW, default_time=nine) == datetime(2026, 11, 25, 9, tzinfo=TOKYO)
    assert parse_when("11/21", now=NOW, default_time=nine) == datetime(2026, 11, 21, 9, tzinfo=TOKYO)
    assert parse_when("sat", now=NOW, default_time=nine) == datetime(2026, 11, 28, 9, tzinfo=TOKYO)
    assert parse_when("sat", now=NOW, default_time=time(18)) == datetime(2026, 11, 21, 18, tzinfo=TOKYO)
    assert parse_when("明日 14時", now=NOW, default_time=nine) == datetime(2026, 11, 22, 14, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        ("11/21", date(2026, 11, 21)),
        ("11/20", date(2027, 11, 20)),
        ("25 nov", date(2026, 11, 25)),
        ("sat", date(2026, 11, 21)),
        ("日曜", date(2026, 11, 22)),
        ("+2d", date(2026, 11, 23)),
        ("-1w", date(2026, 11, 14)),
        ("3日後", date(2026, 11, 24)),
        ("明日", date(2026, 11, 22)),
        ("来週月曜", date(2026, 11, 23)),
    ],
)
def test_dates(text: str, expected: date) -> None:
    assert parse_date(text, today=NOW.date()) == expected


def test_dates_of_the_past() -> None:
    assert parse_date("11/20", today=NOW.date(), past=True) == date(2026, 11, 20)
    assert parse_date("11/21", today=NOW.date(), past=True) == date(2026, 11, 21)
    assert parse_date("sun", today=NOW.date(), past=True) == date(2026, 11, 15)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \u3000", "empty"),
        ("soon", "unknown"),
        ("11/25 9", "unknown"),
        ("14:00 15:00", "unknown"),
        ("tomorrow tomorrow", "unknown"),
        ("friend", "unknown"),
        ("x" * 5000, "unknown"),
        ("30/2", "impossible"),
        ("2026-02-30", "impossible"),
        ("2026-02-29T10:00", "impossible"),
        ("25:00", "impossible"),
        ("tomorrow 9:75", "impossible"),
        ("13pm", "impossible"),
        ("1899-12-31", "out_of_range"),
        ("0001-01-01T00:00+14:00", "out_of_range"),
        ("9999-12-31T23:59-14:00", "out_of_range"),
        ("+999999w", "out_of_range"),
        ("-999999w", "out_of_range"),
    ],
)
def test_what_is_refused_and_why(text: str, reason: str) -> None:
    with pytest.raises(WhenError) as caught:
        parse_when(text, now=NOW)
    assert caught.value.reason == reason
    assert str(caught.value)


@pytest.mark.parametrize("text", ["11/25 9:30", "14:00", "+3h", "now", "2026-11-25T09:30"])
def test_a_date_field_takes_no_time(text: str) -> None:
    with pytest.raises(WhenError, match="Examples"):
        parse_date(text, today=NOW.date())


def test_the_hour_that_daylight_saving_skips_moves_forward() -> None:
    now = datetime(2026, 3, 1, tzinfo=BERLIN)
    moment = parse_when("2026-03-29 2:30", now=now)
    assert (moment.hour, moment.minute, moment.utcoffset()) == (3, 30, timedelta(hours=2))


def test_of_an_hour_that_is_repeated_the_first_is_taken() -> None:
    now = datetime(2026, 10, 1, tzinfo=BERLIN)
    assert parse_when("2026-10-25 2:30", now=now).utcoffset() == timedelta(hours=2)


def test_hours_are_real_hours_and_days_are_calendar_days() -> None:
    evening = datetime(2026, 10, 24, 20, 0, tzinfo=BERLIN)
    assert parse_when("+24h", now=evening).hour == 19
    assert parse_when("+1d", now=evening).hour == 20


@example("９９９９-12-31 23:59", NOW, True)
@given(
    st.one_of(
        st.text(alphabet=st.characters(categories=None)),
        st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    ),
    st.one_of(st.just(NOW), st.datetimes(timezones=st.sampled_from([UTC, TOKYO, BERLIN]))),
    st.booleans(),
)
def test_any_text_gives_a_moment_or_a_reason(text: str, now: datetime, past: bool) -> None:
    reasons = set()
    try:
        moment = parse_when(text, now=now, past=past)
        assert moment.utcoffset() is not None
        assert 1900 <= moment.astimezone(UTC).year <= 9999
    except WhenError as error:
        reasons.add(error.reason)
    try:
        assert 1900 <= parse_date(text, today=now.date(), past=past).year <= 9999
    except WhenError as error:
        reasons.add(error.reason)
    assert reasons <= {"empty", "unknown", "impossible", "out_of_range"}


@given(st.datetimes(timezones=st.just(TOKYO)).filter(lambda moment: 1952 < moment.year < 9999))
def test_a_moment_in_iso_form_is_read_exactly(moment: datetime) -> None:
    assert parse_when(moment.isoformat(), now=NOW) == moment
    assert parse_when(moment.astimezone(UTC).isoformat(), now=NOW) == moment


@given(st.dates(date(1900, 1, 1)), st.booleans())
def test_a_date_without_its_year_lies_on_the_asked_side(day: date, past: bool) -> None:
    for text in (f"{day.month}/{day.day}", f"{day:%d %b}", f"{day:%a}", f"{day.month}月{day.day}日"):
        found = parse_date(text, today=NOW.date(), past=past)
        assert found <= NOW.date() if past else found >= NOW.date()
