"""What stands at one time for one owner: events and scheduled calls whose times overlap.

An event takes the time from its start to its end; one that takes whole days takes them from midnight to
midnight in its owner's zone, whatever their length is there; a scheduled call takes a nominal slot.
Things that only touch don't overlap, and what is completed or cancelled takes no time any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value

CALL_SLOT = timedelta(minutes=15)
"""What a scheduled call is taken to last."""

PLANNED = frozenset({"scheduled", "overdue"})
"""Statuses in which an event or a call still takes the time it stands at."""

Moment = datetime | date
"""An aware moment, or a whole day."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Time of somebody that an activity takes.

    Attributes:
        activity_id: The event or call.
        owner_id: Whose time it is: of its owner, or of a user who takes part in it.
        start: Aware.
        end: Aware, not before ``start``; the moment itself is free again.
    """

    activity_id: str
    owner_id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Overlap:
    """Something that stands at the time asked for.

    Attributes:
        activity: What it is; None where the asker may not see it: then only the time is known.
        start: Aware, UTC.
        end: Aware, UTC.
        all_day: It takes whole days.
    """

    activity: Ref | None
    start: datetime
    end: datetime
    all_day: bool = False


def time_taken(
    module: Module, status: Value, starts_at: Value, ends_at: Value, zone: tzinfo
) -> tuple[datetime, datetime] | None:
    """Return the time that an activity takes, None if it takes none.

    Args:
        starts_at: An aware moment, or the first of some whole days.
        ends_at: An aware moment, or the last of these days; a call needs none.
        zone: The owner's time zone, in which whole days begin and end.
    """
    if status not in PLANNED or not isinstance(starts_at, date):
        return None
    if module is Module.CALL:
        return (starts_at, starts_at + CALL_SLOT) if isinstance(starts_at, datetime) else None
    return span_of(starts_at, ends_at, zone) if module is Module.EVENT else None


def span_of(starts_at: Moment, ends_at: Value, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the time between a start and an end, both moments or both whole days of ``zone``.

    An end that is missing or before the start counts as the start.
    """
    if isinstance(starts_at, datetime):
        end = ends_at if isinstance(ends_at, datetime) else starts_at
        return starts_at, max(starts_at, end)
    last = ends_at if isinstance(ends_at, date) and not isinstance(ends_at, datetime) else starts_at
    end_day = min(max(starts_at, last), date.max - timedelta(days=1))
    return midnight(starts_at, zone), midnight(end_day + timedelta(days=1), zone)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time(), zone)


def do_overlap(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> bool:
    """Return whether two spans of time share a moment; touching ends don't."""
    return start < other_end and other_start < end


def overlapping(taken: Iterable[Taken]) -> Mapping[str, frozenset[str]]:
    """Return what each activity shares a moment of its owner's time with; those that are alone are left out.

    Returns:
        By the id of an activity the ids of the others; both sides are named.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    open_: defaultdict[str, list[Taken]] = defaultdict(list)
    for one in sorted(taken, key=lambda each: (each.start, each.end)):
        running = [other for other in open_[one.owner_id] if other.end > one.start]
        for other in running:
            if other.activity_id != one.activity_id and do_overlap(
                one.start, one.end, other.start, other.end
            ):
                found[one.activity_id].add(other.activity_id)
                found[other.activity_id].add(one.activity_id)
        open_[one.owner_id] = [*running, one]
    return {activity: frozenset(others) for activity, others in found.items()}
