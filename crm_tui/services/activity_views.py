"""The built-in views of the activity list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from crm_tui.domain.actor import Actor
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.i18n import N_

DEFAULT_COLUMNS = ("kind", "subject", "status", "due_at", "who", "phone", "related_to", "owner")


@dataclass(frozen=True, slots=True)
class ActivityView:
    """A built-in view: its code on the command line and its label, marked for translation."""

    code: str
    label: str


VIEWS: Mapping[str, ActivityView] = {
    view.code: view
    for view in (
        ActivityView("my_open", N_("My open")),
        ActivityView("overdue", N_("Overdue")),
        ActivityView("today", N_("Today")),
        ActivityView("all_open", N_("All open")),
        ActivityView("all", N_("All")),
        ActivityView("closed", N_("Closed")),
    )
}


def view_query(
    view: str,
    actor: Actor,
    now: datetime,
    *,
    sort: Sort | None = None,
    text: str = "",
    columns: tuple[str, ...] = DEFAULT_COLUMNS,
) -> ListQuery:
    """Return the query of a built-in view.

    Args:
        view: Code of the view.
        now: The present moment in the agent's zone, whose day is meant by "today".
    """
    opened = Criterion("is_closed", Op.EQ, False)
    mine = Criterion("owner", Op.EQ, actor.user)
    match view:
        case "my_open":
            criteria: tuple[Criterion, ...] = (opened, mine)
        case "overdue":
            criteria = (opened, mine, Criterion("due_at", Op.LT, now.astimezone(UTC)))
        case "today":
            first, last = _day(now)
            criteria = (mine, Criterion("due_at", Op.GE, first), Criterion("due_at", Op.LT, last))
        case "all_open":
            criteria = (opened,)
        case "closed":
            criteria = (Criterion("is_closed", Op.EQ, True),)
        case _:
            criteria = ()
    standard = Sort("due_at", descending=view in ("all", "closed"))
    return ListQuery(columns, sort or standard, criteria, text=text)


def _day(now: datetime) -> tuple[datetime, datetime]:
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    return midnight, datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
