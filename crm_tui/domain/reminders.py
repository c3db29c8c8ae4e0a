"""Reminders: when an activity reminds its owner, and what the owner is told.

Minutes and hours before are exact. Whole days before keep the time of day on the owner's wall, also
across a change to or from daylight saving time: a call every day at 14:00 reminds every day at 14:00.
An activity that has a day and no time, a task or an all-day event, counts from the start of work.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from crm_tui.domain.records import Ref, Value

START_OF_WORK: Final = time(9)
"""When an activity without a time of day begins, as far as reminders are concerned."""

_DAY_MINUTES = 24 * 60


class ReminderState(StrEnum):
    """What became of a reminder."""

    PENDING = "pending"
    """Not shown yet; put off counts as not shown."""
    FIRED = "fired"
    """Shown by a console, and not dealt with."""
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due, as its owner reads it.

    Attributes:
        activity: The task, event or call.
        due_at: When it reminds: so long before the activity, or the time it was put off to; UTC.
        activity_at: When the activity is due; UTC.
        day: The day of an activity that has no time of day; a task is due by its end.
        ends_at: When an event ends: a moment in UTC, or the last of its days.
        status: Code of the activity's status.
        who: Lead or contact, as far as the owner may see them.
        phone: The number of a call.
        is_pending: No console has shown it yet.
    """

    id: str
    activity: Ref
    due_at: datetime
    activity_at: datetime | None
    day: date | None
    ends_at: Value
    status: str
    who: Ref | None
    related_to: Ref | None
    phone: str
    is_pending: bool


def reminds_at(begins_at: datetime, minutes: int, zone: tzinfo) -> datetime:
    """Return when an activity reminds; UTC.

    Args:
        begins_at: When it begins, aware.
        minutes: How long before.
        zone: Where its owner is.

    A time of day that daylight saving skips moves forward, of one that it repeats the first is taken. Of a
    day that a zone left out altogether the one before it counts: rather early than late.
    """
    days, rest = divmod(minutes, _DAY_MINUTES)
    if rest or not days:
        return begins_at.astimezone(UTC) - timedelta(minutes=minutes)
    there = begins_at.astimezone(zone)
    return _on_wall(there.date() - timedelta(days=days), there.time().replace(fold=0), zone)


def begins_at_work(day: date, zone: tzinfo) -> datetime:
    """Return when an activity without a time of day begins; UTC."""
    return _on_wall(day, START_OF_WORK, zone)


def _on_wall(day: date, at: time, zone: tzinfo) -> datetime:
    while True:
        moment = datetime.combine(day, at, zone).astimezone(UTC)
        if moment.astimezone(zone).date() == day:
            return moment
        day -= timedelta(days=1)
