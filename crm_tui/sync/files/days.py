"""Dates and times of day in tables: as programs write them by the settings of the computer they run on."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from crm_tui.domain.dates import full_date
from crm_tui.domain.imports.batches import CellValue

_PARTS: Final = re.compile(
    r"(\d{1,4})\s*([/.年-])\s*(\d{1,2})\s*[/.月-]\s*(\d{1,4})\s*日?(?!\d)", re.ASCII | re.IGNORECASE
)
_LIKE_PARTS: Final = re.compile(r"\s*\d{1,2}\s*[-/.／．－]\s*\d{1,2}\s*[-/.／．－]\s*\d{2,4}(?!\d)")
_WEEKDAY: Final = re.compile(
    r"(?:\(?(?:[月火水木金土日](?:曜日?)?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\.?\)?)[,\s]*", re.IGNORECASE
)
_CLOCK: Final = re.compile(r"T?(?:午前|午後|AM|PM)?\s*\d{1,2}\s*[:時].*", re.ASCII | re.IGNORECASE)
_TIME: Final = re.compile(
    r"(午前|午後|AM|PM)?\s*(\d{1,2})(?:\s*([:時])\s*(\d{1,2})?(?:\s*[:分]\s*(\d{1,2})(?:\.\d+)?)?\s*[分秒]?)?"
    r"\s*(AM|PM|A\.M\.|P\.M\.)?",
    re.ASCII | re.IGNORECASE,
)
_FIRST: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no zones
_CENTURY: Final = 69
"""Years of two digits from this one on belong to the last century, as POSIX has it."""


class DayOrder(StrEnum):
    """In which order day, month and year stand where four digits don't tell."""

    YEAR_FIRST = "ymd"
    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


def order_of(cells: Iterable[CellValue], *, japanese: bool) -> DayOrder:
    """Return the order that dates of a file have, by those that leave no choice.

    Args:
        japanese: The headings are, so that the year comes first unless four digits say otherwise.
    """
    usual = DayOrder.YEAR_FIRST if japanese else DayOrder.MONTH_FIRST
    for cell in cells:
        if not isinstance(cell, str) or not _LIKE_PARTS.match(cell):
            continue
        found = _PARTS.match(_plain(cell))
        if found is None or (japanese and len(found[4]) < 3):
            continue
        if int(found[1]) > 12 or found[2] == ".":
            return DayOrder.DAY_FIRST
        if int(found[3]) > 12:
            return DayOrder.MONTH_FIRST
    return usual


def day_of(cell: CellValue, order: DayOrder) -> date | None:
    """Return the day that a cell says; None for none, such as 0/0/00.

    Raises:
        ValueError: It isn't one.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if (moment := serial(cell)) is not None:
        return moment.date()
    day, _behind = _parted(cell, order)
    return day


def clock_of(cell: CellValue, order: DayOrder) -> time | None:
    """Return the time of day that stands behind the day in one cell; None for none, or midnight.

    Raises:
        ValueError: What stands there is none, or there is no day.
    """
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return None
    moment = cell if isinstance(cell, datetime) else serial(cell)
    if moment is not None:
        return moment.time() if moment.time() != time() else None
    day, behind = _parted(cell, order)
    found = time_of(behind) if day is not None else None
    return found if found != time() else None


def year_first(text: str, order: DayOrder) -> str:
    """Return a text that begins with a day, such as 11/5/2026 15:00, with that day as in ISO 8601.

    Any other text is returned as it is.
    """
    if not _LIKE_PARTS.match(text):
        return text
    try:
        day, behind = _parted(text, order)
    except ValueError:
        return text
    return text if day is None else f"{day.isoformat()} {behind}".rstrip()


def serial(cell: CellValue) -> datetime | None:
    """Return the local moment that a number of a workbook is where a date is meant, 1927 to 2173; else None.

    Spreadsheets count days from 1899-12-30; a cell that isn't formatted as a date shows that number.
    """
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not 10_000 <= cell < 100_000:
        return None
    return _FIRST + timedelta(seconds=round(cell * 86_400))


def time_of(cell: CellValue) -> time | None:
    """Return the time of day that a cell says; None for none.

    Raises:
        ValueError: It isn't one.
    """
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, float) and 0 <= cell < 1:
        seconds = round(cell * 86_400) % 86_400
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    text = _plain(cell)
    if not text:
        return None
    found = _TIME.fullmatch(text)
    half = (found[1] or found[6] or "").upper().replace(".", "") if found is not None else ""
    if found is None or (found[3] != "時" and found[4] is None and not (half and found[3] is None)):
        raise ValueError(text)
    hour = int(found[2])
    if half in ("PM", "午後") and hour < 12:
        hour += 12
    elif half in ("AM", "午前") and hour == 12:
        hour = 0
    return time(hour, int(found[4] or 0), int(found[5] or 0))


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """Return a local time in UTC; one that is skipped moves forward, the first of two is taken."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def _parted(cell: CellValue, order: DayOrder) -> tuple[date | None, str]:
    """Return the day that a text says, None for none, and the time of day behind it as text."""
    text = _plain(cell)
    if not text or not any(digit in text for digit in "123456789"):
        return None, ""
    text = text[found.end() :] if (found := _WEEKDAY.match(text)) else text
    found = _PARTS.match(text)
    if found is None:
        return full_date(text), ""
    behind = text[found.end() :].strip()
    behind = behind[named.end() :] if (named := _WEEKDAY.match(behind)) else behind
    if behind and not _CLOCK.fullmatch(behind):
        raise ValueError(text)
    return _date(found, order), behind


def _date(found: re.Match[str], order: DayOrder) -> date:
    numbers = [int(found[1]), int(found[3]), int(found[4])]
    if len(found[1]) >= 3 or found[2] == "年":
        order = DayOrder.YEAR_FIRST
    elif len(found[4]) >= 3 and order is DayOrder.YEAR_FIRST:
        order = DayOrder.MONTH_FIRST
    match order:
        case DayOrder.YEAR_FIRST:
            year, month, day = numbers
        case DayOrder.MONTH_FIRST:
            month, day, year = numbers
        case _:
            day, month, year = numbers
    if year < 100:
        year += 1900 if year >= _CENTURY else 2000
    return date(year, month, day)


def _plain(cell: CellValue) -> str:
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()
