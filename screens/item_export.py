"""Export to the files of other programs: events for calendars, contacts for address books."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.domain.bulk import Report
from crm_tui.domain.exports import Export, Exported
from crm_tui.domain.modules import ACTIVITIES, PLURAL, Module
from crm_tui.domain.queries import ListQuery
from crm_tui.i18n import N_, _
from screens.export_place import ask_file, free_path, write_file
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen


@dataclass(frozen=True, slots=True)
class ItemFile:
    """A kind of file.

    Attributes:
        label: Marked for translation.
        module: Whose records it holds.
    """

    label: str
    ending: str
    module: Module


CALENDAR = ItemFile(N_("Calendar file for Outlook and others (.ics)"), ".ics", Module.EVENT)

ITEM_FILES: Mapping[str, ItemFile] = {
    "ics": CALENDAR,
    "vcf": ItemFile(N_("Address cards for Outlook and others (.vcf)"), ".vcf", Module.CONTACT),
}
"""Every kind by its code."""


async def fitting(screen: "CrmScreen[Any]", selection: Selection) -> dict[str, ItemFile]:
    """Return what can be made of a selection; among several activities there may be events."""
    several, module = len(selection.ids) != 1, selection.module
    if module in ACTIVITIES and not several:
        module = await screen.services.activities.kind_of(screen.actor, selection.ids[0])
    return {
        code: kind
        for code, kind in ITEM_FILES.items()
        if kind.module is module or (several and module in ACTIVITIES and kind.module in ACTIVITIES)
    }


async def export_items(screen: "CrmScreen[Any]", selection: Selection, kind: ItemFile) -> bool:
    """Ask where to, and write the file; return whether there is one now."""
    path = await ask_file(screen, free_path(screen, _(PLURAL[kind.module]), kind.ending))
    if path is None:
        return False
    export = Export(
        selection.module,
        path,
        selection.query or ListQuery(),
        selection.ids,
        selection.but,
        all_activities=selection.module in ACTIVITIES,
    )
    return await write_file(screen, export, partial(_write, screen, export, kind))


async def _write(screen: "CrmScreen[Any]", export: Export, kind: ItemFile, report: Report) -> Exported:
    # Loaded when they are needed; the library for calendars takes half a second.
    if kind.module is Module.CONTACT:
        from crm_tui.sync.card_file import export_contacts

        return await export_contacts(screen.services, screen.actor, export, report)
    from crm_tui.sync.calendar_file import export_events

    return await export_events(screen.services, screen.actor, export, report)


async def export_shown(screen: "CrmScreen[Any]", ids: tuple[str, ...]) -> bool:
    """Write the events of a calendar to a file."""
    if not ids:
        screen.app.notice(_("There are no events in these days."))
        return False
    return await export_items(screen, Selection(Module.EVENT, ids), CALENDAR)
