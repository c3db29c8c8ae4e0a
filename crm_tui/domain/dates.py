"""The ways of writing a date, in English and Japanese, each with its reading.

Texts arrive here normalised: NFKC, case folded, single spaces, ASCII hyphens.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = {
    sign: number
    for number, signs in enumerate(
        zip("月火水木金土日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True)
    )
    for sign in signs
}
_DAYS_FROM_TODAY = {
    **dict.fromkeys(("today", "今日", "本日", "きょう"), 0),
    **dict.fromkeys(("tomorrow", "明日", "あした", "あす"), 1),
    **dict.fromkeys(("明後日", "あさって"), 2),
    **dict.fromkeys(("yesterday", "昨日", "きのう"), -1),
    **dict.fromkeys(("一昨日", "おととい"), -2),
}
# The year before the first of each era, of which forms and lists write the initial too.
_ERAS = {
    **dict.fromkeys(("明治", "m"), 1867),
    **dict.fromkeys(("大正", "t"), 1911),
    **dict.fromkeys(("昭和", "s"), 1925),
    **dict.fromkeys(("平成", "h"), 1988),
    **dict.fromkeys(("令和", "r"), 2018),
}
_WEEKS_FROM_NOW = {"再来週": 2, "来週": 1, "今週": 0, "先週": -1}

_DAY = r"(?P<day>[0-9]{1,2})"
_NAMED_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_NAMED = re.compile("[a-z]{3}", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"([0-9]{1,2} ?[a-z]+\.?|[a-z]+\.? ?[0-9]{1,2}),? ([0-9]{2})")
_ENGLISH_DAY = _DAY + r"(?:st|nd|rd|th)?(?![0-9a-z:])"
_OPTIONAL_YEAR = r"(?:,? (?P<year>[0-9]{4})(?![0-9:]))?"
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?|[月火水木金土日](?:曜日?)?)(?![a-z曜])"
)
_ERA_YEAR = rf"(?P<era>{'|'.join(_ERAS)})\.? ?(?P<year>[1-9][0-9]|0?[1-9]|元)"
# The weekday that Japanese dates are shown with; it repeats the date and isn't checked against it.
_SHOWN_WEEKDAY = r"(?: ?\([月火水木金土日]\))?"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a relative or shortened date is counted from.

    Attributes:
        today: The present date.
        past: Read backwards: the last such day instead of the next one.
        today_counts: Today itself is a possible answer to a date without a year.
        weekday_counts: Today itself is a possible answer to a weekday.
    """

    today: date
    past: bool = False
    today_counts: bool = True
    weekday_counts: bool = True


Reading = Callable[[Start], date]
"""Gives the date; raises ValueError for one that doesn't exist, OverflowError beyond the calendar."""


def readings(plain: str) -> Iterator[tuple[Reading, str]]:
    """Yield the possible dates at the start of ``plain``, each with the text that follows it."""
    for pattern, read in _FORMS:
        if match := pattern.match(plain):
            yield _bind(read, match), plain[match.end() :]


def full_date(text: str) -> date:
    """Return the date that a text says with its year, such as 5 Nov 2026 or 令和8年11月5日.

    Args:
        text: Normalised to NFKC.

    Raises:
        ValueError: It says none, or one that doesn't exist.
    """
    plain = " ".join(text.casefold().replace("-", " ").split()) if _NAMED.search(text) else text.casefold()
    if match := _SHORT_YEAR.fullmatch(plain):
        # Two digits mean what POSIX makes of them.
        plain = f"{match[1]} {'19' if match[2] >= '69' else '20'}{match[2]}"
    for pattern, read in _FORMS:
        match = pattern.fullmatch(plain)
        if match is not None and match.groupdict().get("year"):
            return read(match, Start(date.min))
    raise ValueError(text)


def _bind(read: Callable[[re.Match[str], Start], date], match: re.Match[str]) -> Reading:
    return lambda start: read(match, start)


def _full_date(match: re.Match[str], start: Start) -> date:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def _era_date(match: re.Match[str], start: Start) -> date:
    year = 1 if match["year"] == "元" else int(match["year"])
    return date(_ERAS[match["era"]] + year, int(match["month"]), int(match["day"]))


def _month_and_day(match: re.Match[str], start: Start) -> date:
    return _nearest_year(int(match["month"]), int(match["day"]), start)


def _named_month(match: re.Match[str], start: Start) -> date:
    month = _MONTHS.index(match["name"][:3]) + 1
    if match["year"]:
        return date(int(match["year"]), month, int(match["day"]))
    return _nearest_year(month, int(match["day"]), start)


def _nearest_year(month: int, day: int, start: Start) -> date:
    # Eight years hold a 29 February, wherever they begin and whichever century ends in them.
    years = (start.today.year + offset for offset in range(9))
    if start.past:
        years = (start.today.year - offset for offset in range(9))
    return _nearest(((year, month, day) for year in years), start)


def _day_of_month(match: re.Match[str], start: Start) -> date:
    first = start.today.year * 12 + start.today.month - 1
    step = -1 if start.past else 1
    months = (divmod(first + step * offset, 12) for offset in range(4))
    return _nearest(((year, month + 1, int(match["day"])) for year, month in months), start)


def _nearest(candidates: Iterable[tuple[int, int, int]], start: Start) -> date:
    """Return the first candidate that exists and lies on the right side of today."""
    for year, month, day in candidates:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found == start.today and start.today_counts:
            return found
        if found < start.today if start.past else found > start.today:
            return found
    raise ValueError


def _named_day(match: re.Match[str], start: Start) -> date:
    return start.today + timedelta(days=_DAYS_FROM_TODAY[match["named"]])


def _weekday_number(match: re.Match[str]) -> int:
    name = match["weekday"]
    return _WEEKDAYS[name[:3] if name.isascii() else name[0]]


def _nearest_weekday(match: re.Match[str], start: Start) -> date:
    wanted = _weekday_number(match)
    first = 0 if start.weekday_counts else 1
    step = -1 if start.past else 1
    days = (start.today + timedelta(days=step * offset) for offset in count(first))
    return next(day for day in days if day.weekday() == wanted)


def _weekday_of_week(match: re.Match[str], start: Start) -> date:
    monday = start.today - timedelta(days=start.today.weekday())
    return monday + timedelta(weeks=_WEEKS_FROM_NOW[match["week"]], days=_weekday_number(match))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Start], date]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(?P<year>[0-9]{{4}})([-/.])(?P<month>[0-9]{{1,2}})\2{_DAY}(?![0-9]){_SHOWN_WEEKDAY}", _full_date),
        (r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?![0-9])", _full_date),
        (rf"(?P<year>[0-9]{{4}})年 ?(?P<month>[0-9]{{1,2}})月 ?{_DAY}日{_SHOWN_WEEKDAY}", _full_date),
        (rf"{_ERA_YEAR}年 ?(?P<month>[0-9]{{1,2}})月 ?{_DAY}日{_SHOWN_WEEKDAY}", _era_date),
        (rf"{_ERA_YEAR}([-/.])(?P<month>[0-9]{{1,2}})\3{_DAY}(?![0-9]){_SHOWN_WEEKDAY}", _era_date),
        (rf"(?P<month>[0-9]{{1,2}})[-/]{_DAY}(?![0-9/:-]){_SHOWN_WEEKDAY}", _month_and_day),
        (rf"(?P<month>[0-9]{{1,2}})月 ?{_DAY}日{_SHOWN_WEEKDAY}", _month_and_day),
        (rf"{_DAY}日(?![後前間]){_SHOWN_WEEKDAY}", _day_of_month),
        (rf"{_ENGLISH_DAY} ?{_NAMED_MONTH}{_OPTIONAL_YEAR}", _named_month),
        (rf"{_DAY}{_NAMED_MONTH}{_OPTIONAL_YEAR}", _named_month),
        (rf"{_NAMED_MONTH} ?{_ENGLISH_DAY}{_OPTIONAL_YEAR}", _named_month),
        (rf"(?P<named>{'|'.join(sorted(_DAYS_FROM_TODAY, key=len, reverse=True))})(?![a-z])", _named_day),
        (rf"(?P<week>{'|'.join(_WEEKS_FROM_NOW)})の?{_WEEKDAY}", _weekday_of_week),
        (_WEEKDAY, _nearest_weekday),
    )
)
