"""What links people to accounts and campaigns."""

from dataclasses import dataclass
from enum import StrEnum

from crm_tui.domain.records import Ref

ROLE_LENGTH = 100
"""Characters of a contact's role at an account, at most."""


class CasesChoice(StrEnum):
    """What becomes of a contact's cases on an account that the contact is parted from."""

    STAY = "stay"
    """They stay with the account."""

    MOVE = "move"
    """They go to the contact's primary account."""

    CLEAR = "clear"
    """They belong to no account any more."""


@dataclass(frozen=True, slots=True)
class Association:
    """An account that a contact belongs to."""

    account_id: str
    name: str
    primary: bool
    role: str


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
