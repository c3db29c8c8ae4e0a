"""Takes in what a worker fetched: messages, places, flags and the cursor in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.ids import new_id
from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_folders import FolderState, ListedFolder, MailFolder
from crm_tui.domain.mail_threads import Threads
from crm_tui.domain.modules import Module
from crm_tui.services.core import Core
from crm_tui.services.mail_accounts import lost_lease
from crm_tui.services.mail_adding import AddingSent
from crm_tui.services.mail_files import MailFiles
from crm_tui.services.mail_predicting import Predicting
from crm_tui.services.mail_rows import Drafted, drafted, identity
from crm_tui.store.models.mail import LONGEST_ID
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_folders import MailFolderRepository
from crm_tui.store.repositories.mail_intake import MailIntakeRepository
from crm_tui.store.repositories.mail_people import MailPeopleRepository, Person
from crm_tui.store.repositories.mail_reading import SEEN, MailReadingRepository
from crm_tui.store.repositories.mail_sent import MailSentRepository
from crm_tui.store.uow import UnitOfWork

if TYPE_CHECKING:
    from crm_tui.mail.intake import Arrival, FolderBatch

_TOLD: Final = 50
"""Messages of a batch that screens are told of at most: any of them makes a list read its rows anew."""


@dataclass(slots=True)
class _Batch:
    """What a batch turned out to be.

    Attributes:
        hashes: By what each message is known, per UID.
        drafts: What is known to be new before the store is locked, per UID.
        messages: Id of the message per UID.
        new: Messages that the store hadn't known, by the id they got.
        held: Messages that the account hadn't held before.
        turned: Known messages whose flags now say that they were read, or weren't.
        gone: Messages that left a place in the folder.
    """

    hashes: dict[int, str]
    drafts: dict[int, Drafted] = field(default_factory=dict)
    messages: dict[int, str] = field(default_factory=dict)
    new: dict[str, Drafted] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    turned: dict[str, bool] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


class MailIntakeService:
    """What arrives by IMAP. For workers: no actor, but the lease of the account."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def of(self, account_id: str, holder: str) -> "AccountIntake":
        """Return the intake of one account for the worker that holds its lease."""
        return AccountIntake(self._core, account_id, holder)

    async def sent(self, uow: UnitOfWork, account: MailAccount, arrival: "Arrival") -> str:
        """Store a mail that is sent from the CRM and return its id; its caller commits.

        The copy that IMAP finds later is the same mail. It is predicted like any other, now.
        """
        return await AccountIntake(self._core, account.id, "").sent(uow, account, arrival)


class AccountIntake:
    """The store of one account; every write asks for the lease in its own transaction."""

    def __init__(self, core: Core, account_id: str, holder: str) -> None:
        self._core = core
        self._account_id = account_id
        self._holder = holder
        self._files = MailFiles(core)
        self._own: frozenset[str] = frozenset()

    # Folders

    async def folders(self) -> Sequence[MailFolder]:
        """Return all folders that are known, the inbox first."""
        async with self._core.store.read() as connection:
            return await MailFolderRepository(connection).all(self._account_id)

    async def list_folders(self, listed: Sequence[ListedFolder]) -> Sequence[MailFolder]:
        """Take over the server's list and return all folders.

        Raises:
            Conflict: The lease is somebody else's.
        """
        async with self._core.store.write(None) as uow:
            account = await self._leased(uow)
            await MailFolderRepository(uow.connection).take_over(self._account_id, listed)
            uow.touched(Module.USER, account.user.id)
            await uow.commit()
        return await self.folders()

    async def set_state(self, folder_id: str, state: FolderState, detail: str = "") -> None:
        """Say where a folder stands, with a sentence.

        Raises:
            Conflict: The lease is somebody else's.
        """
        async with self._core.store.write(None) as uow:
            account = await self._leased(uow)
            await MailFolderRepository(uow.connection).set_state(folder_id, state, detail)
            uow.touched(Module.USER, account.user.id)
            await uow.commit()

    async def places(self, folder_id: str, uid_validity: int) -> Mapping[int, frozenset[str]]:
        """Return the flags of all living places of this numbering by UID."""
        async with self._core.store.read() as connection:
            return await MailFolderRepository(connection).flags(folder_id, uid_validity)

    async def count(self, folder_id: str, uid_validity: int) -> int:
        """Return how many living places of this numbering there are."""
        async with self._core.store.read() as connection:
            return await MailFolderRepository(connection).count(folder_id, uid_validity)

    # Messages

    async def take(self, folder_id: str, batch: "FolderBatch") -> int:
        """Store a batch and return how many of its messages this mailbox hadn't held before.

        Another mailbox may have them already; for the agent of this one they are new.

        Raises:
            Conflict: The lease is somebody else's; nothing is stored.
        """
        found = await self._prepared(folder_id, batch)
        async with self._core.store.write(None) as uow:
            account = await self._leased(uow)
            await MailIntakeRepository(uow.connection).alone()
            await self._identify(uow, folder_id, batch, found)
            await self._add(uow, found)
            fresh = await self._hold(uow, found)
            await self._add_sent(uow, account, folder_id, found)
            await self._place(uow, folder_id, batch, found)
            await self._flags(uow, folder_id, batch, found)
            await self._unread(uow, batch, found)
            await MailFolderRepository(uow.connection).set_cursor(folder_id, batch.cursor)
            await Predicting(uow).run(fresh, account)
            if batch.arrivals or batch.flags or batch.vanished:
                uow.touched(Module.USER, account.user.id)
            await uow.commit()
        return len(found.held)

    async def sent(self, uow: UnitOfWork, account: MailAccount, arrival: "Arrival") -> str:
        """Store a mail that is sent from the CRM; see `MailIntakeService.sent`."""
        repository = MailIntakeRepository(uow.connection)
        await repository.alone()
        self._own = await MailAccountRepository(uow.connection).addresses() | {account.address.lower()}
        content_hash = identity(arrival, "")
        message = (await repository.known([content_hash])).get(content_hash)
        found = _Batch({arrival.uid: content_hash})
        if message is None:
            message = new_id()
            found.new[message] = self._drafted(arrival, content_hash)
        found.messages[arrival.uid] = message
        await self._add(uow, found)
        await self._hold(uow, found)
        await repository.from_here(message)
        await AddingSent(self._core, uow, account).run([message], from_here=True)
        await Predicting(uow).sent_from_here(message, account)
        return message

    # Parts

    async def _leased(self, uow: UnitOfWork) -> MailAccount:
        """Return the account, held by this worker until the end of the transaction."""
        repository = MailAccountRepository(uow.connection)
        if await repository.holder(self._account_id, uow.at, lock=True) != self._holder:
            raise lost_lease()
        account = await repository.get(self._account_id)
        if account is None:
            raise lost_lease()
        return account

    async def _prepared(self, folder_id: str, batch: "FolderBatch") -> _Batch:
        """Do all that takes time before the store is locked; agents go on saving meanwhile."""
        place = f"{folder_id} {batch.cursor.uid_validity}"
        found = _Batch({one.uid: identity(one, f"{place} {one.uid}") for one in batch.arrivals})
        async with self._core.store.read() as connection:
            known = await MailIntakeRepository(connection).known(found.hashes.values())
            self._own = await MailAccountRepository(connection).addresses()
        for one in batch.arrivals:
            if found.hashes[one.uid] not in known:
                found.drafts[one.uid] = self._drafted(one, found.hashes[one.uid])
        return found

    def _drafted(self, one: "Arrival", content_hash: str) -> Drafted:
        unread = one.raw if one.problem or one.mail.problem else b""
        raw_path = self._files.keep(unread) if unread else ""
        return drafted(one, content_hash, self._own, self._core.clock.now(), raw_path)

    async def _identify(self, uow: UnitOfWork, folder_id: str, batch: "FolderBatch", found: _Batch) -> None:
        repository = MailIntakeRepository(uow.connection)
        cursor = batch.cursor
        known = await repository.known(found.hashes.values())
        for one in batch.arrivals:
            content_hash = found.hashes[one.uid]
            message = known.get(content_hash)
            if message is None and cursor.remapping and one.mail.message_id and one.received_at:
                key = one.mail.message_id[:LONGEST_ID], one.received_at, one.size
                same = await repository.renumbered(folder_id, cursor.uid_validity, *key)
                message = same[0] if len(same) == 1 else None
            if message is None:
                message = new_id()
                found.new[message] = found.drafts.get(one.uid) or self._drafted(one, content_hash)
            known[content_hash] = found.messages[one.uid] = message

    async def _add(self, uow: UnitOfWork, found: _Batch) -> None:
        threads = await self._threads(uow, found)
        messages = [
            {"id": one, "thread_id": threads[one], **draft.message} for one, draft in found.new.items()
        ]
        lines = [{"message_id": one, **row} for one, draft in found.new.items() for row in draft.lines]
        parts = [{"message_id": one, **row} for one, draft in found.new.items() for row in draft.attachments]
        terms = {one: draft.terms for one, draft in found.new.items()}
        await MailIntakeRepository(uow.connection).add(messages, lines, parts, terms)
        for module, record_id in await _belonging(uow, found):
            uow.touched(module, record_id)
        _tell(uow, list(found.new))

    async def _threads(self, uow: UnitOfWork, found: _Batch) -> dict[str, str]:
        """Tie new messages to the threads of those they name; return the thread of each."""
        repository = MailIntakeRepository(uow.connection)
        known = await repository.threads(ref for draft in found.new.values() for ref in draft.references)
        threads = Threads(known, new_id)
        taken = {one: threads.take(draft.references) for one, draft in found.new.items()}
        await repository.add_references(threads.added)
        for old, new in threads.joined.items():
            await repository.join_threads(old, new)
        return {message: threads.settled(thread) for message, thread in taken.items()}

    async def _hold(self, uow: UnitOfWork, found: _Batch) -> list[str]:
        """Make the account a holder; return the messages that no working mailbox held before."""
        repository = MailIntakeRepository(uow.connection)
        ids = list(dict.fromkeys(found.messages.values()))
        active = await repository.active(ids)
        found.held = await repository.hold(ids, self._account_id)
        return [one for one in ids if one not in active]

    async def _add_sent(self, uow: UnitOfWork, account: MailAccount, folder_id: str, found: _Batch) -> None:
        """Add what is new in a folder of sent mail to records, where the agent's settings say so."""
        new = await MailSentRepository(uow.connection).new_in(folder_id, found.messages.values())
        await AddingSent(self._core, uow, account).run(new)

    async def _place(self, uow: UnitOfWork, folder_id: str, batch: "FolderBatch", found: _Batch) -> None:
        folders = MailFolderRepository(uow.connection)
        validity = batch.cursor.uid_validity
        there = await folders.places(folder_id, validity, found.messages)
        rows: list[dict[str, Any]] = []
        left: list[str] = []
        for one in batch.arrivals:
            columns = {"message_id": found.messages[one.uid], "flags": sorted(one.flags), "expunged_at": None}
            place = there.get(one.uid)
            if place is None:
                key = {"folder_id": folder_id, "uid_validity": validity, "uid": one.uid}
                rows.append({**key, **columns})
            else:
                await folders.set_place(place.id, **columns)
                if place.message_id != columns["message_id"]:
                    left.append(place.message_id)
        await folders.add_places(rows)
        await MailIntakeRepository(uow.connection).drop_stubs(left)
        found.gone = await folders.expunge(folder_id, validity, batch.vanished, uow.at)
        if batch.ends_remapping:
            await folders.expunge_others(folder_id, validity, uow.at)
        _tell(uow, found.gone)

    async def _flags(self, uow: UnitOfWork, folder_id: str, batch: "FolderBatch", found: _Batch) -> None:
        folders = MailFolderRepository(uow.connection)
        there = await folders.places(folder_id, batch.cursor.uid_validity, batch.flags)
        changed = []
        for uid, place in there.items():
            flags = sorted(batch.flags[uid])
            if flags != sorted(place.flags):
                await folders.set_place(place.id, flags=flags)
                changed.append(place.message_id)
                if (SEEN in flags) is not (SEEN in place.flags):
                    found.turned[place.message_id] = SEEN in flags
        _tell(uow, changed)

    async def _unread(self, uow: UnitOfWork, batch: "FolderBatch", found: _Batch) -> None:
        """Follow the server in what was read; what was read here stays read until its flag changes there."""
        reading = MailReadingRepository(uow.connection)
        seen = {found.messages[one.uid] for one in batch.arrivals if SEEN in one.flags}
        turned = found.turned
        await reading.set_unread(self._account_id, [one for one in found.held if one not in seen])
        await reading.set_unread(self._account_id, [one for one in turned if not turned[one]])
        await reading.set_read(self._account_id, [*seen, *(one for one in turned if turned[one])])
        await reading.leave(self._account_id, found.gone)


async def _belonging(uow: UnitOfWork, found: _Batch) -> list[Person]:
    """Make new messages those of the people in their lines; return these."""
    people = MailPeopleRepository(uow.connection)
    owners = await people.with_addresses(email for draft in found.new.values() for email in draft.emails)
    pairs = [
        (one, person)
        for one, draft in found.new.items()
        for email in draft.emails
        for person in owners.get(email, ())
    ]
    return await people.add(pairs)


def _tell(uow: UnitOfWork, messages: Sequence[str]) -> None:
    for message in messages[:_TOLD]:
        uow.touched(Module.MAIL, message)
