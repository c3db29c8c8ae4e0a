"""Deleting from any screen: asks, names what goes with it, tells the result."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.domain.bulk import BulkResult, Report
from crm_tui.domain.modules import ACTIVITIES, PLURAL, SINGULAR, Module
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from screens.bulk_work import confirmed_deletion, targets_of, who, work
from screens.selection import Selection

if TYPE_CHECKING:
    from screens.base import CrmScreen

NAMED = 20
"""Records whose dependents are counted before the question; for more it would take too long."""


async def ask_and_delete(
    screen: "CrmScreen[Any]", module: Module, ids: Sequence[str], name: str = ""
) -> bool:
    """Delete records if the agent says yes; to be awaited in a worker.

    Args:
        screen: The screen in front.
        module: What the records are.
        ids: Which ones.
        name: What a single record is called.

    Returns:
        Whether they were deleted.
    """
    return await delete_selection(screen, Selection(module, tuple(ids), name=name))


async def delete_selection(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Delete the selected records, whole lists too, if the agent says yes."""
    targets = await targets_of(screen, selection)
    if targets is None:
        return False
    question = _("Delete %(who)s?") % {"who": who(selection, targets)}
    detail = await _what_goes_with(screen, selection)
    if not await confirmed_deletion(screen, question, selection, targets, detail):
        return False

    async def act(report: Report) -> BulkResult:
        return await screen.services.bulk.delete(screen.actor, targets, report)

    return await work(screen, _("Deleting records"), targets, act, _deleted)


def _deleted(number: int) -> str:
    text = ngettext("%(number)s record was deleted.", "%(number)s records were deleted.", number)
    return text % {"number": format_number(number)}


async def _what_goes_with(screen: "CrmScreen[Any]", selection: Selection) -> str:
    module, ids = selection.module, selection.ids
    if module in ACTIVITIES or module is Module.NOTE:
        return ""
    if selection.is_whole_list or len(ids) > NAMED:
        return _("Their notes go with them.")
    gone: Counter[Module] = Counter()
    kept: Counter[Module] = Counter()
    for ident in ids:
        for consequence in await screen.services.records(module).consequences(screen.actor, ident):
            (kept if consequence.kept else gone)[consequence.module] += consequence.number
    lines = []
    if gone:
        lines.append(_("Goes with it: %(what)s") % {"what": _listed(gone)})
    if kept:
        lines.append(_("Stays, without the link: %(what)s") % {"what": _listed(kept)})
    return "\n".join(lines)


def _listed(numbers: Counter[Module]) -> str:
    return ", ".join(
        f"{_(SINGULAR[module] if number == 1 else PLURAL[module])} {format_number(number)}"
        for module, number in numbers.items()
    )
