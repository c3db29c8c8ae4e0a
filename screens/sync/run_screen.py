"""One run of a synchronisation: what became of the items, and what was cut, left out or rejected."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.imports.batches import Remark
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.formats import format_datetime, format_number
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.imports.texts import counts_lines, remark_lines
from screens.style_sheet import STYLES
from screens.sync.texts import RUN_LABELS, title_of
from screens.widgets.scrolled_lines import Line, ScrolledLines
from screens.widgets.text_wrap import wrap

_SHOWN = 500
"""Items that are told of; more are on the command line."""


class SyncRunScreen(CrmScreen[None]):
    """Shows one run, also while it is under way.

    Args:
        account: An account of the agent's.
        run: One of its runs.
    """

    CSS_PATH = STYLES / "sync_run_screen.tcss"
    AUTO_FOCUS = "ScrolledLines"
    BINDING_GROUP_TITLE = N_("Run")
    BINDINGS: ClassVar = []

    def __init__(self, account: SyncAccount, run: SyncRun) -> None:
        super().__init__()
        self._account = account
        self._run = run
        self._remarks: Sequence[Remark] = ()

    def compose_body(self) -> ComposeResult:
        """Yield the title and all that there is to say."""
        title = _("Run of %(name)s") % {"name": safe(title_of(self._account), limit=60)}
        yield Static(Content(title), id="form-title")
        yield ScrolledLines(id="sync-run")

    def on_mount(self) -> None:
        """Show the run as it is known, then read what is kept of it."""
        self._show(stay=False)
        self._read()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Follow a run that is under way."""
        if not keys or (Module.USER, self.actor.id) in keys:
            self._read()

    @work(group="sync_run.read", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        runs = self.services.sync_runs
        self._run = await runs.get(self.actor, self._run.id)
        self._remarks = await runs.remarks(self.actor, self._run.id, _SHOWN)
        self._show(stay=True)

    def _show(self, *, stay: bool) -> None:
        self.query_one(ScrolledLines).show_lines(self._lines, stay=stay)

    def _lines(self, width: int) -> list[Line]:
        run = self._run
        begun = format_datetime(run.started_at, self.zone, language())
        by_module = {Module(kind): one for kind, one in run.by_kind.items() if kind in set(Module)}
        lines = [Line(f"{begun}  {_(RUN_LABELS[run.state])}", "muted")]
        if run.problem:
            lines += [Line(part, "error") for part in wrap(safe(run.problem, limit=600), width)]
        lines += [Line(""), *counts_lines(run.counts, by_module, width)]
        if not self._remarks:
            return lines
        lines += [Line(""), Line(_("Cut, left out, rejected or gone there"), "bold")]
        for remark in self._remarks:
            lines += remark_lines(remark, lambda module: self.services.records(module).fields(), width)
        if len(self._remarks) == _SHOWN:
            text = _("These are the first %(number)s; “crm-tui sync status --remarks N” tells more.")
            shown = text % {"number": format_number(_SHOWN)}
            lines += [Line(part, "muted") for part in wrap(shown, width)]
        return lines
