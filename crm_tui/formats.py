"""How dates, times, durations and numbers are shown, per language.

All results are plain text of ASCII and, in Japanese, kanji and kana; they need no cleaning.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal

from crm_tui.domain.call import Call
from crm_tui.domain.durations import format_duration
from crm_tui.i18n import _

__all__ = [
    "SHORT_CELLS",
    "clock_warning",
    "format_amount",
    "format_date",
    "format_date_short",
    "format_datetime",
    "format_datetime_short",
    "format_duration",
    "format_number",
    "format_time",
]

SHORT_CELLS = 11
"""Terminal cells that the longest short form takes."""

_WEEKDAYS_JA = "月火水木金土日"


def format_date(day: date, lang: str) -> str:
    """Return a date in full: ``2026-11-21`` or ``2026年11月21日(土)``."""
    if lang == "ja":
        return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS_JA[day.weekday()]})"
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}"


def format_date_short(day: date, lang: str, *, today: date) -> str:
    """Return a date for a list, ``11-21`` or ``11/21``, with the year if it isn't the present one."""
    sign = "/" if lang == "ja" else "-"
    year = "" if day.year == today.year else f"{day.year:04d}{sign}"
    return f"{year}{day.month:02d}{sign}{day.day:02d}"


def format_time(moment: datetime, zone: tzinfo) -> str:
    """Return the time of day in ``zone``: ``14:05``."""
    return f"{moment.astimezone(zone):%H:%M}"


def format_datetime(moment: datetime, zone: tzinfo, lang: str) -> str:
    """Return an aware ``moment`` in full, as seen in ``zone``: ``2026-11-21 14:05``."""
    local = moment.astimezone(zone)
    return f"{format_date(local.date(), lang)} {local:%H:%M}"


def format_datetime_short(moment: datetime, zone: tzinfo, lang: str, *, now: datetime) -> str:
    """Return an aware ``moment`` for a list, in at most ``SHORT_CELLS`` cells.

    In the present year that is ``11-21 14:05``; in another one the year takes the place of the time.
    """
    local = moment.astimezone(zone)
    today = now.astimezone(zone).date()
    day = format_date_short(local.date(), lang, today=today)
    return f"{day} {local:%H:%M}" if local.year == today.year else day


def format_number(number: int) -> str:
    """Return a whole number with separated thousands: ``1,234,567``."""
    return f"{number:,}"


def format_size(size: int) -> str:
    """Return a number of bytes as a person reads it: ``812 B``, ``14 kB``, ``3.2 MB``."""
    if size < 1_000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1_000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def format_amount(amount: Decimal) -> str:
    """Return an amount of money with separated thousands; cents only where there are any.

    Amounts carry no currency. More than two decimals are shown as they are, not rounded away.
    """
    if not amount.is_finite():
        return str(amount)
    whole, _point, cents = f"{amount:,f}".partition(".")
    cents = cents.rstrip("0")
    text = f"{whole}.{cents:0<2}" if cents else whole
    return "0" if text == "-0" else text


def clock_warning(call: Call) -> str:
    """Return what to say when the machine's clock was set during a call, "" when it wasn't."""
    if call.is_doubtful:
        return _("The clock can't be trusted: the machine was started anew during the call. Check the times.")
    if not call.clock_shift:
        return ""
    text = _("The clock was set back by %(time)s during the call. The duration is right all the same.")
    if call.clock_shift > 0:
        text = _("The clock was set forward by %(time)s during the call. The duration is right all the same.")
    return text % {"time": format_duration(abs(call.clock_shift))}
