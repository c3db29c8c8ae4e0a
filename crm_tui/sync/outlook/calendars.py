"""Entries of calendars (iCalendar) become events and tasks, by the names of our fields."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from crm_tui.domain.outlook.items import Attendee, ItemKind, OutlookItem
from crm_tui.domain.outlook.words import priority_of_number, status_of
from crm_tui.i18n import _
from crm_tui.sync.files.facts import Property, RawItem
from crm_tui.sync.outlook.properties import Properties, day_of, moment_of

_NO_PEOPLE: Final = frozenset({"ROOM", "RESOURCE"})
_LONGEST_ID: Final = 500


def entry_of(raw: RawItem, number: int, zone: tzinfo) -> OutlookItem:
    """Return the event or task that an entry is.

    Args:
        number: Its place in the file, each occurrence of an event counted.
        zone: In which times of no zone are meant.
    """
    if raw.problem:
        return OutlookItem(raw.kind, number, problem=raw.problem)
    found = Properties(raw.properties)
    try:
        return _task(found, number, zone) if raw.kind is ItemKind.TASK else _event(found, number, zone)
    except OverflowError:
        return OutlookItem(raw.kind, number, problem=_("Its date lies beyond the calendar."))


def _event(found: Properties, number: int, zone: tzinfo) -> OutlookItem:
    values: dict[str, object] = {
        "subject": found.text("SUMMARY"),
        **{
            name: text
            for name, property_ in (("location", "LOCATION"), ("description", "DESCRIPTION"))
            if (text := found.text(property_))
        },
        **_times(found, zone),
    }
    attendees = tuple(_attendee(one) for one in found.all("ATTENDEE") if not _is_no_person(one))
    return OutlookItem(
        ItemKind.EVENT,
        number,
        values,
        attendees,
        found.categories(),
        _remote_id(found),
        is_cancelled=found.text("STATUS").upper() == "CANCELLED",
    )


def _times(found: Properties, zone: tzinfo) -> dict[str, object]:
    """Return when an event is; the last day of one of whole days is the one before its end."""
    start, end = moment_of(found.first("DTSTART"), zone), moment_of(found.first("DTEND"), zone)
    lasts = found.first("DURATION")
    if start is None:
        return {}
    if end is None and lasts is not None and "seconds" in lasts:
        end = start + timedelta(seconds=lasts["seconds"])
    if not isinstance(start, datetime):
        last = end.astimezone(zone).date() if isinstance(end, datetime) else end
        last = max(start, last - timedelta(days=1)) if last is not None else start
        return {"starts_at": start, "ends_at": last, "all_day": True}
    if not isinstance(end, datetime):
        return {"starts_at": start, "ends_at": None, "all_day": False}
    if found.text("X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE":
        return _whole_days(start.astimezone(zone), end.astimezone(zone))
    return {"starts_at": start, "ends_at": end, "all_day": False}


def _whole_days(start: datetime, end: datetime) -> dict[str, object]:
    """Return the days of an event that Outlook wrote with times of day."""
    last = end.date() - timedelta(days=1) if end.time() == time() and end > start else end.date()
    return {"starts_at": start.date(), "ends_at": last, "all_day": True}


def _attendee(one: Property) -> Attendee:
    address = str(one["value"]).strip()
    if address[:7].lower() == "mailto:":
        address = address[7:]
    names, addresses = one["params"].get("CN", ()), one["params"].get("EMAIL", ())
    if "@" not in address:
        address = next(iter(addresses), "")
    return Attendee(address, next((str(name).strip() for name in names), ""))


def _is_no_person(one: Property) -> bool:
    return any(str(kind).upper() in _NO_PEOPLE for kind in one["params"].get("CUTYPE", ()))


def _task(found: Properties, number: int, zone: tzinfo) -> OutlookItem:
    values: dict[str, object] = {"subject": found.text("SUMMARY")}
    start, due = found.first("DTSTART"), day_of(found.first("DUE"), zone)
    lasts = found.first("DURATION")
    if due is None and lasts is not None and "seconds" in lasts and start is not None:
        due = _end_of(moment_of(start, zone), lasts["seconds"], zone)
    if due is not None:
        values["due_date"] = due
    if description := found.text("DESCRIPTION"):
        values["description"] = description
    if status := _status(found):
        values["status"] = status
    priority = found.text("PRIORITY")
    if priority.isascii() and priority.isdecimal() and int(priority[:4]):
        values["priority"] = priority_of_number(int(priority[:4]))
    begins = day_of(start, zone)
    raw = {"start_date": begins.isoformat()} if begins is not None else {}
    return OutlookItem(
        ItemKind.TASK,
        number,
        values,
        categories=found.categories(),
        remote_id=_remote_id(found),
        raw=raw,
    )


def _end_of(start: date | datetime | None, seconds: int, zone: tzinfo) -> date | None:
    if start is None:
        return None
    end = start + timedelta(seconds=seconds)
    return end.astimezone(zone).date() if isinstance(end, datetime) else end


def _status(found: Properties) -> str:
    given = status_of(found.text("STATUS"))
    if given:
        return given
    done = found.text("COMPLETED") or found.text("PERCENT-COMPLETE") == "100"
    return "completed" if done else ""


def _remote_id(found: Properties) -> str:
    """Return what an entry is known by: its UID, and which of its occurrences it is."""
    uid = found.text("UID")
    occurrence = found.first("RECURRENCE-ID")
    if not uid or occurrence is None:
        return uid[:_LONGEST_ID]
    which = occurrence.get("at") or occurrence.get("day") or occurrence.get("local") or occurrence["value"]
    if "at" in occurrence:
        which = f"{datetime.fromisoformat(occurrence['at']).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{uid[: _LONGEST_ID - 40]}#{which}"
