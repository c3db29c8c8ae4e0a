"""Mail: accounts, messages and what is told of them in lists, threads and details."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from crm_tui.domain.mail_prediction import Direction, Outcome, told
from crm_tui.domain.records import Ref
from crm_tui.i18n import N_, _


class Tls(StrEnum):
    """How a line to a server is kept secret."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class Auth(StrEnum):
    """What a server is shown: a sealed password, the first line of a command, or a token."""

    PASSWORD = "password"
    COMMAND = "command"
    OAUTH2 = "oauth2"


class Provider(StrEnum):
    """Who gives the tokens of an account that signs in with OAuth 2; OTHER: see the configuration."""

    NONE = ""
    MICROSOFT = "microsoft"
    GOOGLE = "google"
    OTHER = "other"


class Sharing(StrEnum):
    """Who else sees the mail of an account."""

    PRIVATE = "private"
    SHARED = "shared"


class Source(StrEnum):
    """Where a mail came into the CRM from."""

    CRM = "crm"
    IMAP = "imap"


class AccountState(StrEnum):
    """What the worker of an account does.

    * NEW: it has never been connected.
    * CONNECTED, SYNCING: it is well; the latter has mail to fetch.
    * WAITING: the line is down; it tries again by itself.
    * REFUSED: the server refuses the login; nothing happens until the agent changes something.
    * DISABLED: the agent, or an administrator, has switched it off.
    * REMOVING: it was given up, and its mail is being taken out of the CRM.
    * REMOVED: it is gone; it still names whose the mail of records is that stays. No list has it.
    """

    NEW = "new"
    CONNECTED = "connected"
    SYNCING = "syncing"
    WAITING = "waiting"
    REFUSED = "refused"
    DISABLED = "disabled"
    REMOVING = "removing"
    REMOVED = "removed"


SAMPLE_DETAIL: Final = N_("Sample data: no server is behind this mailbox, and no password is kept for it.")
"""Why mailboxes of sample data aren't fetched; there is nothing that an agent could do."""

STATE_LABELS: Final = {
    AccountState.NEW: N_("not connected yet"),
    AccountState.CONNECTED: N_("connected"),
    AccountState.SYNCING: N_("fetching"),
    AccountState.WAITING: N_("no connection"),
    AccountState.REFUSED: N_("needs you"),
    AccountState.DISABLED: N_("switched off"),
    AccountState.REMOVING: N_("being removed"),
    AccountState.REMOVED: N_("removed"),
}
"""A few words for each state, marked for translation."""


class Decision(StrEnum):
    """Who decided which deal a mail belongs to."""

    AUTO = "auto"
    MANUAL = "manual"
    NONE = "none"


class DealScope(StrEnum):
    """Which mail the list of a deal holds."""

    DEAL = "deal"
    CONTACTS = "contacts"


class MailView(StrEnum):
    """Which mail a list of all mail holds.

    * ALL: everything in sight.
    * INBOX: what stands in an inbox of the actor's own accounts.
    * SENT: what the actor sent, from here or with another program.
    * UNREAD: what the actor hasn't read in their own mailboxes.
    * NO_DEAL: what belongs to no deal.
    * SHARED: what only colleagues' mailboxes hold.
    """

    ALL = "all"
    INBOX = "inbox"
    SENT = "sent"
    UNREAD = "unread"
    NO_DEAL = "no_deal"
    SHARED = "shared"


VIEW_LABELS: Final = {
    MailView.INBOX: N_("My inbox"),
    MailView.ALL: N_("All mail in sight"),
    MailView.UNREAD: N_("Unread"),
    MailView.SENT: N_("Sent"),
    MailView.NO_DEAL: N_("Without a deal"),
    MailView.SHARED: N_("Shared by colleagues"),
}
"""Names of the views in the order in which they are offered, marked for translation."""


LONGEST_ADDRESS: Final = 100
"""Characters of the address of an account, as of those of people."""


@dataclass(frozen=True, slots=True)
class NewMailAccount:
    """What an agent says of an account.

    Attributes:
        login: "" takes the address.
        password_command: A program and its arguments, run without a shell; its first line is the password.
        smtp_host: "" takes the host.
        sharing: Shared unless said otherwise: mail of a private mailbox can belong to no deal.
        provider: Who gives tokens instead of a password; it makes ``auth`` OAUTH2.
    """

    address: str
    host: str
    sharing: Sharing = Sharing.SHARED
    port: int = 993
    tls: Tls = Tls.IMPLICIT
    login: str = ""
    auth: Auth = Auth.PASSWORD
    password: str = field(default="", repr=False)
    password_command: tuple[str, ...] = ()
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_tls: Tls = Tls.IMPLICIT
    provider: Provider = Provider.NONE


@dataclass(frozen=True, slots=True)
class MailAccount:
    """A mailbox that an agent connected.

    Attributes:
        has_secret: A password or token is kept for it, sealed.
        connected_at: When the agent connected it; mail from before is predicted by other rules.
        state_detail: A sentence to it, cleaned; "" if there is nothing to say.
    """

    id: str
    version: int
    user: Ref
    address: str
    host: str
    port: int
    tls: Tls
    login: str
    auth: Auth
    has_secret: bool
    password_command: tuple[str, ...]
    smtp_host: str
    smtp_port: int
    smtp_tls: Tls
    sharing: Sharing
    is_enabled: bool
    connected_at: datetime
    state: AccountState
    state_detail: str
    last_sync_at: datetime | None
    provider: Provider = Provider.NONE

    @property
    def is_given_up(self) -> bool:
        """It is being removed or was: nothing can be done with it any more but going on with that."""
        return self.state in (AccountState.REMOVING, AccountState.REMOVED)

    @property
    def has_credentials(self) -> bool:
        """There is something to show to its servers."""
        return self.has_secret or self.auth is Auth.COMMAND

    @property
    def is_fetched(self) -> bool:
        """Its mail is to be fetched: it is switched on, and wasn't refused with nothing to be let in by."""
        return self.is_enabled and (self.has_credentials or self.state is not AccountState.REFUSED)


@dataclass(frozen=True, slots=True)
class MailAddress:
    """Who stands in a line of a mail.

    Attributes:
        role: ``from``, ``to``, ``cc`` or ``reply_to``.
    """

    role: str
    email: str
    name: str = ""

    @property
    def shown(self) -> str:
        """The name, or else the address."""
        return self.name or self.email


def people_line(people: Iterable[MailAddress]) -> str:
    """Return a line of a mail as people read it."""
    return ", ".join(f"{one.name} <{one.email}>" if one.name else one.email for one in people)


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """A part of a mail that isn't its text.

    Attributes:
        size: Bytes as they were sent.
        part: Where it stands, by the section numbers of IMAP.
    """

    id: str
    name: str
    content_type: str
    size: int
    part: str

    @property
    def file_size(self) -> int:
        """About how many bytes its file has: base64, as attachments are sent, makes a third more of them."""
        return self.size * 3 // 4


@dataclass(frozen=True, slots=True)
class MailAssociation:
    """Which deal a mail belongs to.

    Attributes:
        deal: None for none, and for one out of the actor's sight.
        decision: NONE where neither an agent nor the prediction said anything.
        outcome: Why the prediction decided so; None where an agent decided.
    """

    deal: Ref | None = None
    decision: Decision = Decision.NONE
    outcome: Outcome | None = None
    number: int = 0

    @property
    def reason(self) -> str:
        """Why, in the agent's language."""
        if self.decision is Decision.MANUAL:
            return _("by hand") if self.deal is not None else _("removed by hand")
        return told(self.outcome, self.number) if self.outcome is not None else ""


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail in a list.

    Attributes:
        counterpart: Sender of what was received, first addressee of what was sent.
        is_seen: The actor has read it, here or with another program; True for what isn't in their mailboxes.
        holders: Users whose mailboxes hold it, as far as the actor sees them.
    """

    id: str
    version: int
    subject: str
    date: datetime
    direction: Direction
    source: Source
    snippet: str
    thread_id: str
    counterpart: MailAddress | None
    association: MailAssociation
    has_attachments: bool
    is_seen: bool
    holders: tuple[Ref, ...]
    position: tuple[str | int | float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class MailMessage:
    """A mail with everything that is shown of it.

    Attributes:
        text: What to read of it, made of HTML where ``is_html`` is true.
        problem: What couldn't be read, untranslated; "" if nothing.
        contacts: People whose mail it is, as far as the actor sees them; so are leads.
        people: Both, the person at the other end first.
    """

    row: MailRow
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    addresses: tuple[MailAddress, ...]
    text: str
    is_html: bool
    size: int
    problem: str
    attachments: tuple[MailAttachment, ...]
    contacts: tuple[Ref, ...]
    leads: tuple[Ref, ...]
    people: tuple[Ref, ...] = ()

    def of_role(self, role: str) -> tuple[MailAddress, ...]:
        """Return those who stand in one line."""
        return tuple(one for one in self.addresses if one.role == role)


SOURCE_LABELS: Final = {
    Source.CRM: N_("Sent from the CRM"),
    Source.IMAP: N_("Shared by IMAP"),
}


@dataclass(frozen=True, slots=True)
class MailSource:
    """Whose mail a list shows.

    Attributes:
        kind: CRM: what was sent from the CRM; IMAP: what colleagues share; None: all in sight.
        user_id: With IMAP, only what this user shares.
    """

    kind: Source | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class MailQuery:
    """Which mail a list holds.

    Attributes:
        of: A contact, lead or deal; None for all mail in sight.
        scope: With a deal: what belongs to it, or all mail of its contacts.
        text: Words that have to occur in it.
        view: What of it is wanted.
        oldest_first: Sorted the other way round.
    """

    of: Ref | None = None
    scope: DealScope = DealScope.DEAL
    source: MailSource = MailSource()
    text: str = ""
    view: MailView = MailView.ALL
    oldest_first: bool = False
