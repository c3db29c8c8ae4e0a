"""Export of marked records or a whole list: format, columns, file, then the work."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.domain.bulk import Report, go_on
from crm_tui.domain.exports import Encoding, Export, Exported, FileKind, Headings, outcome
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import ACTIVITIES, PLURAL
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.records import Values
from crm_tui.i18n import N_, _
from screens.bulk_work import AT_ONCE
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.list_columns import column_names
from screens.progress_modal import ProgressModal
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen

FORMATS: Mapping[str, tuple[str, FileKind, Encoding]] = {
    "xlsx": (N_("Excel workbook (.xlsx)"), FileKind.XLSX, Encoding.UTF8),
    "csv": (N_("CSV, UTF-8 (.csv)"), FileKind.CSV, Encoding.UTF8),
    "cp932": (N_("CSV, CP932 for older Japanese programs (.csv)"), FileKind.CSV, Encoding.CP932),
}
"""Label marked for translation, ending and encoding of what can be made."""

_FILE = Field("file", N_("File"), max_length=1_000, required=True)


async def export_selection(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Ask how and where to, and export the records; return whether there is a file now."""
    chosen = await ask_format(screen)
    if chosen is None:
        return False
    kind, encoding = chosen
    columns = await _ask_columns(screen)
    if columns is None:
        return False
    export = Export(
        selection.module,
        free_path(screen, _what(selection), kind),
        selection.query or ListQuery(),
        selection.ids,
        selection.but,
        columns,
        Headings.LABELS,
        encoding,
        all_activities=selection.module in ACTIVITIES,
    )
    path = await ask_file(screen, export.path)
    return path is not None and await _write(screen, replace(export, path=path))


async def _ask_columns(screen: "CrmScreen[Any]") -> tuple[str, ...] | None:
    """Ask for the columns where there is a choice; none for all fields, None when the agent gives up."""
    from screens.list_screen import ListScreen

    if not isinstance(screen, ListScreen) or not screen.columns:
        return ()
    options = [("list", _("The columns of this list")), ("all", _("All fields"))]
    chosen = await screen.app.push_screen_wait(ChoiceModal(_("What shall be in the file?"), options))
    if chosen is None:
        return None
    return column_names(screen.columns) if chosen == "list" else ()


async def ask_file(screen: "CrmScreen[Any]", proposed: Path) -> Path | None:
    """Ask for a name until a file can be made there; None when the agent gives up."""
    path: Path | None = None

    async def check(values: Mapping[str, object]) -> None:
        nonlocal path
        path = screen.services.exports.place(str(values["file"] or ""), proposed.suffix)

    home = Path.home()
    short = Path("~") / proposed.relative_to(home) if proposed.is_relative_to(home) else proposed
    initial: Values = {"file": str(short)}
    detail = _("Only you can read the file.")
    modal = FieldsModal(_("Export"), detail, [_FILE], check, initial)
    return path if await screen.app.push_screen_wait(modal) is True else None


async def ask_format(screen: "CrmScreen[Any]") -> tuple[FileKind, Encoding] | None:
    """Ask for the kind of file; None when the agent gives up."""
    options = [(code, _(label)) for code, (label, _kind, _encoding) in FORMATS.items()]
    chosen = await screen.app.push_screen_wait(ChoiceModal(_("Export to what kind of file?"), options))
    return None if chosen is None else FORMATS[chosen][1:]


async def _write(screen: "CrmScreen[Any]", export: Export) -> bool:
    """Write a few records at once, and many behind a dialog that can stop it."""
    exports, done = screen.services.exports, list[Exported]()

    async def job(report: Report) -> str:
        done.append(await exports.write(screen.actor, export, report))
        return outcome(done[0])

    if 0 < len(export.ids) <= AT_ONCE:
        screen.app.notice(await job(go_on))
    else:
        await screen.app.push_screen_wait(ProgressModal(_("Export"), job, stays=False))
    return bool(done) and not done[0].stopped


def free_path(screen: "CrmScreen[Any]", what: str, kind: FileKind) -> Path:
    """Return a free name with the day in it, in the agent's folder for such files."""
    folder = Path.home() / "Downloads"
    if not os.access(folder, os.W_OK | os.X_OK):
        folder = Path.cwd()
    day = screen.services.clock.now().astimezone(screen.zone).date()
    number = 1
    while True:
        extra = f"-{number}" if number > 1 else ""
        path = folder / f"{what}-{day.isoformat()}{extra}{kind.value}"
        if not os.path.lexists(path):
            return path
        number += 1


def _what(selection: Selection) -> str:
    return _("Activities") if selection.module in ACTIVITIES else _(PLURAL[selection.module])
