"""What follows from the result of a call, by the flags that an administrator gives each result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _

RESULT_LIST = "call_result"
"""Pick-list of the results; its attributes are the flags."""

NOBODY_REACHED = ("not_contacted", "contact_in_future", "attempted_to_contact")
"""Lead statuses of somebody nobody has spoken to yet, each further than the one before."""

LOST = frozenset({"lost_lead", "junk_lead", "not_qualified"})
"""Lead statuses that end the work on a lead; a talk can begin it again, a vain attempt can't."""

STAYING = frozenset({"opted_out"})
"""Response statuses that no result of a call changes."""


class FollowUpKind(StrEnum):
    """What can follow from a call, by the name in JSON."""

    LEAD_STATUS = "lead_status"
    RESPONSE_STATUS = "response_status"
    BAD_NUMBER = "bad_number"
    DO_NOT_CALL = "do_not_call"
    CALL_BACK = "call_back"


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What the flags of a result ask for.

    Attributes:
        lead_status: Code of the status that the lead gets, "" for none.
        response_status: Code of the response status that the person gets in the call's campaign.
        bad_number: The number that was dialled leads nowhere.
        do_not_call: The person and the number must not be called any more.
        call_back: The person wants to be called again.
    """

    lead_status: str = ""
    response_status: str = ""
    bad_number: bool = False
    do_not_call: bool = False
    call_back: bool = False

    def __bool__(self) -> bool:
        """Whether anything is to be changed; a call back is asked about instead."""
        return bool(self.lead_status or self.response_status or self.bad_number or self.do_not_call)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One thing that followed from a call, or didn't because the agent may not do it.

    Attributes:
        record: What it was done to: the lead, the campaign, the person, the new call.
        value: The new status, or the number; the name of the person where they must not be called.
        at: When to call back; UTC.
        is_done: False where the agent's profile doesn't allow it.
    """

    kind: FollowUpKind
    record: Ref | None
    value: str
    at: datetime | None = None
    is_done: bool = True


def follow_ups(flags: Mapping[str, str | int | bool], call_type: str) -> FollowUps:
    """Return what follows from a call.

    Nothing follows from a missed call. A number that was called from isn't bad whatever the result says.

    Args:
        flags: Attributes of the call's result.
        call_type: Code of the call type.
    """
    if call_type == "missed":
        return FollowUps()
    return FollowUps(
        lead_status=str(flags.get("lead_status") or ""),
        response_status=str(flags.get("response_status") or ""),
        bad_number=bool(flags.get("bad_number")) and call_type != "inbound",
        do_not_call=bool(flags.get("do_not_call")),
        call_back=bool(flags.get("follow_up")),
    )


def moves_lead(present: str, wanted: str) -> bool:
    """Return whether a call moves a lead from one status to another.

    A call never moves a lead back: a vain attempt changes only the status of somebody nobody has spoken to,
    and *contacted* doesn't replace what an agent has found out since. Whatever ends the work on a lead can
    always be set.

    Args:
        present: Code of the status the lead has, "" for none.
        wanted: Code of the status that the result asks for.
    """
    if present == wanted:
        return False
    if wanted in LOST or not present:
        return True
    if wanted in NOBODY_REACHED:
        return present in NOBODY_REACHED[: NOBODY_REACHED.index(wanted)]
    if wanted == "contacted":
        return present in NOBODY_REACHED or present in LOST
    return True


def moves_response(present: str, wanted: str) -> bool:
    """Return whether a call changes the response status of a member of a campaign."""
    return present != wanted and present not in STAYING


_SENTENCES = {
    FollowUpKind.LEAD_STATUS: N_("Lead status: %(value)s."),
    FollowUpKind.RESPONSE_STATUS: N_("Response status in %(name)s: %(value)s."),
    FollowUpKind.BAD_NUMBER: N_("%(value)s marked as invalid."),
    FollowUpKind.DO_NOT_CALL: N_("%(value)s marked: do not call."),
    FollowUpKind.CALL_BACK: N_("Call back: %(value)s."),
}
_NOT_DONE = {
    FollowUpKind.LEAD_STATUS: N_("The lead status stays: your profile may not change it."),
    FollowUpKind.RESPONSE_STATUS: N_("The response status stays: your profile may not change it."),
    FollowUpKind.BAD_NUMBER: N_("%(value)s isn't marked as invalid: your profile may not do so."),
    FollowUpKind.DO_NOT_CALL: N_("%(value)s isn't marked “do not call”: your profile may not do so."),
}


def sentence_of(one: FollowUp, label: Callable[[str, str], str], time: Callable[[datetime], str]) -> str:
    """Return what was done in the current language; it holds what people typed.

    Args:
        label: Takes a pick-list and a code, returns the label.
        time: Returns a moment as the agent reads it.
    """
    value = one.value
    if one.kind is FollowUpKind.LEAD_STATUS:
        value = label("lead_status", value)
    elif one.kind is FollowUpKind.RESPONSE_STATUS:
        value = label("campaign_response_status", value)
    elif one.at is not None:
        value = time(one.at)
    sentence = _SENTENCES[one.kind] if one.is_done else _NOT_DONE[one.kind]
    return _(sentence) % {"value": value, "name": one.record.name if one.record else ""}
