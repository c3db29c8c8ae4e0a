"""Calls: their states and what each state allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crm_tui.clock import PLAUSIBLE, clock_shift, same_boot
from crm_tui.domain.follow_up import FollowUp
from crm_tui.domain.records import Ref, Value
from crm_tui.i18n import _


class CallStatus(StrEnum):
    """States of a call as stored. Overdue is derived: scheduled, and its time has passed."""

    IN_PROGRESS = "in_progress"
    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OVERDUE = "overdue"

MISSED = "missed"
"""Code of the type of a call that nobody took."""

_INCOMING = ("inbound", "missed")


def default_subject(type_code: str, name: str) -> str:
    """Return the subject of a call that nobody has named yet.

    Args:
        type_code: Code of the call type.
        name: The other party, "" when unknown.
    """
    if not name:
        return _("Call") if type_code not in _INCOMING else _("Call from an unknown number")
    text = _("Call to %(name)s") if type_code == "outbound" else _("Call from %(name)s")
    return (text % {"name": name})[:255]


def call_back_subject(who: Ref | None, subject: str) -> str:
    """Return the subject of the call that somebody asked for.

    Args:
        who: Who wants to be called back, None when unknown.
        subject: Of the call in which they said so.
    """
    return (_("Call back: %(name)s") % {"name": who.name if who is not None else subject})[:255]


@dataclass(frozen=True, slots=True)
class StartCall:
    """What is known when a call starts; everything else is typed while it runs.

    Attributes:
        who: The lead or contact.
        related_to: An account, deal, case or campaign; only with a contact.
        type: Code of the call type.
        subject: Empty for "Call to NAME".
        phone: The number that is dialled or that calls.
        scheduled_id: The scheduled call that is being made.
        override: Why a person or number is called that must not be; "" to be refused.
        campaign: The campaign whose members are being called; the result sets the response status there.
    """

    who: Ref | None = None
    related_to: Ref | None = None
    type: str = "outbound"
    subject: str = ""
    purpose: str = ""
    phone: str = ""
    scheduled_id: str = ""
    override: str = ""
    campaign: Ref | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of any state.

    Attributes:
        starts_at: Start, or planned start of a scheduled call; UTC.
        duration_seconds: Talk time, None until the call was stopped.
        wrap_up_seconds: From stop to save, None until saved.
        due_at: What lists sort by: the planned or real start.
        started_mark: Clock mark of the start, to measure by.
        stopped_mark: Clock mark of the stop.
        campaign_id: The campaign whose members were being called, as `StartCall.campaign`.
        follow_ups: What followed from its result, on the call that saving it returns alone.
    """

    id: str
    version: int
    status: CallStatus
    type: str
    subject: str
    purpose: str
    result: str
    who: Ref | None
    related_to: Ref | None
    owner: Ref
    phone: str
    starts_at: datetime | None
    stopped_at: datetime | None
    duration_seconds: int | None
    wrap_up_seconds: int | None
    description: str
    reminder: str
    due_at: datetime | None
    started_mark: str
    stopped_mark: str
    completed_at: datetime | None
    campaign_id: str | None = None
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def is_running(self) -> bool:
        """The timer runs."""
        return self.status is CallStatus.IN_PROGRESS and self.stopped_at is None

    @property
    def is_stopped(self) -> bool:
        """The customer has hung up; the call waits to be saved."""
        return self.status is CallStatus.IN_PROGRESS and self.stopped_at is not None

    @property
    def is_final(self) -> bool:
        """Completed or cancelled: its data can't change any more."""
        return self.status in (CallStatus.COMPLETED, CallStatus.CANCELLED)

    @property
    def clock_shift(self) -> int:
        """Seconds by which the machine's clock was set while people talked, negative for back; 0 for not.

        The start was read off that clock, the duration wasn't.
        """
        if self.starts_at is None or self.stopped_at is None or not same_boot(*self._marks):
            return 0
        return clock_shift(self.stopped_at - self.starts_at, self.duration_seconds or 0)

    @property
    def is_doubtful(self) -> bool:
        """The machine was started anew during the call, and what its clock said of the duration can't be."""
        if self.starts_at is None or self.stopped_at is None or same_boot(*self._marks):
            return False
        return not timedelta(0) <= self.stopped_at - self.starts_at <= PLAUSIBLE

    @property
    def _marks(self) -> tuple[str, str]:
        return self.started_mark, self.stopped_mark

    def shown_status(self, now: datetime) -> str:
        """Return the code of the status an agent sees at ``now`` (UTC)."""
        if self.status is CallStatus.SCHEDULED and self.starts_at is not None and self.starts_at < now:
            return OVERDUE
        return self.status.value


def values_of(call: Call) -> dict[str, Value]:
    """Return a call's values by field name."""
    return {
        "subject": call.subject,
        "type": call.type,
        "purpose": call.purpose or None,
        "result": call.result or None,
        "who": call.who,
        "related_to": call.related_to,
        "starts_at": call.starts_at,
        "duration_seconds": call.duration_seconds,
        "description": call.description or None,
        "reminder": call.reminder or None,
        "owner": call.owner,
        "status": call.status.value,
    }
