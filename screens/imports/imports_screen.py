"""The agent's imports: how each is doing, what can be done about it."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from crm_tui.domain.imports.batches import Batch, BatchState
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.formats import SHORT_CELLS, format_datetime_short, format_number
from crm_tui.i18n import N_, _, language
from screens.base import CrmScreen, RecordKey
from screens.imports.acts import IMPORT_BINDINGS, ImportActions, state_text, what_text
from screens.imports.report_screen import ImportReportScreen
from screens.style_sheet import STYLES
from screens.widgets.list_title import ListTitle
from screens.widgets.record_columns import Column, Row, Tone
from screens.widgets.record_table import RecordTable

_MOST = 200
"""Imports that are listed, the latest first."""

_COLUMNS = (
    Column("name", N_("File"), min_width=16, weight=3, priority=10),
    Column("what", N_("What"), min_width=9, weight=1, priority=5),
    Column("state", N_("State"), width=16, priority=9),
    Column("created", N_("New"), width=7, align="right", priority=8),
    Column("updated", N_("Changed"), width=8, align="right", priority=7),
    Column("rejected", N_("Rejected"), width=9, align="right", priority=6),
    Column("when", N_("Started"), width=SHORT_CELLS, priority=4),
)


class ImportsScreen(ImportActions, CrmScreen[None]):
    """Lists imports; Enter shows one."""

    CSS_PATH = STYLES / "imports_screen.tcss"
    AUTO_FOCUS = "RecordTable"
    BINDING_GROUP_TITLE = N_("Imports")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), id="imports.new", tooltip=N_("Import a file.")),
        *IMPORT_BINDINGS,
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, Batch] = {}

    @property
    def table(self) -> RecordTable:
        """The list."""
        return self.query_one(RecordTable)

    def compose_body(self) -> ComposeResult:
        """Yield title and list."""
        yield ListTitle(_("Imports"))
        table = RecordTable(
            _COLUMNS, id="imports", empty_text=N_("No imports yet. Press n to import a file.")
        )
        table.empty_keys = {"n": "imports.new"}
        yield table

    def on_mount(self) -> None:
        """Read the list."""
        self.table.focus()
        title = self.query_one(ListTitle)

        async def read(_request: PageRequest) -> Page[Row]:
            found = await self.services.import_batches.list(self.actor, _MOST)
            self._shown = {batch.id: batch for batch in found}
            title.count = Count(len(found), len(found) == _MOST)
            self.call_after_refresh(self.refresh_bindings)
            return Page(
                [self._row(place, one) for place, one in enumerate(found)], at_start=True, at_end=True
            )

        self.table.set_source(read)

    def on_ready(self) -> None:
        """Let typed keys through once the rows stand: they mean them."""
        self._await_rows()

    @work(group="imports.ready", exclusive=True, exit_on_error=False)
    async def _await_rows(self) -> None:
        await self.ready_after(self.table.settle())

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Read the list again when something of the agent's own changed."""
        if not keys or (Module.USER, self.actor.id) in keys:
            self.table.reload()

    def batch_in_focus(self) -> Batch | None:
        """Return the import under the cursor."""
        return self._shown.get(self.table.cursor_key or "")

    def batch_changed(self) -> None:
        """Read the list again."""
        self.table.reload()

    def action_new(self) -> None:
        """Import a file."""
        self.app.open_import()

    @on(RecordTable.Opened)
    async def _opened(self, event: RecordTable.Opened) -> None:
        batch = self._shown.get(event.row.key)
        if batch is not None:
            await self.app.push_screen(ImportReportScreen(batch))

    @on(RecordTable.Highlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()

    def _row(self, place: int, batch: Batch) -> Row:
        is_worked_on = self.app.imports.works_on(batch)
        counts = batch.counts
        state = state_text(batch, is_worked_on=is_worked_on)
        if is_worked_on and batch.total:
            state = f"{state} {min(batch.position * 100 // batch.total, 100)} %"
        now = self.services.clock.now()
        cells = (
            batch.name,
            what_text(batch),
            state,
            format_number(counts.created),
            format_number(counts.updated),
            format_number(counts.rejected),
            format_datetime_short(batch.created_at, self.zone, language(), now=now),
        )
        stands = batch.state in (BatchState.READY, BatchState.RUNNING) and not is_worked_on
        wrong = stands or batch.state is BatchState.FAILED
        tone = Tone.WARNING if wrong else Tone.NORMAL
        return Row(batch.id, cells, (place,), tone, "!" if wrong else "", markable=False)
