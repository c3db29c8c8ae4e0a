"""Which deal a mail belongs to, and why.

The rules are the vendor's: open deals come before won ones, a lost one never takes a mail, and mail from
before the account was connected only goes where there was no choice. Beyond them, first of all: a reply goes
where an agent has put another mail of its thread by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm_tui.i18n import N_, _


class StageKind(StrEnum):
    """What the stage of a deal means; its probability says nothing about that."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Direction(StrEnum):
    """Which way a mail went, seen from the holder of the mailbox."""

    RECEIVED = "received"
    SENT = "sent"


class Outcome(StrEnum):
    """Why a mail went to a deal, or to none."""

    SAME_THREAD = "same_thread"
    ONLY_OPEN_DEAL = "only_open_deal"
    LATEST_OPEN_DEAL = "latest_open_deal"
    ONLY_WON_DEAL = "only_won_deal"
    LATEST_WON_DEAL = "latest_won_deal"
    ONE_DEAL_THEN = "one_deal_then"
    SEVERAL_DEALS_THEN = "several_deals_then"
    NO_DEAL_THEN = "no_deal_then"
    LOST_DEAL_THEN = "lost_deal_then"
    ONLY_LOST_DEALS = "only_lost_deals"
    NO_DEALS = "no_deals"
    NO_CONTACT = "no_contact"
    NOT_SHARED = "not_shared"


_TOLD: Mapping[Outcome, str] = {
    Outcome.SAME_THREAD: N_("same thread"),
    Outcome.ONLY_OPEN_DEAL: N_("only open deal"),
    Outcome.LATEST_OPEN_DEAL: N_("latest of %(number)s open deals"),
    Outcome.ONLY_WON_DEAL: N_("won deal"),
    Outcome.LATEST_WON_DEAL: N_("latest of %(number)s won deals"),
    Outcome.ONE_DEAL_THEN: N_("before connection: one deal then"),
    Outcome.SEVERAL_DEALS_THEN: N_("before connection: %(number)s deals then"),
    Outcome.NO_DEAL_THEN: N_("before connection: no deal then"),
    Outcome.LOST_DEAL_THEN: N_("before connection: the deal was lost"),
    Outcome.ONLY_LOST_DEALS: N_("only lost deals"),
    Outcome.NO_DEALS: N_("no deals"),
    Outcome.NO_CONTACT: N_("no contact"),
    Outcome.NOT_SHARED: N_("the mailbox isn't shared"),
}


def told(outcome: Outcome, number: int = 0) -> str:
    """Return why a mail went where it went, in the agent's language."""
    return _(_TOLD[outcome]) % {"number": number}


@dataclass(frozen=True, slots=True)
class DealThen:
    """A deal as it stands when a mail arrives or is sent.

    Attributes:
        changed_at: When its own fields or its stage changed last; what hangs on it doesn't count.
    """

    id: str
    kind: StageKind
    created_at: datetime
    changed_at: datetime

    @property
    def rank(self) -> tuple[datetime, datetime, str]:
        """The greatest is the one modified last; among equals the one created later, then the greater id."""
        return self.changed_at, self.created_at, self.id


@dataclass(frozen=True, slots=True)
class ContactDeals:
    """A contact of a mail with all deals that they are the contact, or a contact role, of."""

    contact_id: str
    deals: tuple[DealThen, ...]


@dataclass(frozen=True, slots=True)
class ArrivedMail:
    """What the prediction knows of a mail.

    Attributes:
        at: When it was received or sent.
        is_before_connection: It is older than the first connection of its account.
        contacts: Whose addresses it carries, the decisive one first; see `contacts_in_order`.
        thread_deals: Deals that agents gave to other mails of the thread by hand, the latest choice first.
    """

    at: datetime
    is_before_connection: bool
    contacts: tuple[ContactDeals, ...]
    thread_deals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """Where a mail belongs.

    Attributes:
        deal_id: None: it shows at its contacts only.
        outcome: Why.
        number: Of how many deals it was chosen, or couldn't be.
    """

    deal_id: str | None
    outcome: Outcome
    number: int = 0

    @property
    def reason(self) -> str:
        """Why, in the agent's language."""
        return told(self.outcome, self.number)


def contacts_in_order(
    direction: Direction, by_role: Mapping[str, Sequence[ContactDeals]]
) -> tuple[ContactDeals, ...]:
    """Return the contacts of a mail, the decisive one first and each once.

    Args:
        by_role: The contacts of the lines ``from``, ``to`` and ``cc``, each in the order of its addresses.
    """
    roles = ("from", "to", "cc") if direction is Direction.RECEIVED else ("to", "cc")
    found: dict[str, ContactDeals] = {}
    for role in roles:
        for contact in by_role.get(role, ()):
            found.setdefault(contact.contact_id, contact)
    return tuple(found.values())


def predict(mail: ArrivedMail) -> Prediction:
    """Return which deal a mail belongs to: that of the first contact who yields one.

    Where none does, the reason is that of the first contact.
    """
    if not mail.contacts:
        return Prediction(None, Outcome.NO_CONTACT)
    found = [_of_contact(mail, contact) for contact in mail.contacts]
    return next((one for one in found if one.deal_id is not None), found[0])


def _of_contact(mail: ArrivedMail, contact: ContactDeals) -> Prediction:
    alive = {deal.id for deal in contact.deals if deal.kind is not StageKind.LOST}
    for deal_id in mail.thread_deals:
        if deal_id in alive:
            return Prediction(deal_id, Outcome.SAME_THREAD)
    return _then(mail.at, contact.deals) if mail.is_before_connection else _now(contact.deals)


def _then(at: datetime, deals: Sequence[DealThen]) -> Prediction:
    # Dates of mail know no parts of a second.
    existing = [deal for deal in deals if deal.created_at.replace(microsecond=0) <= at]
    if not existing:
        return Prediction(None, Outcome.NO_DEAL_THEN)
    if len(existing) > 1:
        return Prediction(None, Outcome.SEVERAL_DEALS_THEN, len(existing))
    if existing[0].kind is StageKind.LOST:
        return Prediction(None, Outcome.LOST_DEAL_THEN, 1)
    return Prediction(existing[0].id, Outcome.ONE_DEAL_THEN, 1)


def _now(deals: Sequence[DealThen]) -> Prediction:
    for kind, only, latest in (
        (StageKind.OPEN, Outcome.ONLY_OPEN_DEAL, Outcome.LATEST_OPEN_DEAL),
        (StageKind.WON, Outcome.ONLY_WON_DEAL, Outcome.LATEST_WON_DEAL),
    ):
        fitting = [deal for deal in deals if deal.kind is kind]
        if fitting:
            chosen = max(fitting, key=lambda deal: deal.rank)
            return Prediction(chosen.id, only if len(fitting) == 1 else latest, len(fitting))
    return Prediction(None, Outcome.ONLY_LOST_DEALS if deals else Outcome.NO_DEALS, len(deals))
