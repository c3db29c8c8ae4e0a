"""Folders of a mail account and how far each has been read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crm_tui.i18n import N_, _
from crm_tui.text import safe


class FolderRole(StrEnum):
    """What a folder is for (RFC 6154); ORDINARY if nobody says."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    ARCHIVE = "archive"
    ALL = "all"
    FLAGGED = "flagged"
    JUNK = "junk"
    TRASH = "trash"
    ORDINARY = ""


ROLE_LABELS: Final = {
    FolderRole.INBOX: N_("Inbox"),
    FolderRole.SENT: N_("Sent"),
    FolderRole.DRAFTS: N_("Drafts"),
    FolderRole.ARCHIVE: N_("Archive"),
    FolderRole.ALL: N_("All mail"),
    FolderRole.FLAGGED: N_("Flagged"),
    FolderRole.JUNK: N_("Junk"),
    FolderRole.TRASH: N_("Trash"),
    FolderRole.ORDINARY: "",
}
"""What they are called, marked for translation."""


NOT_READ = frozenset(
    {FolderRole.ALL, FolderRole.FLAGGED, FolderRole.DRAFTS, FolderRole.JUNK, FolderRole.TRASH}
)
"""Folders that aren't selected unless somebody does so: copies of others, the unfinished, the unwanted."""


class FolderState(StrEnum):
    """Where a folder stands; what the agent reads next to its name.

    * NEW: never opened.
    * FILLING: the newest mail is there, older mail is still being fetched.
    * REMAPPING: the server gave all mail new numbers; it is read again to find what is known already.
    * CURRENT: everything is there.
    * REFUSED: the server names no UIDVALIDITY, without which nothing can be told apart. Not read.
    * GONE: the folder no longer exists on the server. What was read stays.
    """

    NEW = "new"
    FILLING = "filling"
    REMAPPING = "remapping"
    CURRENT = "current"
    REFUSED = "refused"
    GONE = "gone"


FOLDER_STATE_LABELS: Final = {
    FolderState.NEW: N_("not read yet"),
    FolderState.FILLING: N_("older mail is still being fetched"),
    FolderState.REMAPPING: N_("is read again"),
    FolderState.CURRENT: N_("all mail is here"),
    FolderState.REFUSED: N_("can't be read"),
    FolderState.GONE: N_("no longer on the server"),
}
"""A few words for each state, marked for translation."""


@dataclass(frozen=True, slots=True)
class FolderCursor:
    """How far a folder has been read: every UID in ``[backfill_uid, uid_next)`` has been dealt with.

    Attributes:
        uid_validity: The numbering that all UIDs belong to (RFC 9051, 2.3.1.1); never 0.
        uid_next: The smallest UID that is still unknown; new mail has this one or a greater one.
        backfill_uid: The smallest UID that was read; older mail has smaller ones. 1 when all of it is there.
        mod_seq: HIGHESTMODSEQ up to which flags and removals have been taken over (RFC 7162); 0 where the
            server has none.
        remapping: Places of an earlier numbering may still stand beside the new ones.
        on_server: Messages that the server had when the folder was opened last.
    """

    uid_validity: int
    uid_next: int
    backfill_uid: int
    mod_seq: int = 0
    remapping: bool = False
    on_server: int = 0

    @property
    def state(self) -> FolderState:
        """The state that goes with it."""
        if self.remapping:
            return FolderState.REMAPPING
        return FolderState.CURRENT if self.backfill_uid <= 1 else FolderState.FILLING


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """A folder as the server lists it.

    Attributes:
        name: Decoded (RFC 3501, 5.1.3), with the server's separators.
        can_be_read: False for a name that only holds others (``\\Noselect``, ``\\NonExistent``).
    """

    name: str
    role: FolderRole = FolderRole.ORDINARY
    can_be_read: bool = True


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder as the store knows it.

    Attributes:
        is_selected: Whether the agent wants it read.
        cursor: None as long as it was never opened.
        state_detail: Why it isn't read, untranslated or in the server's words, cleaned; "" if it is.
    """

    id: str
    name: str
    role: FolderRole
    is_selected: bool
    state: FolderState
    cursor: FolderCursor | None
    state_detail: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A folder that the agent wants read and that can't be.

    Attributes:
        reason: Untranslated or in the server's words, cleaned; "" if none was given.
    """

    name: str
    is_inbox: bool
    reason: str

    @property
    def sentence(self) -> str:
        """Which folder isn't read, and why."""
        reason = _(self.reason) if self.reason else _("The server doesn't open it.")
        if self.is_inbox:
            return _("New mail doesn't come: the inbox can't be read. %(reason)s") % {"reason": reason}
        told = {"folder": safe(self.name, limit=80), "reason": reason}
        return _("The folder “%(folder)s” can't be read. %(reason)s") % told
