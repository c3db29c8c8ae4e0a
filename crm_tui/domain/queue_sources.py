"""What a call queue can be made of, put down so that two agents who mean the same get the same queue."""

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from crm_tui.domain.modules import PEOPLE, Area, Module, area_of
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.queue import Kind, QueueSource
from crm_tui.domain.records import Ref
from crm_tui.domain.view_codec import criterion_to_json, sort_to_json
from crm_tui.domain.views import View
from crm_tui.errors import Invalid
from crm_tui.i18n import _

MOST_LISTED: Final = 10_000
"""Records that a queue of marked records may have."""

MOST_TAKEN_OUT: Final = 500
"""Records that may be taken out of a whole list."""

_LONGEST_NAME: Final = 200


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


def _people(area: Area) -> Module:
    module = next((one for one in PEOPLE if area_of(one) is area), None)
    if module is None:
        raise Invalid(_("Only leads and contacts can be called one after the other."))
    return module


def _digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:40]
