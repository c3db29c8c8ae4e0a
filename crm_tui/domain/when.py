"""Dates and times as agents type them, in English and Japanese, exact or relative.

A date without a year and a weekday can be read forwards, for what is planned, and backwards
(``past``), for what is logged. A time of day alone means today, or yesterday when reading backwards.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crm_tui.domain.dates import Reading, Start, readings
from crm_tui.domain.durations import DurationError, format_duration, parse_duration
from crm_tui.i18n import _

__all__ = ["DurationError", "WhenError", "format_duration", "parse_date", "parse_duration", "parse_when"]

FIRST_YEAR = 1900
LAST_YEAR = 9999
_LONGEST_TEXT = 100

_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
_ISO_MOMENT = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[t ][0-9]{2}:?[0-9]{2}.*")
_TIME = re.compile(
    r"(?P<noon_ja>午前|午後)? ?(?P<hour>[0-9]{1,2})"
    r"(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?|(?P<sign>時)(?:(?P<minute_ja>[0-9]{1,2})分?|(?P<half>半))?)?"
    r" ?(?P<noon>[ap]\.?m\.?)?"
)
_SHIFT = re.compile(
    r"(?P<sign>[+-]) ?(?P<number>[0-9]{1,6}) ?"
    r"(?P<unit>m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)(?![a-z])"
)
_SHIFT_JA = re.compile(r"(?P<number>[0-9]{1,6}) ?(?P<unit>分|時間|日|週間?)(?P<sign>後|前)")
_SECONDS = {"m": 60, "分": 60, "h": 3600, "時": 3600}
_DAYS = {"d": 1, "日": 1, "w": 7, "週": 7}
_BETWEEN = " ,@、のに"


class WhenError(ValueError):
    """A text is no date or time; the message says what is accepted.

    Args:
        reason: ``empty``, ``unknown``, ``impossible`` (like 30 February), ``out_of_range`` (the year) or
            ``no_time`` (a date alone).
        timed: A time of day could have been given, for the examples in the message.
    """

    def __init__(self, reason: str, *, timed: bool = True) -> None:
        super().__init__(_message(reason, timed))
        self.reason = reason


def parse_when(
    text: str,
    *,
    now: datetime,
    default_time: time | None = None,
    past: bool = False,
    timed: bool = False,
    moved: datetime | None = None,
) -> datetime:
    """Return the moment that ``text`` means, aware, in the zone of ``now``.

    Args:
        text: Such as ``2026-11-25 9:30``, ``11/25 9:30``, ``25 nov 9am``, ``tomorrow 14:00``, ``fri 14:00``,
            ``14:00``, ``+2d``, ``+3h``, ``now``, ISO 8601, ``明日 14時``, ``来週月曜 9時半``, ``3日後``.
        now: The present moment, aware, in the agent's zone.
        default_time: The time of day for a date without one; midnight if None. ``+2d`` and the like keep
            the present time of day, in whole minutes.
        past: Read dates without a year, weekdays and times of day as the last instead of the next ones.
        timed: Refuse a date without a time of day that has no ``default_time``.
        moved: The aware moment of what is being moved. ``+2d`` and ``+3h`` count from it, and a date alone
            keeps its time of day; once it has passed, they count from today at its time and from now.

    A local time that daylight saving skips moves forward; of one that it repeats the first is taken.

    Raises:
        WhenError: The text is no moment, or not one of the years 1900 to 9999.
    """
    plain = _plain(text, timed=True)
    if moved is not None:
        default_time = default_time or moved.astimezone(now.tzinfo).time()
    try:
        shift = _shift(plain)
        if shift and moved is not None:
            moment = _shifted(_base(moved, now, shift[0]), now.tzinfo or UTC, *shift)
        else:
            moment = _moment(plain, now, default_time, past, timed)
        in_store = moment.astimezone(UTC)
    except WhenError:
        raise
    except OverflowError as error:
        raise WhenError("out_of_range") from error
    except ValueError as error:
        raise WhenError("impossible") from error
    if moment.year < FIRST_YEAR or in_store.year < FIRST_YEAR:
        raise WhenError("out_of_range")
    return moment


def parse_date(text: str, *, today: date, past: bool = False, moved: date | None = None) -> date:
    """Return the date that ``text`` means: every form of ``parse_when`` without a time of day.

    Args:
        text: Such as ``2026-11-25``, ``11/25``, ``25 nov``, ``fri``, ``+2d``, ``明日``, ``来週月曜``.
        today: The present date in the agent's zone; it counts as the next and as the last of its kind.
        past: Read dates without a year and weekdays as the last instead of the next ones.
        moved: The day of what is being moved; ``+2d`` counts from it, or from today once it has passed.

    Raises:
        WhenError: The text is no date, or not one of the years 1900 to 9999.
    """
    plain = _plain(text, timed=False)
    try:
        shift = _days_shifted(plain)
        day = _date(plain, Start(today, past)) if shift is None else max(today, moved or today) + shift
    except OverflowError as error:
        raise WhenError("out_of_range", timed=False) from error
    except WhenError:
        raise
    except ValueError as error:
        raise WhenError("impossible", timed=False) from error
    if day.year < FIRST_YEAR:
        raise WhenError("out_of_range", timed=False)
    return day


def _message(reason: str, timed: bool) -> str:
    if reason == "out_of_range":
        return _("The year must be between 1900 and 9999.")
    if reason == "impossible":
        return _("This date or time doesn't exist.")
    if reason == "no_time":
        return _("Give the time of day too, like tomorrow 14:00.")
    if timed:
        return _(
            "This isn't a date and time. Examples: 2026-11-25 9:30, 11/25 9:30, tomorrow 14:00, fri 14:00, "
            "+2d, +3h."
        )
    return _("This isn't a date. Examples: 2026-11-25, 11/25, 25 nov, tomorrow, fri, +2d, +1w.")


def _plain(text: str, *, timed: bool) -> str:
    if len(text) > _LONGEST_TEXT:
        raise WhenError("unknown", timed=timed)
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_HYPHENS)
    plain = " ".join(plain.split())
    if not plain:
        raise WhenError("empty", timed=timed)
    return plain


def _days_shifted(plain: str) -> timedelta | None:
    """Return the days of ``+2d`` and the like, None for all else."""
    unit, number, rest = _shift(plain) or ("", 0, "")
    return timedelta(days=number * _DAYS[unit]) if unit in _DAYS and not rest else None


def _base(moved: datetime, now: datetime, unit: str) -> datetime:
    """Return from when a shift of what is being moved counts; what has passed is moved ahead of now."""
    moved = moved.astimezone(now.tzinfo)
    if _is_ahead(moved, now):
        return moved
    return datetime.combine(now.date(), moved.time(), now.tzinfo) if unit in _DAYS else now


def _date(plain: str, start: Start) -> date:
    for reading, rest in readings(plain):
        if not rest:
            return reading(start)
    raise WhenError("unknown", timed=False)


def _moment(plain: str, now: datetime, default_time: time | None, past: bool, timed: bool) -> datetime:
    zone = now.tzinfo or UTC
    if plain in ("now", "今"):
        return now
    if _ISO_MOMENT.fullmatch(plain) and (moment := _iso_moment(plain, zone)):
        return moment
    if shift := _shift(plain):
        return _shifted(now, zone, *shift)
    if at := _time(plain):
        return _today_or_yesterday(at, now, zone, past)
    reading, at = _date_and_time(plain)
    if timed and at is None and default_time is None:
        raise WhenError("no_time")
    day = reading(_start(now, zone, at, default_time, past))
    return _resolve(day, at or default_time or time(), zone)


def _iso_moment(plain: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(plain.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        return _resolve(moment.date(), moment.time(), zone)
    return moment.astimezone(zone)


def _shift(plain: str) -> tuple[str, int, str] | None:
    """Return the unit, the signed number and the rest of a text such as ``+2d 14:00`` or ``3日後``."""
    match = _SHIFT.match(plain) or _SHIFT_JA.match(plain)
    if match is None:
        return None
    number = int(match["number"])
    signed = -number if match["sign"] in "-前" else number
    return match["unit"][0], signed, plain[match.end() :].strip(_BETWEEN)


def _shifted(now: datetime, zone: tzinfo, unit: str, number: int, rest: str) -> datetime:
    now = now.replace(second=0, microsecond=0)
    if unit in _SECONDS and not rest:
        return (now.astimezone(UTC) + timedelta(seconds=number * _SECONDS[unit])).astimezone(zone)
    at = _time(rest) if rest else now.time()
    if unit in _SECONDS or at is None:
        raise WhenError("unknown")
    return _resolve(now.date() + timedelta(days=number * _DAYS[unit]), at, zone)


def _today_or_yesterday(at: time, now: datetime, zone: tzinfo, past: bool) -> datetime:
    moment = _resolve(now.date(), at, zone)
    if past and _is_ahead(moment, now):
        return _resolve(now.date() - timedelta(days=1), at, zone)
    return moment


def _date_and_time(plain: str) -> tuple[Reading, time | None]:
    """Split a text into its date and its time of day, which stands behind it or in front of it."""
    for reading, rest in readings(plain):
        rest = rest.strip(_BETWEEN).removeprefix("at ").removeprefix("t")
        at = _time(rest) if rest else None
        if at or not rest:
            return reading, at
    words = plain.split(" ")
    for length in (1, 2):
        at = _time(" ".join(words[:length]))
        for reading, rest in readings(" ".join(words[length:])):
            if at and not rest:
                return reading, at
    raise WhenError("unknown")


def _start(now: datetime, zone: tzinfo, at: time | None, default_time: time | None, past: bool) -> Start:
    """Today is an answer while its time still lies on the right side of now, or if no time was meant."""
    today = now.date()

    def fits(moment_of_day: time | None) -> bool:
        return moment_of_day is None or _is_ahead(_resolve(today, moment_of_day, zone), now) != past

    return Start(today, past, today_counts=fits(at), weekday_counts=fits(at or default_time))


def _is_ahead(moment: datetime, now: datetime) -> bool:
    # In UTC: two times of one zone compare by the wall, also where the wall repeats an hour.
    return moment.astimezone(UTC) > now.astimezone(UTC)


def _time(text: str) -> time | None:
    """Return the time of day that ``text`` is, None if it is none; ValueError for one like 25:00."""
    if text in ("noon", "正午"):
        return time(12)
    match = _TIME.fullmatch(text)
    noon = match and (match["noon"] or match["noon_ja"])
    if match is None or not (match["minute"] or match["sign"] or noon):
        return None
    hour = int(match["hour"])
    minute = 30 if match["half"] else int(match["minute"] or match["minute_ja"] or 0)
    if noon:
        if hour > 12 or (match["noon"] and match["noon_ja"]):
            raise ValueError
        hour = hour % 12 + (12 if noon[0] == "p" or noon == "午後" else 0)
    return time(hour, minute, int(match["second"] or 0))


def _resolve(day: date, at: time, zone: tzinfo) -> datetime:
    """Return a local time as it exists: one that is skipped moves forward, the first of two is taken."""
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)
