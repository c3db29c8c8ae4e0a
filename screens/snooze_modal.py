"""Until when a reminder is to be silent: a digit, or a time as typed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.clock import clock
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.reminders import START_OF_WORK, Reminder
from crm_tui.domain.when import parse_when
from crm_tui.formats import format_time
from crm_tui.i18n import N_, _, ngettext
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal

if TYPE_CHECKING:
    from screens.base import CrmModal

MINUTES = (5, 10, 15, 30, 60)

_TOMORROW, _TYPED = "tomorrow", "typed"
_UNTIL = Field("until", N_("Remind me at"), FieldType.DATETIME, required=True)


async def ask_until(screen: "CrmModal[Any]", reminder: Reminder) -> None:
    """Ask until when, and put the reminder off; to be awaited in a worker."""
    reminders, actor = screen.services.reminders, screen.actor
    options = [(str(minutes), _minutes(minutes)) for minutes in MINUTES]
    tomorrow = _tomorrow(screen)
    options.append((_TOMORROW, _("Tomorrow %(time)s") % {"time": format_time(tomorrow, screen.zone)}))
    options.append((_TYPED, _("Another time …")))
    code = await screen.app.push_screen_wait(
        ChoiceModal(_("Remind me again in"), options, detail=reminder.activity.name)
    )
    if code is None:
        return

    async def save(values: Mapping[str, object]) -> object:
        return await reminders.snooze(actor, reminder.id, _typed(values.get("until")))

    if code == _TYPED:
        title = _("Remind me again")
        await screen.app.push_screen_wait(FieldsModal(title, reminder.activity.name, [_UNTIL], save))
    else:
        until = tomorrow if code == _TOMORROW else timedelta(minutes=int(code))
        await reminders.snooze(actor, reminder.id, until)


def _minutes(minutes: int) -> str:
    if minutes < 60:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    hours = minutes // 60
    return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": hours}


def _tomorrow(screen: "CrmModal[Any]") -> datetime:
    return parse_when("tomorrow", now=clock().now().astimezone(screen.zone), default_time=START_OF_WORK)


def _typed(value: object) -> str | datetime:
    return value if isinstance(value, datetime) else str(value or "")
