"""What links people to accounts and campaigns."""

from dataclasses import dataclass

from crm_tui.domain.records import Ref


@dataclass(frozen=True, slots=True)
class NewAssociation:
    """A contact that also belongs to an account; its primary account is a field of the contact."""

    account_id: str
    contact_id: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class NewMember:
    """A lead or contact that a campaign addresses.

    Attributes:
        response_status: Code of the pick-list ``campaign_response_status``.
    """

    member: Ref
    response_status: str
