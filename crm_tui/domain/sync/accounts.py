"""Accounts elsewhere that are synchronised: whose they are, what is taken over, and how it goes with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _, ngettext

MAILBOX_ITEMS: Final = ("contact", "task", "event")
"""What can be taken over from Outlook."""

BY_HAND: Final = 0
"""The interval of an account that is synchronised only when somebody asks."""

SHORTEST_INTERVAL: Final = 5
LONGEST_INTERVAL: Final = 7 * 24 * 60
"""Minutes between two automatic runs."""

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


class SyncKind(StrEnum):
    """Where an account is."""

    OUTLOOK = "outlook"
    ZOHO = "zoho"


KIND_NAMES: Final[Mapping[SyncKind, str]] = {SyncKind.OUTLOOK: "Outlook", SyncKind.ZOHO: "Zoho CRM"}


class SyncState(StrEnum):
    """How it goes with an account.

    * NEW: it has never been synchronised.
    * READY: the last run ended well.
    * RUNNING: a run is under way; `SyncAccount.holder` says where.
    * INTERRUPTED: the last run was ended before it was done; the next one goes on.
    * WAITING: the server couldn't be reached; it is tried again by itself.
    * REFUSED: the server refuses; nothing happens until the agent does something.
    * DISABLED: the agent has switched it off.
    """

    NEW = "new"
    READY = "ready"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    WAITING = "waiting"
    REFUSED = "refused"
    DISABLED = "disabled"


SYNC_STATE_LABELS: Final[Mapping[SyncState, str]] = {
    SyncState.NEW: N_("not synchronised yet"),
    SyncState.READY: N_("up to date"),
    SyncState.RUNNING: N_("being synchronised"),
    SyncState.INTERRUPTED: N_("broken off"),
    SyncState.WAITING: N_("no connection"),
    SyncState.REFUSED: N_("needs you"),
    SyncState.DISABLED: N_("switched off"),
}


@dataclass(frozen=True, slots=True)
class OutlookSettings:
    """What is taken over from an Outlook mailbox.

    Attributes:
        category: Only items of this Outlook category; "" for all.
        what: Of `MAILBOX_ITEMS`, in that order.
    """

    category: str = ""
    what: tuple[str, ...] = MAILBOX_ITEMS

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> "OutlookSettings":
        """Return what settings of an account say; what they lack is as usual."""
        what = settings.get("what")
        chosen = tuple(one for one in MAILBOX_ITEMS if isinstance(what, list | tuple) and one in what)
        return cls(str(settings.get("category") or ""), chosen or MAILBOX_ITEMS)

    def as_settings(self) -> dict[str, Any]:
        """Return the same as settings of an account."""
        return {"category": self.category, "what": list(self.what)}


@dataclass(frozen=True, slots=True)
class NewSyncAccount:
    """An account that is to be connected.

    Attributes:
        address: What the agent knows it by: the mail address, or the organisation's name.
        remote_id: Its id there. The same account connected again keeps its settings and links.
        secret: What servers are shown, as text; it is sealed.
        settings: JSON. Of Outlook: see `OutlookSettings`.
    """

    kind: SyncKind
    address: str
    remote_id: str
    secret: str = field(default="", repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    interval_minutes: int = BY_HAND


@dataclass(frozen=True, slots=True)
class SyncAccount:
    """An account that is synchronised.

    Attributes:
        cursors: Where the next run of each kind of item begins, by its name; nobody shows them.
        state_detail: A sentence in the language of the last run, "" for none.
        last_run_at: When the last run ended, well or not.
        retry_at: Not to be asked before; None for no such wish.
        holder: The process that works on it; "" for none.
    """

    id: str
    user: Ref
    kind: SyncKind
    address: str
    remote_id: str
    settings: Mapping[str, Any]
    has_secret: bool
    cursors: Mapping[str, Any] = field(repr=False)
    is_enabled: bool
    interval_minutes: int
    state: SyncState
    state_detail: str
    last_run_at: datetime | None
    retry_at: datetime | None
    holder: str
    version: int
    created_at: datetime

    @property
    def source(self) -> str:
        """The name of its items among the links of records."""
        return source_of(self.kind, self.remote_id if self.kind is SyncKind.ZOHO else self.id)

    @property
    def is_automatic(self) -> bool:
        """Whether it is synchronised without being asked."""
        refused = self.state is SyncState.REFUSED
        return self.is_enabled and self.has_secret and self.interval_minutes > BY_HAND and not refused

    @property
    def next_run_at(self) -> datetime | None:
        """When it is synchronised next by itself, None for never; the past means now."""
        if not self.is_automatic:
            return None
        after = self.last_run_at or self.created_at
        due = after + timedelta(minutes=self.interval_minutes) if self.last_run_at else after
        return max(due, self.retry_at) if self.retry_at else due


def source_of(kind: SyncKind, name: str) -> str:
    """Return what links of records call the place that their items come from.

    Args:
        name: Of Outlook the id of our account, of Zoho CRM the organisation's id there.
    """
    return f"{kind.value}:{name}"


ZOHO_FILES: Final = source_of(SyncKind.ZOHO, "file")
"""Whose records those of a backup are while no organisation is connected."""

OTHER_STORES: Final = "store"
"""Whose ids those are that an export of another store of this program names."""


def sources_known(source: str) -> tuple[str, ...]:
    """Return the sources whose links tell what an item of ``source`` is.

    Ids of Zoho CRM are unique beyond organisations, so that what came from a file is known to them all.
    """
    is_zoho = source.startswith(f"{SyncKind.ZOHO.value}:") and source != ZOHO_FILES
    return (source, ZOHO_FILES) if is_zoho else (source,)


def interval_text(minutes: int) -> str:
    """Return how often an account is synchronised by itself.

    Args:
        minutes: Between two automatic runs; `BY_HAND` for none.
    """
    if minutes == BY_HAND:
        return _("by hand")
    days, hours = minutes // _DAY, minutes // _HOUR
    if minutes % _DAY == 0:
        return ngettext("every day", "every %(number)d days", days) % {"number": days}
    if minutes % _HOUR == 0:
        return ngettext("every hour", "every %(number)d hours", hours) % {"number": hours}
    return ngettext("every minute", "every %(number)d minutes", minutes) % {"number": minutes}
