"""Values of Zoho CRM, from files or from the API, as our fields take them."""

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.participants import is_address
from crm_tui.sync.files.days import DayOrder, year_first
from crm_tui.sync.files.days import day_of as table_day

_PREFIX: Final = "zcrm_"
"""Exported files have it in front of every id; the API hasn't."""

_LONGEST_ID: Final = 100
_LONGEST_DAY: Final = 40
_LONGEST_MOMENT: Final = 80
_YEARS: Final = range(1900, 9000)
"""What is outside is no time of a record, and too near to the ends of the calendar to be reckoned with."""

_SCIENTIFIC = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d{1,2}", re.ASCII)
_HOURS = re.compile(r"(\d{1,2})時(\d{2})分")
_LONG_NUMBER = re.compile(r"\d{12,25}", re.ASCII)
_ADDRESS = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s.,;<>\"()]+")
_NOTHING = frozenset({"", "-none-", "null", "none", "-"})
_PLAIN_NUMBER = re.compile(r"[^0-9.\-]")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CLOCK = re.compile(r"(午前|午後)?\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?")
_ZONE = re.compile(r"(?<=\d)\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))$")


def remote_id(raw: object) -> str:
    """Return the id of a record as the API writes it, "" for what is none."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return ""
    text = f"{raw:.0f}" if isinstance(raw, float) else str(raw).strip()
    text = text.removeprefix(_PREFIX)
    return text if len(text) <= _LONGEST_ID and text.isprintable() else ""


def looks_like_id(text: str) -> bool:
    """Return whether a cell holds the id of a record instead of its name."""
    return text.startswith(_PREFIX) or _LONG_NUMBER.fullmatch(text) is not None


def text_of(raw: object) -> str:
    """Return a value as text, "" for what Zoho CRM calls nothing."""
    if raw is None or isinstance(raw, bool):
        return "" if raw is None else str(raw).lower()
    if isinstance(raw, dict):
        return text_of(raw.get("name"))
    if isinstance(raw, list):
        return ", ".join(filter(None, map(text_of, raw)))
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    text = str(raw).strip()
    return "" if text.casefold() in _NOTHING else text


def day_of(raw: object, order: DayOrder = DayOrder.MONTH_FIRST) -> date | str:
    """Return a day; text that is none as it is, "" for nothing.

    Args:
        order: Of day, month and year, which exported files have as the organisation or its user likes it.
    """
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = text_of(raw)
    if (found := _DAY.match(year_first(text, order))) is not None:
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            return text
    return _named_day(text, order) or text


def moment_of(raw: object, zone: tzinfo, order: DayOrder = DayOrder.MONTH_FIRST) -> datetime | str:
    """Return a moment; text that is none as it is, "" for nothing.

    Args:
        zone: In which moments without one are meant; files have the organisation's.
        order: As for `day_of`.
    """
    if isinstance(raw, datetime):
        return raw if raw.tzinfo is not None else raw.replace(tzinfo=zone)
    text = text_of(raw)
    if len(text) > _LONGEST_MOMENT:
        return text
    if ":" in text and (zoned := _ZONE.search(text)) is not None:
        found = moment_of(text[: zoned.start()], _offset(zoned), order)
        return found if isinstance(found, datetime) else text
    plain = _HOURS.sub(r"\1:\2", year_first(text, order))
    day = _DAY.match(plain)
    clock = _CLOCK.search(plain, day.end() if day is not None else 0)
    if clock is None:
        return text
    before, hour, minute, second, behind = clock.groups()
    number = int(hour)
    if half := before or behind:
        number = number % 12 + (12 if half.casefold() in ("pm", "午後") else 0)
    try:
        named = _named_day(plain[: clock.start()], order) if day is None else None
        on = date(int(day[1]), int(day[2]), int(day[3])) if day is not None else named
        at = time(number, int(minute), int(second or 0), tzinfo=zone)
        moment = datetime.combine(on, at) if on is not None else None
    except ValueError:
        return text
    return moment if moment is not None and moment.year in _YEARS else text


def _offset(zoned: re.Match[str]) -> tzinfo:
    """Return the zone that stands behind a time, as Z or as hours and minutes; at most a day."""
    _utc, sign, hours, minutes = zoned.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    offset = min(offset, timedelta(hours=23, minutes=59))
    return timezone(-offset if sign == "-" else offset)


def _named_day(text: str, order: DayOrder) -> date | None:
    """Return a day whose month is a word, such as 22 Nov, 2026; None for none."""
    if len(text) > _LONGEST_DAY or not any(map(str.isdecimal, text)) or not any(map(str.isalpha, text)):
        return None
    try:
        return table_day(text.strip(" ,"), order)
    except ValueError:
        return None


def amount_of(raw: object) -> Decimal | str:
    """Return an amount without its currency; text that is none as it is, "" for nothing."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Decimal(str(raw))
    text = text_of(raw)
    if _SCIENTIFIC.fullmatch(text):
        return Decimal(text)
    plain = _PLAIN_NUMBER.sub("", text).strip(".")
    try:
        return Decimal(plain) if plain else text
    except InvalidOperation:
        return text


def whole_of(raw: object) -> int | str:
    """Return a whole number; text that is none as it is, "" for nothing."""
    found = amount_of(raw)
    if isinstance(found, str):
        return found
    return int(found) if found.is_finite() and found == found.to_integral_value() else text_of(raw)


def addresses_of(raw: object) -> tuple[str, ...]:
    """Return the mail addresses of those who take part, as a list of the API or a cell of a file has them."""
    found: list[str] = []
    entries = raw if isinstance(raw, list) else [raw]
    for one in entries:
        if isinstance(one, dict):
            found += filter(is_address, (_address(one, key) for key in ("Email", "email", "participant")))
        else:
            found += _ADDRESS.findall(text_of(one))
    return tuple({address.casefold(): address for address in found}.values())


def cell(raw: object) -> CellValue:
    """Return a value as a cell of the file of rejected rows holds it."""
    if raw is None or isinstance(raw, str | int | float | date):
        return raw
    return text_of(raw)


def _address(entry: dict[str, Any], key: str) -> str:
    found = entry.get(key)
    return found.strip() if isinstance(found, str) else ""
