"""The one list of tasks, events and calls, and the related lists of a record."""

from collections.abc import Mapping
from dataclasses import replace

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import PEOPLE, Area, Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, Criterion, ListQuery, Op, RelatedCounts, Sort
from crm_tui.domain.records import ListRow, Record, Ref
from crm_tui.domain.typed_text import typed_text
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.services.activity_records import stored_query, with_overdue
from crm_tui.services.core import Core
from crm_tui.services.criteria import checked_query
from crm_tui.services.list_fields import OTHER_KINDS, activity_fields
from crm_tui.services.references import find_ref
from crm_tui.store.repositories.fieldmap import known_fields
from crm_tui.store.repositories.participants import ParticipantRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection

RELATED_COLUMNS = ("subject", "kind", "status", "due_at", "due_date", "starts_at", "ends_at", "owner")
"""Columns of the related lists of open and closed activities, with the days of what isn't due at a time."""

_STANDARD = frozenset(known_fields(Module.CALL, OTHER_KINDS))


class ActivityService:
    """Activities of all three kinds."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def list(self, actor: Actor, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return one page of activities; the kind of each row is its module."""
        await self._core.require(actor, can_view(actor, Area.ACTIVITY), "list", Module.TASK)
        now = self._core.clock.now()
        stored = await self._checked_query(actor, query)
        async with self._core.store.read() as connection:
            typed = typed_text(query.text, self._core.region)
            page = await self._repository(connection).page(actor, stored, request, typed)
        return with_overdue(page, query, now)

    async def count(self, actor: Actor, query: ListQuery, cap: int = 10_000) -> Count:
        """Count activities, no further than ``cap``."""
        await self._core.require(actor, can_view(actor, Area.ACTIVITY), "count", Module.TASK)
        stored = await self._checked_query(actor, query)
        async with self._core.store.read() as connection:
            typed = typed_text(query.text, self._core.region)
            return await self._repository(connection).count(actor, stored, cap, typed)

    async def is_searched(self, actor: Actor, query: ListQuery) -> bool:
        """Return whether all activities have to be searched for a list, so that reading it takes a while."""
        stored = await self._checked_query(actor, query)
        async with self._core.store.read() as connection:
            return await self._repository(connection).is_searched(actor, stored)

    async def related(
        self,
        actor: Actor,
        parent: Ref,
        closed: bool,
        sort: Sort,
        request: PageRequest,
        columns: tuple[str, ...] = RELATED_COLUMNS,
    ) -> Page[ListRow]:
        """Return the open or closed activities of a record; of a person also the events they take part in."""
        await find_ref(self._core, actor, parent.module, parent.id)
        query = related_query(parent, closed, sort, takes_part=await self._takes_part(parent))
        return await self.list(actor, replace(query, columns=columns), request)

    async def related_counts(self, actor: Actor, parent: Ref, cap: int = 1_000) -> RelatedCounts:
        """Count what hangs on a record, each no further than ``cap``; 0 for what may not be seen."""
        await find_ref(self._core, actor, parent.module, parent.id)
        open_, closed = 0, 0
        if can_view(actor, Area.ACTIVITY) is True:
            takes_part = await self._takes_part(parent)
            queries = [related_query(parent, over, takes_part=takes_part) for over in (False, True)]
            open_, closed = [(await self.count(actor, query, cap)).number for query in queries]
        notes = 0
        if can_view(actor, Area.NOTE) is True:
            query = ListQuery(criteria=(Criterion("parent", Op.EQ, parent),))
            async with self._core.store.read() as connection:
                notes = (await RecordRepository(connection, Module.NOTE).count(actor, query, cap)).number
        return RelatedCounts(open_, closed, notes)

    async def kind_of(self, actor: Actor, activity_id: str) -> Module:
        """Return whether an activity is a task, an event or a call.

        Raises:
            NotFound: There is none that the actor may see.
        """
        query = ListQuery(("kind",), criteria=(Criterion("id", Op.EQ, activity_id),))
        page = await self.list(actor, query, PageRequest(limit=1))
        if not page.rows:
            raise NotFound(_("There is no such activity, or you may not see it."))
        return page.rows[0].module

    async def get(self, actor: Actor, activity_id: str) -> Record:
        """Return an activity of any kind."""
        kind = await self.kind_of(actor, activity_id)
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
            custom = self._core.custom_fields.by_name(kind)
            record = await RecordRepository(connection, kind, custom=custom).get(actor, activity_id)
        if record is None:
            raise NotFound(_("There is no such activity, or you may not see it."))
        return record

    async def _takes_part(self, parent: Ref) -> bool:
        if parent.module not in PEOPLE:
            return False
        async with self._core.store.read() as connection:
            return await ParticipantRepository(connection).takes_part(parent)

    async def _checked_query(self, actor: Actor, query: ListQuery) -> ListQuery:
        """Check the criteria; a query that names more than standard fields needs the custom ones of now."""
        stored = stored_query(query)
        criteria = (*stored.criteria, *stored.also)
        names = (stored.sort.field, *stored.columns, *(criterion.field for criterion in criteria))
        if not _STANDARD.issuperset(names):
            async with self._core.store.read() as connection:
                await self._core.refresh_fields(connection)
        return await checked_query(self._core, actor, activity_fields(self._core), stored)

    def _extra(self) -> Mapping[str, Field]:
        return {**OTHER_KINDS, **self._core.custom_fields.of_activities()}

    def _repository(self, connection: Connection) -> RecordRepository:
        return RecordRepository(
            connection, Module.CALL, extra=self._extra(), mixed=True, now=self._core.clock.now()
        )


def related_query(
    parent: Ref, closed: bool, sort: Sort | None = None, *, takes_part: bool = False
) -> ListQuery:
    """Return the query of a record's open or closed activities.

    Args:
        takes_part: It is somebody who takes part in events. Few do: for all others one index gives the
            rows in order.
    """
    over = Criterion("is_closed", Op.EQ, closed)
    sort = sort or Sort("due_at", descending=closed)
    if takes_part:
        return ListQuery(RELATED_COLUMNS, sort, (over,), involved=parent)
    return ListQuery(RELATED_COLUMNS, sort, (Criterion(parent.module.value, Op.EQ, parent), over))
