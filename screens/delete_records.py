"""Deleting from any screen: asks, names what goes with it, tells the result."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import PLURAL, SINGULAR, Module
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
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
    if name:
        question = _("Delete “%(name)s”?") % {"name": safe(name, limit=80)}
    else:
        number = format_number(len(ids))
        question = _("Delete %(number)s records (%(module)s)?") % {
            "number": number,
            "module": _(PLURAL[module]),
        }
    if not await screen.app.confirm(question, _("Delete"), await _what_goes_with(screen, module, ids)):
        return False
    deleted = await screen.services.records(module).delete(screen.actor, tuple(ids))
    text = ngettext("%(number)s record was deleted.", "%(number)s records were deleted.", deleted)
    screen.app.notice(text % {"number": format_number(deleted)})
    return True


async def delete_selection(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Delete the selected records if the agent says yes."""
    return await ask_and_delete(screen, selection.module, selection.ids, selection.name)


async def _what_goes_with(screen: "CrmScreen[Any]", module: Module, ids: Sequence[str]) -> str:
    if len(ids) > NAMED:
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
