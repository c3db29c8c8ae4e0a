"""Values of records as text for a list, a detail screen or an echo, in the agent's language and zone."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal

from crm_tui.clock import clock
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Ref, Value
from crm_tui.formats import (
    format_amount,
    format_date,
    format_date_short,
    format_datetime,
    format_datetime_short,
    format_duration,
    format_number,
)
from crm_tui.i18n import N_, _, language

_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def weekday_name(day: date) -> str:
    """Return the weekday in short: ``Fri``."""
    return _(_WEEKDAYS[day.weekday()])


def long_date(day: date) -> str:
    """Return a date in full with its weekday: ``Fri 2026-11-27``, ``2026年11月27日(金)``."""
    text = format_date(day, language())
    return text if language() == "ja" else f"{weekday_name(day)} {text}"


def long_datetime(moment: datetime, zone: tzinfo) -> str:
    """Return an aware moment in full with its weekday, as seen in ``zone``."""
    local = moment.astimezone(zone)
    return f"{long_date(local.date())} {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class ValueText:
    """Turns values into text.

    Attributes:
        picklists: Labels of pick-list codes.
        zone: Zone in which times are shown.
        badges: What stands beside the telephone number of a field, such as *invalid number*.
    """

    picklists: Picklists
    zone: tzinfo
    badges: Mapping[str, str] = field(default_factory=dict)

    def full(self, field: Field, value: Value) -> str:
        """Return ``value`` of ``field`` as a detail screen shows it; "" when it is empty."""
        text = self._text(field, value, self._full_date, self._full_moment)
        return f"{text} ! {self.badges[field.name]}" if text and field.name in self.badges else text

    def short(self, field: Field, value: Value) -> str:
        """Return ``value`` of ``field`` for one line of a list."""
        if field.type is FieldType.PHONE and isinstance(value, str):
            return f"{'!' if field.name in self.badges else ''}{half_width_number(value)}"
        return self._text(field, value, self._short_date, self._short_moment)

    def _text(
        self,
        field: Field,
        value: Value,
        day: Callable[[date], str],
        moment: Callable[[datetime], str],
    ) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, datetime):
            return moment(value)
        if isinstance(value, date):
            return day(value)
        if isinstance(value, Ref):
            return value.name
        if isinstance(value, Decimal):
            return format_amount(value) if field.type is FieldType.MONEY else format(value.normalize(), "f")
        if isinstance(value, tuple):
            return ", ".join(map(str, value))
        if isinstance(value, int):
            return format_duration(value) if field.type is FieldType.DURATION else _whole(field, value)
        return self.picklists.label(field.picklist, value, language()) if field.picklist else value

    def _full_date(self, value: date) -> str:
        return format_date(value, language())

    def _full_moment(self, value: datetime) -> str:
        return format_datetime(value, self.zone, language())

    def _short_date(self, value: date) -> str:
        return format_date_short(value, language(), today=clock().now().astimezone(self.zone).date())

    def _short_moment(self, value: datetime) -> str:
        return format_datetime_short(value, self.zone, language(), now=clock().now())


def half_width_number(number: str) -> str:
    """Return a telephone number as one line of a list has room for it: full-width digits take two cells."""
    return unicodedata.normalize("NFKC", number)


def _whole(field: Field, value: int) -> str:
    return format_number(value) if field.type is FieldType.MONEY else str(value)
