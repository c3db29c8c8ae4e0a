"""Reminders: when an activity reminds its owner, and what the owner is told.

Minutes and hours before are exact. Whole days before keep the time of day on the owner's wall, also
across a change to or from daylight saving time: a call every day at 14:00 reminds every day at 14:00.
An activity that has a day and no time, a task or an all-day event, counts from the start of work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from crm_tui.domain.records import Ref, Value

START_OF_WORK: Final = time(9)
"""When an activity without a time of day begins, as far as reminders are concerned."""

_DAY_MINUTES = 24 * 60

_NEW_FOR = timedelta(hours=1)
"""How long a reminder counts as new."""

_LATE = timedelta(minutes=10)
"""How long after its time a reminder may come and not count as missed."""


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
        shown_at: When a console showed it first; None while it is pending. UTC.
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
    shown_at: datetime | None = None


def in_order(reminders: Iterable[Reminder], now: datetime) -> tuple[Reminder, ...]:
    """Return reminders in the order in which they are dealt with; the bar names the first.

    What has just come up is first, so that nothing new hides behind what was left. The rest follows by when
    the activity is due, the overdue first; what has a day and no time comes after the timed entries of that
    day. What came up while no console was open, or the machine slept, is not new and keeps the order of time.

    Args:
        now: In the zone in which the days are counted.
    """
    given = tuple(reminders)
    latest = max((_came_at(each, now) for each in given), default=now)
    new = [each for each in given if _came_at(each, now) == latest]
    is_new = latest > now - _NEW_FOR and any(_is_in_time(each, latest) for each in new)
    first = {each.id for each in new} if is_new else set()
    return tuple(sorted(given, key=lambda each: (each.id not in first, *_due(each, now))))


def _came_at(reminder: Reminder, now: datetime) -> datetime:
    return reminder.shown_at or now


def _is_in_time(reminder: Reminder, came_at: datetime) -> bool:
    return max(reminder.due_at, reminder.activity_at or reminder.due_at) >= came_at - _LATE


def _due(reminder: Reminder, now: datetime) -> tuple[date, bool, datetime, datetime, str]:
    at = reminder.activity_at or reminder.due_at
    day = reminder.day or at.astimezone(now.tzinfo).date()
    return day, reminder.day is not None, at, reminder.due_at, reminder.id


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
