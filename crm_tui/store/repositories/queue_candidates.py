"""Who comes next in a call queue: read a few at a time, in the order of the view, never all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import CallStatus
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.queries import Count, ListQuery
from crm_tui.domain.queue import Reason, State
from crm_tui.domain.typed_text import TypedText
from crm_tui.store.models import TABLES
from crm_tui.store.models.activities import activities
from crm_tui.store.models.queues import queue_entries as entries
from crm_tui.store.models.records import campaign_members as members
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.queues import unlocked, untouched
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.scope import readable_by

_MEMBER = {Module.LEAD: members.c.lead_id, Module.CONTACT: members.c.contact_id}


class Unworked(RecordRepository):
    """The records of a list that nobody has dealt with in a round and nobody works on now.

    Args:
        connection: Where to execute.
        module: Leads or contacts.
        run_id: The round.
        at: The present moment, by which leases end.
        but: Ids that were taken out of the list.
        custom: The custom fields of the module, which conditions may name.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        module: Module,
        run_id: str,
        at: datetime,
        but: Collection[str] = (),
        custom: Mapping[str, Field] | None = None,
    ) -> None:
        super().__init__(connection, module, custom=custom)
        self._run_id = run_id
        self._at = at
        self._but = tuple(but)

    def _filters(
        self, fields: FieldMap, actor: Actor, query: ListQuery, typed: TypedText
    ) -> list[ColumnElement[bool]]:
        ident = self._table.c.id
        left = [untouched(ident, self._run_id), unlocked(ident, self._at)]
        if self._but:
            left.append(ident.not_in(self._but))
        return [*super()._filters(fields, actor, query, typed), *left]


@dataclass(frozen=True, slots=True)
class LastCall:
    """The last call with a person since a round began.

    Attributes:
        is_open: It runs, or waits to be saved.
        number: How many calls were saved since.
    """

    is_open: bool
    result: str
    completed_at: datetime | None
    user_id: str | None
    number: int


class CandidateRepository:
    """Reads those who may come next, whatever the queue is made of.

    Args:
        connection: Where to execute.
        actor: Nobody out of whose sight is returned.
        run_id: The round.
        at: The present moment.
    """

    def __init__(self, connection: AsyncConnection, actor: Actor, run_id: str, at: datetime) -> None:
        self._connection = connection
        self._actor = actor
        self._run_id = run_id
        self._at = at

    async def due(self, limit: int, *, anyway: bool = False) -> list[tuple[Module, str]]:
        """Return those who have waited long enough, the longest waiting first.

        Args:
            anyway: Return those instead who wait for their calling hours.
        """
        asked = entries.c.reason == Reason.HOURS.value if anyway else entries.c.not_before <= self._at
        statement = (
            select(entries.c.module, entries.c.record_id)
            .where(self._waiting(), asked, unlocked(entries.c.record_id, self._at), self._in_sight())
            .order_by(entries.c.not_before, entries.c.position)
            .limit(limit)
        )
        rows = await self._connection.execute(statement)
        return [(Module(row.module), row.record_id) for row in rows]

    async def members(self, campaign_id: str, limit: int) -> list[tuple[Module, str]]:
        """Return members of a campaign that nobody has dealt with: leads first, the oldest first."""
        found: list[tuple[Module, str]] = []
        for module in PEOPLE:
            column = _MEMBER[module]
            statement = (
                select(column.label("id"))
                .where(*self._members(campaign_id, module))
                .order_by(column)
                .limit(limit - len(found))
            )
            found += [(module, row.id) for row in await self._connection.execute(statement)]
            if len(found) >= limit:
                break
        return found

    async def count_members(self, campaign_id: str, cap: int) -> Count:
        """Count the members that nobody has dealt with, no further than ``cap``."""
        number = 0
        for module in PEOPLE:
            inner = select(members.c.id).where(*self._members(campaign_id, module)).limit(cap + 1 - number)
            number += await self._connection.scalar(select(func.count()).select_from(inner.subquery())) or 0
            if number > cap:
                return Count(cap, True)
        return Count(number)

    async def count_waiting(self, cap: int) -> Count:
        """Count those who wait, whom nobody works on and the actor may see, no further than ``cap``."""
        free = unlocked(entries.c.record_id, self._at)
        inner = select(entries.c.record_id).where(self._waiting(), free, self._in_sight()).limit(cap + 1)
        number = await self._connection.scalar(select(func.count()).select_from(inner.subquery())) or 0
        return Count(min(number, cap), number > cap)

    async def calls_since(self, ids: Sequence[str], since: datetime) -> dict[str, LastCall]:
        """Return the last call with each of some people since ``since``, by person; missed ones don't count.

        A call counts whoever made it and from wherever: nobody shall be called twice in one round.
        """
        open_call = activities.c.status == CallStatus.IN_PROGRESS.value
        saved = and_(
            activities.c.status == CallStatus.COMPLETED.value,
            activities.c.completed_at > since,
            activities.c.type != "missed",
        )
        # SQLite takes a partial index for one side of an OR only if its condition stands on that side.
        with_them = (
            and_(column.in_(ids), activities.c.deleted_at.is_(None))
            for column in (activities.c.lead_id, activities.c.contact_id)
        )
        person = func.coalesce(activities.c.lead_id, activities.c.contact_id, type_=activities.c.id.type)
        statement = select(
            person.label("person"),
            open_call.label("is_open"),
            activities.c.result,
            activities.c.completed_at,
            activities.c.owner_id,
        ).where(or_(*with_them), activities.c.kind == Module.CALL.value, or_(open_call, saved))
        rows = (await self._connection.execute(statement)).all()
        found: dict[str, LastCall] = {}
        for row in sorted(rows, key=lambda row: row.completed_at or since):
            before = found.get(row.person)
            is_open = bool(row.is_open) or (before is not None and before.is_open)
            number = (before.number if before else 0) + (not row.is_open)
            found[row.person] = LastCall(is_open, row.result, row.completed_at, row.owner_id, number)
        return found

    def _waiting(self) -> ColumnElement[bool]:
        return and_(entries.c.run_id == self._run_id, entries.c.state == State.WAITING.value)

    def _in_sight(self) -> ColumnElement[bool]:
        return or_(
            *(
                and_(
                    entries.c.module == module.value,
                    select(TABLES[module].c.id)
                    .where(
                        TABLES[module].c.id == entries.c.record_id,
                        readable_by(self._actor, module, TABLES[module]),
                    )
                    .exists(),
                )
                for module in PEOPLE
            )
        )

    def _members(self, campaign_id: str, module: Module) -> tuple[Any, ...]:
        column, table = _MEMBER[module], TABLES[module]
        seen = (
            select(table.c.id).where(table.c.id == column, readable_by(self._actor, module, table)).exists()
        )
        return (
            members.c.campaign_id == campaign_id,
            column.is_not(None),
            seen,
            untouched(column, self._run_id),
            unlocked(column, self._at),
        )
