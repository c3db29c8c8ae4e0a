"""What followed from a call, for programs and for people."""

from typing import TYPE_CHECKING

from crm_tui.commands.json import ref_json, time_json
from crm_tui.i18n import language

if TYPE_CHECKING:
    from crm_tui.commands.answer import Json
    from crm_tui.commands.session import Session
    from crm_tui.domain.call import Call


def follow_ups_json(session: "Session", call: "Call") -> "list[Json]":
    """Return what followed from ``call`` as JSON."""
    return [
        {
            "kind": one.kind.value,
            "record": ref_json(one.record),
            "value": one.value,
            "at": None if one.at is None else time_json(one.at, session.zone),
            "done": one.is_done,
        }
        for one in call.follow_ups
    ]


def follow_up_notes(session: "Session", call: "Call") -> tuple[str, ...]:
    """Return what followed from ``call`` as sentences in the current language."""
    from crm_tui.domain.follow_up import sentence_of

    picklists = session.services.picklists.all()
    return tuple(
        sentence_of(
            one,
            lambda name, code: picklists.label(name, code, language()),
            lambda at: f"{at.astimezone(session.zone):%Y-%m-%d %H:%M}",
        )
        for one in call.follow_ups
    )
