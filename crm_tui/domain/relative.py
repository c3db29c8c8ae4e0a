"""Values of conditions that mean something else tomorrow, or for somebody else.

A view keeps them as they are; they are worked out when the list is read, in the zone and by the
clock of whoever reads it. Weeks begin on Monday. "Last 7 days" are today and the six days before,
"next 7 days" today and the six days after.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from crm_tui.i18n import N_, _

MOST_DAYS = 3_660
"""Days that "last N days" and "next N days" reach at most: ten years."""


class Word(StrEnum):
    """A relative value; its code in JSON."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    TOMORROW = "tomorrow"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    NEXT_WEEK = "next_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    NEXT_MONTH = "next_month"
    LAST_DAYS = "last_days"
    NEXT_DAYS = "next_days"
    OVERDUE = "overdue"
    ME = "me"
    MY_TEAM = "my_team"


PEOPLE_WORDS = frozenset({Word.ME, Word.MY_TEAM})
"""Words that mean users; all others mean days."""

COUNTED = frozenset({Word.LAST_DAYS, Word.NEXT_DAYS})
"""Words that need a number of days."""

LABELS = {
    Word.TODAY: N_("today"),
    Word.YESTERDAY: N_("yesterday"),
    Word.TOMORROW: N_("tomorrow"),
    Word.THIS_WEEK: N_("this week"),
    Word.LAST_WEEK: N_("last week"),
    Word.NEXT_WEEK: N_("next week"),
    Word.THIS_MONTH: N_("this month"),
    Word.LAST_MONTH: N_("last month"),
    Word.NEXT_MONTH: N_("next month"),
    Word.OVERDUE: N_("overdue"),
    Word.ME: N_("me"),
    Word.MY_TEAM: N_("my team"),
}

_SPELLINGS = {
    "今日": Word.TODAY,
    "本日": Word.TODAY,
    "昨日": Word.YESTERDAY,
    "明日": Word.TOMORROW,
    "今週": Word.THIS_WEEK,
    "先週": Word.LAST_WEEK,
    "来週": Word.NEXT_WEEK,
    "今月": Word.THIS_MONTH,
    "先月": Word.LAST_MONTH,
    "来月": Word.NEXT_MONTH,
    "期限超過": Word.OVERDUE,
    "自分": Word.ME,
    "自分のチーム": Word.MY_TEAM,
    **{word.value.replace("_", " "): word for word in Word if word not in COUNTED},
}
_DAYS = re.compile(r"(?P<side>last|next) (?P<number>[0-9]{1,4}) days?")
_DAYS_JA = re.compile(r"(?P<side>過去|直近|今後) ?(?P<number>[0-9]{1,4}) ?日間?")


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative value.

    Attributes:
        days: How many, for the words that count days; else 0.
    """

    word: Word
    days: int = 0

    @property
    def text(self) -> str:
        """The value as the command line takes it."""
        if self.word in COUNTED:
            side = "last" if self.word is Word.LAST_DAYS else "next"
            return f"{side} {self.days} days"
        return self.word.value.replace("_", " ")

    @property
    def label(self) -> str:
        """The value in the agent's language."""
        if self.word is Word.LAST_DAYS:
            return _("last %(number)d days") % {"number": self.days}
        if self.word is Word.NEXT_DAYS:
            return _("next %(number)d days") % {"number": self.days}
        return _(LABELS[self.word])


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive days, or the moments of these days.

    Attributes:
        start: The first; None: since ever.
        end: The first that doesn't belong to it any more; None: for ever.
        open_only: Only what is still to be done counts, where a record can be done.
    """

    start: date | None
    end: date | None
    open_only: bool = False


def parse_relative(text: str) -> Relative | None:
    """Return the relative value that ``text`` is, in English or Japanese; None if it is none."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())
    if plain in _SPELLINGS:
        return Relative(_SPELLINGS[plain])
    match = _DAYS.fullmatch(plain) or _DAYS_JA.fullmatch(plain)
    if match is None or not 0 < int(match["number"]) <= MOST_DAYS:
        return None
    word = Word.NEXT_DAYS if match["side"] in ("next", "今後") else Word.LAST_DAYS
    return Relative(word, int(match["number"]))


def days_of(value: Relative, today: date) -> tuple[date, date]:
    """Return the first day that ``value`` means and the day after the last one.

    Raises:
        ValueError: The value means no days, like ``me`` or ``overdue``.
        OverflowError: They lie beyond the calendar.
    """
    first, days = _first_and_number(value, today)
    return first, first + timedelta(days=days)


def moments_of(first: date, end: date, now: datetime) -> Span:
    """Return the moments of the days from ``first`` to the one before ``end``, in the zone of ``now``."""
    return Span(datetime.combine(first, time(), now.tzinfo), datetime.combine(end, time(), now.tzinfo))


def span_of(value: Relative, now: datetime, *, timed: bool) -> Span:
    """Return what a relative date means.

    Args:
        now: The present moment in the agent's zone.
        timed: Moments are meant, not dates.

    Raises:
        ValueError: The value means no days.
        OverflowError: They lie beyond the calendar.
    """
    if value.word is Word.OVERDUE:
        return Span(None, now if timed else now.date(), open_only=True)
    first, end = days_of(value, now.date())
    return moments_of(first, end, now) if timed else Span(first, end)


def _first_and_number(value: Relative, today: date) -> tuple[date, int]:
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    match value.word:
        case Word.TODAY:
            return today, 1
        case Word.YESTERDAY:
            return today - timedelta(days=1), 1
        case Word.TOMORROW:
            return today + timedelta(days=1), 1
        case Word.THIS_WEEK:
            return monday, 7
        case Word.LAST_WEEK:
            return monday - timedelta(days=7), 7
        case Word.NEXT_WEEK:
            return monday + timedelta(days=7), 7
        case Word.THIS_MONTH:
            return month, (_next_month(month) - month).days
        case Word.LAST_MONTH:
            before = (month - timedelta(days=1)).replace(day=1)
            return before, (month - before).days
        case Word.NEXT_MONTH:
            after = _next_month(month)
            return after, (_next_month(after) - after).days
        case Word.LAST_DAYS:
            return today - timedelta(days=value.days - 1), value.days
        case Word.NEXT_DAYS:
            return today, value.days
    raise ValueError(value.word)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
