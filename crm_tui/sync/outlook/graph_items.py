"""Items of Microsoft Graph by the names of our fields: pure functions on JSON that nobody can be sure of."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from crm_tui.domain.outlook.items import Attendee, ItemKind, OutlookItem
from crm_tui.domain.outlook.words import priority_of, status_of
from crm_tui.mail.parsing.html_text import text_of_html
from crm_tui.net.errors import said
from crm_tui.text import clean_input

Json = Mapping[str, Any]

OTHER_PHONE: Final = "String 0x3A1F"
FAX: Final = "String 0x3A24"
ASSISTANT_PHONE: Final = "String 0x3A2E"
EXTENDED: Final[Mapping[str, str]] = {
    OTHER_PHONE: "other_phone",
    FAX: "fax",
    ASSISTANT_PHONE: "assistant_phone",
}
"""Properties of contacts that v1.0 has no names for, by their ids in MAPI."""

NO_YEAR: Final = 1604
"""The year of birthdays whose year isn't known."""

_TEXTS: Final = (
    ("first_name", "givenName"),
    ("last_name", "surname"),
    ("title", "jobTitle"),
    ("account", "companyName"),
    ("department", "department"),
    ("mobile", "mobilePhone"),
    ("assistant", "assistantName"),
    ("reports_to", "manager"),
    ("description", "personalNotes"),
    ("last_name_kana", "yomiSurname"),
    ("first_name_kana", "yomiGivenName"),
    ("account_kana", "yomiCompanyName"),
)
_FIRST_OF: Final = (("phone", "businessPhones"), ("home_phone", "homePhones"))
_ADDRESSES: Final = (("mailing", "businessAddress"), ("other", "otherAddress"))
_PARTS: Final = (
    ("street", "street"),
    ("city", "city"),
    ("state", "state"),
    ("postal_code", "postalCode"),
    ("country", "countryOrRegion"),
)
_YEARS: Final = range(1900, 9000)
"""Graph writes the year 1 for no time at all."""

_LONGEST_ID: Final = 500
_LONGEST_TEXT: Final = 200_000
_MOST: Final = 1000
"""Attendees and categories of one item; nobody has as many."""


def id_of(raw: Json) -> str:
    """Return the id of an item, "" if it has none that can be kept."""
    found = raw.get("id")
    good = isinstance(found, str) and len(found) <= _LONGEST_ID and found.isascii() and found.isprintable()
    return found if good and isinstance(found, str) else ""


def segment(remote_id: str) -> str:
    """Return an id as a part of a path (RFC 3986, 3.3); signs that may stand there stay as they are."""
    return quote(remote_id, safe="=!$&'()*+,;:@")


def is_removed(raw: Json) -> bool:
    """Return whether an item is gone, or an event was called off."""
    return "@removed" in raw or raw.get("isCancelled") is True


def contact_item(raw: Json, number: int, extended: Json | None = None) -> OutlookItem:
    """Return a contact.

    Args:
        extended: Values of `EXTENDED` by id; None if they couldn't be read, so that nothing is known of them.
    """
    values: dict[str, object] = {field: _text(raw, name) for field, name in _TEXTS if name in raw}
    for field, name in _FIRST_OF:
        if name in raw:
            values[field] = next(_texts(raw.get(name)), "")
    if "emailAddresses" in raw or "primaryEmailAddress" in raw:
        values["email"] = _address_of(raw)
    for prefix, name in _ADDRESSES:
        place = raw.get(name)
        if name in raw and (place is None or isinstance(place, Mapping)):
            values |= {f"{prefix}_{part}": _text(place or {}, key) for part, key in _PARTS}
    if extended is not None:
        values |= {field: _text(extended, key) for key, field in EXTENDED.items()}
    kept: dict[str, object] = {}
    if "birthday" in raw:
        day = _day(raw.get("birthday"))
        if day is not None and day.year == NO_YEAR:
            kept["birthday"] = day.strftime("--%m-%d")
        elif day is not None or raw.get("birthday") is None:
            values["birthday"] = day
    return _item(ItemKind.CONTACT, raw, number, values, kept)


def task_item(raw: Json, number: int, zone: tzinfo) -> OutlookItem:
    """Return a task.

    Args:
        zone: The agent's, whose midnight a due date may be.
    """
    values: dict[str, object] = {}
    if "title" in raw:
        values["subject"] = _text(raw, "title")
    if "body" in raw:
        values["description"] = _body(raw)
    # A task without a due date lacks the property.
    values["due_date"] = _due(raw.get("dueDateTime"), zone)
    for field, name, read in (("status", "status", status_of), ("priority", "importance", priority_of)):
        if code := read(_text(raw, name)):
            values[field] = code
    start = _due(raw.get("startDateTime"), zone)
    return _item(ItemKind.TASK, raw, number, values, {"start": start.isoformat()} if start else {})


def event_item(raw: Json, number: int, zone: tzinfo = UTC) -> OutlookItem:
    """Return an event, or one occurrence of a series.

    Args:
        zone: The agent's, whose midnight whole days may begin at.
    """
    values: dict[str, object] = {}
    if "subject" in raw:
        values["subject"] = _text(raw, "subject")
    if "body" in raw:
        values["description"] = _body(raw)
    if "location" in raw:
        place = raw.get("location")
        values["location"] = _text(place, "displayName") if isinstance(place, Mapping) else ""
    starts_at, ends_at = moment_of(raw.get("start")), moment_of(raw.get("end"))
    if raw.get("isAllDay") is True and starts_at and ends_at:
        first, last = _day_in(starts_at, zone), _day_in(ends_at, zone) - timedelta(days=1)
        values |= {"all_day": True, "starts_at": first, "ends_at": max(first, last)}
    elif starts_at:
        values |= {"all_day": False, "starts_at": starts_at}
        if ends_at:
            values["ends_at"] = ends_at
    series = raw.get("seriesMasterId")
    kept = {"series": said(series)} if isinstance(series, str) and series else {}
    people = tuple(_attendees(raw.get("attendees"))) if "attendees" in raw else None
    return _item(ItemKind.EVENT, raw, number, values, kept, people)


def moment_of(value: object) -> datetime | None:
    """Return a moment of Graph, ``{"dateTime": …, "timeZone": …}``, aware; None if it is none.

    Zones have names of Windows or of IANA; UTC is what is asked for.
    """
    if not isinstance(value, Mapping):
        return None
    text, name = value.get("dateTime"), value.get("timeZone")
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        if found is None or found.year not in _YEARS:
            return None
        if found.tzinfo is not None:
            return found
        return found.replace(tzinfo=_zone(name if isinstance(name, str) else "UTC"))
    except (ValueError, OverflowError):
        return None


def extended_of(raw: Json) -> dict[str, str]:
    """Return the values of extended properties by id, as `EXTENDED` writes them."""
    found = raw.get("singleValueExtendedProperties")
    by_id = {id_.casefold(): id_ for id_ in EXTENDED}
    values: dict[str, str] = {}
    for one in found if isinstance(found, list) else ():
        name = one.get("id") if isinstance(one, Mapping) else None
        known = by_id.get(name.casefold().replace("0x0", "0x")) if isinstance(name, str) else None
        if known is not None:
            values[known] = _text(one, "value")
    return values


def categories_of(raw: Json) -> tuple[str, ...]:
    """Return the categories of an item."""
    return tuple(_texts(raw.get("categories")))


def _item(
    kind: ItemKind,
    raw: Json,
    number: int,
    values: Mapping[str, object],
    kept: Mapping[str, object],
    attendees: tuple[Attendee, ...] | None = None,
) -> OutlookItem:
    etag = raw.get("@odata.etag") or raw.get("changeKey")
    return OutlookItem(
        kind=kind,
        number=number,
        values=values,
        attendees=attendees,
        categories=categories_of(raw),
        remote_id=id_of(raw),
        etag=said(etag) if isinstance(etag, str) else "",
        raw=kept,
    )


def _text(raw: Json, name: str) -> str:
    found = raw.get(name)
    return clean_input(found[:_LONGEST_TEXT]) if isinstance(found, str) else ""


def _texts(found: object) -> Iterator[str]:
    for one in found[:_MOST] if isinstance(found, list) else ():
        if isinstance(one, str) and one.strip():
            yield clean_input(one[:_LONGEST_TEXT])


def _address_of(raw: Json) -> str:
    """Return the first mail address; those of the inner network of Exchange are none."""
    listed = raw.get("emailAddresses")
    offered: Sequence[object] = [
        raw.get("primaryEmailAddress"),
        *(listed if isinstance(listed, list) else ()),
    ]
    for one in offered[:_MOST]:
        address = _text(one, "address").strip() if isinstance(one, Mapping) else ""
        if "@" in address and not address.startswith("/"):
            return address
    return ""


def _attendees(found: object) -> Iterator[Attendee]:
    """Yield people; rooms and equipment don't take part."""
    for one in found[:_MOST] if isinstance(found, list) else ():
        who = one.get("emailAddress") if isinstance(one, Mapping) else None
        if isinstance(who, Mapping) and one.get("type") != "resource":
            person = Attendee(_text(who, "address").strip(), _text(who, "name").strip())
            if person.address or person.name:
                yield person


def _body(raw: Json) -> str:
    body = raw.get("body")
    if not isinstance(body, Mapping):
        return ""
    content = body.get("content")
    if isinstance(content, str) and str(body.get("contentType")).lower() == "html":
        return clean_input(text_of_html(content))[:_LONGEST_TEXT].strip()
    return _text(body, "content").strip()


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _due(value: object, zone: tzinfo) -> date | None:
    """Return the day that a task is due: its moment is midnight, of UTC or of the mailbox's zone."""
    at = moment_of(value)
    return None if at is None else _day_in(at, zone)


def _day_in(at: datetime, zone: tzinfo) -> date:
    """Return the day whose midnight a moment is, in its own zone or in another one."""
    if at.utcoffset() == timedelta(0) and (at.hour, at.minute) != (0, 0):
        at = at.astimezone(zone)
    return at.date()


def _zone(name: str) -> tzinfo:
    if name.upper() in ("UTC", "ETC/UTC", "GMT", ""):
        return UTC
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(name) from error
