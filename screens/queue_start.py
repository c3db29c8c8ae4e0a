"""Ways into a call queue: a view, marked records, a whole list, the members of a campaign, one under way."""

from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import PLURAL, SINGULAR, Module
from crm_tui.domain.queue import QueueRun, QueueSource
from crm_tui.domain.queue_sources import campaign_source, list_source, query_source, view_source
from crm_tui.domain.records import Ref
from crm_tui.domain.views import first_sort
from crm_tui.formats import format_number
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.queue_screen import QueueScreen
from screens.queue_texts import totals
from screens.selection import Selection

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from screens.base import CrmScreen


async def queue_of_selection(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Work the marked records, the whole list, or the view that is shown; return whether it began."""
    await _start(screen.app, _source(screen, selection))
    return True


async def queue_of_campaign(screen: "CrmScreen[Any]", selection: Selection) -> bool:
    """Work the members of a campaign; return whether it began."""
    await work_campaign(screen, Ref(Module.CAMPAIGN, selection.ids[0], selection.name))
    return True


async def work_campaign(screen: "CrmScreen[Any]", campaign: Ref) -> None:
    """Work the members of a campaign."""
    await _start(screen.app, campaign_source(campaign))


async def choose_queue(app: "CrmApp") -> None:
    """Let the agent choose among the queues that are under way, and join it."""
    queue = app.services.queue
    runs = {run.id: run for run in await queue.runs(app.actor)}
    if not runs:
        app.notice(_("No call queue is under way. Choose “Call queue” among the actions of a list."))
        return
    options = []
    for run in runs.values():
        overview = await queue.overview(app.actor, run.id)
        agents = ", ".join(dict.fromkeys(safe(one.agent.name, limit=20) for one in overview.agents))
        told = f"{safe(run.title, limit=60)}: {totals(overview)}"
        options.append((run.id, f"{told} ({agents})" if agents else told))
    chosen = await app.push_screen_wait(ChoiceModal(_("Which call queue?"), options))
    if chosen is not None:
        await _open(app, runs[chosen])


def _source(screen: "CrmScreen[Any]", selection: Selection) -> QueueSource:
    """Return what a selection means: nothing marked is the view that is shown."""
    from screens.list_screen import ListScreen

    module = selection.module
    is_list = isinstance(screen, ListScreen) and screen.module is module
    if not isinstance(screen, ListScreen) or not is_list or screen.table.marked:
        return list_source(module, selection.ids, _marked(module, len(selection.ids)))
    query = screen.wanted()
    view, but = screen.view, selection.but
    is_view = not query.text and not but and query.sort == first_sort(view, module)
    if is_view:
        return view_source(view)
    name = _(view.name) if view.is_built_in else view.name
    return query_source(module, query, but, f"{name} / {query.text}" if query.text else name)


def _marked(module: Module, number: int) -> str:
    text = ngettext("%(number)s marked record (%(module)s)", "%(number)s marked records (%(module)s)", number)
    return text % {
        "number": format_number(number),
        "module": _((SINGULAR if number == 1 else PLURAL)[module]),
    }


async def _start(app: "CrmApp", source: QueueSource) -> None:
    run = await app.services.queue.start(app.actor, source)
    await _open(app, run)


async def _open(app: "CrmApp", run: QueueRun) -> None:
    """Show a queue, where it is open already if it is."""
    mode = app.mode_with(lambda one: isinstance(one, QueueScreen) and one.run.id == run.id)
    if mode is None:
        await app.push_screen(QueueScreen(run))
        return
    if app.current_mode != mode:
        app.switch_mode(mode)
    app.notice(_("This queue is open already."))
