"""Takes in what a worker fetched: messages, places, flags and the cursor in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.ids import new_id
from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_folders import FolderState, ListedFolder, MailFolder
from crm_tui.domain.mail_threads import Threads, references_of
from crm_tui.domain.modules import Module
from crm_tui.services.core import Core
from crm_tui.services.mail_accounts import lost_lease
from crm_tui.services.mail_predicting import Predicting
from crm_tui.services.mail_rows import address_rows, attachment_rows, identity, message_row, terms_of
from crm_tui.store.models.mail import LONGEST_ID
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_folders import MailFolderRepository
from crm_tui.store.repositories.mail_intake import MailIntakeRepository
from crm_tui.store.repositories.mail_people import ROLES, MailPeopleRepository, Person
from crm_tui.store.uow import UnitOfWork

if TYPE_CHECKING:
    from crm_tui.mail.intake import Arrival, FolderBatch

_TOLD: Final = 50
"""Messages that screens are told of one by one; of more they hear as a whole."""


@dataclass(slots=True)
class _Batch:
    """What a batch turned out to be.

    Attributes:
        messages: Id of the message per UID.
        new: Arrivals that the store hadn't known, by the id they got.
    """

    messages: dict[int, str] = field(default_factory=dict)
    new: "dict[str, tuple[str, Arrival]]" = field(default_factory=dict)


class MailIntakeService:
    """What arrives by IMAP. For workers: no actor, but the lease of the account."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def of(self, account_id: str, holder: str) -> "AccountIntake":
        """Return the intake of one account for the worker that holds its lease."""
        return AccountIntake(self._core, account_id, holder)


class AccountIntake:
    """The store of one account; every write asks for the lease in its own transaction."""

    def __init__(self, core: Core, account_id: str, holder: str) -> None:
        self._core = core
        self._account_id = account_id
        self._holder = holder

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
        """Store a batch and return how many of its messages the store hadn't known before.

        Raises:
            Conflict: The lease is somebody else's; nothing is stored.
        """
        async with self._core.store.write(None) as uow:
            account = await self._leased(uow)
            await MailIntakeRepository(uow.connection).alone()
            found = await self._identified(uow, folder_id, batch)
            await self._add(uow, found)
            fresh = await self._hold(uow, found)
            await self._place(uow, folder_id, batch, found)
            await self._flags(uow, folder_id, batch)
            await MailFolderRepository(uow.connection).set_cursor(folder_id, batch.cursor)
            await Predicting(uow).run(fresh, account)
            if batch.arrivals or batch.flags or batch.vanished:
                uow.touched(Module.USER, account.user.id)
            await uow.commit()
        return len(found.new)

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

    async def _identified(self, uow: UnitOfWork, folder_id: str, batch: "FolderBatch") -> _Batch:
        repository = MailIntakeRepository(uow.connection)
        cursor = batch.cursor
        hashes = {
            one.uid: identity(one, f"{folder_id} {cursor.uid_validity} {one.uid}") for one in batch.arrivals
        }
        known = await repository.known(hashes.values())
        found = _Batch()
        for one in batch.arrivals:
            content_hash = hashes[one.uid]
            message = known.get(content_hash)
            if message is None and cursor.remapping and one.mail.message_id and one.received_at:
                key = one.mail.message_id[:LONGEST_ID], one.received_at, one.size
                same = await repository.renumbered(folder_id, cursor.uid_validity, *key)
                message = same[0] if len(same) == 1 else None
            if message is None:
                message = new_id()
                found.new[message] = (content_hash, one)
            known[content_hash] = found.messages[one.uid] = message
        return found

    async def _add(self, uow: UnitOfWork, found: _Batch) -> None:
        threads = await self._threads(uow, found)
        own = await MailAccountRepository(uow.connection).addresses()
        arrivals = {message: arrival for message, (_hash, arrival) in found.new.items()}
        messages = [
            message_row(message, content_hash, threads[message], arrival, own, uow.at)
            for message, (content_hash, arrival) in found.new.items()
        ]
        lines = [row for message, one in arrivals.items() for row in address_rows(message, one.mail)]
        parts = [row for message, one in arrivals.items() for row in attachment_rows(message, one.mail)]
        terms = {message: terms_of(one.mail) for message, one in arrivals.items()}
        await MailIntakeRepository(uow.connection).add(messages, lines, parts, terms)
        for module, record_id in await _belonging(uow, lines):
            uow.touched(module, record_id)
        if len(messages) <= _TOLD:
            for message in arrivals:
                uow.touched(Module.MAIL, message)

    async def _threads(self, uow: UnitOfWork, found: _Batch) -> dict[str, str]:
        """Tie new messages to the threads of those they name; return the thread of each."""
        repository = MailIntakeRepository(uow.connection)
        named = {
            message: references_of(one.mail.message_id, one.mail.in_reply_to, one.mail.references, LONGEST_ID)
            for message, (_hash, one) in found.new.items()
        }
        known = await repository.threads(ref for refs in named.values() for ref in refs)
        threads = Threads(known, new_id)
        taken = {message: threads.take(refs) for message, refs in named.items()}
        await repository.add_references(threads.added)
        for old, new in threads.joined.items():
            await repository.join_threads(old, new)
        return {message: threads.settled(thread) for message, thread in taken.items()}

    async def _hold(self, uow: UnitOfWork, found: _Batch) -> list[str]:
        """Make the account a holder; return the messages that no working mailbox held before."""
        repository = MailIntakeRepository(uow.connection)
        ids = list(dict.fromkeys(found.messages.values()))
        active = await repository.active(ids)
        await repository.hold(ids, self._account_id)
        return [one for one in ids if one not in active]

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
        gone = await folders.expunge(folder_id, validity, batch.vanished, uow.at)
        if batch.ends_remapping:
            await folders.expunge_others(folder_id, validity, uow.at)
        _tell(uow, gone)

    async def _flags(self, uow: UnitOfWork, folder_id: str, batch: "FolderBatch") -> None:
        folders = MailFolderRepository(uow.connection)
        there = await folders.places(folder_id, batch.cursor.uid_validity, batch.flags)
        changed = []
        for uid, place in there.items():
            flags = sorted(batch.flags[uid])
            if flags != sorted(place.flags):
                await folders.set_place(place.id, flags=flags)
                changed.append(place.message_id)
        _tell(uow, changed)


async def _belonging(uow: UnitOfWork, lines: Iterable[Mapping[str, Any]]) -> list[Person]:
    """Make new messages those of the people in their lines; return these."""
    people = MailPeopleRepository(uow.connection)
    counted = [row for row in lines if row["role"] in ROLES]
    found = await people.with_addresses(row["email"] for row in counted)
    pairs = [(row["message_id"], person) for row in counted for person in found.get(row["email"], ())]
    return await people.add(pairs)


def _tell(uow: UnitOfWork, messages: Sequence[str]) -> None:
    if len(messages) <= _TOLD:
        for message in messages:
            uow.touched(Module.MAIL, message)
