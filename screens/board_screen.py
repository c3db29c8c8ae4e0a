"""The live board: who is on a call with whom and for how long, and what the day has brought so far."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import ScreenResume, ScreenSuspend
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.domain.board import Agent, AgentState, Board
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.reports import By, Period
from crm_tui.i18n import N_, _
from screens.base import CrmScreen, RecordKey
from screens.board_rows import COLUMNS, TOTAL_COLUMNS, board_rows, team_name, team_rows
from screens.choice_modal import ChoiceModal
from screens.report_calls import ReportCallsScreen
from screens.style_sheet import STYLES
from screens.widgets.figures_table import FiguresTable
from screens.widgets.record_columns import Row
from screens.widgets.record_table import RecordTable
from screens.widgets.total_lines import TotalLines

_SHOWN_BY = frozenset({Module.CALL, Module.USER})
_ALL = "*"


class BoardScreen(CrmScreen[None]):
    """Reads the store only when a call or a user changed; in between only the clocks go on."""

    CSS_PATH = STYLES / "board_screen.tcss"
    MODULE_NAME = "reports"
    AUTO_FOCUS = "RecordTable"
    BINDING_GROUP_TITLE = N_("The live board")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "choose_team", N_("Team"), id="board.team", tooltip=N_("Show one team, or all.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._board: Board | None = None
        self._team: str | None = None
        self._clocks: Timer | None = None
        self._change: Timer | None = None

    @property
    def table(self) -> RecordTable:
        """The agents."""
        return self.query_one(RecordTable)

    def compose_body(self) -> ComposeResult:
        """Yield totals and agents."""
        yield Static(id="board-title")
        yield TotalLines(id="board-totals", heading=True)
        yield FiguresTable(COLUMNS, id="agents", empty_text=N_("No agents here."))

    def on_mount(self) -> None:
        """Read the board; the clocks go on once a second while one of them runs."""
        self._clocks = self.set_interval(1, self._tick, pause=True)
        self.table.focus()
        self._read()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read again when calls or users changed."""
        if not keys or any(module in _SHOWN_BY for module, _id in keys):
            self._read()

    @work(group="board.team", exit_on_error=False)
    async def action_choose_team(self) -> None:
        """Ask whose agents to show."""
        teams = self._board.teams if self._board is not None else ()
        options = [(_ALL, _("All teams")), *((team, team_name(team)) for team in teams)]
        current = _ALL if self._team is None else self._team
        chosen = await self.app.push_screen_wait(ChoiceModal(_("Which team?"), options, current=current))
        if chosen is not None:
            self._team = None if chosen == _ALL else chosen
            self._show()

    @on(RecordTable.Opened)
    @work(name="action_open_agent", group="board.open", exit_on_error=False)
    async def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        agent = next((one for one in self._agents() if one.ref.id == event.row.key), None)
        if agent is None or self._board is None:
            return
        with self.app.keys.hold():
            day = Period(self._board.day, self._board.day)
            ids = await self.services.reports.call_ids(self.actor, day, {By.AGENT: agent.ref.id})
            running = (agent.call.id,) if agent.call is not None else ()
            name = _("%(agent)s today") % {"agent": agent.ref.name}
            await self.app.push_screen(ReportCallsScreen((*running, *ids), name))

    @on(ScreenSuspend)
    def _stop_clocks(self) -> None:
        if self._clocks is not None:
            self._clocks.pause()

    @on(ScreenResume)
    def _go_on(self) -> None:
        if self._board is not None:
            self._show()

    @work(group="board.read", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        self._board = await self.services.board.now(self.actor)
        self._show()
        self._await_change(self._board)

    def _await_change(self, board: Board) -> None:
        """Read again when a scheduled call has become overdue, or at midnight."""
        if self._change is not None:
            self._change.stop()
        wait = (board.changes_at - self.services.clock.now()).total_seconds()
        self._change = self.set_timer(max(wait, 1), self._read)

    def _show(self) -> None:
        board = self._board
        if board is None or not self.is_attached:
            return
        title = _("Live board") + ("" if self._team is None else f"  {team_name(self._team)}")
        self.query_one("#board-title", Static).update(Content.styled(title, "bold"))
        self.query_one(TotalLines).show(TOTAL_COLUMNS, team_rows(board, self._team))
        self.table.set_source(self._page, keep=self.table.cursor_key)
        if self._clocks is not None:
            busy = any(agent.state is not AgentState.IDLE for agent in self._agents())
            (self._clocks.resume if busy and self.is_current else self._clocks.pause)()

    def _tick(self) -> None:
        self.table.reload()

    async def _page(self, _request: PageRequest) -> Page[Row]:
        rows = board_rows(self._agents(), self.services.clock, self.services.settings.picklists)
        return Page(rows, at_start=True, at_end=True)

    def _agents(self) -> Sequence[Agent]:
        return self._board.of_team(self._team) if self._board is not None else ()
