"""Export of a report: kind of file, name, then the file."""

from typing import TYPE_CHECKING, Any

from crm_tui.domain.exports import Headings, ReportFile, report_outcome
from crm_tui.domain.reports import LABELS, Report
from crm_tui.i18n import _
from screens.export_place import ask_file, free_path
from screens.record_export import ask_format
from screens.report_state import ReportState

if TYPE_CHECKING:
    from screens.base import CrmScreen


async def export_report(screen: "CrmScreen[Any]", report: Report, state: ReportState) -> None:
    """Ask how and where to, and write the report as it was read."""
    chosen = await ask_format(screen)
    if chosen is None:
        return
    kind, encoding = chosen
    name = _("Calls by %(group)s") % {"group": _(LABELS[state.by]).lower()}
    path = await ask_file(screen, free_path(screen, name, kind))
    if path is None:
        return
    file = ReportFile(path, Headings.LABELS, encoding)
    done = await screen.services.report_files.write(screen.actor, report, file)
    screen.app.notice(report_outcome(done))
