"""Events and scheduled calls that stand in a user's time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.overlaps import CALL_SLOT, PLANNED
from crm_tui.store.models.activities import activities, event_participants
from crm_tui.store.repositories.scope import readable_by

_DAY = timedelta(days=1)
"""Whole days are kept as midnights of UTC; in no zone do they begin or end further off than this."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An event or a scheduled call as it is stored.

    Attributes:
        starts_at: UTC, or the first of some whole days.
        ends_at: UTC, or the last of these days; None for a call.
        is_seen: The asker may see it.
    """

    id: str
    module: Module
    name: str
    status: str
    starts_at: datetime | date
    ends_at: datetime | date | None
    is_seen: bool


class OverlapRepository:
    """Statements on what is planned."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def planned(
        self, actor: Actor, user_id: str, start: datetime, end: datetime, limit: int
    ) -> Sequence[Planned]:
        """Return what may stand between two moments for a user: what is theirs, and where they take part.

        Whole days are taken too generously; whoever knows the zone looks closer. What the actor may not
        see is among it, marked.
        """
        taken_part = select(event_participants.c.event_id).where(event_participants.c.user_id == user_id)
        found: dict[str, Planned] = {}
        for whose in (activities.c.owner_id == user_id, activities.c.id.in_(taken_part)):
            statement = _planned(actor, start, end).where(whose).limit(limit)
            for planned in _read((await self._connection.execute(statement)).all()):
                found.setdefault(planned.id, planned)
        return list(found.values())


def _planned(actor: Actor, start: datetime, end: datetime) -> Select[Any]:
    table = activities
    is_call = and_(
        table.c.kind == Module.CALL.value, table.c.sort_at > start - CALL_SLOT, table.c.sort_at < end
    )
    # Nothing more than stands at that time: a full day of somebody would use up the limit.
    is_timed = and_(table.c.all_day.is_(False), table.c.ends_at > start, table.c.sort_at < end)
    is_days = and_(table.c.all_day.is_(True), table.c.ends_at > start - 2 * _DAY)
    is_event = and_(table.c.kind == Module.EVENT.value, or_(is_timed, is_days))
    seen = readable_by(actor, Module.EVENT, table).label("is_seen")
    columns = (table.c[name] for name in _COLUMNS)
    return (
        select(*columns, seen)
        .where(
            table.c.deleted_at.is_(None),
            table.c.is_closed.is_(False),
            table.c.sort_at < end + _DAY,
            table.c.status.in_(sorted(PLANNED)),
            or_(is_call, is_event),
        )
        .order_by(table.c.sort_at.desc(), table.c.id)
    )


_COLUMNS = ("id", "kind", "display_name", "status", "starts_at", "ends_at", "all_day")


def _read(rows: Sequence[Any]) -> Iterator[Planned]:
    for row in rows:
        if row.starts_at is not None:
            start, end = row.starts_at, row.ends_at
            if row.all_day:
                start, end = start.date(), (end or start).date()
            yield Planned(
                row.id, Module(row.kind), row.display_name, row.status, start, end, bool(row.is_seen)
            )
