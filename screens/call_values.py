"""Between a call and its form: which fields a mode has, what they start with, what is saved. No terminal."""

from collections.abc import Mapping
from types import MappingProxyType

from crm_tui.domain.call import Call
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import _
from screens.widgets.mode_switch import CallMode

_NOT_IN: Mapping[CallMode, frozenset[str]] = MappingProxyType(
    {
        CallMode.CURRENT: frozenset({"owner", "reminder"}),
        CallMode.COMPLETED: frozenset({"owner", "reminder"}),
        CallMode.SCHEDULED: frozenset({"duration_seconds"}),
    }
)

MEASURED = frozenset({"starts_at", "duration_seconds"})
"""Fields of a current call that the timer fills in."""


def applies(field: str, mode: CallMode) -> bool:
    """Return whether the form has ``field`` in ``mode``."""
    return field not in _NOT_IN[mode]


def form_values(call: Call) -> dict[str, Value]:
    """Return what the form shows of ``call``."""
    return {
        "subject": call.subject,
        "type": call.type,
        "purpose": call.purpose,
        "who": call.who,
        "related_to": call.related_to,
        "starts_at": call.starts_at,
        "duration_seconds": call.duration_seconds,
        "result": call.result,
        "description": call.description,
        "owner": call.owner,
        "reminder": call.reminder,
    }


def values_to_save(typed: Mapping[str, object], mode: CallMode) -> dict[str, object]:
    """Return what a service is given: the fields of the mode, without those the timer measures."""
    left_out = _NOT_IN[mode] | (MEASURED if mode is CallMode.CURRENT else frozenset())
    return {name: value for name, value in typed.items() if name not in left_out}


def why_not_related(who: object) -> str:
    """Return why the call can't be related to a record, "" if it can.

    Args:
        who: What stands in the field for the lead or contact.
    """
    if isinstance(who, Ref) and who.module is Module.LEAD:
        return _("Only for a contact; %(name)s is a lead.") % {"name": who.name}
    return ""
