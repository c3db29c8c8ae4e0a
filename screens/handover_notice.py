"""Says in passing what a colleague gave this agent to do. It takes no keys."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from crm_tui.domain.modules import Module
from crm_tui.i18n import _, ngettext
from screens.value_text import long_date, long_datetime

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.handovers import Handover
    from screens.base import RecordKey


async def tell_of_handovers(app: "CrmApp", keys: "frozenset[RecordKey]") -> None:
    """Tell what others made the agent's among the records that were just saved.

    Args:
        keys: What was saved.
    """
    received = await app.services.handovers.received(app.actor, keys)
    if len(received) == 1:
        app.notice(_sentence(app, received[0]))
    elif received:
        names = ", ".join(dict.fromkeys(one.who for one in received))
        text = ngettext(
            "%(who)s gave you %(number)d activity to do.",
            "%(who)s gave you %(number)d activities to do.",
            len(received),
        )
        app.notice(text % {"who": names, "number": len(received)})


def _sentence(app: "CrmApp", one: "Handover") -> str:
    activity = one.activity
    text = _("%(who)s gave you this to do: %(name)s. %(time)s")
    if activity.module is Module.CALL:
        text = _("%(who)s scheduled a call for you: %(name)s. %(time)s")
    elif activity.module is Module.EVENT:
        text = _("%(who)s entered an event for you: %(name)s. %(time)s")
    time = activity.get("due_date") or activity.get("starts_at")
    when = ""
    if isinstance(time, datetime):
        when = long_datetime(time, app.zone)
    elif isinstance(time, date):
        when = long_date(time)
    return (text % {"who": one.who, "name": activity.name, "time": when}).strip()
