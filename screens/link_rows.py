"""What is done with the rows of a list of linked records, one or several."""

from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.domain.records import Ref
from screens.record_actions import OwnAction
from screens.related_tabs import Links, RowAction

if TYPE_CHECKING:
    from screens.base import CrmScreen


async def remove_links(screen: "CrmScreen[Any]", links: Links, refs: tuple[Ref, ...]) -> bool:
    """Take the links of some rows away; return whether that was done, as far as the list says so."""
    if links.marked is not None and len(refs) > 1:
        return await links.marked.remove(screen, refs)
    for ref in refs:
        await links.remove(screen, ref)
    return True


def own_actions(screen: "CrmScreen[Any]", links: Links, refs: tuple[Ref, ...]) -> list[OwnAction]:
    """Return what a list offers for some of its rows."""
    if len(refs) == 1:
        return [(code, label, partial(_done, act, screen, refs[0])) for code, label, act in links.actions]
    actions = links.marked.actions if links.marked is not None else ()
    return [(code, label, partial(act, screen, refs)) for code, label, act in actions]


async def _done(act: RowAction, screen: "CrmScreen[Any]", ref: Ref) -> bool:
    await act(screen, ref)
    return True
