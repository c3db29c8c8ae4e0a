"""When the time of an open activity has passed; lists, reminders and the calendar go by it.

The condition *overdue* of a view says the same to the store: `FieldMap.has_passed`.
"""

from datetime import date, datetime

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Value


def has_passed(module: Module, due_at: Value, ends_at: Value, now: datetime) -> bool:
    """Return whether nothing of an activity's time lies ahead any more.

    A call's time is its start, a task's the end of its day, an event's its end. Whole days have passed once
    the reader's day is a later one: a day means the same date to everybody.

    Args:
        due_at: When the call or event begins, or when the task is due; aware.
        ends_at: Of an event, an aware moment or the last of its days; an event without one ends as it begins.
        now: The present moment in the reader's zone.
    """
    if not isinstance(due_at, datetime) or due_at >= now:
        return False
    if module is not Module.EVENT or not isinstance(ends_at, date):
        return True
    return ends_at < now if isinstance(ends_at, datetime) else ends_at < now.date()
