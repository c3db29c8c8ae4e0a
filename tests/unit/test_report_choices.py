"""What an agent chooses of a report: periods and their neighbours, and the way from a row to its parts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.report_choices import PRESETS, Measure, PeriodCode, moved, period_of
from crm_tui.domain.reports import (
    SLICE_SECONDS,
    By,
    Figures,
    Period,
    Report,
    ReportRow,
    quarters_of,
    time_key,
)
from screens.report_rows import Order, columns_for, figure_text, row_label, sorted_rows, table_rows
from screens.report_state import ReportState
from screens.widgets.bar_chart import bar_text
from screens.widgets.record_columns import ColumnLayout

TODAY = date(2026, 11, 22)  # A Sunday.


def _period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def _report(by: By, *rows: ReportRow, period: Period | None = None) -> Report:
    whole = sum((row.figures for row in rows), Figures())
    return Report(period or _period("2026-11-01", "2026-11-30"), by, rows, whole)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("this_month", "2026-11-01", "2026-11-30"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("today", "2026-11-22", "2026-11-22"),
        ("yesterday", "2026-11-21", "2026-11-21"),
        ("this_week", "2026-11-16", "2026-11-22"),
        ("last_week", "2026-11-09", "2026-11-15"),
        ("last_30_days", "2026-10-24", "2026-11-22"),
        ("this_year", "2026-01-01", "2026-12-31"),
    ],
)
def test_named_periods(code: str, first: str, last: str) -> None:
    assert period_of(PeriodCode(code), TODAY) == _period(first, last)


@pytest.mark.parametrize(
    ("period", "before", "after"),
    [
        (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31"), ("2026-02-01", "2026-02-28")),
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"), ("2024-03-01", "2024-03-31")),
        (("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31"), ("2027-01-01", "2027-12-31")),
        (("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15"), ("2026-11-23", "2026-11-29")),
        (("2026-03-01", "2026-03-01"), ("2026-02-28", "2026-02-28"), ("2026-03-02", "2026-03-02")),
    ],
)
def test_months_and_years_stay_whole_when_a_report_moves(
    period: tuple[str, str], before: tuple[str, str], after: tuple[str, str]
) -> None:
    assert moved(_period(*period), -1) == _period(*before)
    assert moved(_period(*period), 1) == _period(*after)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 800), st.sampled_from([-1, 1]))
def test_neighbours_touch_and_the_way_back_is_the_same(first: date, days: int, step: int) -> None:
    period = Period(first, first + timedelta(days=days))
    other = moved(period, step)
    edge = (other.last, period.first) if step < 0 else (period.last, other.first)
    assert edge[0] + timedelta(days=1) == edge[1]
    # Days that happen to be whole months move by months from there on.
    if _is_whole_months(period) == _is_whole_months(other):
        assert moved(other, -step) == period


def _is_whole_months(period: Period) -> bool:
    return period.first.day == 1 and (period.last + timedelta(days=1)).day == 1


def test_the_calendar_ends_without_a_crash() -> None:
    for period in (_period("9999-12-01", "9999-12-31"), _period("9999-12-30", "9999-12-31")):
        with pytest.raises(OverflowError):
            moved(period, 1)


@given(
    st.integers(
        int(datetime(2011, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2030, 1, 1, tzinfo=UTC).timestamp())
    ),
    st.integers(0, 40),
    st.sampled_from(
        [ZoneInfo(name) for name in ("Asia/Tokyo", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe")]
    ),
)
def test_a_moment_is_among_the_quarters_of_its_own_hour(second: int, days: int, zone: ZoneInfo) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    number = second // SLICE_SECONDS
    hour = time_key(number, By.HOUR, zone)
    start, end = moment - timedelta(days=days), moment + timedelta(days=40 - days)
    quarters = quarters_of(hour, start, end, zone)
    assert number % 96 in quarters
    assert len(quarters) <= 8, "two offsets at most lie so close together"


def test_a_row_leads_to_what_it_is_made_of() -> None:
    year = ReportState(when=PeriodCode.THIS_YEAR, by=By.MONTH)
    month = year.finer("2026-02", TODAY)
    assert month is not None
    assert (month.period(TODAY), month.by) == (_period("2026-02-01", "2026-02-28"), By.DAY)
    assert month.finer("2026-02-03", TODAY) is None
    assert month.behind("2026-02-03", TODAY).period(TODAY) == _period("2026-02-03", "2026-02-03")
    part = ReportState(when=_period("2026-02-10", "2026-03-05"), by=By.MONTH).finer("2026-02", TODAY)
    assert part is not None
    assert part.period(TODAY) == _period("2026-02-10", "2026-02-28"), "no more than was counted"
    team = ReportState(by=By.TEAM).finer("", TODAY)
    assert team is not None
    assert (team.by, dict(team.filters)) == (By.AGENT, {By.TEAM: ""})
    hour = ReportState(by=By.HOUR, filters={By.AGENT: "sato"})
    assert hour.finer("09", TODAY) is None, "of one agent there is nothing finer than calls"
    assert dict(hour.behind("09", TODAY).filters) == {By.AGENT: "sato", By.HOUR: "09"}


def test_ready_made_reports_keep_whose_calls_are_counted() -> None:
    state = ReportState(filters={By.TEAM: "North"}, order=Order("calls", True))
    found = state.preset(PRESETS["handling"])
    assert (found.by, found.measure, found.when) == (
        By.MONTH,
        Measure.AVERAGE_HANDLING,
        PeriodCode.THIS_YEAR,
    )
    assert (found.filters, found.order) == ({By.TEAM: "North"}, Order())
    assert state.preset(PRESETS["purposes"]).when is PeriodCode.THIS_MONTH


def test_rows_without_the_figure_come_last_in_both_directions() -> None:
    none = ReportRow("a", "A", Figures(calls=3, missed=3))
    short = ReportRow("b", "B", Figures(calls=1, talk_seconds=10))
    long = ReportRow("c", "C", Figures(calls=1, talk_seconds=90))
    report = _report(By.PURPOSE, none, short, long)
    order = Order().asked("average_duration_seconds")
    assert [row.key for row in sorted_rows(report, order)] == ["c", "b", "a"]
    assert [row.key for row in sorted_rows(report, order.asked(order.column))] == ["b", "c", "a"]
    assert figure_text("average_duration_seconds", none.figures) == "–"
    assert figure_text("missed_rate", none.figures) == "100.0%"


def test_figures_fit_eighty_columns() -> None:
    rows = [
        ReportRow(f"2026-11-{day:02d}", "", Figures(1_234, 56, 700, 30, 1_234 * 200, 1_234 * 60))
        for day in range(1, 31)
    ]
    report = _report(By.DAY, *rows)
    columns = columns_for(report, Order("missed_rate", True), 80)
    layout = ColumnLayout(columns, 80)
    assert len(layout.placed) == len(columns), "none is left out"
    assert row_label(report, report.rows[0]) == "11-01 Sun"
    assert "…" not in layout.row(table_rows(report, report.rows)[0], cursor=False, marked=False)


def test_days_of_several_years_have_their_year() -> None:
    report = _report(
        By.DAY, ReportRow("2025-12-31", "", Figures(1)), period=_period("2025-12-31", "2026-01-01")
    )
    assert row_label(report, report.rows[0]) == "2025-12-31 Wed"


def test_bars_are_as_long_as_their_figures() -> None:
    assert bar_text(10, 10, 4) == "████"
    assert bar_text(5, 10, 5) == "██▌"
    assert bar_text(1, 10_000, 10) == "▏", "any call is seen"
    assert bar_text(0, 10, 10) == bar_text(5, 10, 0) == bar_text(1, 0, 10) == ""
    assert bar_text(5, 10, 10, ascii_only=True) == "#####"


def test_a_limit_is_taken_away_without_touching_the_others() -> None:
    state = ReportState(filters={By.TEAM: "North", By.TYPE: "inbound"})
    assert dict(state.limited(By.TYPE, None).filters) == {By.TEAM: "North"}
    assert replace(state, filters={}).title() == "Calls by day"
