"""Keeps the reminders of activities where the activities are, in the transaction that changes them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo

from crm_tui.clock import local_zone
from crm_tui.domain.call import CallStatus
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.domain.reminders import begins_at_work, reminds_at
from crm_tui.errors import Misconfigured
from crm_tui.services.core import Core
from crm_tui.store.repositories.reminders import NewReminder, ReminderRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.uow import UnitOfWork

_WITHOUT = frozenset({CallStatus.IN_PROGRESS.value, CallStatus.COMPLETED.value, CallStatus.CANCELLED.value})
"""Statuses of calls in which nobody has to be reminded of them any more."""

_CLOSED = frozenset({"completed", "cancelled"})


class ReminderPlans:
    """Plans reminders.

    Args:
        uow: The transaction; the users whose reminders change are told.
    """

    def __init__(self, core: Core, uow: UnitOfWork) -> None:
        self._core = core
        self._uow = uow
        self._repository = ReminderRepository(uow.connection)
        self._zones: dict[str, tzinfo] = {}

    async def follow(self, before: Record | None, record: Record) -> None:
        """Let the reminder follow an activity that was saved: its time, its owner, its end.

        Args:
            before: The activity as it was; None when it is new or came back.
        """
        if before is not None and _what_counts(before) == _what_counts(record):
            return
        planned_at = await self._planned_at(record)
        owner = record.owner.id if record.owner is not None else None
        self._tell(await self._repository.plan(record.id, owner, planned_at))

    async def follow_new(self, records: Sequence[Record]) -> None:
        """Plan reminders of many new activities; of what is past already nobody is reminded."""
        new: list[NewReminder] = []
        for record in records:
            due = record.get("due_at")
            if record.owner is None or not isinstance(due, datetime) or due <= self._uow.at:
                continue
            planned_at = await self._planned_at(record)
            if planned_at is not None:
                new.append((record.id, record.owner.id, planned_at))
        await self._repository.add(new)
        self._tell({user_id for _activity, user_id, _at in new})

    async def _planned_at(self, record: Record) -> datetime | None:
        due, minutes = record.get("due_at"), self._minutes(record.text("reminder"))
        if _is_over(record) or not minutes or not isinstance(due, datetime) or record.owner is None:
            return None
        zone, day = await self._zone(record.owner.id), _day(record)
        return reminds_at(due if day is None else begins_at_work(day, zone), minutes, zone)

    def _minutes(self, code: str) -> int:
        choice = self._core.picklists.find("reminder", code)
        return int(choice.attributes.get("minutes", 0)) if choice is not None else 0

    async def _zone(self, user_id: str) -> tzinfo:
        if user_id not in self._zones:
            actor, own = self._uow.actor, ""
            if actor is not None and actor.id == user_id:
                # Where they are now, which their session may know better than the store.
                own = actor.zone
            elif (user := await UserRepository(self._uow.connection).by_id(user_id)) is not None:
                own = user.time_zone
            self._zones[user_id] = self._known_zone(own or str(self._core.options.get("time_zone", "")))
        return self._zones[user_id]

    def _known_zone(self, name: str) -> tzinfo:
        try:
            return local_zone(name)
        except Misconfigured:
            return local_zone("")

    def _tell(self, user_ids: Iterable[str]) -> None:
        for user_id in user_ids:
            self._uow.touched(Module.USER, user_id)


def _what_counts(record: Record) -> tuple[object, ...]:
    """Return all that a reminder depends on."""
    owner = record.owner.id if record.owner is not None else None
    return owner, record.get("due_at"), _day(record), record.text("reminder"), _is_over(record)


def _is_over(record: Record) -> bool:
    return record.text("status") in (_WITHOUT if record.module is Module.CALL else _CLOSED)


def _day(record: Record) -> date | None:
    """Return the day of an activity that has no time of day."""
    day = record.get("due_date" if record.module is Module.TASK else "starts_at")
    return day if isinstance(day, date) and not isinstance(day, datetime) else None
