"""The view that a list is restricted to: a built-in one by its code, any other by name or id."""

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from crm_tui.domain.modules import Module, area_of
from crm_tui.domain.views import built_in
from crm_tui.i18n import N_

if TYPE_CHECKING:
    from crm_tui.commands.session import Session
    from crm_tui.domain.views import View

WHERE_HELP = N_(
    "Condition; OP is one of = != < <= > >= contains not-contains starts empty not-empty in not-in. Dates"
    " take today, last week, next 7 days, overdue and the like, users take me and my team. Repeat it."
)


class ViewName(click.ParamType[str]):
    """The name of a view; the shell completes the codes of built-in ones."""

    name = "view"

    def __init__(self, module: Module) -> None:
        self._module = module

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the codes that begin with what was typed."""
        codes = (view.code for view in built_in(area_of(self._module)))
        return [CompletionItem(code) for code in codes if code.startswith(incomplete)]


async def find_view(session: "Session", module: Module, name: str | None) -> "View | None":
    """Return the view that is called so; None without a name.

    Raises:
        NotFound: There is none that the acting user may use.
        Ambiguous: Several views are called so.
    """
    if name is None:
        return None
    return await session.services.views.find(session.actor, name, area_of(module))


def shown_columns(view: "View | None") -> tuple[str, ...]:
    """Return the columns of a table that a view asks for, the name among them; none for the usual ones."""
    if view is None or not view.columns:
        return ()
    named = {"name", "subject", "title"}.intersection(view.columns)
    return view.columns if named else ("name", *view.columns)
