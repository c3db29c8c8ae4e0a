"""What is done with the rows of a list of linked records, one or several."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.binding import ActiveBinding

from crm_tui.domain.records import Ref
from crm_tui.i18n import _
from screens.record_actions import OwnAction
from screens.related_tabs import Links, RowAction

if TYPE_CHECKING:
    from screens.base import CrmScreen

_OF_THE_RECORD = frozenset({"log_call", "new_task"})
"""Actions that mean the record shown, whichever row has the focus."""


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


def for_rows_first(bindings: dict[str, ActiveBinding]) -> dict[str, ActiveBinding]:
    """Return the keys of a record in the order for a row of a related list: the footer has room for few."""
    nodes = list(dict.fromkeys(active.node for active in bindings.values()))

    def place(item: tuple[str, ActiveBinding]) -> tuple[int, bool]:
        active = item[1]
        return nodes.index(active.node), active.binding.action in _OF_THE_RECORD

    return dict(sorted(bindings.items(), key=place))


def named_for_links(
    bindings: dict[str, ActiveBinding], links: Links, *, focused: bool
) -> dict[str, ActiveBinding]:
    """Return the keys of a record with what n and d do in a list of linked records: nothing is deleted.

    Args:
        bindings: Translated.
        links: What the list is called by.
        focused: The list has the focus: d removes from it. Without it, it is in front: n adds to it.
    """
    labels = {name: label for name, label in links.labels.items() if focused or name == "new"}
    return {
        key: _labelled(active, *labels[active.binding.action]) if active.binding.action in labels else active
        for key, active in bindings.items()
    }


def _labelled(active: ActiveBinding, label: str, tooltip: str) -> ActiveBinding:
    binding = replace(active.binding, description=_(label), tooltip=_(tooltip))
    return active._replace(binding=binding, tooltip=_(tooltip))


async def _done(act: RowAction, screen: "CrmScreen[Any]", ref: Ref) -> bool:
    await act(screen, ref)
    return True
