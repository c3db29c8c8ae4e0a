"""What an agent chooses of a report: the period, the figure that is drawn, a ready-made one."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm_tui.domain.relative import Relative, Word, days_of
from crm_tui.domain.reports import By, Figures, Period
from crm_tui.i18n import N_, _

LAST_30_DAYS = 30


class PeriodCode(StrEnum):
    """A period that means other days tomorrow."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    LAST_30_DAYS = "last_30_days"
    THIS_YEAR = "this_year"


class Measure(StrEnum):
    """The figure of each row that a chart draws."""

    CALLS = "calls"
    AVERAGE_DURATION = "average_duration_seconds"
    AVERAGE_HANDLING = "average_handling_seconds"
    MISSED_RATE = "missed_rate"
    RESOLUTION = "first_call_resolution"

    def of(self, figures: Figures) -> float | None:
        """Return the figure: calls, seconds, or a part from 0 to 1; None where there is none."""
        value: float | None = getattr(figures, self.value)
        return value

    @property
    def is_time(self) -> bool:
        """Whether the figure is in seconds."""
        return self in (Measure.AVERAGE_DURATION, Measure.AVERAGE_HANDLING)


MEASURES: Mapping[Measure, str] = {
    Measure.CALLS: N_("Calls"),
    Measure.AVERAGE_DURATION: N_("Average call duration"),
    Measure.AVERAGE_HANDLING: N_("Average handling time"),
    Measure.MISSED_RATE: N_("Missed rate"),
    Measure.RESOLUTION: N_("First-call resolution"),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A report by the name that people ask for.

    Attributes:
        label: Marked for translation.
        period: Its period; None leaves the chosen one.
    """

    label: str
    by: By
    measure: Measure
    period: PeriodCode | None = None


PRESETS: Mapping[str, Preset] = {
    "purposes": Preset(N_("Most frequent call purposes"), By.PURPOSE, Measure.CALLS),
    "results": Preset(N_("Most frequent call results"), By.RESULT, Measure.CALLS),
    "duration": Preset(N_("Average call duration per agent"), By.AGENT, Measure.AVERAGE_DURATION),
    "per_day": Preset(N_("Calls per day"), By.DAY, Measure.CALLS),
    "handling": Preset(
        N_("Average handling time per month"), By.MONTH, Measure.AVERAGE_HANDLING, PeriodCode.THIS_YEAR
    ),
    "missed": Preset(N_("Missed rate per hour"), By.HOUR, Measure.MISSED_RATE),
    "resolution": Preset(N_("First-call resolution per agent"), By.AGENT, Measure.RESOLUTION),
    "teams": Preset(N_("Calls per team"), By.TEAM, Measure.CALLS),
}


def period_label(code: PeriodCode) -> str:
    """Return what a period is called, in the agent's language."""
    return _("this year") if code is PeriodCode.THIS_YEAR else _relative(code).label


def period_of(code: PeriodCode, today: date) -> Period:
    """Return the days that a period means."""
    if code is PeriodCode.THIS_YEAR:
        return Period(date(today.year, 1, 1), date(today.year, 12, 31))
    first, end = days_of(_relative(code), today)
    return Period(first, end - timedelta(days=1))


def month_of(day: date) -> Period:
    """Return the whole month of a day."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def moved(period: Period, step: int) -> Period:
    """Return the period before or after: whole months and years stay whole, else as many days.

    Args:
        step: -1 or 1.

    Raises:
        OverflowError: The calendar has no such days.
    """
    first, last = period.first, period.last
    months = _whole_months(period)
    if months:
        return Period(_month(first, step * months), _month(first, step * months + months, before=1))
    days = (last - first).days + 1
    return Period(first + timedelta(days=step * days), last + timedelta(days=step * days))


def _relative(code: PeriodCode) -> Relative:
    if code is PeriodCode.LAST_30_DAYS:
        return Relative(Word.LAST_DAYS, LAST_30_DAYS)
    return Relative(Word(code.value))


def _whole_months(period: Period) -> int:
    """Return how many months a period is made of, 0 if it begins or ends within one."""
    first, last = period.first, period.last
    if first.day != 1 or last.day != calendar.monthrange(last.year, last.month)[1]:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _month(first: date, months: int, *, before: int = 0) -> date:
    """Return the first day of the month so many months later, or a day so many days before that."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(year)
    return date(year, month + 1, 1) - timedelta(days=before)
