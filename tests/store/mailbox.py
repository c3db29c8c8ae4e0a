"""A mailbox in the store without a server: messages are written down and taken in as a worker would."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import (
    AccountState,
    Decision,
    MailAccount,
    MailMessage,
    MailQuery,
    NewMailAccount,
    Sharing,
)
from crm_tui.domain.mail_folders import FolderCursor, FolderRole, ListedFolder
from crm_tui.domain.mail_prediction import Outcome
from crm_tui.domain.records import Record
from crm_tui.mail.intake import Arrival, FolderBatch
from crm_tui.mail.parsing.message import parse
from crm_tui.services.container import Services
from crm_tui.services.mail_intake import AccountIntake

HOLDER = "worker 1"

SIGNED = """カタログをお送りください。

━━━━━━━━━━━━━━━━━━━━
株式会社みどり商会
購買部 課長
小林 誠（こばやし まこと）
〒220-0012 神奈川県横浜市西区みなとみらい2-2
TEL：045-222-3333　携帯：090-1111-2222
https://midori.example
━━━━━━━━━━━━━━━━━━━━
"""
"""The text of a mail with a signature as they are usual in Japan."""


@dataclass
class Written:
    """A message as somebody writes it.

    Attributes:
        received_at: What the server says; the moment of the test's clock unless given.
    """

    sender: str = "Tanaka <tanaka@example.jp>"
    to: str = "me@ours.example"
    cc: str = ""
    subject: str = "見積もり"
    text: str = "よろしくお願いします。"
    message_id: str = ""
    references: tuple[str, ...] = ()
    date: datetime | None = None
    received_at: datetime | None = None
    trace: str = ""
    attachment: str = ""
    content: str = "%PDF"

    def raw(self, now: datetime) -> bytes:
        """Return it as bytes."""
        lines = [f"Received: by {self.trace}"] if self.trace else []
        lines += [f"From: {self.sender}", f"To: {self.to}", f"Subject: {self.subject}"]
        lines += [f"Cc: {self.cc}"] if self.cc else []
        lines += [f"Date: {format_datetime(self.date or self.received_at or now)}"]
        lines += [f"Message-ID: <{self.message_id}>"] if self.message_id else []
        if self.references:
            lines.append("References: " + " ".join(f"<{one}>" for one in self.references))
            lines.append(f"In-Reply-To: <{self.references[-1]}>")
        body = self.text
        if self.attachment:
            lines += ["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b"]
            body = (
                f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{self.text}\r\n"
                "--b\r\nContent-Type: application/pdf\r\n"
                f'Content-Disposition: attachment; filename="{self.attachment}"\r\n\r\n'
                f"{self.content}\r\n--b--\r\n"
            )
        else:
            lines.append("Content-Type: text/plain; charset=utf-8")
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@dataclass
class Mailbox:
    """One connected account."""

    services: Services
    clock: FrozenClock
    actor: Actor
    account: MailAccount
    intake: AccountIntake
    folders: dict[str, str] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    async def receive(
        self, *written: Written, folder: str = "INBOX", flags: frozenset[str] = frozenset()
    ) -> int:
        """Take in messages with the next UIDs of a folder, with a fresh lease; return how many were new."""
        await self.services.mail_accounts.take_lease(self.account.id, HOLDER)
        return await self.take(folder, [self.arrival(folder, one, flags) for one in written])

    def arrival(self, folder: str, one: Written, flags: frozenset[str] = frozenset()) -> Arrival:
        """Return a message at the next place of a folder."""
        self.last[folder] = uid = self.last.get(folder, 0) + 1
        raw = one.raw(self.clock.now())
        return Arrival(uid, flags, one.received_at or self.clock.now(), len(raw), raw, parse(raw))

    async def take(self, folder: str, arrivals: list[Arrival], validity: int = 7) -> int:
        """Store a batch."""
        cursor = FolderCursor(validity, self.last.get(folder, 0) + 1, 1)
        return await self.intake.take(self.folders[folder], FolderBatch(cursor, arrivals))


async def connect(
    services: Services,
    clock: FrozenClock,
    actor: Actor,
    address: str = "me@ours.example",
    sharing: Sharing = Sharing.SHARED,
) -> Mailbox:
    """Connect an account with an inbox and a folder of sent mail, from now on."""
    account = await services.mail_accounts.add(actor, NewMailAccount(address, "mail.example", sharing))
    return await begin(services, clock, actor, account)


async def begin(services: Services, clock: FrozenClock, actor: Actor, account: MailAccount) -> Mailbox:
    """Let a worker take up an account."""
    assert await services.mail_accounts.take_lease(account.id, HOLDER)
    await services.mail_accounts.set_state(account.id, HOLDER, AccountState.CONNECTED)
    intake = services.mail_intake.of(account.id, HOLDER)
    listed = await intake.list_folders(
        [ListedFolder("INBOX", FolderRole.INBOX), ListedFolder("Sent", FolderRole.SENT)]
    )
    box = Mailbox(services, clock, actor, await services.mail_accounts.get(actor, account.id), intake)
    box.folders = {folder.name: folder.id for folder in listed}
    return box


def long_ago(clock: FrozenClock) -> datetime:
    """Return a moment before any account was connected."""
    return clock.now() - timedelta(days=300)


async def deal(services: Services, actor: Actor, contact: Record, name: str, stage: str = "") -> Record:
    """Add a deal of a contact, a minute later than what was done before."""
    values: dict[str, object] = {"name": name, "contact": contact.id}
    services.clock.advance(60)  # type: ignore[attr-defined]
    return (await services.deals.create(actor, values | ({"stage": stage} if stage else {}))).record


async def only(services: Services, actor: Actor, text: str = "") -> MailMessage:
    """Return the only mail in sight that has these words."""
    page = await services.mail_messages.list(actor, MailQuery(text=text))
    (row,) = page.rows
    return await services.mail_messages.get(actor, row.id)


def belongs(message: MailMessage) -> tuple[str | None, Decision, Outcome | None]:
    """Return the deal of a mail, who decided so, and why."""
    one = message.row.association
    return (one.deal.name if one.deal else None, one.decision, one.outcome)
