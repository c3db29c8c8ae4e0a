"""Members of campaigns: leads and contacts with the way they responded."""

from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_

CHUNK = 200
"""Memberships that one transaction takes well: each brings an audit entry and its way back along."""

UNCOUNTED = 10_000_000
"""Members and lists of people are counted no further than this."""

STATUS_LIST = "campaign_response_status"
"""Pick-list of the response statuses."""

RESPONSE_STATUS = Field("response_status", N_("Response status"), FieldType.PICKLIST, picklist=STATUS_LIST)
ADDED_AT = Field("added_at", N_("Added"), FieldType.DATETIME, read_only=True)

MEMBER_FIELDS = (RESPONSE_STATUS, ADDED_AT)
"""What is known of a membership beside its two ends."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One member of one campaign.

    Attributes:
        id: Of the membership itself.
        response_status: Code of the pick-list ``campaign_response_status``.
        added_at: UTC.
        version: Counts changes; a change names the version it was based on.
    """

    id: str
    campaign: Ref
    member: Ref
    response_status: str
    added_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class MemberKey:
    """Names one membership by its two ends.

    Attributes:
        version: The version that a change is based on; None takes the present one.
    """

    campaign: Ref
    member: Ref
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """What came of adding members.

    Attributes:
        added: How many became members.
        already: Who was a member before and stays as they were.
        left_out: How many of a whole list can't be members, because they are converted leads.
        stopped: The caller stopped it before its end; who was added until then stays a member.
    """

    added: int
    already: tuple[Ref, ...] = ()
    left_out: int = 0
    stopped: bool = False
