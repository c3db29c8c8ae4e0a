"""A call report as rows of a list and bars of a chart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crm_tui.domain.report_choices import Measure
from crm_tui.domain.reports import LABELS, By, Figures, Report, ReportRow
from crm_tui.formats import format_duration, format_number
from crm_tui.i18n import N_, _, language
from crm_tui.text import cell_len, safe
from screens.value_text import weekday_name
from screens.widgets.bar_chart import Bar
from screens.widgets.record_columns import GUTTER, Column, Row

NOTHING = "–"
"""What stands where there is nothing to divide by."""

KEY = "key"

_LONGEST_KEY = 40

_FIGURES = (
    Column("calls", N_("Calls"), align="right", priority=10, sortable=True),
    Column("talk_seconds", N_("Talk"), align="right", priority=4, sortable=True),
    Column("wrap_up_seconds", N_("Wrap-up"), align="right", priority=3, sortable=True),
    Column("average_duration_seconds", N_("Avg. call"), align="right", priority=8, sortable=True),
    Column("average_handling_seconds", N_("AHT"), align="right", priority=9, sortable=True),
    Column("missed", N_("Missed"), align="right", priority=5, sortable=True),
    Column("missed_rate", N_("Missed %"), align="right", priority=7, sortable=True),
    Column("first_call_resolution", N_("FCR"), align="right", priority=6, sortable=True),
)
"""The formulas below say the names in full. How wide a column is follows from what stands in it."""

_COUNTS = frozenset({"calls", "missed"})
_RATES = frozenset({"missed_rate", "first_call_resolution"})


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows are sorted.

    Attributes:
        column: Id of a column; "" for the report's own order.
    """

    column: str = ""
    descending: bool = False

    def asked(self, column: str) -> "Order":
        """Return the order after the agent asked for ``column``: figures begin with the largest."""
        if column == self.column:
            return replace(self, descending=not self.descending)
        return Order(column, descending=column != KEY)


def sorted_rows(report: Report, order: Order) -> list[ReportRow]:
    """Return the rows of a report in an order; rows without the figure come last."""
    rows = list(report.rows)
    if not order.column:
        return rows
    if order.column == KEY:
        return sorted(rows, key=lambda row: (row.key or "", row.label), reverse=order.descending)
    with_it = [row for row in rows if _figure(row, order.column) is not None]
    with_it.sort(key=lambda row: _figure(row, order.column) or 0, reverse=order.descending)
    return with_it + [row for row in rows if _figure(row, order.column) is None]


def first_key(report: Report | None, order: Order, today: date, keep: str | None) -> str | None:
    """Return the key of the row where the cursor begins, None for the first.

    Args:
        today: Days and months begin here; where it has no calls, on the last row before it.
        keep: The row it was on, if it is still there.
    """
    keys = [row.key or "" for row in report.rows] if report is not None else []
    in_time = report is not None and report.by in (By.DAY, By.MONTH) and order.column in ("", KEY)
    if keep in keys or not in_time:
        return keep
    # As text a month comes before its days.
    return max((key for key in keys if key <= today.isoformat()), default=None)


def columns_for(report: Report, order: Order, width: int) -> tuple[Column, ...]:
    """Return the columns of a report, each as wide as what stands in it.

    Args:
        order: One column has an arrow behind its heading.
        width: Cells of the list. Where there is more than enough, the figures stand beside what they are of.
    """
    everything = [_cells(row.figures) for row in report.rows] + [_cells(report.total)]
    figures = []
    for place, column in enumerate(_FIGURES):
        widths = [cell_len(cells[place]) for cells in everything]
        heading_width = cell_len(column.heading) + (column.id == order.column)
        figures.append(replace(column, width=max([heading_width, *widths])))
    heading = LABELS[report.by] if report.by else ""
    labels = [_(heading) + " ", _("Total"), *(row_label(report, row) for row in report.rows)]
    longest = max(cell_len(label) for label in labels)
    fits = GUTTER + longest + sum(column.width + 1 for column in figures) <= width
    key = Column(KEY, heading, width=longest if fits else 0, priority=11, sortable=True)
    return (key, *figures)


def table_rows(report: Report, rows: Sequence[ReportRow]) -> list[Row]:
    """Return rows as a list shows them, each by its place."""
    return [
        Row(row.key or "", (row_label(report, row), *_cells(row.figures)), (place,), markable=False)
        for place, row in enumerate(rows)
    ]


def total_cells(report: Report) -> tuple[str, ...]:
    """Return the cells of the line that has the total."""
    return (_("Total"), *_cells(report.total))


def bars(report: Report, rows: Sequence[ReportRow], measure: Measure) -> list[Bar]:
    """Return the chart of one figure."""
    return [
        Bar(row_label(report, row), figure_text(measure.value, row.figures), measure.of(row.figures))
        for row in rows
    ]


def figure_text(name: str, figures: Figures) -> str:
    """Return one figure as an agent reads it."""
    value: float | None = getattr(figures, name)
    if value is None:
        return NOTHING
    if name in _COUNTS:
        return format_number(int(value))
    if name in _RATES:
        return f"{value:.1%}"
    return format_duration(round(value))


def row_label(report: Report, row: ReportRow) -> str:
    """Return what the calls of a row have in common, in the agent's language."""
    named = _NAMED.get(report.by) if report.by is not None and row.key else None
    if named is not None and row.key is not None:
        return named(row.key, report)
    return safe(row.label, limit=_LONGEST_KEY) or NOTHING


def _cells(figures: Figures) -> tuple[str, ...]:
    return tuple(figure_text(column.id, figures) for column in _FIGURES)


def _figure(row: ReportRow, column: str) -> float | None:
    value: float | None = getattr(row.figures, column)
    return value


def _day(key: str, report: Report) -> str:
    day, japanese = date.fromisoformat(key), language() == "ja"
    sign = "/" if japanese else "-"
    year = f"{day.year}{sign}" if report.period.first.year != report.period.last.year else ""
    weekday = f"({weekday_name(day)})" if japanese else f" {weekday_name(day)}"
    return f"{year}{day.month:02d}{sign}{day.day:02d}{weekday}"


def _month(key: str, _report: Report) -> str:
    year, month = key.split("-")
    return f"{year}年{int(month)}月" if language() == "ja" else key


def _hour(key: str, _report: Report) -> str:
    return f"{key}:00"


_NAMED: Mapping[By, Callable[[str, Report], str]] = {By.DAY: _day, By.MONTH: _month, By.HOUR: _hour}
