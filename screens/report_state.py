"""What a report screen shows, and where it goes from a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from crm_tui.domain.report_choices import (
    MEASURES,
    Measure,
    PeriodCode,
    Preset,
    month_of,
    moved,
    period_label,
    period_of,
)
from crm_tui.domain.reports import LABELS, By, Filters, Period
from crm_tui.i18n import _
from screens.report_rows import Order

_FINER: Mapping[By, By] = {By.MONTH: By.DAY, By.HOUR: By.AGENT, By.TEAM: By.AGENT}
"""What a row of months, hours and teams is made of; any other row is made of calls."""


@dataclass(frozen=True, slots=True)
class ReportState:
    """One report as the agent put it together.

    Attributes:
        when: Its period; a code means other days tomorrow.
        measure: What the chart draws.
        filters: As the service takes them.
    """

    when: PeriodCode | Period = PeriodCode.THIS_MONTH
    by: By = By.DAY
    measure: Measure = Measure.CALLS
    filters: Filters = field(default_factory=dict)
    order: Order = field(default_factory=Order)

    def period(self, today: date) -> Period:
        """Return the days that are reported on."""
        return self.when if isinstance(self.when, Period) else period_of(self.when, today)

    def period_text(self, today: date) -> str:
        """Return the period as a title says it."""
        period = self.period(today)
        days = period.first.isoformat()
        if period.last != period.first:
            days += f" – {period.last.isoformat()}"
        return days if isinstance(self.when, Period) else f"{period_label(self.when)}  {days}"

    def moved(self, step: int, today: date) -> "ReportState":
        """Return the same for the period before or after.

        Raises:
            OverflowError: The calendar has no such days.
        """
        return replace(self, when=moved(self.period(today), step))

    def grouped(self, by: By) -> "ReportState":
        """Return the same with other rows, in their own order."""
        return replace(self, by=by, order=Order())

    def limited(self, by: By, key: str | None) -> "ReportState":
        """Return the same for fewer calls; None takes a limit away."""
        kept = {limit: value for limit, value in self.filters.items() if limit is not by}
        return replace(self, filters=kept if key is None else {**kept, by: key})

    def preset(self, preset: Preset) -> "ReportState":
        """Return a ready-made report, of the same calls."""
        changed = replace(self.grouped(preset.by), measure=preset.measure)
        return changed if preset.period is None else replace(changed, when=preset.period)

    def behind(self, key: str, today: date) -> "ReportState":
        """Return the calls of a row: those of its day or month, or with its key."""
        if self.by is By.DAY:
            day = date.fromisoformat(key)
            return replace(self, when=Period(day, day))
        if self.by is By.MONTH:
            month, period = month_of(date.fromisoformat(f"{key}-01")), self.period(today)
            return replace(self, when=Period(max(month.first, period.first), min(month.last, period.last)))
        return self.limited(self.by, key)

    def finer(self, key: str, today: date) -> "ReportState | None":
        """Return the report that a row is made of; None where it is made of calls."""
        by = _FINER.get(self.by)
        return None if by is None or by in self.filters else self.behind(key, today).grouped(by)

    def title(self) -> str:
        """Return what the rows and the chart show."""
        return _("%(measure)s by %(group)s") % {
            "measure": _(MEASURES[self.measure]),
            "group": _(LABELS[self.by]).lower(),
        }
