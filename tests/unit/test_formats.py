"""How dates, times and amounts are shown."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.when import parse_date, parse_when
from crm_tui.formats import (
    SHORT_CELLS,
    format_amount,
    format_date,
    format_date_short,
    format_datetime,
    format_datetime_short,
    format_duration,
    format_number,
    format_time,
)
from crm_tui.text import cell_len

TOKYO = ZoneInfo("Asia/Tokyo")
MOMENT = datetime(2026, 11, 21, 5, 5, tzinfo=UTC)
MOMENTS = st.integers(-2_177_000_000, 253_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


def test_a_moment_in_full() -> None:
    assert format_datetime(MOMENT, TOKYO, "en") == "2026-11-21 14:05"
    assert format_datetime(MOMENT, TOKYO, "ja") == "2026年11月21日(土) 14:05"
    assert format_time(MOMENT, TOKYO) == "14:05"


def test_a_moment_in_a_list() -> None:
    assert format_datetime_short(MOMENT, TOKYO, "en", now=MOMENT) == "11-21 14:05"
    assert format_datetime_short(MOMENT, TOKYO, "ja", now=MOMENT) == "11/21 14:05"


def test_the_year_appears_when_it_is_not_the_present_one_in_the_agents_zone() -> None:
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert format_datetime_short(new_year, TOKYO, "en", now=MOMENT) == "2027-01-01"
    assert format_datetime_short(new_year, UTC, "en", now=MOMENT) == "12-31 16:00"
    assert format_datetime_short(MOMENT, TOKYO, "ja", now=new_year) == "2026/11/21"


def test_dates() -> None:
    day = date(2026, 3, 4)
    assert format_date(day, "en") == "2026-03-04"
    assert format_date(day, "ja") == "2026年3月4日(水)"
    assert format_date_short(day, "en", today=date(2026, 1, 1)) == "03-04"
    assert format_date_short(day, "ja", today=date(2025, 1, 1)) == "2026/03/04"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("1200000", "1,200,000"),
        ("1234.5", "1,234.50"),
        ("-1234.50", "-1,234.50"),
        ("12.00", "12"),
        ("0.125", "0.125"),
        ("1E+6", "1,000,000"),
    ],
)
def test_amounts(amount: str, shown: str) -> None:
    assert format_amount(Decimal(amount)) == shown


def test_numbers_and_durations() -> None:
    assert format_number(1234567) == "1,234,567"
    assert format_duration(3723) == "1:02:03"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**15), max_value=10**15))
def test_no_amount_is_rounded(amount: Decimal) -> None:
    assert Decimal(format_amount(amount).replace(",", "")) == amount


@given(MOMENTS, MOMENTS, st.sampled_from(["en", "ja"]))
def test_a_short_form_fits_its_column(moment: datetime, now: datetime, lang: str) -> None:
    assert cell_len(format_datetime_short(moment, TOKYO, lang, now=now)) <= SHORT_CELLS


@given(MOMENTS, st.sampled_from(["en", "ja"]), st.sampled_from([UTC, TOKYO]))
def test_what_is_shown_can_be_typed(moment: datetime, lang: str, zone: ZoneInfo) -> None:
    local = moment.replace(second=0, microsecond=0).astimezone(zone)
    now = MOMENT.astimezone(zone)
    typed = parse_when(format_datetime(local, zone, lang), now=now)
    assert typed.replace(tzinfo=None) == local.replace(tzinfo=None)
    assert parse_date(format_date(local.date(), lang), today=now.date()) == local.date()
