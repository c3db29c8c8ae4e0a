"""Views: named choices of records, with conditions, columns and an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_tui.domain.modules import ACTIVITIES, Area, Module, area_of
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Ref
from crm_tui.domain.relative import Relative, Word
from crm_tui.i18n import N_

AREAS = (Area.LEAD, Area.CONTACT, Area.ACCOUNT, Area.DEAL, Area.CASE, Area.CAMPAIGN, Area.ACTIVITY, Area.NOTE)
"""What has views. Tasks, events and calls have those of the list of all activities."""

LONGEST_NAME = 100
"""Characters."""

MOST_CRITERIA = 25
MOST_COLUMNS = 30

NEVER = Criterion("id", Op.IN, ())
"""A condition that no record fits: what a condition turns into that can't be used any more."""


@dataclass(frozen=True, slots=True)
class View:
    """A view as it is stored, or a built-in one.

    Attributes:
        area: Whose records it lists.
        code: Code of a built-in view, the id of any other.
        name: What it is called; of a built-in view the label, marked for translation.
        criteria: Its conditions; relative values are worked out when the list is read.
        match_any: One of the conditions is enough.
        columns: Fields of the table in order; empty means the usual ones.
        sort: How it is sorted at first; None means the usual order.
        owner: Whose it is; None for a built-in one.
        shared: Whether everybody may use it.
        version: Counts saves; an edit names the version it was based on.
        problems: What is wrong with it now, a sentence each: a field that doesn't exist any more.
    """

    area: Area
    code: str
    name: str
    criteria: tuple[Criterion, ...] = ()
    match_any: bool = False
    columns: tuple[str, ...] = ()
    sort: Sort | None = None
    owner: Ref | None = None
    shared: bool = False
    version: int = 0
    problems: tuple[str, ...] = ()

    @property
    def is_built_in(self) -> bool:
        """Whether the view is part of the program."""
        return self.owner is None

    def query(self, columns: tuple[str, ...], sort: Sort, text: str = "") -> ListQuery:
        """Return the list that the view means.

        Args:
            columns: Fields that the rows shall carry.
            sort: Its order of now; at first that of the view, see `first_sort`.
            text: What was typed over the list.
        """
        return ListQuery(columns, sort, self.criteria, self.match_any, text)


ME = Relative(Word.ME)
_OPEN = Criterion("is_closed", Op.EQ, False)
_MINE = Criterion("owner", Op.EQ, ME)
_LATEST_CHANGE = Sort("modified_at", descending=True)


def _everywhere(area: Area) -> tuple[View, ...]:
    return (
        View(area, "all", N_("All")),
        View(area, "mine", N_("My records"), (_MINE,)),
        View(area, "recent", N_("Recently modified"), sort=_LATEST_CHANGE),
        View(area, "new", N_("Recently created"), sort=Sort("created_at", descending=True)),
    )


def _one(area: Area, code: str, label: str, criterion: Criterion) -> View:
    return View(area, code, label, (criterion,))


_OWN: Mapping[Area, tuple[View, ...]] = {
    Area.LEAD: (_one(Area.LEAD, "open", N_("Not converted"), Criterion("converted_at", Op.EMPTY)),),
    Area.DEAL: (
        _one(Area.DEAL, "open", N_("Open deals"), Criterion("stage_kind", Op.EQ, "open")),
        _one(Area.DEAL, "won", N_("Won deals"), Criterion("stage_kind", Op.EQ, "won")),
    ),
    Area.CASE: (_one(Area.CASE, "open", N_("Open cases"), Criterion("status", Op.NE, "closed")),),
    Area.CAMPAIGN: (
        _one(Area.CAMPAIGN, "active", N_("Active campaigns"), Criterion("status", Op.EQ, "active")),
    ),
}


def _activity(code: str, label: str, *criteria: Criterion, latest_first: bool = False) -> View:
    return View(Area.ACTIVITY, code, label, criteria, sort=Sort("due_at", descending=latest_first))


_ACTIVITY_VIEWS = (
    _activity("my_open", N_("My open"), _OPEN, _MINE),
    _activity("overdue", N_("Overdue"), _OPEN, _MINE, Criterion("due_at", Op.EQ, Relative(Word.OVERDUE))),
    _activity("today", N_("Today"), _MINE, Criterion("due_at", Op.EQ, Relative(Word.TODAY))),
    _activity("all_open", N_("All open"), _OPEN),
    _activity("all", N_("All"), latest_first=True),
    _activity("closed", N_("Closed"), Criterion("is_closed", Op.EQ, True), latest_first=True),
)

_BUILT_IN: Mapping[Area, tuple[View, ...]] = {
    **{area: _everywhere(area) + _OWN.get(area, ()) for area in AREAS},
    Area.ACTIVITY: _ACTIVITY_VIEWS,
}

_USUAL_SORT: Mapping[Module, Sort] = {
    Module.DEAL: _LATEST_CHANGE,
    Module.CASE: _LATEST_CHANGE,
    Module.NOTE: _LATEST_CHANGE,
    **{kind: Sort("due_at") for kind in ACTIVITIES},
}


def built_in(area: Area) -> tuple[View, ...]:
    """Return the built-in views of an area in the order they are offered; the first one is the standard."""
    return _BUILT_IN.get(area, ())


def find_built_in(area: Area, code: str) -> View | None:
    """Return a built-in view by its code."""
    return next((view for view in built_in(area) if view.code == code), None)


def standard_view(area: Area) -> View:
    """Return the view that a list has when nothing else was chosen."""
    return built_in(area)[0]


def first_sort(view: View, module: Module) -> Sort:
    """Return how a list of ``module`` is sorted when ``view`` is opened."""
    return view.sort or usual_sort(module)


def usual_sort(module: Module) -> Sort:
    """Return the order of a list where nothing else was chosen: by name, or the latest change first."""
    return _USUAL_SORT.get(module, Sort())


def modules_of(area: Area) -> tuple[Module, ...]:
    """Return the modules whose records the views of ``area`` list."""
    return tuple(module for module in Module if module is not Module.USER and area_of(module) is area)


@dataclass(frozen=True, slots=True)
class ViewDraft:
    """A view as somebody puts it together.

    Attributes:
        criteria: Values may still be text, as they were typed.
        columns: Field names in order; empty means the usual ones.
    """

    name: str
    criteria: Sequence[Criterion] = ()
    match_any: bool = False
    columns: Sequence[str] = ()
    sort: Sort | None = None
    shared: bool = False
