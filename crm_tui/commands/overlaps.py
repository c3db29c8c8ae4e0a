"""What else stands at the time that a command has just planned something for."""

from dataclasses import replace

from crm_tui.commands.answer import Answer, Json
from crm_tui.commands.json import ref_json, time_json
from crm_tui.commands.session import Session
from crm_tui.domain.overlaps import Overlap
from crm_tui.domain.records import Record
from crm_tui.formats import format_datetime, format_time
from crm_tui.i18n import _


async def with_overlaps(session: Session, answer: Answer, planned: Record) -> Answer:
    """Return the answer of a command with what stands for the owner at the same time.

    Args:
        planned: The event or call as it was saved; one that is over or in progress takes no time.
    """
    found = await session.services.overlaps.around(session.actor, planned)
    if not isinstance(answer.data, dict):
        return answer
    data = {**answer.data, "overlaps": [_json(session, one) for one in found]}
    notes = [_("Also then: %(what)s") % {"what": _told(session, one)} for one in found]
    return replace(answer, data=data, notes=(*answer.notes, *notes))


def _json(session: Session, one: Overlap) -> Json:
    return {
        "activity": ref_json(one.activity),
        "starts_at": time_json(one.start, session.zone),
        "ends_at": time_json(one.end, session.zone),
        "all_day": one.all_day,
    }


def _told(session: Session, one: Overlap) -> str:
    start, end = one.start.astimezone(session.zone), one.end.astimezone(session.zone)
    until = format_datetime(end, session.zone, session.language)
    if end.date() == start.date():
        until = format_time(end, session.zone)
    name = one.activity.name if one.activity is not None else _("(busy)")
    return f"{format_datetime(start, session.zone, session.language)}–{until} {name}"
