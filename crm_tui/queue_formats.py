"""What the screen and the commands of a call queue say alike: reasons with their numbers, calling hours."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from crm_tui.clock import clock
from crm_tui.domain.queue import REASONS, QueueNumber, Reason
from crm_tui.formats import format_datetime_short, format_number, format_time
from crm_tui.i18n import _, language


def reasons_text(numbers: Mapping[Reason, int]) -> str:
    """Return how many records wait or were skipped for which reason, the most frequent first."""
    ordered = sorted(numbers.items(), key=lambda one: -one[1])
    told = (
        _("%(number)s %(reason)s") % {"number": format_number(number), "reason": _(REASONS[reason])}
        for reason, number in ordered
    )
    return _(", ").join(told)


def moment_text(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as short as can be: of today the time alone."""
    now = clock().now()
    if moment.astimezone(zone).date() == now.astimezone(zone).date():
        return format_time(moment, zone)
    return format_datetime_short(moment, zone, language(), now=now)


def opening_text(number: QueueNumber, zone: tzinfo) -> str:
    """Return when a number may be called next by the callee's clock, and by the agent's if that differs.

    Args:
        number: One that is outside its calling hours.
        zone: Of the agent, to which it falls back where nobody knows the callee's.
    """
    opens = number.opens_at
    if opens is None:
        return ""
    here = moment_text(opens, zone)
    zones = [local.tzinfo for local in number.local if local.tzinfo is not None]
    there = " – ".join(dict.fromkeys(moment_text(opens, one) for one in zones[:2]))
    if not there or there == here:
        return here
    return _("%(there)s (here %(here)s)") % {"there": there, "here": here}
