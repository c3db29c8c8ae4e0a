"""Dates, moments, spans and time zones of calendars and address cards."""

import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_tui.sync.files.facts import Moment
from crm_tui.sync.files.problems import Problem

_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_SPAN: Final = re.compile(
    r"([+-])?P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_ZONE_KEY: Final = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}", re.ASCII)

When = date | datetime
"""A day, a moment with a zone, or one of no zone."""


class Bad(ValueError):
    """A value makes no sense; carries what is said of it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.problem = Problem(code, values)


class Zones:
    """Time zones by the names that a calendar uses.

    Args:
        defined: Definitions (VTIMEZONE) of the file, as text, by their names.
    """

    def __init__(self, defined: Mapping[str, str]) -> None:
        self._defined = defined
        self._found: dict[str, tzinfo | None] = {}

    def zone(self, name: str) -> tzinfo:
        """Return a zone: of the IANA, of Windows, or one that the file defines.

        Raises:
            Bad: There is none of this name.
        """
        if name not in self._found:
            self._found[name] = _iana(name) or _of_windows(name) or self._of_file(name)
        found = self._found[name]
        if found is None:
            raise Bad("item_zone", zone=name[:80])
        return found

    def _of_file(self, name: str) -> tzinfo | None:
        from dateutil.tz import tzical

        if name not in self._defined:
            return None
        try:
            found: tzinfo | None = tzical(io.StringIO(self._defined[name])).get()
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
            return None
        return found


def when(name: str, value: str, params: Mapping[str, list[str]], zones: Zones) -> When:
    """Return the day or moment of a property.

    Raises:
        Bad: It is none, or its zone is unknown.
    """
    text = value.strip()
    try:
        if matched := _DAY.fullmatch(text):
            return date(*map(int, matched.groups()))
        matched = _MOMENT.fullmatch(text)
        if matched is None:
            raise Bad("item_date", name=name, value=value[:40])
        return _moment(matched, params, zones)
    except (ValueError, OverflowError) as error:
        if isinstance(error, Bad):
            raise
        raise Bad("item_date", name=name, value=value[:40]) from error


def span(value: str) -> timedelta | None:
    """Return a duration of RFC 5545, or None if it is none."""
    matched = _SPAN.fullmatch(value.strip())
    if matched is None or not any(matched.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in matched.groups()[1:])
    found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -found if matched[1] == "-" else found


def note(one: Moment, moment: When) -> None:
    """Write a day or moment into a property, as messages hold it."""
    if not isinstance(moment, datetime):
        one["day"] = moment.isoformat()
    elif moment.tzinfo is None:
        one["local"] = moment.isoformat()
    else:
        one["at"] = moment.astimezone(UTC).isoformat()


def _moment(matched: re.Match[str], params: Mapping[str, list[str]], zones: Zones) -> datetime:
    year, month, day, hour, minute, second, offset = matched.groups()
    # A leap second is the last one that a clock of ours has.
    found = datetime(  # noqa: DTZ001
        int(year), int(month), int(day), int(hour), int(minute), min(int(second or 0), 59)
    )
    if offset:
        shift = offset.upper().replace("Z", "+00:00")
        found = datetime.fromisoformat(f"{found.isoformat()}{shift}")
    elif named := params.get("TZID"):
        found = found.replace(tzinfo=zones.zone(",".join(named).strip()))
    if found.tzinfo is not None:
        # What lies before the year 1 or beyond 9999 in UTC raises here.
        found.astimezone(UTC)
    return found


def _iana(name: str) -> tzinfo | None:
    # Some programs put the name of their own place before it: /citadel.org/20210210_1/Asia/Tokyo
    for key in (name, "/".join(name.split("/")[-2:])):
        if _ZONE_KEY.fullmatch(key):
            try:
                return ZoneInfo(key)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return None


def _of_windows(name: str) -> tzinfo | None:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    key = WINDOWS_TO_OLSON.get(name.strip('"'))
    return ZoneInfo(key) if key else None
