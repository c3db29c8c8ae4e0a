"""Looking for who comes next in a call queue, a few at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Count, ListQuery
from crm_tui.domain.queue import Ahead, Kind, QueueRun
from crm_tui.domain.typed_text import typed_text
from crm_tui.services.core import Core
from crm_tui.services.criteria import checked_criteria
from crm_tui.services.queue_people import Judged, QueuePeople
from crm_tui.services.queue_sources import QueueSources
from crm_tui.store.repositories.queue_candidates import CandidateRepository, Unworked
from crm_tui.store.store import Connection

COUNT_CAP = 999
"""Records that are counted as left; beyond it says "at least"."""

_FIRST, _LARGEST, _STEP = 8, 400, 4
"""Records that are looked at together: few at first, more where nobody among them may be called."""

_FURTHEST = 128
"""Records that are looked at to say who comes next: that happens after each call, and nobody shall wait."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Those who come next.

    Attributes:
        people: In their order, each with what becomes of them.
        fresh: Nobody has dealt with them yet; else they were waiting.
        is_last: There are no more of them.
    """

    people: Sequence[Judged]
    fresh: bool
    is_last: bool


class QueueSearch:
    """Reads who comes next: first those who have waited long enough, then the view in its order."""

    def __init__(self, core: Core, sources: QueueSources) -> None:
        self._core = core
        self._sources = sources

    async def batches(self, actor: Actor, run: QueueRun, *, anyway: bool = False) -> AsyncIterator[Batch]:
        """Yield those who come next until there are no more.

        Whoever reads has to write down what became of a batch before the next one: it would come again.

        Args:
            anyway: Calling hours don't count.
        """
        query = await self._query(actor, run)
        size = _FIRST
        for fresh in (False, True):
            while True:
                batch = await self._batch(actor, run, query, size, fresh=fresh, anyway=anyway)
                if batch is None:
                    break
                yield batch
                size = min(size * _STEP, _LARGEST)

    async def ahead(self, actor: Actor, run: QueueRun) -> Ahead:
        """Return who comes first, writing nothing down: each look begins anew and goes further."""
        query = await self._query(actor, run)
        for fresh in (False, True):
            size = _FIRST
            while (
                batch := await self._batch(actor, run, query, size, fresh=fresh, anyway=False)
            ) is not None:
                first = next((one.record.ref for one in batch.people if one.outcome is None), None)
                if first is not None:
                    return Ahead(first, is_certain=True)
                if batch.is_last:
                    break
                if size >= _FURTHEST:
                    return Ahead(None, is_certain=False)
                size = min(size * _STEP, _FURTHEST)
        return Ahead(None, is_certain=True)

    async def count(self, actor: Actor, run: QueueRun) -> Count:
        """Count those who may still be offered to the actor, no further than `COUNT_CAP`."""
        query = await self._query(actor, run)
        now = self._core.clock.now()
        async with self._core.store.read() as connection:
            candidates = CandidateRepository(connection, actor, run.id, now)
            waiting = await candidates.count_waiting(COUNT_CAP)
            fresh = Count(0)
            if run.campaign is not None:
                fresh = await candidates.count_members(run.campaign.id, COUNT_CAP)
            elif query is not None:
                unworked, typed = self._unworked(connection, run), typed_text(query.text, self._core.region)
                fresh = await unworked.count(actor, query, COUNT_CAP, typed)
        number = waiting.number + fresh.number
        return Count(min(number, COUNT_CAP), waiting.capped or fresh.capped or number > COUNT_CAP)

    async def _batch(
        self, actor: Actor, run: QueueRun, query: ListQuery | None, size: int, *, fresh: bool, anyway: bool
    ) -> Batch | None:
        now = self._core.clock.now()
        async with self._core.store.read() as connection:
            candidates = CandidateRepository(connection, actor, run.id, now)
            if fresh:
                found = await self._fresh(connection, candidates, actor, run, query, size)
            else:
                found = await candidates.due(size, anyway=anyway)
            if not found:
                return None
            people = QueuePeople(self._core, connection, actor)
            judged = await people.judge(found, candidates, run.created_at, fresh=fresh, anyway=anyway)
        return Batch(judged, fresh, len(found) < size) if judged else None

    async def _fresh(
        self,
        connection: Connection,
        candidates: CandidateRepository,
        actor: Actor,
        run: QueueRun,
        query: ListQuery | None,
        size: int,
    ) -> list[tuple[Module, str]]:
        """Return those whom nobody has dealt with, in the order of the view."""
        if run.campaign is not None:
            return await candidates.members(run.campaign.id, size)
        if query is None:
            return []
        typed = typed_text(query.text, self._core.region)
        page = await self._unworked(connection, run).page(actor, query, PageRequest(limit=size), typed)
        return [(row.module, row.id) for row in page.rows]

    async def _query(self, actor: Actor, run: QueueRun) -> ListQuery | None:
        """Return the list that a round goes through, worked out for the actor."""
        module, query = run.source.module, await self._sources.query_of(actor, run)
        if module is None or query is None:
            return None
        async with self._core.store.read() as connection:
            await self._core.refresh_fields(connection)
        extra = self._core.custom_fields.by_name(module)
        return await checked_criteria(self._core, actor, module, replace(query, columns=()), extra)

    def _unworked(self, connection: Connection, run: QueueRun) -> Unworked:
        module, but = run.source.module or Module.LEAD, run.source.data.get("but", ())
        taken_out = but if run.source.kind is Kind.QUERY else ()
        custom = self._core.custom_fields.by_name(module)
        return Unworked(connection, module, run.id, self._core.clock.now(), taken_out, custom)
