"""Callers that a telephone system announces: their number in any writing, and who they may be."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import unquote

from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.phone import parse
from crm_tui.domain.records import Ref
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.text import clean_input

LONGEST_TEXT = 200
"""Characters of what a telephone system hands over, a SIP address with its parameters included."""

LONGEST_NUMBER = 50
"""Characters of a number, as in the fields that hold one."""

LONGEST_E164 = 20

RINGING_SECONDS = 120
"""How long a caller is offered unless the organisation chose another time."""

MISSED_STAYS = timedelta(hours=8)
"""How long a missed call is told: a shift. Its record stays."""

_SCHEME = re.compile(r"(?:tel|callto|sips?|h323):(?://)?", re.IGNORECASE)
_BRACKETS = re.compile(r"<([^<>]+)>\s*(?:;[^<>]*)?$")
_WITHHELD = frozenset(
    (
        *("", "-", "anonymous", "withheld", "private", "unknown", "unavailable", "restricted", "blocked"),
        *("private number", "unknown number", "no number", "not available", "none", "null"),
        *("非通知", "非通知設定", "公衆電話", "表示圏外", "通知不可能"),
        # Reasons of the Japanese caller display: private, out of area, service conflict, coin telephone.
        *("p", "o", "s", "c"),
    )
)


class PopState(StrEnum):
    """States of an announced caller as stored; one whose time is over counts as expired."""

    OFFERED = "offered"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CallerNumber:
    """Who calls, by number.

    Attributes:
        text: As it was written, without the address around it; "" when it was withheld.
        e164: ``+81312345678``; the digits alone where no dialling plan knows them; "" without any.
    """

    text: str
    e164: str

    @property
    def is_withheld(self) -> bool:
        """Whether nothing is known of the caller."""
        return not self.text

    @property
    def international(self) -> str | None:
        """The number in E.164, None if it is none."""
        return self.e164 if self.e164.startswith("+") else None


@dataclass(frozen=True, slots=True)
class Match:
    """A record that has the number of a caller.

    Attributes:
        company: Company of a lead, account of a contact, "" where the reader may not see it.
        kana: Reading of the name.
        account: The account of a contact.
    """

    ref: Ref
    company: str = ""
    kana: str = ""
    account: Ref | None = None


@dataclass(frozen=True, slots=True)
class Pop:
    """A caller that is announced to an agent.

    Attributes:
        agent: Who is told.
        at: When the telephone rang, or the call was missed; UTC.
        call_id: The record of a missed call, "" while the telephone rings.
        matches: Who has the number, as far as the reader may see them; people first.
    """

    id: str
    agent: Ref
    number: CallerNumber
    at: datetime
    expires_at: datetime
    state: PopState
    call_id: str = ""
    matches: tuple[Match, ...] = ()

    @property
    def is_missed(self) -> bool:
        """Whether nobody can take the call any more."""
        return bool(self.call_id)

    @property
    def people(self) -> tuple[Match, ...]:
        """The leads and contacts with this number."""
        return tuple(match for match in self.matches if match.ref.module in PEOPLE)

    @property
    def accounts(self) -> tuple[Match, ...]:
        """The accounts with this number."""
        return tuple(match for match in self.matches if match.ref.module is Module.ACCOUNT)

    @property
    def person(self) -> Ref | None:
        """The lead or contact, if exactly one has the number."""
        return self.people[0].ref if len(self.people) == 1 else None


def caller_number(raw: str, region: str) -> CallerNumber:
    """Return the number that a telephone system hands over.

    Args:
        raw: Any notation, full-width too, a ``tel:`` or ``sip:`` address, ``0312345678@pbx``; empty or a
            word such as ``anonymous`` for a withheld one.
        region: Two-letter country of numbers that have no country code.

    Raises:
        Invalid: It is too long to be a number.
    """
    if len(raw) > LONGEST_TEXT:
        raise _too_long()
    text = _bare(_one_line(raw))
    if text.casefold() in _WITHHELD:
        return CallerNumber("", "")
    if len(text) > LONGEST_NUMBER:
        raise _too_long()
    number = parse(text, region)
    known = number is not None and len(number.e164) <= LONGEST_E164
    return CallerNumber(text, number.e164 if number is not None and known else "")


def in_order(pops: Sequence[Pop]) -> tuple[Pop, ...]:
    """Return callers in the order in which they are offered.

    Who rings goes before what was missed. The newest is first: it is the telephone that rings now, while an
    older caller may have hung up.
    """
    newest_first = sorted(pops, key=lambda pop: (pop.at, pop.id), reverse=True)
    return tuple(sorted(newest_first, key=lambda pop: pop.is_missed))


def _too_long() -> Invalid:
    reason = _("This is too long for a telephone number.")
    return Invalid(_("This is no telephone number. Nobody was told of a caller."), fields={"number": reason})


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", clean_input(text)).split())


def _bare(text: str) -> str:
    """Return the number of an address: what stands before the host, without scheme and parameters."""
    if bracketed := _BRACKETS.search(text):
        text = bracketed[1].strip()
    scheme = _SCHEME.match(text)
    if scheme is not None:
        text = _one_line(unquote(text[scheme.end() :], errors="replace"))
    user, at, _host = text.partition("@")
    if not at and scheme is None:
        return text
    return re.split("[;:?]", user, maxsplit=1)[0].strip()
