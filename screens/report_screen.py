"""Call reports: a chart and a table of any period, by day, agent, purpose …, with the formulas under them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.reports import LABELS, By, Report
from crm_tui.errors import CrmError
from crm_tui.i18n import N_, _
from crm_tui.text import safe
from screens import report_choosing as choosing
from screens.base import CrmScreen, RecordKey
from screens.report_calls import ReportCallsScreen
from screens.report_export import export_report
from screens.report_formulas import LOW, FormulaLines
from screens.report_rows import bars, columns_for, first_key, row_label, sorted_rows, table_rows, total_cells
from screens.report_state import ReportState
from screens.style_sheet import STYLES
from screens.widgets.bar_chart import BarChart
from screens.widgets.figures_table import FiguresTable
from screens.widgets.record_columns import Column, Row
from screens.widgets.record_table import RecordTable
from screens.widgets.total_lines import TotalLines

REST = 10
"""A report is read again after a change when so many times as long has passed as reading it took, so that
many agents who save calls don't keep a processor busy with the report of one who looks on."""

_FIRST_COLUMNS = (Column("key", "", min_width=8),)

Chooser = Callable[[CrmScreen[None], ReportState], Awaitable[ReportState | None]]


class ReportScreen(CrmScreen[None]):
    """Shows one report; Enter goes from a row to what it is made of, Esc back."""

    CSS_PATH = STYLES / "report_screen.tcss"
    MODULE_NAME = "reports"
    AUTO_FOCUS = "RecordTable"
    BINDING_GROUP_TITLE = N_("This report")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "choose_preset", N_("Report"), id="report.preset", tooltip=N_("A ready-made report.")),
        Binding("p", "choose_period", N_("Period"), id="report.period", tooltip=N_("Which days count.")),
        Binding("b", "choose_group", N_("Group by"), id="report.group", tooltip=N_("What a row stands for.")),
        Binding(
            "f",
            "choose_filter",
            N_("Filter"),
            id="report.filter",
            tooltip=N_("Count only some of the calls."),
        ),
        Binding("m", "choose_measure", N_("Chart"), id="report.measure", tooltip=N_("What the chart shows.")),
        Binding(
            "h",
            "toggle_formulas",
            N_("Formulas"),
            id="report.formulas",
            tooltip=N_("The formulas of all figures, or only of the one that the chart shows."),
        ),
        Binding(
            "e", "export", N_("Export"), id="report.export", tooltip=N_("Write a CSV file or a workbook.")
        ),
        Binding("l", "open_board", N_("Live board"), id="report.board", tooltip=N_("Who is on a call now.")),
        Binding(
            "left_square_bracket",
            "move_period(-1)",
            N_("Period before"),
            id="report.before",
            show=False,
            tooltip=N_("The same for the period before."),
        ),
        Binding(
            "right_square_bracket",
            "move_period(1)",
            N_("Next period"),
            id="report.next",
            show=False,
            tooltip=N_("The same for the period after."),
        ),
        Binding(
            "y",
            "copy",
            N_("Copy"),
            id="report.copy",
            show=False,
            tooltip=N_("Copy the row under the cursor."),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state = ReportState()
        self._before: list[tuple[ReportState, str | None]] = []
        self._report: Report | None = None
        self._fresh = False
        """The report at hand is the one that is asked for; only its order changed."""
        self._of = self.state
        """What the report at hand shows."""
        self._took = timedelta()
        self._is_old = False
        """Calls were saved since the reading began."""
        self._follow: Timer | None = None
        self._reading: object | None = None
        """Stands for the reading that goes on."""
        self._note = ""

    @property
    def table(self) -> RecordTable:
        """The figures."""
        return self.query_one(RecordTable)

    @property
    def today(self) -> date:
        """The agent's day."""
        return self.services.clock.now().astimezone(self.zone).date()

    def compose_body(self) -> ComposeResult:
        """Yield title, chart, table, total and formulas."""
        yield Static(id="report-title")
        yield BarChart(id="chart")
        table = FiguresTable(
            _FIRST_COLUMNS,
            id="figures",
            empty_text=N_("No calls in this period. p chooses another one, [ goes to the one before."),
        )
        table.empty_keys = {"p": "report.period", "[": "report.before"}
        yield table
        yield TotalLines(id="total")
        yield FormulaLines()

    def on_mount(self) -> None:
        """Read the first report."""
        self._show_formulas()
        self.table.focus()
        self._read()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read again when calls were saved; a report that takes long, after a while."""
        if keys and not any(module is Module.CALL for module, _id in keys):
            return
        self._is_old = True
        if self._reading is None:
            self._await_rest()

    def on_resize(self) -> None:
        """Give columns and formulas the room that there is now."""
        self._lay_out()
        self._show_formulas()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc ends reading, or goes back to the report before; a tall terminal has all formulas anyway."""
        if action == "toggle_formulas":
            return self.size.height < LOW
        if action == "back" and (self._reading or self._before):
            return True
        return super().check_action(action, parameters)

    async def action_back(self) -> None:
        """End reading, or go back to the report from which this one was opened."""
        if self._reading:
            self.table.stop(CrmError(_("Reading was ended.")))
            self._ended(self._reading)
            if self._report is not None:
                # What stands on the screen is still the report before.
                self.state = self._of
                self._show_title()
        elif self._before:
            self.state, key = self._before.pop()
            self._read(keep=key)
        else:
            await super().action_back()

    @work(group="report.choose", exit_on_error=False)
    async def action_choose_preset(self) -> None:
        """Choose a ready-made report."""
        await self._choose(choosing.choose_preset)

    @work(group="report.choose", exit_on_error=False)
    async def action_choose_period(self) -> None:
        """Choose the days."""
        await self._choose(choosing.choose_period)

    @work(group="report.choose", exit_on_error=False)
    async def action_choose_group(self) -> None:
        """Choose what a row stands for."""
        await self._choose(choosing.choose_group)

    @work(group="report.choose", exit_on_error=False)
    async def action_choose_filter(self) -> None:
        """Choose which calls count."""
        labels = self._labels()
        await self._choose(lambda screen, state: choosing.choose_filter(screen, state, labels))

    @work(group="report.choose", exit_on_error=False)
    async def action_choose_measure(self) -> None:
        """Choose what the chart shows."""
        chosen = await choosing.choose_measure(self, self.state)
        if chosen is not None:
            self.state = chosen
            self._draw()
            self._show_formulas()

    def action_toggle_formulas(self) -> None:
        """Show all formulas, or again only that of the chart."""
        self.query_one(FormulaLines).toggle()
        self._show_formulas()

    def action_move_period(self, step: int) -> None:
        """Go to the period before or after."""
        try:
            self.state = self.state.moved(step, self.today)
        except OverflowError:
            return
        self._read(keep=self.table.cursor_key)

    @work(group="report.export", exit_on_error=False)
    async def action_export(self) -> None:
        """Write the report to a file."""
        await self.table.settle()
        if self._report is not None:
            await export_report(self, self._report, self.state)

    def action_copy(self) -> None:
        """Copy the row under the cursor, parted by tabs as spreadsheets take it."""
        row = self.table.cursor_row
        if row is not None:
            self.app.copy("\t".join(row.cells))

    async def action_open_board(self) -> None:
        """Show who is on a call now."""
        await self.app.open_board()

    @on(RecordTable.Opened)
    @work(name="action_open_row", group="report.open", exit_on_error=False)
    async def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        report = self._report
        if report is None:
            return
        key = event.row.key
        finer = self.state.finer(key, self.today)
        if finer is not None:
            self._before.append((self.state, key))
            self.state = finer
            self._read()
            return
        with self.app.keys.hold():
            behind = self.state.behind(key, self.today)
            ids = await self.services.reports.call_ids(self.actor, behind.period(self.today), behind.filters)
            row = next((one for one in report.rows if (one.key or "") == key), None)
            name = row_label(report, row) if row is not None else ""
            await self.app.push_screen(ReportCallsScreen(ids, name))

    @on(RecordTable.Highlighted)
    def _highlighted(self, event: RecordTable.Highlighted) -> None:
        if event.row is not None:
            self.query_one(BarChart).go(int(event.row.position[0] or 0))

    @on(RecordTable.SortRequested)
    def _sort_requested(self, event: RecordTable.SortRequested) -> None:
        self.state = replace(self.state, order=self.state.order.asked(event.column))
        self._fresh = self._report is not None and not self._reading
        self._read(keep=self.table.cursor_key, fresh=self._fresh)

    async def _choose(self, chooser: Chooser) -> None:
        chosen = await chooser(self, self.state)
        if chosen is not None:
            self.state = chosen
            self._before.clear()
            self._show_formulas()
            self._read()

    def _read(self, *, keep: str | None = None, fresh: bool = False) -> None:
        """Read the report of `state`; the one at hand stays on the screen until it is there."""
        self._fresh = fresh
        order = self.state.order
        self.table.set_sort(order.column or None, descending=order.descending)

        async def read(_request: PageRequest) -> Page[Row]:
            report = self._report
            if report is None or not self._fresh:
                report = await self._asked(self.state)
            self._fresh = False
            return self._shown(report)

        self._show_title()
        self.table.set_source(read, keep=lambda: first_key(self._report, order, self.today, keep))

    async def _asked(self, state: ReportState) -> Report:
        reading = self._reading = object()
        self._is_old = False
        self._say("")
        self.refresh_bindings()
        began = self.services.clock.now()
        try:
            report = await self.services.reports.calls(
                self.actor, state.period(self.today), state.by, state.filters, self._progressed
            )
        finally:
            self._ended(reading)
        self._of, self._took = state, self.services.clock.now() - began
        if self._is_old:
            self._await_rest()
        return report

    def _await_rest(self) -> None:
        if self._follow is None:
            self._follow = self.set_timer(max(self._took.total_seconds(), 0) * REST, self._read_again)

    def _read_again(self) -> None:
        self._follow = None
        if self._is_old and self._reading is None:
            self.table.reload()

    def _progressed(self, done: int, total: int) -> None:
        if done < total:
            percent = 100 * done // max(1, total)
            self._say(_("reading %(percent)d %%, Esc ends it") % {"percent": percent})

    def _ended(self, reading: object) -> None:
        """Note that a reading is over, unless another one has taken its place."""
        if self._reading is reading and self.is_attached:
            self._reading = None
            self._say("")
            self.refresh_bindings()

    def _shown(self, report: Report) -> Page[Row]:
        self._report = report
        self._lay_out()
        rows = sorted_rows(report, self.state.order)
        self._draw()
        return Page(table_rows(report, rows), at_start=True, at_end=True)

    def _lay_out(self) -> None:
        """Fit the columns to what stands in them and to the terminal."""
        report = self._report
        if report is None:
            return
        columns = columns_for(report, self.state.order, self.size.width)
        if columns != self.table.columns:
            self.table.set_columns(columns)
        self.query_one(TotalLines).show(columns, [total_cells(report)] if report.rows else [])

    def _draw(self) -> None:
        """Show chart and title of the report at hand."""
        self._show_title()
        if self._report is None:
            return
        rows = sorted_rows(self._report, self.state.order)
        keys = [row.key or "" for row in rows]
        place = keys.index(self.table.cursor_key) if self.table.cursor_key in keys else 0
        chart = self.query_one(BarChart)
        chart.styles.max_height = max(1, len(rows))
        chart.show(bars(self._report, rows, self.state.measure), place)

    def _show_formulas(self) -> None:
        is_low = self.size.height < LOW
        self.set_class(is_low, "-low")
        self.query_one(FormulaLines).show(self.state.measure, is_low=is_low)

    def _labels(self) -> dict[By, str]:
        """Return what is read of the limits, as far as the report at hand has the same."""
        filters = self._report.filters if self._report is not None else {}
        now, then = self.state.filters, self._of.filters
        return {
            by: label or _("none") for by, (_key, label) in filters.items() if now.get(by) == then.get(by)
        }

    def _say(self, note: str) -> None:
        if note != self._note:
            self._note = note
            self._show_title()

    def _show_title(self) -> None:
        state = self.state
        parts: list[str | tuple[str, str]] = [(_("Reports"), "bold"), ("  " + state.title(), "$accent")]
        parts.append("  " + state.period_text(self.today))
        labels = self._labels()
        for by in state.filters:
            parts.append((f"  {_(LABELS[by])}: {safe(labels.get(by, '…'), limit=30)}", "$warning"))
        if self._note:
            parts.append((f"  {self._note}", "bold $warning"))
        self.query_one("#report-title", Static).update(Content.assemble(*parts))
