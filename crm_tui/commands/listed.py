"""The views that a list can be restricted to: those that the console offers from the start."""

from dataclasses import dataclass

from crm_tui.commands.session import Session
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.queries import Criterion, Sort
from crm_tui.services.activity_views import VIEWS, view_query
from screens.list_views import views_of


@dataclass(frozen=True, slots=True)
class View:
    """What a view adds to a list; ``sort`` None: the order of the module."""

    criteria: tuple[Criterion, ...] = ()
    sort: Sort | None = None


def view_codes(module: Module) -> tuple[str, ...]:
    """Return the names of the views of ``module``."""
    if module in ACTIVITIES:
        return tuple(VIEWS)
    return tuple(view.code for view in views_of(module))


def find_view(session: Session, module: Module, code: str | None) -> View:
    """Return what the view ``code`` means for the acting user; None means everything."""
    if code is None:
        return View()
    if module in ACTIVITIES:
        query = view_query(code, session.actor, session.now)
        return View(query.criteria, query.sort)
    view = next(view for view in views_of(module) if view.code == code)
    return View(view.criteria_for(session.actor), view.sort)
