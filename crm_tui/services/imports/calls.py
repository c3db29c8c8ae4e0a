"""Calls that come in from elsewhere: what has taken place is final, what lies ahead is scheduled."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from crm_tui.domain.call import MISSED, OVERDUE, CallStatus, default_subject
from crm_tui.domain.records import Ref, Value, Values
from crm_tui.i18n import _

_OUTBOUND: Final = "outbound"
_OVER: Final = (CallStatus.COMPLETED.value, CallStatus.CANCELLED.value)


def assumed_of_call(values: Values) -> dict[str, Value]:
    """Return what a call is taken to be of which a file says little: values by field."""
    who = values.get("who")
    kind = str(values.get("type") or _OUTBOUND)
    assumed: dict[str, Value] = {} if values.get("type") else {"type": kind}
    if not values.get("subject"):
        assumed["subject"] = default_subject(kind, who.name if isinstance(who, Ref) else "")
    return assumed


def state_of_call(values: Values, now: datetime) -> str:
    """Return the status of a new call; one that was measured, or whose time is past, has taken place."""
    status = values.get("status")
    if status == OVERDUE:
        return CallStatus.SCHEDULED.value
    if isinstance(status, str) and status:
        return status
    start = values.get("starts_at")
    is_past = isinstance(start, datetime) and start <= now
    if is_past or values.get("duration_seconds") is not None or values.get("result"):
        return CallStatus.COMPLETED.value
    return CallStatus.SCHEDULED.value


def problems_of_call(values: Values, errors: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Return why a call can't be taken in, by field.

    Args:
        values: With the status.
        errors: What is wrong with the values of any record.
    """
    found, start = dict(errors), values.get("starts_at")
    if values.get("type") == MISSED and values.get("phone"):
        found.pop("who", None)
    match values.get("status"):
        case CallStatus.IN_PROGRESS.value:
            found["status"] = _("A running call can't be imported.")
        case CallStatus.SCHEDULED.value if start is None:
            found["starts_at"] = _("A scheduled call needs a start time.")
        case CallStatus.COMPLETED.value if isinstance(start, datetime) and start > now:
            found["starts_at"] = _("A completed call can't start in the future.")
    return found


def columns_of_call(values: Values, number: str, at: datetime) -> dict[str, Any]:
    """Return the columns that follow from the status of a new call.

    Args:
        number: The first one of whom it is with.
        at: The moment of the import.
    """
    columns: dict[str, Any] = {} if values.get("phone") else {"phone": number[:50]}
    if values.get("status") not in _OVER:
        return columns
    start, seconds = values.get("starts_at"), values.get("duration_seconds")
    begun = start if isinstance(start, datetime) else at
    length = timedelta(seconds=seconds) if isinstance(seconds, int) else timedelta()
    columns |= {"due_at": begun, "sort_at": begun, "completed_at": min(begun + length, at)}
    if values.get("wrap_up_seconds") is None:
        columns["wrap_up_seconds"] = 0
    return columns
