"""What stands in the outbox: mail on its way out, and mail that was begun."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from crm_tui.clock import clock
from crm_tui.domain.addressees import read_addressees
from crm_tui.domain.mail_outgoing import OUTGOING_LABELS, Outgoing, OutgoingState
from crm_tui.formats import SHORT_CELLS, format_datetime_short
from crm_tui.i18n import N_, _, language
from screens.widgets.record_columns import Column, Row

if TYPE_CHECKING:
    from crm_tui.services.drafts import Draft

COLUMNS: Final = (
    Column("state", N_("State"), width=18, priority=9),
    Column("to", N_("To"), min_width=14, weight=2, priority=8),
    Column("subject", N_("Subject"), min_width=16, weight=3, priority=10),
    Column("when", N_("Begun"), width=SHORT_CELLS, priority=7),
)

EDIT: Final = "edit"
AGAIN: Final = "again"
REMOVE: Final = "remove"
ARRIVED: Final = "arrived"
OPEN: Final = "open"

SIGNS: Final = {OutgoingState.FAILED: "!", OutgoingState.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One line of the outbox: either of the two.

    Attributes:
        outgoing: A mail on its way out.
        begun: A mail that was begun.
    """

    outgoing: Outgoing | None = None
    begun: "Draft | None" = None

    @property
    def key(self) -> str:
        """By which its line is known."""
        return self.outgoing.id if self.outgoing is not None else self.begun.key if self.begun else ""

    @property
    def state(self) -> OutgoingState | None:
        """Where it stands; None for one that was begun."""
        return self.outgoing.state if self.outgoing is not None else None

    @property
    def when(self) -> datetime:
        """When it was put into the outbox, or typed last."""
        if self.outgoing is not None:
            return self.outgoing.created_at
        assert self.begun is not None
        return self.begun.updated_at

    @property
    def label(self) -> str:
        """Where it stands, in the agent's language."""
        if self.outgoing is None:
            return _("Draft")
        if self.outgoing.state is OutgoingState.SENT and self.outgoing.refused:
            return _("Sent, not to all")
        return _(OUTGOING_LABELS[self.outgoing.state])

    def text(self, name: str) -> str:
        """Return a field of the mail as it was typed."""
        if self.outgoing is not None:
            return str(getattr(self.outgoing.draft, name))
        return self.begun.payload.get(name, "") if self.begun is not None else ""

    @property
    def who(self) -> str:
        """Whom it goes to, by name where there is one."""
        found, _problems = read_addressees(self.text("to") or self.text("cc") or self.text("bcc"))
        return ", ".join(one.name or one.email for one in found) or self.text("to")

    @property
    def acts(self) -> tuple[str, ...]:
        """Codes of what can be done with it, what Enter does first."""
        if self.outgoing is None:
            return (EDIT, REMOVE)
        known = {
            OutgoingState.QUEUED: (EDIT, AGAIN, REMOVE),
            OutgoingState.SENDING: (),
            OutgoingState.FAILED: (EDIT, AGAIN, REMOVE),
            OutgoingState.UNKNOWN: (ARRIVED, AGAIN),
            OutgoingState.SENT: (EDIT,) if self.outgoing.refused else (),
        }
        opened = (OPEN,) if self.outgoing.mail_id else ()
        return (*known[self.outgoing.state], *opened)


def act_label(item: OutboxItem, act: str) -> str:
    """Return what an act means for a line, translated."""
    is_unknown, is_queued = item.state is OutgoingState.UNKNOWN, item.state is OutgoingState.QUEUED
    if act == EDIT and item.state is OutgoingState.SENT:
        return _("Write to those who didn't get it")
    labels = {
        EDIT: _("Go on with it") if item.outgoing is None else _("Take it back and edit it"),
        AGAIN: _("It didn't arrive: send it once more")
        if is_unknown
        else _("Send it now")
        if is_queued
        else _("Send it again as it is"),
        REMOVE: _("Don't send it") if is_queued else _("Delete it"),
        ARRIVED: _("It arrived: keep it as sent"),
        OPEN: _("Open the sent mail"),
    }
    return labels[act]


def told(item: OutboxItem, zone: tzinfo) -> str:
    """Return what became of a mail, and what to do, in whole sentences."""
    one = item.outgoing
    if one is None:
        return _("Begun and never sent. Enter goes on with it.")
    if one.state is OutgoingState.QUEUED:
        later = ""
        if one.retry_at is not None:
            at = format_datetime_short(one.retry_at, zone, language(), now=clock().now())
            later = _("It is tried again by itself at %(time)s.") % {"time": at}
        return _join(one.reason, later or _("It is sent by itself as soon as the server can be reached."))
    if one.state is OutgoingState.SENDING:
        return _("It is being handed to the server.")
    if one.state is OutgoingState.FAILED:
        return _join(one.reason, _("Nobody got it. Edit it, send it again, or delete it."))
    if one.state is OutgoingState.UNKNOWN:
        ask = _("Ask an addressee or look into the mailbox, then say with Enter whether it arrived.")
        return _join(one.reason, ask)
    if one.refused:
        names = "; ".join(f"{refusal.email}: {refusal.reason}" for refusal in one.refused)
        return _("Not delivered to %(names)s") % {"names": names}
    return one.reason


def outbox_row(place: int, item: OutboxItem, zone: tzinfo) -> Row:
    """Return the line of a mail."""
    when = format_datetime_short(item.when, zone, language(), now=clock().now())
    cells = (item.label, item.who, item.text("subject").strip() or _("(no subject)"), when)
    sign = SIGNS.get(item.state, "") if item.state is not None else ""
    return Row(item.key, cells, (place,), sign=sign)


def _join(*sentences: str) -> str:
    # What a server says needn't end with a full stop.
    return "\n".join(filter(None, sentences))
