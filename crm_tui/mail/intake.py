"""What the worker hands to the store: batches of one folder, each with the cursor that it leads to.

The store side (``services/mail_intake.py``) keeps these promises, on which the state machine of ``sync.py``
relies:

* One call is one transaction: rows and cursor are there together or not at all.
* Doing the same again changes nothing: a place is unique by (folder, UIDVALIDITY, UID).
* Who lost the lease of the account writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from crm_tui.domain.mail_folders import FolderCursor, FolderState, ListedFolder, MailFolder
from crm_tui.mail.parsing.message import ParsedMail

Flags = frozenset[str]
"""System flags as ``\\Seen``, keywords as the server writes them. Never ``\\Recent``."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at a place.

    Attributes:
        received_at: INTERNALDATE, aware, in UTC; None if the server named none.
        size: RFC822.SIZE as the server says; it may differ from ``len(raw)``.
        raw: The bytes as far as they were fetched; empty if the server wouldn't give them, and for a large
            message that could be read.
        mail: What could be read of them.
        problem: Why ``raw`` isn't the whole message, untranslated (``N_``); "" if it is. Such a message is
            kept as a stub: it has arrived, and it must not be missing.
    """

    uid: int
    flags: Flags
    received_at: datetime | None
    size: int
    raw: bytes
    mail: ParsedMail
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FolderBatch:
    """One step of a folder; every part of it may be empty.

    Attributes:
        cursor: How far the folder has been read once this is stored. The state of the folder becomes
            ``cursor.state``. UIDs of all parts belong to ``cursor.uid_validity``.
        arrivals: Messages, each at most once.
        flags: All flags of a place by UID, replacing those known. UIDs without a place are passed over.
        vanished: UIDs that the server no longer has: their places become tombstones (``expunged_at``);
            message, history and associations stay. UIDs without a living place are passed over.
        ends_remapping: Every place of the folder with another UIDVALIDITY becomes a tombstone: what is still
            there has been found again.
    """

    cursor: FolderCursor
    arrivals: Sequence[Arrival] = ()
    flags: Mapping[int, Flags] = field(default_factory=dict)
    vanished: Sequence[int] = ()
    ends_remapping: bool = False


class Intake(Protocol):
    """The store of one account, for whoever holds its lease.

    Every method raises ``errors.Conflict`` when the lease is somebody else's and ``errors.StoreUnavailable``
    when the store can't be written; nothing is stored then.
    """

    async def folders(self) -> Sequence[MailFolder]:
        """Return all folders that are known, the inbox first.

        ``cursor.remapping`` is whether living places with another UIDVALIDITY than the cursor's exist:
        nothing needs to be remembered for it.
        """
        ...

    async def list_folders(self, listed: Sequence[ListedFolder]) -> Sequence[MailFolder]:
        """Take over the server's list and return all folders.

        A new name becomes a folder, selected unless its role is one of ``NOT_READ`` or it can't be read. A
        name that is missing from the list, or can't be read any more, becomes GONE and keeps its mail; one
        that comes back becomes what its cursor says (NEW without one). The choice of the agent stays.
        """
        ...

    async def set_state(self, folder_id: str, state: FolderState, detail: str = "") -> None:
        """Say where a folder stands, with a sentence (untranslated, or the server's own, cleaned)."""
        ...

    async def places(self, folder_id: str, uid_validity: int) -> Mapping[int, Flags]:
        """Return the flags of all living places of this numbering by UID."""
        ...

    async def count(self, folder_id: str, uid_validity: int) -> int:
        """Return how many living places of this numbering there are."""
        ...

    async def take(self, folder_id: str, batch: FolderBatch) -> int:
        """Store a batch and return how many of its messages the mailbox hadn't held before.

        A message is the same as a known one of any folder of the account if ``mail.content_hash`` is equal
        and neither is a stub; else, while ``cursor.remapping``, if exactly one place of this folder with
        another UIDVALIDITY has the same Message-ID (not ""), INTERNALDATE and size. Then only the place
        is new, and what was decided about the message stays. A place that exists already at
        (UIDVALIDITY, UID) gets the message, the flags and life of the arrival: the server's word counts.
        """
        ...
