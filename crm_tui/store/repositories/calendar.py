"""What stands in a calendar: read by owner and time from the indexes of activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, true, union_all
from sqlalchemy import literal_column as literally
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.calendar import Scope, Whose
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Value
from crm_tui.domain.schema import FIELDS
from crm_tui.store.models.activities import activities, event_participants
from crm_tui.store.models.organisation import users
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.scope import readable_by

_FIELDS = ("subject", "status", "starts_at", "ends_at", "due_date", "duration_seconds", "location")
_NAMES = (*_FIELDS, "who", "related_to", "owner")

_EXTRA: dict[str, Field] = {
    field.name: field for kind in (Module.TASK, Module.EVENT) for field in FIELDS[kind]
}

AROUND = timedelta(hours=36)
"""A task is sorted by the end of its day in the organisation's zone, the reader may be in any other."""

_IS_EVENT = activities.c.kind == literally("'event'")
"""Word for word as in the conditions of the indexes: bound values would keep a store from using them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are read.

    Attributes:
        whose: Whose.
        closed: Also what is completed or cancelled.
        tasks: Also tasks.
    """

    whose: Whose
    closed: bool = True
    tasks: bool = True


@dataclass(frozen=True, slots=True)
class Days:
    """Days that follow each other, with their first moment and the first one after them; UTC."""

    first: date
    last: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """An activity as it is stored.

    Attributes:
        values: Its fields, references only as far as the reader may see them.
        all_day: An event of whole days.
        takes_part: It was found by who takes part in it, not by whom it belongs to.
    """

    id: str
    module: Module
    values: dict[str, Value]
    all_day: bool
    takes_part: bool


class CalendarRepository:
    """Statements on the entries of a calendar."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(self, actor: Actor, asked: Asked, days: Sequence[Days], limit: int) -> list[CalendarRow]:
        """Return at most ``limit`` entries of each of ``days``, and as many that reach into the first.

        One statement; references out of the actor's sight read as none.
        """
        found = [one for each in days for one in _standing(actor, asked, each)]
        found += _reaching(actor, asked, days[0].start, days[-1].end)
        ids = union_all(*(_limited(one, limit) for one in found)).subquery("found")
        fields = FieldMap(Module.CALL, extra=_EXTRA)
        columns = fields.selected(_NAMES)
        statement = (
            select(activities.c.id, activities.c.kind, activities.c.all_day, ids.c.part, *columns)
            .select_from(fields.source(actor).join(ids, ids.c.id == activities.c.id))
            .order_by(activities.c.sort_at, activities.c.id)
        )
        rows = await self._connection.execute(statement)
        return [
            CalendarRow(row.id, Module(row.kind), fields.read(row, _NAMES), row.all_day, bool(row.part))
            for row in rows
        ]

    async def counts(self, actor: Actor, asked: Asked, days: Sequence[Days], cap: int) -> list[int]:
        """Return how many entries begin or are due on each of ``days``, counted no further than ``cap``."""
        numbered = []
        for number, each in enumerate(days):
            for one in _standing(actor, asked, each):
                inner = _limited(one, cap).subquery()
                numbered.append(select(literal(number).label("day"), func.count(inner.c.id).label("number")))
        counts = [0] * len(days)
        for row in await self._connection.execute(union_all(*numbered)):
            counts[row.day] += row.number
        return counts


def _limited(one: Select[Any], limit: int) -> Select[Any]:
    # SQLite takes a limit only in a statement of its own.
    inner = one.limit(limit).subquery()
    return select(*inner.c)


def _standing(actor: Actor, asked: Asked, days: Days) -> list[Select[Any]]:
    """Return what begins or is due on some days."""
    table = activities
    timed = _of(actor, asked, table.c.kind.in_((Module.EVENT.value, Module.CALL.value)))
    found = [timed.where(table.c.sort_at >= days.start, table.c.sort_at < days.end)]
    if asked.tasks:
        found.append(
            _of(actor, asked, table.c.kind == Module.TASK.value).where(
                table.c.sort_at >= days.start - AROUND,
                table.c.sort_at < days.end + AROUND,
                table.c.due_date.between(days.first, days.last),
            )
        )
    return [one.order_by(table.c.sort_at, table.c.id) for one in found]


def _reaching(actor: Actor, asked: Asked, start: datetime, end: datetime) -> list[Select[Any]]:
    """Return events that began before, whole days around, and what somebody takes part in without owning it.

    Somewhat more than that: on which days of the reader whole days stand is worked out afterwards.
    """
    table = activities
    began = (table.c.ends_at > start - AROUND) & (table.c.sort_at < start)
    found = [_of(actor, asked, _IS_EVENT).where(began)]
    ahead = table.c.all_day.is_(True) & (table.c.sort_at >= end) & (table.c.sort_at < end + AROUND)
    found.append(_of(actor, asked, _IS_EVENT).where(ahead))
    if asked.whose.scope is not Scope.ALL:
        near = (table.c.sort_at < end + AROUND) & (table.c.ends_at > start - AROUND)
        found.append(_of(actor, asked, _IS_EVENT, part=True).where(near))
    return found


def _of(actor: Actor, asked: Asked, kind: ColumnElement[bool], *, part: bool = False) -> Select[Any]:
    """Return the ids of activities that the actor may see and that belong to whom the calendar is of."""
    table = activities
    statement = select(table.c.id, literal(1 if part else 0).label("part")).where(
        kind, readable_by(actor, Module.EVENT if part else Module.CALL, table)
    )
    if not asked.closed:
        statement = statement.where(table.c.is_closed.is_(False))
    if not part:
        return statement.where(_belongs(actor, asked.whose, table.c.owner_id))
    invited = select(event_participants.c.event_id).where(
        event_participants.c.user_id.is_not(None), _belongs(actor, asked.whose, event_participants.c.user_id)
    )
    return statement.where(table.c.id.in_(invited), ~_belongs(actor, asked.whose, table.c.owner_id))


def _belongs(actor: Actor, whose: Whose, user: ColumnElement[Any]) -> ColumnElement[bool]:
    if whose.scope is Scope.ALL:
        return true()
    if whose.scope is Scope.TEAM and actor.team_id is not None:
        return user.in_(select(users.c.id).where(users.c.team_id == actor.team_id))
    return user == (whose.user.id if whose.scope is Scope.USER and whose.user else actor.id)
