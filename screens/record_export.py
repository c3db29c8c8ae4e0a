"""Export of marked records or a whole list: format, columns, file, then the work."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.domain.exports import Encoding, Export, FileKind, Headings
from crm_tui.domain.modules import ACTIVITIES, PLURAL
from crm_tui.domain.queries import ListQuery
from crm_tui.i18n import N_, _
from screens.choice_modal import ChoiceModal
from screens.export_place import ask_file, free_path, write_file
from screens.item_export import export_items, fitting
from screens.list_columns import column_names
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen

FORMATS: Mapping[str, tuple[str, FileKind, Encoding]] = {
    "xlsx": (N_("Excel workbook (.xlsx)"), FileKind.XLSX, Encoding.UTF8),
    "csv": (N_("CSV, UTF-8 (.csv)"), FileKind.CSV, Encoding.UTF8),
    "cp932": (N_("CSV, CP932 for older Japanese programs (.csv)"), FileKind.CSV, Encoding.CP932),
}
"""Label marked for translation, ending and encoding of what can be made."""


async def export_selection(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Ask how and where to, and export the records; return whether there is a file now."""
    items = await fitting(screen, selection)
    code = await _ask_code(screen, {code: kind.label for code, kind in items.items()})
    if code is None:
        return False
    if code in items:
        return await export_items(screen, selection, items[code])
    _label, kind, encoding = FORMATS[code]
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


async def ask_format(screen: "CrmScreen[Any]") -> tuple[FileKind, Encoding] | None:
    """Ask for the kind of a table; None when the agent gives up."""
    code = await _ask_code(screen, {})
    return None if code is None else FORMATS[code][1:]


async def _ask_code(screen: "CrmScreen[Any]", others: Mapping[str, str]) -> str | None:
    options = [(code, _(label)) for code, (label, _kind, _encoding) in FORMATS.items()]
    options += [(code, _(label)) for code, label in others.items()]
    modal = ChoiceModal(_("Export to what kind of file?"), options)
    code: str | None = await screen.app.push_screen_wait(modal)
    return code


async def _write(screen: "CrmScreen[Any]", export: Export) -> bool:
    return await write_file(screen, export, partial(screen.services.exports.write, screen.actor, export))


def _what(selection: Selection) -> str:
    return _("Activities") if selection.module in ACTIVITIES else _(PLURAL[selection.module])
