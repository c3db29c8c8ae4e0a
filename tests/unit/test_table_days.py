"""Dates and times of day in tables, in the ways of other programs and countries."""

from datetime import date, time

import pytest

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.modules import Module
from crm_tui.sync.files.days import DayOrder, clock_of, day_of, order_of, time_of
from tests.unit.test_cells import values

DAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    "text",
    [
        *("2026/11/05", "2026-11-5 (木)", "２０２６／１１／０５", "2026年11月5日", "2026-11-05T00:00:00Z"),
        *(
            "令和8年11月5日",
            "R8.11.5",
            "R08/11/05",
            "11/5/2026",
            "11/5/26 3:00 PM",
            "5-Nov-26",
            "Nov 5, 2026",
        ),
        *("Nov 5, 2026", "Thursday, November 5, 2026", "Thu 11/5/2026", "2026/11/05 午後 3:00"),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert day_of(text, DayOrder.MONTH_FIRST) == DAY
    assert values(Module.CONTACT, {"birthday": text})["birthday"] == DAY


@pytest.mark.parametrize("text", ["2026/11/31", "31/12/2026", "11/5/2026 x", "tomorrow 3", "11/5"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        day_of(text, DayOrder.MONTH_FIRST)


@pytest.mark.parametrize(
    ("texts", "japanese", "order"),
    [
        (["3/4/2026", "31/12/2026"], False, DayOrder.DAY_FIRST),
        (["3/4/2026", "12/31/2026"], True, DayOrder.MONTH_FIRST),
        (["5.11.2026"], False, DayOrder.DAY_FIRST),
        (["3/4/2026", "192.168.1.20", "2026/31/12"], False, DayOrder.MONTH_FIRST),
        (["26/11/05"], True, DayOrder.YEAR_FIRST),
    ],
)
def test_the_order_is_that_of_dates_that_leave_no_choice(
    texts: list[str], japanese: bool, order: DayOrder
) -> None:
    assert order_of(texts, japanese=japanese) is order


def test_four_digits_are_the_year_also_behind_japanese_headings() -> None:
    assert day_of("11/5/2026", DayOrder.YEAR_FIRST) == DAY


@pytest.mark.parametrize(
    ("text", "at"),
    [("午後 3:00", time(15)), ("午後3時", time(15)), ("15時30分", time(15, 30)), ("3 PM", time(15))],
)
def test_a_time_of_day_is_read(text: str, at: time) -> None:
    assert time_of(text) == at


def test_moments_of_tables_follow_the_order_of_the_file() -> None:
    row: dict[str, CellValue] = {"starts_at": "5/11/2026 15:00"}
    assert values(Module.EVENT, row, order=DayOrder.DAY_FIRST)["starts_at"] == "2026-11-05 15:00"
    assert clock_of("2026/11/05 10:00", DayOrder.YEAR_FIRST) == time(10)
    assert clock_of("2026/11/05 0:00", DayOrder.YEAR_FIRST) is None
