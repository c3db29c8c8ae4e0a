"""Reminders as the bar and the dialog word them."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from crm_tui.domain.lateness import has_passed
from crm_tui.domain.modules import SINGULAR
from crm_tui.domain.reminders import Reminder
from crm_tui.formats import format_date_short, format_datetime_short, format_time
from crm_tui.i18n import _, language
from crm_tui.text import cell_len, fit, safe

GAP = "  "

_TIME_CELLS = 11
"""Cells of the longest short date with a time."""

_KIND_CELLS = 8
_NAME_LEAST = 10
_PERSON_MOST, _PHONE_MOST = 24, 18
_PHONE_FROM = 70
"""Cells of a line from which there is room for a number."""


def activity_time(reminder: Reminder, zone: tzinfo, now: datetime) -> str:
    """Return when the activity is: the time if that is today, else the date too."""
    today = now.astimezone(zone).date()
    at, day = reminder.activity_at, reminder.day
    if day is not None:
        return _("today") if day == today else format_date_short(day, language(), today=today)
    if at is None:
        return ""
    if at.astimezone(zone).date() == today:
        return format_time(at, zone)
    return format_datetime_short(at, zone, language(), now=now)


def bar_facts(reminder: Reminder, zone: tzinfo, now: datetime) -> Sequence[str]:
    """Return what the bar says of a reminder, the most important first."""
    person = reminder.who or reminder.related_to
    facts = [
        _("Reminder"),
        activity_time(reminder, zone, now),
        safe(reminder.activity.name),
        safe(person.name) if person is not None else "",
        safe(reminder.phone),
    ]
    return [fact for fact in facts if fact]


def reminder_line(reminder: Reminder, width: int, zone: tzinfo, now: datetime) -> str:
    """Return a reminder as one line of ``width`` cells: when, what kind, its name, with whom, the number."""
    kind = _(SINGULAR[reminder.activity.module])
    start = [
        "!" if _is_late(reminder, zone, now) else " ",
        fit(activity_time(reminder, zone, now), _TIME_CELLS),
        fit(kind, _KIND_CELLS),
    ]
    room = width - sum(cell_len(part) + len(GAP) for part in start)
    phone = fit(safe(reminder.phone), _PHONE_MOST) if width >= _PHONE_FROM else ""
    room -= cell_len(phone) + (len(GAP) if phone else 0)
    person = reminder.who or reminder.related_to
    person_cells = min(_PERSON_MOST, max(0, (room - len(GAP)) // 2))
    name_cells = max(_NAME_LEAST, room - person_cells - len(GAP))
    who = fit(safe(person.name) if person is not None else "", person_cells)
    parts = [*start, fit(safe(reminder.activity.name), name_cells), who, phone]
    return fit(GAP.join(part for part in parts if part), width)


def _is_late(reminder: Reminder, zone: tzinfo, now: datetime) -> bool:
    return has_passed(reminder.activity.module, reminder.activity_at, reminder.ends_at, now.astimezone(zone))
