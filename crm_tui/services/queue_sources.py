"""What a call queue is made of: put down when it is started, found again whenever somebody is wanted."""

from dataclasses import replace
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module, area_of
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.queue import Kind, QueueRun, QueueSource
from crm_tui.domain.records import Ref
from crm_tui.domain.view_codec import criterion_from_json, sort_from_json
from crm_tui.domain.views import View, find_built_in, first_sort, usual_sort
from crm_tui.services.core import Core
from crm_tui.services.references import visible_names
from crm_tui.services.views import ViewService


def source_of(row: Any) -> QueueSource:
    """Return the source of a stored round."""
    return QueueSource(Kind(row.kind), Module(row.module) if row.module else None, row.source_key, row.source)


class QueueSources:
    """Finds again what a queue is made of, for whoever works it."""

    def __init__(self, core: Core, views: ViewService) -> None:
        self._core = core
        self._views = views

    async def run_of(self, actor: Actor, row: Any, *, joined: bool = False) -> QueueRun:
        """Return a stored round, named as it is called now.

        Raises:
            NotFound: The view or the campaign is gone, or out of the actor's sight.
        """
        source, campaign, is_built_in = source_of(row), None, False
        name = str(source.data.get("name", ""))
        if source.kind is Kind.VIEW:
            view = await self._view(actor, source)
            name, is_built_in = view.name, view.is_built_in
        elif source.kind is Kind.CAMPAIGN:
            async with self._core.store.read() as connection:
                names = await visible_names(connection, actor, Module.CAMPAIGN, {str(source.data["id"])})
            campaign = Ref(Module.CAMPAIGN, str(source.data["id"]), names[str(source.data["id"])])
            name = campaign.name
        return QueueRun(row.id, source, name, row.created_at, campaign, joined, is_built_in)

    async def query_of(self, actor: Actor, run: QueueRun) -> ListQuery | None:
        """Return the list that a round goes through, None where it isn't a list of one module."""
        source = run.source
        if source.module is None or source.kind is Kind.LIST:
            return None
        if source.kind is Kind.VIEW:
            view = await self._view(actor, source)
            return replace(view.query((), first_sort(view, source.module)), columns=())
        data = source.data
        return ListQuery(
            (),
            sort_from_json(data["sort"]) or usual_sort(source.module),
            tuple(criterion_from_json(one) for one in data["criteria"]),
            bool(data["match_any"]),
            str(data["text"]),
            tuple(criterion_from_json(one) for one in data["also"]),
        )

    async def _view(self, actor: Actor, source: QueueSource) -> View:
        code = str(source.data["code"])
        area = area_of(source.module or Module.LEAD)
        return find_built_in(area, code) or await self._views.get(actor, code)
