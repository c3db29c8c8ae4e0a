"""Rows that a message becomes, and by what two copies of it are known to be one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.mail import Source
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.mail_terms import mail_terms
from crm_tui.domain.mail_threads import references_of
from crm_tui.store.models.mail import LONGEST_ID
from crm_tui.store.repositories.mail_people import ROLES
from crm_tui.text import clean_input

if TYPE_CHECKING:
    from crm_tui.mail.intake import Arrival
    from crm_tui.mail.parsing.message import ParsedMail

_SUBJECT: Final = 1_000
_NAME: Final = 255


def identity(arrival: "Arrival", place: str) -> str:
    """Return by what copies of a message in several folders and mailboxes are known to be the same.

    That is its Message-ID together with what is said in it: each mailbox adds lines of its own on top, and
    a Message-ID alone may be used twice. Who stands in Bcc doesn't count: only the sender's own copy may
    tell. Without a Message-ID all bytes count. A message that wasn't fetched whole is only itself.
    """
    mail = arrival.mail
    if arrival.problem:
        parts = ["stub", place]
    elif not mail.message_id:
        parts = ["bytes", mail.content_hash]
    else:
        date = mail.date.isoformat() if mail.date else ""
        senders = " ".join(sorted(one.email for one in mail.sender))
        addressees = " ".join(sorted({one.email for one in (*mail.to, *mail.cc)}))
        files = " ".join(sorted(f"{one.name} {one.size}" for one in mail.attachments))
        said = " ".join(f"{mail.subject} {mail.text}".split())
        parts = ["said", mail.message_id, senders, addressees, date, said, files]
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a message becomes once it has an id and a thread.

    Attributes:
        references: Ids that tie it to a thread.
    """

    message: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    attachments: Sequence[Mapping[str, Any]]
    terms: str
    references: tuple[str, ...]

    @property
    def emails(self) -> tuple[str, ...]:
        """Folded addresses that make it somebody's."""
        return tuple(line["email"] for line in self.lines if line["role"] in ROLES)


def drafted(
    arrival: "Arrival", content_hash: str, own: frozenset[str], at: datetime, raw_path: str
) -> Drafted:
    """Return what a message becomes; all that takes time is done here, before the store is locked.

    Args:
        own: Addresses of all accounts: what comes from one of them was sent.
        at: Now, for what has no date of its own.
        raw_path: Name of the file with its bytes, "" if they aren't kept.
    """
    mail = arrival.mail
    received_at = arrival.received_at or mail.date or at
    sent = any(one.email in own for one in mail.sender)
    message = {
        "message_id": mail.message_id[:LONGEST_ID],
        "content_hash": content_hash,
        "subject": clean_input(mail.subject).replace("\n", " ")[:_SUBJECT],
        "date": mail.date or received_at,
        "received_at": received_at,
        "direction": (Direction.SENT if sent else Direction.RECEIVED).value,
        "source": Source.IMAP.value,
        "in_reply_to": mail.in_reply_to[:LONGEST_ID],
        "reference_ids": [one[:LONGEST_ID] for one in mail.references[-100:]],
        "size": arrival.size,
        "snippet": clean_input(mail.snippet)[:_NAME],
        "text": mail.text if mail.terms is not None else clean_input(mail.text),
        "is_html": mail.is_html,
        "parse_error": arrival.problem or mail.problem,
        "raw_path": raw_path,
    }
    references = references_of(mail.message_id, mail.in_reply_to, mail.references, LONGEST_ID)
    return Drafted(message, _lines(mail), _attachments(mail), _terms(mail), references)


def _lines(mail: "ParsedMail") -> list[dict[str, Any]]:
    """Return who stands in the lines of a message."""
    lines = (("from", mail.sender), ("to", mail.to), ("cc", mail.cc), ("reply_to", mail.reply_to))
    return [
        {
            "role": role,
            "position": position,
            "email": clean_input(one.email),
            "name": clean_input(one.name)[:_NAME],
        }
        for role, line in lines
        for position, one in enumerate(line)
    ]


def _attachments(mail: "ParsedMail") -> list[dict[str, Any]]:
    """Return the attachments of a message."""
    return [
        {
            "name": clean_input(one.name).replace("\n", " ")[:_NAME],
            "content_type": one.content_type[:_NAME],
            "size": one.size,
            "part": one.part[:64],
        }
        for one in mail.attachments
    ]


def _terms(mail: "ParsedMail") -> str:
    """Return by what words a message is found, as the parser worked it out or from what is known of it."""
    if mail.terms is not None:
        return mail.terms
    people = (*mail.sender, *mail.to, *mail.cc)
    return mail_terms(mail.subject, people, (one.name for one in mail.attachments), mail.text)
