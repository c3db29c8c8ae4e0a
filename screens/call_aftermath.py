"""What a console does once a call is saved: tells what followed from it, opens the call back."""

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from crm_tui.domain.call import Call, call_back_subject
from crm_tui.domain.follow_up import RESULT_LIST, follow_ups, sentence_of
from crm_tui.domain.records import Value
from crm_tui.i18n import language
from screens.value_text import long_datetime

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.container import Services

_QUARTER = 15
"""Minutes."""


def told(services: "Services", call: Call, zone: tzinfo, saved: str) -> str:
    """Return the one notice about a saved call: that it was saved, and what followed from it.

    Args:
        zone: The agent's time zone.
        saved: The sentence about the call itself, translated.
    """
    picklists = services.picklists.all()
    sentences = [
        sentence_of(
            one,
            lambda name, code: picklists.label(name, code, language()),
            lambda at: long_datetime(at, zone),
        )
        for one in call.follow_ups
    ]
    return " ".join((saved, *dict.fromkeys(sentences)))


def wants_call_back(services: "Services", call: Call) -> bool:
    """Return whether the result of a call says that the other side wants to be called again."""
    choice = services.picklists.all().find(RESULT_LIST, call.result)
    return choice is not None and follow_ups(choice.attributes, call.type).call_back


async def open_call_back(app: "CrmApp", call: Call) -> None:
    """Open the form of the call back, one key from being saved.

    Same person, a day later, at the next time at which they may be called, with the usual reminder.
    """
    services = app.services
    wanted = a_day_later(services.core.now_for(app.actor))
    values: dict[str, Value] = {
        "subject": call_back_subject(call.who, call.subject),
        "purpose": call.purpose or None,
        "starts_at": services.calling_hours.next_inside(call.phone, wanted).astimezone(wanted.tzinfo),
        "reminder": services.settings.call_back_reminder or None,
    }
    await app.open_call_logger("scheduled", call.who, call.related_to, values=values)


def a_day_later(now: datetime) -> datetime:
    """Return the same time of day one day later in the zone of ``now``, at the next quarter of an hour."""
    later = (now + timedelta(days=1)).replace(second=0, microsecond=0)
    past = later.minute % _QUARTER
    return later + timedelta(minutes=_QUARTER - past) if past else later
