"""Mail in the outbox and what has become of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from crm_tui.domain.mail_writing import MailDraft
from crm_tui.i18n import N_

LARGEST_MAIL: Final = 25 * 1024 * 1024
"""Bytes of all attachments together; most servers take no more, encoded."""

GIVE_UP: Final = timedelta(days=1)
"""How long sending is tried again by itself. Servers do so for days, but an agent has to know sooner."""

_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)


class OutgoingState(StrEnum):
    """Where a mail stands on its way out.

    * QUEUED: it waits for a worker, or for the next try.
    * SENDING: it is being handed to the server.
    * SENT: the server has taken it.
    * FAILED: the server refuses it, or it was tried for too long; nobody got it.
    * UNKNOWN: the line was lost, or the program killed, between the last byte and the server's answer.
      It is never sent again by itself; the agent says what happened.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CopyState(StrEnum):
    """Whether a copy of a sent mail lies in the Sent folder of its mailbox.

    * NONE: it isn't sent, or not yet taken into the CRM.
    * WAITING: it is going to be copied.
    * DONE: it was copied.
    * BY_SERVER: the server keeps sent mail by itself.
    * FAILED: it couldn't be copied; it is in the CRM all the same.
    """

    NONE = ""
    WAITING = "waiting"
    DONE = "done"
    BY_SERVER = "by_server"
    FAILED = "failed"


OUTGOING_LABELS: Final = {
    OutgoingState.QUEUED: N_("Waiting to be sent"),
    OutgoingState.SENDING: N_("Being sent"),
    OutgoingState.SENT: N_("Sent"),
    OutgoingState.FAILED: N_("Not sent"),
    OutgoingState.UNKNOWN: N_("Perhaps sent"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody who doesn't get a mail that others got, and the server's reason, cleaned."""

    email: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail in the outbox.

    Attributes:
        sender: Address of the account.
        reason: Why it failed, waits or is unknown, as a sentence; "" if there is nothing to say.
        refused: Who doesn't get it although it was sent to others.
        message_id: Its Message-ID, without brackets; the same at every try.
        retry_at: When it is tried again; None for at once, or if it doesn't wait.
        mail_id: The mail it has become; None until it is sent and taken in.
        files: Names of its attachments.
    """

    id: str
    version: int
    account_id: str
    sender: str
    draft: MailDraft
    state: OutgoingState
    reason: str
    refused: tuple[Refusal, ...]
    message_id: str
    attempts: int
    created_at: datetime
    retry_at: datetime | None
    sent_at: datetime | None
    mail_id: str | None
    copy: CopyState
    files: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the agent may have to know of it or to do something."""
        return self.state is not OutgoingState.SENT or bool(self.refused)


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """An attachment of a mail on its way out.

    Attributes:
        attachment_id: The attachment of a forwarded mail that it is; None for a file.
        content: None as long as it is only on the server of the forwarded mail.
    """

    id: str
    name: str
    content_type: str
    size: int
    attachment_id: str | None = None
    content: bytes | None = None


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries in vain."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
