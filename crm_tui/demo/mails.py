"""Mailboxes of the sample data and what is in them, taken in by the door that a worker uses.

No server is behind them: the accounts have no password, so that nothing connects, and their state says why.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from crm_tui.demo.calendar import Calendar
from crm_tui.demo.mail_texts import ADDRESSES, NAMES, SATO, SUZUKI, Written, mails
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import SAMPLE_DETAIL, AccountState, NewMailAccount, Sharing
from crm_tui.domain.mail_folders import FolderCursor, FolderRole, ListedFolder
from crm_tui.domain.records import Ref
from crm_tui.errors import NotFound
from crm_tui.mail.intake import Arrival, FolderBatch
from crm_tui.mail.parsing.message import parse
from crm_tui.services.container import Services
from crm_tui.services.mail_files import MailFiles
from crm_tui.services.mail_intake import AccountIntake
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_messages import MailMessageRepository
from crm_tui.store.repositories.mail_reading import MailReadingRepository
from crm_tui.store.repositories.users import UserRepository

CONNECTED: Final = 10
"""Days since the mailboxes were connected; what is older counts as older mail."""

_HOST: Final = "mail.example.jp"
_HOLDER: Final = "sample data"
_VALIDITY: Final = 1
_INBOX, _SENT = "INBOX", "Sent"
_REMOVED: Final = "c9"
"""A mail that an agent has taken away from its deal."""
_LATER: Final = frozenset({"c6", "c7"})
"""Answers to these come in once agents have decided about the others."""
_CONTENTS: Final = b"%PDF-1.4\nSample data.\n"


async def fill_mailboxes(
    services: Services, actors: Mapping[str, Actor], calendar: Calendar, by_hand: Mapping[str, Ref]
) -> None:
    """Connect a mailbox for each of the actors and take in its mail, once in a store.

    Args:
        actors: By the names of `mail_texts`.
        by_hand: Deals that mails are put to by hand, by the key of the mail; answers follow them there.
    """
    connected = {one.address for one in await services.mail_accounts.own(actors[SATO])}
    if ADDRESSES[SATO] in connected:
        return
    boxes = [_Box(services, actor, name, calendar) for name, actor in actors.items()]
    for box in boxes:
        await box.connect()
        await box.receive([one for one in box.written if one.answers not in _LATER])
    ids = {key: found for box in boxes for key, found in box.ids.items()}
    for key, deal in by_hand.items():
        await services.mail_deals.associate(actors[SATO], ids[key], deal.id)
    await services.mail_deals.dissociate(actors[SATO], ids[_REMOVED])
    for box in boxes:
        await box.receive([one for one in box.written if one.answers in _LATER])
        await box.leave()


async def colleague(services: Services, ref: Ref) -> Actor:
    """Return a colleague as an actor of their own."""
    async with services.core.store.read() as connection:
        found = await UserRepository(connection).actor(ref.id)
    if found is None:
        raise NotFound(ref.name)
    return found


class _Box:
    """One mailbox.

    Attributes:
        written: Its mail.
        ids: Ids of what was taken in, by the key of the mail.
    """

    def __init__(self, services: Services, actor: Actor, name: str, calendar: Calendar) -> None:
        self._services = services
        self._actor = actor
        self._name = name
        self._calendar = calendar
        self._account_id = ""
        self._folders: dict[str, str] = {}
        self._last: dict[str, int] = {}
        self.written = [one for one in mails() if one.box == name]
        self.ids: dict[str, str] = {}

    async def connect(self) -> None:
        """Add the account; private is that of one colleague."""
        sharing = Sharing.PRIVATE if self._name == SUZUKI else Sharing.SHARED
        new = NewMailAccount(ADDRESSES[self._name], _HOST, sharing)
        account = await self._services.mail_accounts.add(self._actor, new)
        self._account_id = account.id
        await self._set(connected_at=self._calendar.at(-CONNECTED, 9))
        await self._services.mail_accounts.take_lease(account.id, _HOLDER)
        listed = await self._intake.list_folders(
            [ListedFolder(_INBOX, FolderRole.INBOX), ListedFolder(_SENT, FolderRole.SENT)]
        )
        self._folders = {folder.name: folder.id for folder in listed}

    async def receive(self, written: Sequence[Written]) -> None:
        """Take in mails, those that were sent from here by the door of the outbox."""
        for folder in (_SENT, _INBOX):
            here = [one for one in written if one.sent is (folder == _SENT)]
            arrivals = [self._arrival(folder, one) for one in here if not one.from_here]
            cursor = FolderCursor(_VALIDITY, self._last.get(folder, 0) + 1, 1)
            await self._intake.take(self._folders[folder], FolderBatch(cursor, arrivals))
        for one in written:
            if one.from_here:
                await self._send(one)
        await self._learn(written)

    async def leave(self) -> None:
        """Say why nothing connects, and leave the account."""
        await self._set(state=AccountState.REFUSED.value, state_detail=SAMPLE_DETAIL)
        await self._services.mail_accounts.release_leases(_HOLDER, self._account_id)

    @property
    def _intake(self) -> AccountIntake:
        return self._services.mail_intake.of(self._account_id, _HOLDER)

    async def _set(self, **columns: object) -> None:
        async with self._services.core.store.write(None) as uow:
            await MailAccountRepository(uow.connection).set(self._account_id, columns)
            await uow.commit()

    async def _send(self, one: Written) -> None:
        account = await self._services.mail_accounts.get(self._actor, self._account_id)
        async with self._services.core.store.write(self._actor) as uow:
            await self._services.mail_intake.sent(uow, account, self._arrival(_SENT, one))
            await uow.commit()

    async def _learn(self, written: Sequence[Written]) -> None:
        """Learn the ids of mails, and keep what they are attached to: no server has it."""
        files = MailFiles(self._services.core)
        async with self._services.core.store.write(None) as uow:
            repository = MailMessageRepository(uow.connection, self._actor)
            for one in written:
                self.ids[one.key] = (await repository.named(_message_id(one.key)))[0].id
                if one.files:
                    raw_path = files.keep(self._raw(one))
                    await MailReadingRepository(uow.connection).keep_raw(self.ids[one.key], raw_path)
            await uow.commit()

    def _arrival(self, folder: str, one: Written) -> Arrival:
        self._last[folder] = uid = self._last.get(folder, 0) + 1
        raw = self._raw(one)
        flags = frozenset() if one.unread else frozenset({"\\Seen"})
        return Arrival(uid, flags, self._at(one), len(raw), raw, parse(raw))

    def _at(self, one: Written) -> datetime:
        """Return when a mail came; a time of today that lies ahead becomes a little while ago."""
        latest = self._calendar.now.astimezone(UTC) - timedelta(minutes=20)
        return min(self._calendar.at(-one.day, one.hour, len(one.text) % 60), latest)

    def _raw(self, one: Written) -> bytes:
        message = EmailMessage(policy=SMTP)
        ends = NAMES[self._name], NAMES[one.other]
        message["From"], message["To"] = ends if one.sent else ends[::-1]
        if one.cc:
            message["Cc"] = NAMES[one.cc]
        message["Subject"] = one.subject
        message["Date"] = format_datetime(self._at(one))
        message["Message-ID"] = _message_id(one.key)
        if one.answers:
            message["In-Reply-To"] = message["References"] = _message_id(one.answers)
        message.set_content(one.text, subtype="html" if one.html else "plain")
        for name in one.files:
            message.add_attachment(_CONTENTS, maintype="application", subtype="octet-stream", filename=name)
        return message.as_bytes()


def _message_id(key: str) -> str:
    return f"<{key}@sample.example.jp>"
