"""A mailbox of Outlook, read by delta rounds of Microsoft Graph.

A round follows the links of one delta query to its end; what it hands out last is where the next round
begins. Contacts and tasks have one query for each folder or list, events one for the days around today.
Items come several times and in any order, gone ones with the mark ``@removed``.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, Literal

from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.domain.search_terms import fold
from crm_tui.net.errors import said
from crm_tui.net.line import garbled
from crm_tui.sync.errors import ServerRefuses
from crm_tui.sync.outlook.graph_extended import ExtendedProperties
from crm_tui.sync.outlook.graph_items import (
    Json,
    categories_of,
    contact_item,
    event_item,
    id_of,
    is_removed,
    segment,
    task_item,
)
from crm_tui.sync.outlook.graph_line import Graph
from crm_tui.sync.outlook.graph_places import DEFAULT, DEFAULT_LIST, contact_places, contacts_of, task_places
from crm_tui.sync.outlook.sources import Page

_EVENTS: Final = "calendar"
_UNTIL: Final = "until"
_MOST_PAGES: Final = 20_000
_OF_MASTER: Final = frozenset({"id", "start", "end", "type", "@odata.etag", "changeKey", "recurrence"})
"""What an occurrence doesn't take from its series."""

_LONGEST_SERIES: Final = 1000


@dataclass(slots=True)
class _Round:
    """What is known of a round while it is read.

    Attributes:
        number: Items so far.
        seen: By id, from which place an item came last, and a digest of it.
        removed: Ids that are gone, unless they come again.
        links: Where the next round of each place begins.
        is_full: Every place was read from its beginning.
    """

    number: int = 0
    seen: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    removed: dict[str, None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    is_full: bool = True

    def is_new(self, place: str, raw: Json) -> bool:
        """Take an item, or the mark that it is gone; return whether it is one that didn't come before."""
        remote_id = id_of(raw)
        if is_removed(raw):
            came_from, _digest = self.seen.get(remote_id, (place, b""))
            if remote_id and came_from == place:
                # One that came from elsewhere was moved.
                self.removed[remote_id] = None
                self.seen.pop(remote_id, None)
            return False
        digest = hashlib.blake2b(json.dumps(raw, sort_keys=True).encode(), digest_size=12).digest()
        is_known = self.seen.get(remote_id, ("", b""))[1] == digest
        self.seen[remote_id] = (place, digest)
        self.removed.pop(remote_id, None)
        return bool(remote_id) and not is_known


class GraphSource:
    """An `OutlookSource`: the items of one mailbox.

    Args:
        zone: The agent's, for days.
        now: The source of time.
        category: Only for items of this one more is asked than what came anyway; "" for all.
        days_back: How long ago an event may have been.
        days_ahead: How far away it may be.
    """

    kind: Literal["graph"] = "graph"

    def __init__(
        self,
        graph: Graph,
        zone: tzinfo,
        now: Callable[[], datetime],
        category: str = "",
        days_back: int = 30,
        days_ahead: int = 180,
    ) -> None:
        self._graph = graph
        self._zone = zone
        self._now = now
        self._category = fold(category)
        self._days = (days_back, days_ahead)
        self._series: dict[str, Json] = {}
        self._properties = ExtendedProperties(graph)
        self._round = _Round()
        self.was_full = False

    async def pages(self, what: ItemKind, cursor: str | None) -> AsyncIterator[Page]:
        """Yield what has changed since a cursor; everything where it is None.

        Afterwards `was_full` says whether everything was read: linked items that didn't come are gone.

        Raises:
            RoundLost: The server doesn't know the cursor any more; begin again without one.
            CrmError: The mailbox can't be read; see `Graph.get`.
        """
        self._round = state = _Round()
        self.was_full = False
        before = _read(cursor)
        places, kept = await self._places(what, before)
        if before.keys() - places.keys() - {_UNTIL, DEFAULT}:
            # A folder or list is gone: only a full round tells what was in it and is elsewhere now.
            before = {}
        for place, start in places.items():
            link = before.get(place) or start
            state.is_full &= link == start
            if what is ItemKind.CONTACT and link == start and not self._category:
                await self._properties.list_all(contacts_of(place))
            async for raws in self._delta(place, link, state):
                new = [raw for raw in raws if state.is_new(place, raw) and not self._is_series(raw)]
                items = [await self._item(what, place, raw, state) for raw in new]
                if items:
                    yield Page(tuple(items))
        self.was_full = state.is_full
        yield Page((), tuple(state.removed), json.dumps({**kept, **state.links}), True)

    def has_seen(self, remote_id: str) -> bool:
        """Return whether an item came in the last round."""
        return remote_id in self._round.seen

    async def is_gone(self, what: ItemKind, remote_id: str) -> bool:
        """Return whether the mailbox has an item no more; one that is merely out of sight isn't gone."""
        if what is not ItemKind.EVENT:
            return True
        try:
            found = await self._graph.get(f"/me/events/{segment(remote_id)}?$select=id,isCancelled")
        except ServerRefuses as error:
            return error.status == 404
        return is_removed(found)

    async def categories(self) -> tuple[str, ...]:
        """Return the names of the mailbox's categories, in its order."""
        answer = await self._graph.get("/me/outlook/masterCategories")
        found = answer.get("value")
        names = (
            [one.get("displayName") for one in found if isinstance(one, dict)]
            if isinstance(found, list)
            else []
        )
        return tuple(dict.fromkeys(said(name) for name in names if isinstance(name, str) and name.strip()))

    # Parts

    async def _places(self, what: ItemKind, before: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return where items are, each with the query that a full round begins with, and what to remember."""
        if what is ItemKind.CONTACT:
            return await contact_places(self._graph, before)
        if what is ItemKind.TASK:
            return await task_places(self._graph), {}
        return self._calendar(before)

    def _calendar(self, before: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the days around today; those of the round before as long as they are nearly the same."""
        back, ahead = self._days
        today = self._now().astimezone(UTC).date()
        first, last = today - timedelta(days=back), today + timedelta(days=ahead)
        until = _date(before.get(_UNTIL))
        if until is not None and _EVENTS in before and abs((last - until).days) <= max(1, ahead // 30):
            return {_EVENTS: ""}, {_UNTIL: until.isoformat()}
        before.pop(_EVENTS, None)
        query = f"startDateTime={_midnight(first)}&endDateTime={_midnight(last)}"
        return {_EVENTS: f"/me/calendarView/delta?{query}"}, {_UNTIL: last.isoformat()}

    async def _delta(self, place: str, link: str, state: _Round) -> AsyncIterator[list[Json]]:
        """Follow the links of one delta query; empty pages come too.

        One that ends without a link for the next round may have lost its rest: what didn't come isn't gone.
        """
        followed: set[str] = set()
        is_list = link == DEFAULT_LIST
        while link:
            if link in followed or len(followed) >= _MOST_PAGES:
                raise garbled("Microsoft Graph")
            followed.add(link)
            answer = await self._graph.get(link)
            value = answer.get("value")
            yield [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
            state.is_full &= isinstance(value, list)
            if isinstance(delta := answer.get("@odata.deltaLink"), str):
                self._graph.require_own(delta)
                state.links[place] = delta
                return
            following = answer.get("@odata.nextLink")
            link = following if isinstance(following, str) else ""
        state.is_full &= is_list

    async def _item(self, what: ItemKind, place: str, raw: Json, state: _Round) -> OutlookItem:
        state.number += 1
        match what:
            case ItemKind.CONTACT:
                raw = await self._complete(raw, "/me/contacts")
                return contact_item(raw, state.number, await self._extended(raw))
            case ItemKind.TASK:
                raw = await self._complete(raw, f"/me/todo/lists/{segment(place)}/tasks")
                return task_item(raw, state.number, self._zone)
        return event_item(await self._whole(raw), state.number, self._zone)

    async def _complete(self, raw: Json, place: str, *, is_bare: bool = False) -> Json:
        """Return an item with what its answer left out: later rounds need only tell what was changed.

        It is asked for where the categories decide and aren't told, or nothing is.
        """
        if not is_bare and ("categories" in raw or not self._category):
            return raw
        try:
            found = await self._graph.get(f"{place}/{segment(id_of(raw))}")
        except ServerRefuses:
            return raw
        return {**found, **raw}

    async def _extended(self, raw: Json) -> Json | None:
        """Return what v1.0 has no names for; None where nothing is known of it."""
        named = [fold(name) for name in categories_of(raw)]
        if self._category and self._category not in named:
            return None
        return await self._properties.of(raw)

    def _is_series(self, raw: Json) -> bool:
        """Keep what a series says for its occurrences; it is no event of its own.

        Views of a calendar have none by the documentation, their delta queries do.
        """
        if raw.get("type") != "seriesMaster":
            return False
        if "subject" in raw:
            self._keep_series(id_of(raw), raw)
        return True

    async def _whole(self, raw: Json) -> Json:
        """Return an event with what calendar views leave out: of an occurrence all that its series says."""
        is_bare, series = "subject" not in raw, id_of({"id": raw.get("seriesMasterId")})
        if not is_bare or raw.get("type") != "occurrence" or not series:
            is_bare = is_bare and raw.get("type") == "exception"
            return await self._complete(raw, "/me/events", is_bare=is_bare)
        if series not in self._series:
            self._keep_series(series, await self._master(series))
        master = {name: value for name, value in self._series[series].items() if name not in _OF_MASTER}
        return {**master, **raw}

    def _keep_series(self, series: str, master: Json) -> None:
        if len(self._series) >= _LONGEST_SERIES:
            self._series.clear()
        self._series[series] = master

    async def _master(self, series: str) -> dict[str, Any]:
        try:
            return await self._graph.get(f"/me/events/{segment(series)}")
        except ServerRefuses:
            return {}


def _read(cursor: str | None) -> dict[str, str]:
    try:
        found = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return {str(name): str(link) for name, link in found.items()} if isinstance(found, dict) else {}


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
