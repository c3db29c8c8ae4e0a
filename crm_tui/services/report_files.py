"""A call report as a file for a spreadsheet: its rows, the total, and in a workbook the formulas."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from crm_tui.domain.actor import Actor
from crm_tui.domain.exports import Exported, FileKind, Headings, ReportFile
from crm_tui.domain.modules import Module
from crm_tui.domain.reports import FORMULAS, HEADINGS, LABELS, TOTAL, Report, ReportRow, figures_of
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.private_files import new_private
from crm_tui.services.core import Core
from crm_tui.spreadsheets import Cell, Part, open_sheet
from crm_tui.store.uow import AuditEntry
from crm_tui.written_files import absolute, file_kind, unwritable


class ReportFileService:
    """Writes reports to files."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def write(self, actor: Actor, report: Report, file: ReportFile) -> Exported:
        """Write a report to a file that only this account may read.

        The audit trail tells who made it.

        Raises:
            Invalid: The file can't be written, or is there already, with the reason for the field ``file``.
            NotAllowed: The actor may not see activities.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_view(actor, Module.CALL), "export", Module.CALL)
        kind, path = file_kind(file.path), absolute(file.path)
        people = file.headings is Headings.LABELS
        cells = [_cells(row, people) for row in (*report.rows, ReportRow(TOTAL, _("Total"), report.total))]
        if people and kind is FileKind.XLSX:
            cells.append([])
            cells.extend([text] for text in _explained(report))
        try:
            with new_private(path, replace=file.replace) as opened:
                heading, title = _heading(report, people), _("Calls") if people else "calls"
                sheet = open_sheet(kind, opened, heading, encoding=file.encoding, title=title)
                sheet.write(cells)
                await asyncio.to_thread(sheet.finish)
                await self._record(actor, path, len(report.rows))
        except OSError as error:
            raise unwritable(path, error) from error
        return Exported(path, len(report.rows), sheet.replaced)

    async def _record(self, actor: Actor, path: Path, rows: int) -> None:
        async with self._core.store.write(actor) as uow:
            facts = {"rows": rows, "file": str(path)}
            uow.record(AuditEntry("export", Module.CALL, None, path.name, facts))
            await uow.commit()


def _heading(report: Report, people: bool) -> list[str]:
    if not people:
        return ["key", "label", *HEADINGS]
    return [_(LABELS[report.by]) if report.by else "", *(_(text) for text in HEADINGS.values())]


def _cells(row: ReportRow, people: bool) -> list[Cell]:
    figures = figures_of(row.figures)
    if not people:
        return [row.key, row.label, *figures.values()]
    return [row.label, *(_shown(name, value) for name, value in figures.items())]


def _shown(name: str, value: float | None) -> Cell:
    if value is None:
        return None
    if name.endswith("_seconds"):
        return timedelta(seconds=round(value))
    return value if isinstance(value, int) else Part(value)


def _explained(report: Report) -> Iterable[str]:
    """Yield what was counted, and how each figure is made."""
    yield f"{report.period.first.isoformat()} – {report.period.last.isoformat()}"
    yield from described(report)
    yield from (_(formula) for formula in FORMULAS.values())


def described(report: Report) -> Sequence[str]:
    """Return what a report is limited to, one text for each."""
    return [f"{_(LABELS[by])}: {label or _('none')}" for by, (_key, label) in report.filters.items()]
