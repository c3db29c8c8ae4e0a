"""What links two records, as a source tells it: a contact and a further account, a campaign and a member."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crm_tui.domain.imports.batches import CellValue, RemoteRef


class TieKind(StrEnum):
    """What is linked."""

    ASSOCIATION = "association"
    """A contact with an account; its word is the role."""

    MEMBER = "campaign_member"
    """A campaign with a lead or contact; its word is the response status."""


OTHER: Final = {TieKind.ASSOCIATION: "associated_account", TieKind.MEMBER: "member"}
"""By which name an outcome has the other end."""

WORD: Final = {TieKind.ASSOCIATION: "role", TieKind.MEMBER: "response_status"}
"""By which name an outcome has the word."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One link between two records.

    Attributes:
        number: As in `crm_tui.domain.imports.batches.Incoming`.
        owner: The record that the link is a fact of: the contact, or the campaign.
        other: The account, or the member.
        word: What it says of the link; "" for nothing.
        remote_id: Its id at the source; "" for none.
        cells: The row as it stood, for the file of rejected rows.
        problem: Why it can't be taken at all, in the agent's language; "" for nothing.
    """

    number: int
    kind: TieKind
    owner: RemoteRef
    other: RemoteRef
    word: str = ""
    remote_id: str = ""
    cells: tuple[CellValue, ...] = ()
    problem: str = ""
