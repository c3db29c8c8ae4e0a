"""Dates and times as Outlook writes them into CSV files: by the settings of the computer it runs on."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from typing import Final

from crm_tui.domain.imports import CellValue

_PARTS: Final = re.compile(r"(\d{1,4})\s*([/.年-])\s*(\d{1,2})\s*[/.月-]\s*(\d{1,4})\s*日?", re.ASCII)
_TIME: Final = re.compile(
    r"(午前|午後|AM|PM)?\s*(\d{1,2})\s*[:時]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2}))?\s*[分秒]?\s*(AM|PM|A\.M\.|P\.M\.)?",
    re.ASCII | re.IGNORECASE,
)
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
        japanese: The headings are, so that the year comes first.
    """
    if japanese:
        return DayOrder.YEAR_FIRST
    for cell in cells:
        found = _PARTS.match(_plain(cell))
        if found is None or len(found[1]) == 4:
            continue
        if int(found[1]) > 12 or found[2] == ".":
            return DayOrder.DAY_FIRST
        if int(found[3]) > 12:
            return DayOrder.MONTH_FIRST
    return DayOrder.MONTH_FIRST


def day_of(cell: CellValue, order: DayOrder) -> date | None:
    """Return the day that a cell says; None for none, such as 0/0/00.

    Raises:
        ValueError: It isn't one.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _plain(cell)
    if not text or not any(digit in text for digit in "123456789"):
        return None
    found = _PARTS.match(text)
    if found is None:
        raise ValueError(text)
    numbers = [int(found[1]), int(found[3]), int(found[4])]
    if len(found[1]) >= 3 or found[2] == "年":
        order = DayOrder.YEAR_FIRST
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
    if found is None:
        raise ValueError(text)
    hour, half = int(found[2]), (found[1] or found[5] or "").upper().replace(".", "")
    if half in ("PM", "午後") and hour < 12:
        hour += 12
    elif half in ("AM", "午前") and hour == 12:
        hour = 0
    return time(hour, int(found[3]), int(found[4] or 0))


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """Return a local time in UTC; one that is skipped moves forward, the first of two is taken."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def _plain(cell: CellValue) -> str:
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()
