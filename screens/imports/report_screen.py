"""One import: how far it is while it runs, what became of its rows, why some were rejected."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.fields import Field
from crm_tui.domain.imports.batches import Batch, BatchState, RejectedRow, Remark
from crm_tui.domain.imports.rules import IMPORTABLE
from crm_tui.domain.modules import Module
from crm_tui.formats import format_datetime, format_number
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.base import CrmScreen, RecordKey
from screens.imports.acts import IMPORT_BINDINGS, ImportActions, progress_text, state_text, what_text
from screens.imports.texts import counts_lines, reject_lines, remark_lines
from screens.key_names import with_keys
from screens.style_sheet import STYLES
from screens.widgets.scrolled_lines import Line, ScrolledLines
from screens.widgets.text_wrap import wrap

_REJECTS_SHOWN = 100
_REMARKS_SHOWN = 500
_BAR = 30
"""Cells of the bar that shows how far an import is."""


class ImportReportScreen(ImportActions, CrmScreen[None]):
    """Follows an import to its end; Esc leaves it running.

    Args:
        batch: The import.
    """

    CSS_PATH = STYLES / "import_report_screen.tcss"
    AUTO_FOCUS = "ScrolledLines"
    BINDING_GROUP_TITLE = N_("This import")
    BINDINGS: ClassVar[list[BindingType]] = IMPORT_BINDINGS

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self._batch = batch
        self._rejects: Sequence[RejectedRow] = ()
        self._remarks: Sequence[Remark] = ()

    def compose_body(self) -> ComposeResult:
        """Yield the title and all that there is to say."""
        yield Static(Content(_("Import: %(name)s") % {"name": safe(self._batch.name)}), id="form-title")
        yield ScrolledLines(id="import-report")

    def on_mount(self) -> None:
        """Show the import as it is known, then read it."""
        self._show(stay=False)
        self.batch_changed()

    def on_records_changed(self, keys: frozenset[RecordKey]) -> None:
        """Follow the process that works on the import; the store tells, nobody asks."""
        if not keys or (Module.USER, self.actor.id) in keys:
            self.batch_changed()

    def batch_in_focus(self) -> Batch:
        """Return the import as it was read last."""
        return self._batch

    def batch_changed(self) -> None:
        """Read the import again."""
        self._read()

    @work(group="imports.read", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        batches = self.services.import_batches
        self._batch = await batches.get(self.actor, self._batch.id)
        if self._batch.counts.rejected:
            self._rejects = await batches.rejects(self.actor, self._batch.id, limit=_REJECTS_SHOWN)
        self._remarks = await batches.remarks(self.actor, self._batch.id, _REMARKS_SHOWN)
        self._show(stay=True)
        self.refresh_bindings()

    def _show(self, *, stay: bool) -> None:
        self.query_one(ScrolledLines).show_lines(self._lines, stay=stay)

    def _lines(self, width: int) -> list[Line]:
        batch = self._batch
        is_worked_on = self.app.imports.works_on(batch)
        begun = format_datetime(batch.created_at, self.zone, language())
        state = state_text(batch, is_worked_on=is_worked_on)
        lines = [Line(f"{what_text(batch)}  {begun}", "muted")]
        if batch.path:
            lines += [Line(part, "muted") for part in wrap(safe(batch.path), width)]
        lines += [Line(""), Line(f"{state}  {progress_text(batch)}", "bold")]
        if batch.total and batch.state not in (BatchState.DONE, BatchState.UNDOING, BatchState.UNDONE):
            lines.append(Line(_bar(batch)))
        if batch.problem:
            lines += [Line(part, "error") for part in wrap(safe(batch.problem, limit=600), width)]
        if hint := self._hint(batch, is_worked_on=is_worked_on):
            lines += [Line(part, "muted") for part in wrap(hint, width)]
        lines += [Line(""), *counts_lines(batch.counts, batch.by_module, width)]
        lines += [Line(part) for note in batch.notes for part in wrap(safe(note, limit=600), width)]
        if self._rejects:
            lines += [Line(""), Line(_("Rejected rows"), "bold")]
            for row in self._rejects:
                lines += reject_lines(row, self._fields(), width)
            if batch.counts.rejected > len(self._rejects):
                text = _("These are the first %(number)s; w writes all of them to a file.")
                told = with_keys(self.app, text, w="imports.rejects")
                lines.append(Line(told % {"number": format_number(len(self._rejects))}, "muted"))
        return [*lines, *self._remark_lines(width)]

    def _remark_lines(self, width: int) -> list[Line]:
        if not self._remarks:
            return []
        lines = [Line(""), Line(_("Cut or left out"), "bold")]
        several = len(self._batch.by_module) > 1
        for remark in self._remarks:
            lines += remark_lines(remark, self._fields_of, width, names_module=several)
        if len(self._remarks) == _REMARKS_SHOWN:
            text = _(
                "These are the first %(number)s; “crm-tui import show %(batch)s --remarks N” tells more."
            )
            shown = {"number": format_number(_REMARKS_SHOWN), "batch": self._batch.id}
            lines += [Line(part, "muted") for part in wrap(text % shown, width)]
        return lines

    def _fields_of(self, module: Module) -> Sequence[Field]:
        return self.services.records(module).fields()

    def _fields(self) -> Sequence[Field]:
        """Return the fields that a reason can name; of several modules those that mean the same in all."""
        services, module = self.services, self._batch.module
        if module is not None:
            return services.records(module).fields()
        known: dict[str, Field] = {}
        labels: dict[str, set[str]] = {}
        for field in (field for one in IMPORTABLE for field in services.records(one).fields()):
            known[field.name] = field
            labels.setdefault(field.name, set()).add(field.label)
        return [field for name, field in known.items() if len(labels[name]) == 1]

    def _hint(self, batch: Batch, *, is_worked_on: bool) -> str:
        """Return what there is to know about the state, "" for nothing."""
        if is_worked_on:
            return _("It goes on while you work, also when the console is closed. Esc leaves it running.")
        if batch.state in (BatchState.READY, BatchState.RUNNING, BatchState.FAILED, BatchState.CANCELLED):
            text = _("What was taken in stays. r goes on where it stands.")
            return with_keys(self.app, text, r="imports.go_on")
        if batch.state is BatchState.UNDOING:
            text = _("A part was taken back. u takes back the rest.")
            return with_keys(self.app, text, u="imports.undo")
        return ""


def _bar(batch: Batch) -> str:
    filled = min(batch.position, batch.total) * _BAR // batch.total
    return f"[{'#' * filled}{'-' * (_BAR - filled)}]"
