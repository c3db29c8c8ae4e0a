"""The store's promises of ``crm_tui.mail.intake``, kept in memory."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from crm_tui.domain.mail_folders import (
    NOT_READ,
    FolderCursor,
    FolderState,
    ListedFolder,
    MailFolder,
)
from crm_tui.mail.intake import Arrival, Flags, FolderBatch


@dataclass
class Place:
    """Where a message lies."""

    message: int
    flags: Flags
    arrival: Arrival
    is_alive: bool = True


@dataclass
class Shelf:
    """A folder and the places in it."""

    folder: MailFolder
    places: dict[tuple[int, int], Place] = field(default_factory=dict)
    detail: str = ""


class Killed(BaseException):
    """The process ends here, as far as the test is concerned."""


class MemoryIntake:
    """Keeps everything of one account.

    Args:
        before_commit: Called in each transaction before it is kept; may raise.
        after_commit: Called when it is kept; may raise.
    """

    def __init__(
        self,
        before_commit: Callable[[], None] = lambda: None,
        after_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self.shelves: dict[str, Shelf] = {}
        self.messages: list[Arrival] = []
        self.before_commit, self.after_commit = before_commit, after_commit
        self.batches: list[FolderBatch] = []

    async def folders(self) -> Sequence[MailFolder]:
        return [self._seen(shelf) for shelf in self.shelves.values()]

    async def list_folders(self, listed: Sequence[ListedFolder]) -> Sequence[MailFolder]:
        readable = {one.name: one for one in listed if one.can_be_read}
        for shelf in self.shelves.values():
            cursor = shelf.folder.cursor
            back = cursor.state if cursor else FolderState.NEW
            state = shelf.folder.state
            if shelf.folder.name not in readable:
                state = FolderState.GONE
            elif state is FolderState.GONE:
                state = back
            shelf.folder = replace(shelf.folder, state=state)
        for name, one in readable.items():
            if not any(shelf.folder.name == name for shelf in self.shelves.values()):
                new = MailFolder(name, name, one.role, one.role not in NOT_READ, FolderState.NEW, None)
                self.shelves[name] = Shelf(new)
        return await self.folders()

    async def set_state(self, folder_id: str, state: FolderState, detail: str = "") -> None:
        shelf = self.shelves[folder_id]
        shelf.folder, shelf.detail = replace(shelf.folder, state=state), detail

    async def places(self, folder_id: str, uid_validity: int) -> Mapping[int, Flags]:
        return {
            uid: place.flags
            for (validity, uid), place in self.shelves[folder_id].places.items()
            if validity == uid_validity and place.is_alive
        }

    async def count(self, folder_id: str, uid_validity: int) -> int:
        return len(await self.places(folder_id, uid_validity))

    async def take(self, folder_id: str, batch: FolderBatch) -> int:
        kept = deepcopy((self.shelves[folder_id], self.messages))
        before = len(self.messages)
        shelf = self.shelves[folder_id]
        for arrival in batch.arrivals:
            self._take(shelf, batch.cursor, arrival)
        for uid, flags in batch.flags.items():
            if place := shelf.places.get((batch.cursor.uid_validity, uid)):
                place.flags = flags
        for uid in batch.vanished:
            if place := shelf.places.get((batch.cursor.uid_validity, uid)):
                place.is_alive = False
        if batch.ends_remapping:
            for (validity, _uid), place in shelf.places.items():
                place.is_alive = place.is_alive and validity == batch.cursor.uid_validity
        shelf.folder = replace(shelf.folder, cursor=batch.cursor, state=batch.cursor.state)
        try:
            self.before_commit()
        except BaseException:
            self.shelves[folder_id], self.messages = kept
            raise
        self.batches.append(batch)
        self.after_commit()
        return len(self.messages) - before

    def _take(self, shelf: Shelf, cursor: FolderCursor, arrival: Arrival) -> None:
        message = self._known(shelf, cursor, arrival)
        if message is None:
            self.messages.append(arrival)
            message = len(self.messages) - 1
        shelf.places[cursor.uid_validity, arrival.uid] = Place(message, arrival.flags, arrival)

    def _known(self, shelf: Shelf, cursor: FolderCursor, arrival: Arrival) -> int | None:
        same_place = shelf.places.get((cursor.uid_validity, arrival.uid))
        if not arrival.mail.content_hash:
            return same_place.message if same_place else None
        for number, known in enumerate(self.messages):
            if known.mail.content_hash == arrival.mail.content_hash:
                return number
        alike = [
            place.message
            for (validity, _uid), place in shelf.places.items()
            if cursor.remapping and validity != cursor.uid_validity and _is_alike(place.arrival, arrival)
        ]
        return alike[0] if len(alike) == 1 else None

    def _seen(self, shelf: Shelf) -> MailFolder:
        cursor = shelf.folder.cursor
        if cursor is not None:
            old = any(
                place.is_alive and validity != cursor.uid_validity
                for (validity, _uid), place in shelf.places.items()
            )
            cursor = replace(cursor, remapping=old)
        return replace(shelf.folder, cursor=cursor)

    # What the tests ask.

    def flags(self, folder: str = "INBOX") -> dict[int, Flags]:
        """Return all living places of the present numbering, as ``Mailbox.flags`` does."""
        shelf = self.shelves[folder]
        validity = shelf.folder.cursor.uid_validity if shelf.folder.cursor else 0
        return {
            uid: place.flags for (v, uid), place in shelf.places.items() if v == validity and place.is_alive
        }

    def subjects(self) -> list[str]:
        """Return the subjects of all messages, sorted."""
        return sorted(arrival.mail.subject for arrival in self.messages)

    def snapshot(self) -> object:
        """Return all that is kept, comparable."""
        return deepcopy(
            (
                {name: (shelf.folder, shelf.detail) for name, shelf in self.shelves.items()},
                {
                    (name, key): (place.message, place.flags, place.is_alive)
                    for name, shelf in self.shelves.items()
                    for key, place in shelf.places.items()
                },
                [arrival.mail.content_hash for arrival in self.messages],
            )
        )


def _is_alike(one: Arrival, other: Arrival) -> bool:
    return bool(one.mail.message_id) and (one.mail.message_id, one.received_at, one.size) == (
        other.mail.message_id,
        other.received_at,
        other.size,
    )
