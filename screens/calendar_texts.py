"""What the calendar says: titles, entries in one line, what is under the cursor."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from crm_tui.domain.calendar import Entry, Scope, Whose
from crm_tui.domain.call import OVERDUE, CallStatus
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import ACTIVITY_STATUS, Picklists
from crm_tui.formats import format_number, format_time
from crm_tui.i18n import N_, _, language
from crm_tui.text import safe
from screens.activity_rows import SIGNS
from screens.calendar_state import CalendarState, View
from screens.value_text import long_date, weekday_name

_MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)

VIEW_NAMES = {View.DAY: N_("Day"), View.WEEK: N_("Week"), View.MONTH: N_("Month")}

OVERLAP = "*"
"""Something else of the same owner is at the same time."""

_MARKS: Mapping[str, str] = {CallStatus.COMPLETED: "+", CallStatus.CANCELLED: "x"}
"""What an entry's letter is followed by; the line under the calendar says it in words."""

NAMED = 3
"""Overlapping entries that are named; of more the number is told."""


def month_title(day: date) -> str:
    """Return the month of ``day``: ``November 2026``, ``2026年11月``."""
    if language() == "ja":
        return f"{day.year}年{day.month}月"
    return f"{_(_MONTHS[day.month - 1])} {day.year}"


def week_title(first: date, last: date) -> str:
    """Return the days of a week: ``2026-11-16 - 11-22``, ``2026年11月16日 - 22日``."""
    if language() == "ja":
        month = "" if first.month == last.month else f"{last.month}月"
        year = "" if first.year == last.year else f"{last.year}年"
        return f"{first.year}年{first.month}月{first.day}日 - {year}{month}{last.day}日"
    end = f"{last:%m-%d}" if first.year == last.year else f"{last:%Y-%m-%d}"
    return f"{first:%Y-%m-%d} - {end}"


def title(state: CalendarState) -> str:
    """Return what is shown: a day, a week, a month."""
    if state.view is View.DAY:
        return long_date(state.cursor.day)
    if state.view is View.WEEK:
        return week_title(*state.wanted())
    return month_title(state.cursor.day)


def day_heading(day: date, *, is_today: bool) -> str:
    """Return the heading of a column: ``Mon 16``, ``16(月)``; today stands in brackets."""
    name = weekday_name(day)
    text = f"{day.day}({name})" if language() == "ja" else f"{name} {day.day}"
    return f"[{text}]" if is_today else text


def whose_name(whose: Whose) -> str:
    """Return whose calendar it is; "" for one's own."""
    if whose.scope is Scope.USER and whose.user is not None:
        return safe(whose.user.name, limit=30)
    return {Scope.TEAM: _("my team"), Scope.ALL: _("everybody")}.get(whose.scope, "")


def sign(state: CalendarState, entry: Entry) -> str:
    """Return what kind of entry it is and what is special about it, in signs of any terminal."""
    mark = ">" if _is_running(entry) else "!" if state.is_late(entry) else _MARKS.get(entry.status, "")
    return f"{SIGNS[entry.ref.module]}{mark}{OVERLAP if entry.overlaps else ''}"


def tone(state: CalendarState, entry: Entry) -> str:
    """Return the style of an entry."""
    if entry.is_over:
        return "over"
    if state.is_late(entry):
        return "bad"
    return "good" if _is_running(entry) else "clash" if entry.overlaps else "entry"


def _is_running(entry: Entry) -> bool:
    return entry.ref.module is Module.CALL and entry.status == CallStatus.IN_PROGRESS


def times(entry: Entry, zone: tzinfo, day: date | None = None) -> str:
    """Return when it begins and ends: ``09:00-10:30``; with days where it goes beyond one.

    Args:
        day: The day it is shown on; times of other days carry their date.
    """
    if entry.starts_at is None:
        if entry.first_day == entry.last_day:
            return _("due") if entry.ref.module is Module.TASK else _("all day")
        return f"{_short(entry.first_day)}-{_short(entry.last_day)}"
    start = _time(entry.starts_at, zone, day)
    if entry.ends_at is None or entry.ends_at <= entry.starts_at:
        return start
    return f"{start}-{_time(entry.ends_at, zone, day)}"


def name(entry: Entry, *, with_owner: bool) -> str:
    """Return the subject, in the calendar of several users behind the name of its owner."""
    subject = safe(entry.ref.name, limit=200) or "–"
    if with_owner and entry.owner is not None:
        return f"{safe(entry.owner.name, limit=30)}: {subject}"
    return subject


def facts(entry: Entry) -> str:
    """Return whom an entry is with, where, and what it is about."""
    parts = [entry.who.name if entry.who else "", entry.location]
    if entry.related_to is not None:
        parts.append(entry.related_to.name)
    return "  ".join(safe(part, limit=80) for part in parts if part)


def told(state: CalendarState, entry: Entry, picklists: Picklists) -> tuple[str, str]:
    """Return two lines about the entry under the cursor: what and when; who, where and what else."""
    code = OVERDUE if state.is_late(entry) else entry.status
    status = picklists.label(ACTIVITY_STATUS, code, language())
    when = times(entry, state.zone, state.cursor.day)
    first = f"{sign(state, entry)} {when}  {name(entry, with_owner=False)}  ({status})"
    here = state.here()
    if len(here) > 1 and state.view is not View.MONTH:
        place = [one.ref.id for one in here].index(entry.ref.id) + 1 if entry in here else 1
        first = f"{place}/{len(here)}  {first}"
    owner = safe(entry.owner.name, limit=40) if entry.owner is not None else ""
    parts = [overlap_text(state, entry), facts(entry)]
    if owner:
        parts.append(_("Owner: %(name)s") % {"name": owner})
    if entry.takes_part:
        parts.append(_("takes part"))
    return first, "  ".join(part for part in parts if part)


def overlap_text(state: CalendarState, entry: Entry) -> str:
    """Return a sentence that names what is at the same time; "" for nothing."""
    known = {one.ref.id: one.ref.name for one in state.agenda.entries}
    names = [safe(known[other], limit=40) for other in entry.overlaps if other in known]
    if not names:
        return ""
    rest = len(names) - NAMED
    listed = ", ".join(names[:NAMED]) + (f" +{format_number(rest)}" if rest > 0 else "")
    return _("%(sign)s same time as %(names)s") % {"sign": OVERLAP, "names": listed}


def more_text(number: int) -> str:
    """Return the line of a day on which there is more than the calendar shows."""
    return _("+%(number)s more; the list of activities has all") % {"number": format_number(number)}


def _time(moment: datetime, zone: tzinfo, day: date | None) -> str:
    local = moment.astimezone(zone)
    date_of = "" if day is None or local.date() == day else f"{_short(local.date())} "
    return f"{date_of}{format_time(moment, zone)}"


def _short(day: date) -> str:
    return f"{day.month}/{day.day}" if language() == "ja" else f"{day:%m-%d}"
