"""What the last runs of a synchronisation did."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.durations import format_duration
from crm_tui.domain.modules import PLURAL, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.domain.sync.runs import RunState, SyncRun
from crm_tui.formats import SHORT_CELLS, format_datetime_short, format_number
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.imports.texts import counts_text
from screens.style_sheet import STYLES
from screens.sync.run_screen import SyncRunScreen
from screens.sync.texts import RUN_LABELS, title_of
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row, Tone
from screens.widgets.record_table import RecordTable

_MOST = 100
"""Runs that are listed, the latest first."""

_COLUMNS = (
    Column("started", N_("Started"), width=SHORT_CELLS, priority=9),
    Column("state", N_("State"), min_width=11, weight=1, priority=8),
    Column("took", N_("Took"), width=8, align="right", priority=1),
    Column("created", N_("New"), width=7, align="right", priority=7),
    Column("updated", N_("Changed"), width=8, align="right", priority=6),
    Column("unchanged", N_("Unchanged"), width=9, align="right", priority=4),
    Column("skipped", N_("Skipped"), width=8, align="right", priority=3),
    Column("rejected", N_("Rejected"), width=9, align="right", priority=5),
    Column("removed", N_("Gone there"), width=10, align="right", priority=2),
)

_MODULES = frozenset(module.value for module in Module)

_TONES = {
    RunState.RUNNING: (Tone.NORMAL, "…"),
    RunState.DONE: (Tone.NORMAL, ""),
    RunState.FAILED: (Tone.BAD, "!"),
    RunState.INTERRUPTED: (Tone.WARNING, "!"),
}


class SyncRunsScreen(CrmScreen[None]):
    """Lists the runs of one account; Enter shows one.

    Args:
        account: An account of the agent's.
    """

    CSS_PATH = STYLES / "sync_runs_screen.tcss"
    AUTO_FOCUS = "RecordTable"
    BINDING_GROUP_TITLE = N_("Runs")
    BINDINGS: ClassVar = []

    def __init__(self, account: SyncAccount) -> None:
        super().__init__()
        self._account = account
        self._shown: dict[str, SyncRun] = {}

    @property
    def table(self) -> RecordTable:
        """The runs."""
        return self.query_one(RecordTable)

    def compose_body(self) -> ComposeResult:
        """Yield title, table and what there is to say of the run under the cursor."""
        yield ListTitle(_("Runs of %(name)s") % {"name": safe(title_of(self._account), limit=60)})
        empty = N_("It has never been synchronised. Esc goes back.")
        table = RecordTable(_COLUMNS, id="runs", empty_text=empty)
        table.empty_keys = {"Esc": "screen.back"}
        yield table
        yield Static(id="run-details")

    def on_mount(self) -> None:
        """Read the runs."""
        self.table.focus()
        title = self.query_one(ListTitle)

        async def read(_request: PageRequest) -> Page[Row]:
            found = await self.services.sync_runs.list(self.actor, self._account.source, _MOST)
            self._shown = {run.id: run for run in found}
            title.count = Count(len(found), len(found) == _MOST)
            self.call_after_refresh(self._show_details)
            return Page([self._row(n, one) for n, one in enumerate(found)], at_start=True, at_end=True)

        self.table.set_source(read)

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand: they mean them."""
        self._await_rows()

    @work(group="sync_runs.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.settle())

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Follow a run that is under way."""
        if not keys or (Module.USER, self.actor.id) in keys:
            self.table.reload()

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        run = self._shown.get(event.row.key)
        if run is not None:
            await self.app.push_screen(SyncRunScreen(self._account, run))

    @on(RecordTable.Highlighted)
    def _moved(self) -> None:
        self._show_details()

    def _row(self, place: int, run: SyncRun) -> Row:
        now = self.services.clock.now()
        ended = run.finished_at
        counts = run.counts
        numbers = (
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.skipped,
            counts.rejected,
            counts.removed,
        )
        cells = (
            format_datetime_short(run.started_at, self.zone, language(), now=now),
            _(RUN_LABELS[run.state]),
            format_duration(round((ended - run.started_at).total_seconds())) if ended else "",
            *map(format_number, numbers),
        )
        tone, sign = _TONES[run.state]
        return Row(run.id, cells, (place,), tone, sign, markable=False)

    def _show_details(self) -> None:
        if not self.is_mounted:
            return
        run = self._shown.get(self.table.cursor_key or "")
        lines = _lines(run) if run is not None else []
        shown = self.query_one("#run-details", Static)
        shown.update(Content("\n".join(map(safe, lines))))
        shown.display = bool(lines)


def _lines(run: SyncRun) -> list[str]:
    lines = [
        f"{_(PLURAL[Module(kind)]) if kind in _MODULES else kind}: {counts_text(counts)}"
        for kind, counts in run.by_kind.items()
        if counts.rows
    ]
    if run.counts.shortened:
        text = _("Values that were cut at the length of their field: %(number)s")
        lines.append(text % {"number": format_number(run.counts.shortened)})
    return [*lines, run.problem] if run.problem else lines
