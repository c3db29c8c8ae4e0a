"""What a call queue is made of: put down when it is started, found again whenever somebody is wanted."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import PEOPLE, Area, Module, area_of
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.queue import Kind, QueueRun, QueueSource
from crm_tui.domain.records import Ref
from crm_tui.domain.view_codec import criterion_from_json, criterion_to_json, sort_from_json, sort_to_json
from crm_tui.domain.views import View, find_built_in, first_sort, usual_sort
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.references import visible_names
from crm_tui.services.views import ViewService

MOST_LISTED = 10_000
"""Records that a queue of marked records may have."""

MOST_TAKEN_OUT = 500
"""Records that may be taken out of a whole list."""

_LONGEST_NAME = 200


def view_source(view: View) -> QueueSource:
    """Return the queue of a view of leads or contacts.

    Raises:
        Invalid: The view lists something else.
    """
    module = _people(view.area)
    data = {"code": view.code, "name": view.name}
    return QueueSource(Kind.VIEW, module, f"view:{module.value}:{view.code}", data)


def campaign_source(campaign: Ref) -> QueueSource:
    """Return the queue of the members of a campaign."""
    data = {"id": campaign.id, "name": campaign.name}
    return QueueSource(Kind.CAMPAIGN, None, f"campaign:{campaign.id}", data)


def list_source(module: Module, ids: Sequence[str], name: str) -> QueueSource:
    """Return the queue of certain leads or contacts, in the order given.

    Raises:
        Invalid: There are too many, or none.
    """
    listed = list(dict.fromkeys(ids))
    if not 0 < len(listed) <= MOST_LISTED:
        raise Invalid(
            _("A queue of marked records has 1 to %(number)d of them. Use a view for more.")
            % {"number": MOST_LISTED}
        )
    key = f"list:{_people(area_of(module)).value}:{_digest(sorted(listed))}"
    return QueueSource(Kind.LIST, module, key, {"name": name[:_LONGEST_NAME]}, tuple(listed))


def query_source(module: Module, query: ListQuery, but: Collection[str], name: str) -> QueueSource:
    """Return the queue of a list as somebody filtered it.

    Args:
        but: Ids that were taken out of it.
        name: How the queue is called.
    """
    if len(but) > MOST_TAKEN_OUT:
        raise Invalid(_("Too many records were taken out of this list. Use a view."))
    data = {
        "criteria": [criterion_to_json(one) for one in query.criteria],
        "also": [criterion_to_json(one) for one in query.also],
        "match_any": query.match_any,
        "text": query.text,
        "sort": sort_to_json(query.sort),
        "but": sorted(but),
    }
    key = f"query:{_people(area_of(module)).value}:{_digest(data)}"
    return QueueSource(Kind.QUERY, module, key, {**data, "name": name[:_LONGEST_NAME]})


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


def _people(area: Area) -> Module:
    module = next((one for one in PEOPLE if area_of(one) is area), None)
    if module is None:
        raise Invalid(_("Only leads and contacts can be called one after the other."))
    return module


def _digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:40]
