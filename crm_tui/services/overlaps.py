"""What else stands at a time for its owner, to be told while something is scheduled."""

from datetime import date, datetime, timedelta, tzinfo

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Area
from crm_tui.domain.overlaps import Overlap, do_overlap, time_taken
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Misconfigured
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.store.repositories.overlaps import OverlapRepository, Planned
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.store import Connection

_MOST = 200
"""Planned things that are looked at; somebody with more at one time needs no exact list."""


_LAST_DAY = date.max - timedelta(days=6)
"""Nothing stands behind it; see `crm_tui.services.activity_records`."""


class OverlapService:
    """Tells of two things at one time. Nothing is refused for it: an agent may want both."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def find(
        self, actor: Actor, owner_id: str, starts_at: datetime, ends_at: datetime, *, but: str | None = None
    ) -> tuple[Overlap, ...]:
        """Return what stands for a user between two moments, the earliest first.

        That is what belongs to them and is still ahead, and the events in which they take part. What the
        actor may not see comes without a name: that the time is taken has to be known for scheduling,
        what for hasn't.

        Args:
            owner_id: Whose time it is.
            starts_at: Aware.
            ends_at: Aware; not counted itself.
            but: The activity that is being moved.

        Raises:
            NotAllowed: The actor may not see activities at all.
        """
        await self._core.require(actor, can_view(actor, Area.ACTIVITY), "view")
        if ends_at.date() > _LAST_DAY:
            return ()
        async with self._core.store.read() as connection:
            zone = await self._zone(connection, owner_id)
            repository = OverlapRepository(connection)
            planned = await repository.planned(actor, owner_id, starts_at, ends_at, _MOST)
        found = [
            overlap
            for one in planned
            if one.id != but and (overlap := _overlap(one, zone, starts_at, ends_at)) is not None
        ]
        return tuple(sorted(found, key=lambda each: (each.start, each.end)))

    async def around(self, actor: Actor, activity: Record) -> tuple[Overlap, ...]:
        """Return what stands for the owner of an event or a scheduled call at its own time; see `find`.

        Args:
            activity: As the actor was given it.
        """
        if activity.owner is None:
            return ()
        async with self._core.store.read() as connection:
            zone = await self._zone(connection, activity.owner.id)
        status, start, end = (activity.get(name) for name in ("status", "starts_at", "ends_at"))
        span = time_taken(activity.module, status, start, end, zone)
        if span is None:
            return ()
        return await self.find(actor, activity.owner.id, *span, but=activity.id)

    async def _zone(self, connection: Connection, user_id: str) -> tzinfo:
        user = await UserRepository(connection).by_id(user_id)
        own = user.time_zone if user is not None else ""
        try:
            return local_zone(own or str(self._core.options.get("time_zone", "")))
        except Misconfigured:
            return local_zone("")


def _overlap(planned: Planned, zone: tzinfo, starts_at: datetime, ends_at: datetime) -> Overlap | None:
    span = time_taken(planned.module, planned.status, planned.starts_at, planned.ends_at, zone)
    if span is None or not do_overlap(starts_at, ends_at, *span):
        return None
    name = Ref(planned.module, planned.id, planned.name) if planned.is_seen else None
    return Overlap(name, *span, all_day=not isinstance(planned.starts_at, datetime))
