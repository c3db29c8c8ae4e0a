"""The key v of lists: choosing a view, making, mending, copying and deleting one."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from crm_tui.domain.views import View, first_sort, standard_view
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from screens.view_modal import ViewAnswer, ViewModal

if TYPE_CHECKING:
    from screens.list_screen import ListScreen


def view_name(view: View) -> str:
    """Return what a view is called in the agent's language."""
    return _(view.name) if view.is_built_in else view.name


async def choose_view(screen: "ListScreen") -> None:
    """Let the agent choose a view for ``screen``; to be awaited in a worker.

    The dialog comes back after a view was deleted, and after an editor that was given up.
    """
    highlighted = screen.view.code
    while True:
        with screen.app.keys.hold():
            views = await screen.services.views.list(screen.actor, screen.area)
        modal: Screen[Any] = ViewModal(
            screen.area, views, screen.view.code, highlighted, searched=partial(_is_searched, screen)
        )
        answer: ViewAnswer | None = await screen.app.push_screen_wait(modal)
        if answer is None:
            return
        if answer.action == "use" and answer.view is not None:
            await _use(screen, answer.view)
            return
        if answer.action == "delete" and answer.view is not None:
            await _delete(screen, answer.view)
            highlighted = screen.view.code
            continue
        saved = await _edit(screen, answer)
        if saved is not None:
            await _use(screen, saved)
            return
        highlighted = answer.view.code if answer.view is not None else screen.view.code


async def _is_searched(screen: "ListScreen", view: View) -> bool:
    return await screen.is_searched(view.query((), first_sort(view, screen.module)))


async def _use(screen: "ListScreen", view: View) -> None:
    await screen.show_view(view)
    await screen.services.views.remember(screen.actor, view)


async def _edit(screen: "ListScreen", answer: ViewAnswer) -> View | None:
    from screens.view_editor_screen import ViewEditorScreen

    view = answer.view
    if answer.action == "copy" and view is not None:
        name = _("Copy of %(name)s") % {"name": view_name(view)}
        copy = replace(view, name=name, owner=None, shared=False, problems=())
        editor = ViewEditorScreen(screen.area, None, start=copy)
    elif answer.action == "edit":
        editor = ViewEditorScreen(screen.area, view)
    else:
        editor = ViewEditorScreen(screen.area, None)
    front: Screen[Any] = editor
    saved: View | None = await screen.app.push_screen_wait(front)
    return saved


async def _delete(screen: "ListScreen", view: View) -> None:
    question = _("Delete the view “%(name)s”?") % {"name": view.name}
    detail = _("It is gone for everybody.") if view.shared else ""
    if not await screen.app.confirm(question, _("Delete"), detail):
        return
    try:
        await screen.services.views.delete(screen.actor, view.code, view.version)
    except CrmError as error:
        screen.show_error(error)
        return
    screen.app.notice(_("The view “%(name)s” is deleted.") % {"name": view.name})
    if screen.view.code == view.code:
        await screen.show_view(standard_view(screen.area))
