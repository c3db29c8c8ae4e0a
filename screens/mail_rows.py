"""Mail as rows of a list."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Final

from crm_tui.clock import clock
from crm_tui.domain.mail import MailRow
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.records import Ref
from crm_tui.formats import SHORT_CELLS, format_datetime_short
from crm_tui.i18n import N_, _, language
from screens.value_text import ValueText
from screens.widgets.record_columns import Column, Row
from screens.widgets.record_table import RecordTable

Read = Callable[[PageRequest], Awaitable[Page[MailRow]]]

DEAL_MARK: Final = "◆"
"""Stands before the name of the deal that a mail belongs to."""

UNREAD_MARK: Final = "●"
ATTACHMENT_MARK: Final = "@"
SENT_MARK: Final = "→"
"""Stands before whom a mail was sent to; what was received shows its sender."""

DATE: Final = "date"

COLUMNS: Final = (
    Column("who", N_("From or to"), min_width=14, weight=3, priority=9),
    Column("attachments", ATTACHMENT_MARK, width=1, priority=6, literal=True),
    Column("subject", N_("Subject"), min_width=24, weight=6, priority=10),
    Column("deal", N_("Deal"), min_width=12, weight=3, priority=7),
    Column("holder", N_("Mailbox of"), width=10, priority=4),
    Column(DATE, N_("Date"), width=SHORT_CELLS, priority=8),
)
"""Columns of lists of mail. A subject is never dropped; the mailbox goes first."""


class MailTable(RecordTable):
    """A list of mail. It is sorted by date only, so that the key for sorting is free for the source."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the key for the next column to the screen."""
        if action == "sort":
            return False
        return super().check_action(action, parameters)

    def action_sort_reverse(self) -> None:
        """Sort by date the other way round."""
        self.post_message(RecordTable.SortRequested(self, DATE))


class MailRows:
    """A source for a RecordTable; knows the mail of every row that was read.

    Args:
        read: Reads one page.
        texts: Whose time zone dates are shown in.
    """

    def __init__(self, read: Read, texts: ValueText) -> None:
        self._read = read
        self._texts = texts
        self._known: dict[str, MailRow] = {}

    async def __call__(self, request: PageRequest) -> Page[Row]:
        page = await self._read(request)
        self._known.update({row.id: row for row in page.rows})
        now = clock().now()
        return Page([self._row(row, now) for row in page.rows], page.at_start, page.at_end)

    def mail(self, key: str | None) -> MailRow | None:
        """Return the mail of a row."""
        return self._known.get(key or "")

    def _row(self, mail: MailRow, now: datetime) -> Row:
        return Row(
            mail.id,
            (
                who_text(mail),
                ATTACHMENT_MARK if mail.has_attachments else "",
                subject_text(mail),
                deal_text(mail),
                holders_text(mail.holders),
                format_datetime_short(mail.date, self._texts.zone, language(), now=now),
            ),
            mail.position,
            sign="" if mail.is_seen else UNREAD_MARK,
        )


def subject_text(mail: MailRow) -> str:
    """Return the subject of a mail, or that it has none."""
    return mail.subject if mail.subject.strip() else _("(no subject)")


def who_text(mail: MailRow) -> str:
    """Return whom a mail is from, or after an arrow whom it was sent to."""
    name = mail.counterpart.shown if mail.counterpart is not None else ""
    return f"{SENT_MARK} {name}" if mail.direction is Direction.SENT else name


def deal_text(mail: MailRow) -> str:
    """Return the mark and the name of the deal that a mail belongs to, "" for none."""
    deal = mail.association.deal
    return f"{DEAL_MARK} {deal.name}" if deal is not None else ""


def holders_text(holders: Iterable[Ref]) -> str:
    """Return in whose mailboxes a mail stands."""
    return ", ".join(holder.name for holder in holders)
