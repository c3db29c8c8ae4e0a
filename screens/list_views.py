"""The views that every list of records has from the start."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import Criterion, Op, Sort
from crm_tui.i18n import N_
from screens.list_columns import DEFAULT_SORT


@dataclass(frozen=True, slots=True)
class ListView:
    """A named choice of the records of one module.

    Attributes:
        label: Marked for translation.
        sort: How the view is sorted at first; None for the module's own order.
    """

    code: str
    label: str
    criteria: tuple[Criterion, ...] = ()
    mine: bool = False
    sort: Sort | None = None

    def criteria_for(self, actor: Actor) -> tuple[Criterion, ...]:
        """Return the conditions of the view for one agent."""
        if not self.mine:
            return self.criteria
        return (*self.criteria, Criterion("owner", Op.EQ, actor.user))

    def sort_for(self, module: Module) -> Sort:
        """Return the order of the view at first."""
        return self.sort or DEFAULT_SORT.get(module, Sort())


ALL = ListView("all", N_("All"))

_COMMON = (
    ALL,
    ListView("mine", N_("My records"), mine=True),
    ListView("recent", N_("Recently modified"), sort=Sort("modified_at", descending=True)),
    ListView("new", N_("Recently created"), sort=Sort("created_at", descending=True)),
)

_OWN: Mapping[Module, tuple[ListView, ...]] = {
    Module.LEAD: (ListView("open", N_("Not converted"), (Criterion("converted_at", Op.EMPTY),)),),
    Module.DEAL: (
        ListView("open", N_("Open deals"), (Criterion("stage_kind", Op.EQ, "open"),)),
        ListView("won", N_("Won deals"), (Criterion("stage_kind", Op.EQ, "won"),)),
    ),
    Module.CASE: (ListView("open", N_("Open cases"), (Criterion("status", Op.NE, "closed"),)),),
    Module.CAMPAIGN: (ListView("active", N_("Active campaigns"), (Criterion("status", Op.EQ, "active"),)),),
}


def views_of(module: Module) -> tuple[ListView, ...]:
    """Return the views of a module in the order they are offered."""
    return _COMMON + _OWN.get(module, ())
