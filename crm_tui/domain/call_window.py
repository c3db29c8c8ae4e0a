"""When people may be called: hours and days in the time zone of whoever is called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY_DAY: Final = frozenset(range(7))
_AHEAD: Final = 14
"""Days looked ahead for a moment at which it is inside the window everywhere."""

_TEXT = re.compile(
    r"(?P<opens>\d{1,2}:\d{2})\s*[-–〜~]\s*(?P<closes>\d{1,2}:\d{2})(?:\s+(?P<days>[a-z,\s–-]+))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CallWindow:
    """From when to when, and on which days.

    Attributes:
        opens: First moment of the day at which somebody may be called, by their clock.
        closes: First moment at which they may not any more; always later than ``opens``.
        days: Days of the week, Monday is 0.
    """

    opens: time = time(9)
    closes: time = time(20)
    days: frozenset[int] = _EVERY_DAY

    @property
    def text(self) -> str:
        """The window as `parse_window` reads it."""
        closes = "24:00" if self.closes == time.max else f"{self.closes:%H:%M}"
        hours = f"{self.opens:%H:%M}-{closes}"
        if self.days == _EVERY_DAY:
            return hours
        return f"{hours} {','.join(DAYS[day] for day in sorted(self.days))}"

    def holds(self, moment: datetime, zones: Sequence[tzinfo]) -> bool:
        """Return whether ``moment`` is inside the window in every one of ``zones``."""
        return all(self._holds(moment.astimezone(zone)) for zone in zones)

    def opening(self, moment: datetime, zones: Sequence[tzinfo]) -> datetime | None:
        """Return the next moment, in UTC, that is inside the window in every zone; None if there is none.

        Args:
            moment: From when on; returned itself where it is inside.
            zones: At least one; wide-spread ones may never be inside together.
        """
        if self.holds(moment, zones):
            return moment.astimezone(UTC)
        openings = (one for zone in zones for one in self._openings(moment.astimezone(zone)))
        # The last zone to open decides, so that only openings need to be tried.
        return next((one for one in sorted(openings) if one >= moment and self.holds(one, zones)), None)

    def _holds(self, local: datetime) -> bool:
        return local.weekday() in self.days and self.opens <= local.time().replace(fold=0) < self.closes

    def _openings(self, local: datetime) -> list[datetime]:
        days = (local.date() + timedelta(days=ahead) for ahead in range(_AHEAD))
        # By UTC: where the clock is put forward at that hour, this is the first moment after it.
        return [datetime.combine(day, self.opens, local.tzinfo).astimezone(UTC) for day in days]


def parse_window(text: str) -> CallWindow:
    """Read ``9:00-20:00``, ``9:00-20:00 mon-fri`` or ``9:00-20:00 mon,wed,sat``.

    Raises:
        ValueError: It can't be read, or closes before it opens.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    try:
        opens, closes = _time(match["opens"]), _time(match["closes"])
        days = _days(match["days"]) if match["days"] else _EVERY_DAY
    except ValueError as error:
        raise ValueError(text) from error
    if opens >= closes:
        raise ValueError(text)
    return CallWindow(opens, closes, days)


@lru_cache(maxsize=4096)
def zones_of(e164: str) -> tuple[str, ...]:
    """Return the time zones a number may ring in, by its country and area; none for an unknown number.

    Source: the geographical data of libphonenumber, imported at the first number because that takes a while.
    """
    if not e164.startswith("+"):
        return ()
    import phonenumbers
    from phonenumbers import timezone

    try:
        names = timezone.time_zones_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(name for name in names if _zone(name) is not None)


def zone_infos(names: Sequence[str]) -> tuple[tzinfo, ...]:
    """Return the zones of `zones_of`."""
    return tuple(zone for name in names if (zone := _zone(name)) is not None)


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo | None:
    try:
        return None if name == "Etc/Unknown" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _time(text: str) -> time:
    hours, _colon, minutes = text.partition(":")
    # Until midnight is until the last minute of the day: a time of day knows no 24:00.
    return time.max if (hours, minutes) == ("24", "00") else time(int(hours), int(minutes))


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text.strip().lower()):
        first, dash, last = part.replace("–", "-").partition("-")
        start = _day(first)
        found |= {(start + step) % 7 for step in range((_day(last) - start) % 7 + 1)} if dash else {start}
    return frozenset(found)


def _day(text: str) -> int:
    if len(text) < 3 or text[:3] not in DAYS:
        raise ValueError(text)
    return DAYS.index(text[:3])
