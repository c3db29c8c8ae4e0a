"""The dialogs in which an agent puts a report together; each returns it, or None to leave it as it is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.report_choices import MEASURES, PRESETS, Measure, PeriodCode, period_label
from crm_tui.domain.reports import FILTERABLE, LABELS, By, Period
from crm_tui.domain.when import WhenError
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _, language
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.record_picker_modal import RecordPickerModal
from screens.report_state import ReportState
from screens.widgets.field_date import DateField

if TYPE_CHECKING:
    from screens.base import CrmScreen

_TYPED = "typed"
_ALL = "*"
"""No code of a pick-list and no name."""

_HOURS = 24

_DAYS = (
    Field("from", N_("First day"), FieldType.DATE, required=True),
    Field("to", N_("Last day"), FieldType.DATE, required=True),
)


class _PastDays(FieldsModal):
    """Takes days without a year as those that have been."""

    def on_mount(self) -> None:
        """Tell the fields before they are filled."""
        for field in self.query(DateField):
            field.past = True
        # Typing takes the place of the day that stands there.
        self.call_after_refresh(lambda: self.query(DateField).first().editor.select_all())


async def choose_period(screen: "CrmScreen[Any]", state: ReportState) -> ReportState | None:
    """Ask for the period."""
    options = [(code.value, period_label(code)) for code in PeriodCode]
    options.append((_TYPED, _("From … to …")))
    current = state.when.value if isinstance(state.when, PeriodCode) else _TYPED
    chosen = await _ask(screen, _("Which period?"), options, current)
    if chosen is None or chosen != _TYPED:
        return None if chosen is None else replace(state, when=PeriodCode(chosen))
    period = await _ask_days(screen, state)
    return None if period is None else replace(state, when=period)


async def choose_group(screen: "CrmScreen[Any]", state: ReportState) -> ReportState | None:
    """Ask what a row stands for."""
    options = [(by.value, _(LABELS[by])) for by in By]
    chosen = await _ask(screen, _("One row for each …"), options, state.by.value)
    return None if chosen is None else state.grouped(By(chosen))


async def choose_measure(screen: "CrmScreen[Any]", state: ReportState) -> ReportState | None:
    """Ask what the chart draws."""
    options = [(measure.value, _(label)) for measure, label in MEASURES.items()]
    chosen = await _ask(screen, _("What shall the chart show?"), options, state.measure.value)
    return None if chosen is None else replace(state, measure=Measure(chosen))


async def choose_preset(screen: "CrmScreen[Any]", state: ReportState) -> ReportState | None:
    """Ask for a ready-made report."""
    options = [(code, _(preset.label)) for code, preset in PRESETS.items()]
    current = next(
        (code for code, one in PRESETS.items() if (one.by, one.measure) == (state.by, state.measure)), ""
    )
    chosen = await _ask(screen, _("Which report?"), options, current)
    return None if chosen is None else state.preset(PRESETS[chosen])


async def choose_filter(
    screen: "CrmScreen[Any]", state: ReportState, labels: Mapping[By, str]
) -> ReportState | None:
    """Ask which calls to count.

    Args:
        labels: What the agent reads of the present limits.
    """
    options = [(by.value, f"{_(LABELS[by])}: {labels.get(by, _('all'))}") for by in FILTERABLE]
    if state.filters:
        options.append((_ALL, _("Count all calls")))
    chosen = await _ask(screen, _("Which calls?"), options)
    if chosen is None:
        return None
    if chosen == _ALL:
        return replace(state, filters={})
    by = By(chosen)
    if by is By.AGENT:
        return await _choose_agent(screen, state)
    key = await _ask(
        screen,
        _(LABELS[by]),
        [(_ALL, _("All")), *await _values(screen, by)],
        state.filters.get(by, _ALL),
        digits=by is not By.HOUR,
    )
    return None if key is None else state.limited(by, None if key == _ALL else key)


async def _choose_agent(screen: "CrmScreen[Any]", state: ReportState) -> ReportState | None:
    if By.AGENT in state.filters:
        options = [(_ALL, _("All agents")), ("", _("Another agent"))]
        chosen = await _ask(screen, _(LABELS[By.AGENT]), options)
        if chosen is None or chosen == _ALL:
            return None if chosen is None else state.limited(By.AGENT, None)
    found = await screen.app.push_screen_wait(RecordPickerModal((Module.USER,), title=_("Whose calls?")))
    return state.limited(By.AGENT, found.id) if isinstance(found, Ref) else None


async def _values(screen: "CrmScreen[Any]", by: By) -> list[tuple[str, str]]:
    """Return what calls can be limited to: key and label of each."""
    if by is By.HOUR:
        return [(f"{hour:02d}", f"{hour:02d}:00") for hour in range(_HOURS)]
    if by is By.TEAM:
        teams = await screen.services.reports.teams(screen.actor)
        return [*((team, team) for team in teams), ("", _("none"))]
    choices = screen.services.settings.picklists.every(f"call_{by.value}")
    values = [(choice.code, choice.label(language())) for choice in choices]
    return values if by is By.TYPE else [*values, ("", _("none"))]


async def _ask(
    screen: "CrmScreen[Any]",
    title: str,
    options: list[tuple[str, str]],
    current: str = "",
    *,
    digits: bool = True,
) -> str | None:
    places = None if digits else [None] * len(options)
    modal = ChoiceModal(title, options, current=current, digits=places)
    chosen: str | None = await screen.app.push_screen_wait(modal)
    return chosen


async def _ask_days(screen: "CrmScreen[Any]", state: ReportState) -> Period | None:
    today = screen.services.clock.now().astimezone(screen.zone).date()
    before, chosen = state.period(today), list[Period]()

    async def take(values: Mapping[str, object]) -> None:
        first, last = (_day(name, values[name]) for name in ("from", "to"))
        if last < first:
            reason = _("The period ends before it begins.")
            raise Invalid(reason, fields={"to": reason})
        chosen.append(Period(first, last))

    initial = {"from": before.first, "to": before.last}
    modal = _PastDays(_("Which period?"), _("Both days belong to it."), _DAYS, take, initial)
    return chosen[-1] if await screen.app.push_screen_wait(modal) is True else None


def _day(name: str, value: object) -> date:
    if isinstance(value, date):
        return value
    reason = str(WhenError("unknown" if value else "empty", timed=False))
    raise Invalid(reason, fields={name: reason})
