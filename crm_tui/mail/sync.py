"""One folder of an IMAP server and its image in the store: a state machine that may be stopped anywhere.

What is known of a folder is its cursor: every UID in ``[backfill_uid, uid_next)`` has been dealt with,
and flags and removals up to ``mod_seq`` have been taken over. Each step fetches, then stores rows and
the new cursor in one transaction; a step that is done twice changes nothing. So a run may end between
any two steps, or in one, and the next run goes on from the cursor.

States and steps (``FolderState``; a run always begins by opening the folder anew)::

    NEW ──begin──▶ FILLING ──fill…──▶ CURRENT ◀──▶ (new mail, flags, removals, holes)
                      ▲                  │ UIDVALIDITY changed
                      └──── REMAPPING ◀──┘   fill, then places of the old numbering become tombstones
    REFUSED: no UIDVALIDITY, or the server won't open it     GONE: not listed any more

1. *begin*: No cursor, or another UIDVALIDITY (RFC 9051, 2.3.1.1): the cursor starts empty at UIDNEXT.
   Places of an old numbering stay alive until everything has been read again, and what is the same
   message keeps its id and what was decided about it.
2. *went back*: UIDNEXT is below the cursor's although UIDVALIDITY is the same (a restored backup).
   UIDs from there on are dead, and some below may have been given out again: all is read anew.
3. *new mail*: UIDs from ``uid_next`` on, ascending. Before anything is removed, so that a moved mail is
   seen at its new place first.
4. *flags and removals*: what changed since ``mod_seq`` (RFC 7162), or all flags where the server has no
   MODSEQ, forgot it or went back. ``mod_seq`` becomes what EXAMINE said before, so that nothing in
   between is missed.
5. *holes*: where numbers don't agree, or nobody tells about removals, the sets of UIDs are compared. A
   removal is believed when a fetch doesn't find the message either.
6. *fill*: UIDs below ``backfill_uid``, the newest first.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeVar

from crm_tui.domain.mail_folders import FolderCursor, FolderState, MailFolder
from crm_tui.i18n import N_
from crm_tui.mail.arrivals import LARGEST, Fetcher, Trouble
from crm_tui.mail.client import FolderStatus, ImapLine
from crm_tui.mail.errors import ServerSays
from crm_tui.mail.intake import Arrival, Flags, FolderBatch, Intake
from crm_tui.mail.threads import in_thread

_T = TypeVar("_T")

_NO_VALIDITY = N_("The server gives this folder no UIDVALIDITY; its mail can't be told apart.")


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is done at a time.

    Attributes:
        first: Messages of the first batch of a folder that is filled: what is seen at once.
        batch: Messages of every other batch; also places whose flags are compared in one transaction.
        flags: UIDs whose flags one command asks for.
        largest: Bytes of a message that are fetched.
    """

    first: int = 50
    batch: int = 200
    flags: int = 2000
    largest: int = LARGEST


@dataclass(frozen=True, slots=True)
class Done:
    """What a run has done.

    Attributes:
        state: Where the folder stands now.
        new: Messages the mailbox hadn't held.
        more: Older mail is still to be fetched.
    """

    state: FolderState
    new: int = 0
    more: bool = False


class FolderSync:
    """One run over one folder.

    Args:
        line: Signed in. Only this object uses it during a run.
        intake: Where everything goes.
        folder: As the store knows it now.
        trouble: Remembers across connections at which messages they broke.
    """

    def __init__(
        self, line: ImapLine, intake: Intake, folder: MailFolder, trouble: Trouble, pace: Pace | None = None
    ) -> None:
        self._line = line
        self._intake = intake
        self._folder = folder
        self._pace = pace or Pace()
        self._fetcher = Fetcher(line, folder.id, trouble, self._pace.largest)
        self._new = 0
        self._fresh: dict[int, Flags] = {}

    async def run(self, *, fill: int | None = None, thorough: bool = False) -> Done:
        """Bring the store up to what the server has.

        Args:
            fill: Batches of older mail at most; None for all of it.
            thorough: Compare the sets of UIDs even if nothing speaks for it.

        Raises:
            LineDown: The connection is lost; what was stored stays, another run goes on.
            Conflict: The lease of the account is somebody else's.
        """
        try:
            status = await in_thread(self._line, self._line.examine, self._folder.name)
        except ServerSays as error:
            return await self._refused(error.message)
        if not status.uid_validity:
            return await self._refused(_NO_VALIDITY)
        cursor = await self._begin(status)
        # No UID is given twice: whatever a server says, there are no more messages than UIDs.
        most = max(cursor.uid_next, status.uid_next or 0) - 1
        cursor = replace(cursor, on_server=min(status.exists, most))
        cursor = await self._new_mail(cursor, status)
        cursor = await self._flags_and_removals(cursor, status)
        cursor = await self._holes(cursor, status, thorough)
        cursor = await self._fill(cursor, fill)
        return Done(cursor.state, self._new, cursor.backfill_uid > 1)

    async def _refused(self, detail: str) -> Done:
        await self._intake.set_state(self._folder.id, FolderState.REFUSED, detail)
        return Done(FolderState.REFUSED)

    async def _begin(self, status: FolderStatus) -> FolderCursor:
        known = self._folder.cursor
        if known is not None and known.uid_validity == status.uid_validity:
            return await self._check_next(known, status)
        uid_next = status.uid_next
        if uid_next is None:
            uids = await in_thread(self._line, self._line.uids)
            uid_next = uids[-1] + 1 if uids else 1
        remapping = known is not None
        return await self._take(
            FolderCursor(status.uid_validity, uid_next, uid_next, status.mod_seq, remapping, status.exists)
        )

    async def _check_next(self, cursor: FolderCursor, status: FolderStatus) -> FolderCursor:
        if status.uid_next is None or status.uid_next >= cursor.uid_next:
            return cursor
        places = await self._intake.places(self._folder.id, cursor.uid_validity)
        dead = [uid for uid in places if uid >= status.uid_next]
        back = replace(cursor, uid_next=status.uid_next, backfill_uid=status.uid_next, mod_seq=status.mod_seq)
        return await self._take(back, vanished=dead)

    async def _new_mail(self, cursor: FolderCursor, status: FolderStatus) -> FolderCursor:
        uids = await in_thread(self._line, self._line.uids, cursor.uid_next)
        async with aclosing(self._fetched(list(_chunks(uids, self._pace.batch)))) as batches:
            async for chunk, arrivals in batches:
                cursor = await self._take(replace(cursor, uid_next=chunk[-1] + 1), arrivals)
                self._fresh.update((arrival.uid, arrival.flags) for arrival in arrivals)
        # UIDs below the server's UIDNEXT that nobody found were removed before we came.
        if status.uid_next is not None and status.uid_next > cursor.uid_next:
            cursor = await self._take(replace(cursor, uid_next=status.uid_next))
        return cursor

    async def _flags_and_removals(self, cursor: FolderCursor, status: FolderStatus) -> FolderCursor:
        if status.mod_seq and status.mod_seq == cursor.mod_seq:
            return cursor
        if status.mod_seq and 0 < cursor.mod_seq < status.mod_seq:
            return await self._changes(cursor, status)
        known = await self._intake.places(self._folder.id, cursor.uid_validity)
        for chunk in _chunks(sorted(known), self._pace.flags):
            flags = await in_thread(self._line, self._line.flags, chunk)
            await self._save_flags(cursor, known, flags)
        if status.mod_seq == cursor.mod_seq:
            return cursor
        return await self._take(replace(cursor, mod_seq=status.mod_seq))

    async def _changes(self, cursor: FolderCursor, status: FolderStatus) -> FolderCursor:
        changes = await in_thread(self._line, self._line.changes, cursor.mod_seq)
        # Mail that came in this very run has changed too; for it alone not all places need to be read.
        flags = {uid: told for uid, told in changes.flags.items() if self._fresh.get(uid) != told}
        gone: list[int] = []
        if flags or (changes.vanished is not None and changes.vanished.ranges):
            known = await self._intake.places(self._folder.id, cursor.uid_validity)
            vanished = changes.vanished.within(known) if changes.vanished is not None else []
            still = await self._still_there(vanished)
            gone = [uid for uid in vanished if uid not in still]
            await self._save_flags(cursor, known, flags)
        return await self._take(replace(cursor, mod_seq=status.mod_seq), vanished=gone)

    async def _save_flags(
        self, cursor: FolderCursor, known: Mapping[int, Flags], told: Mapping[int, Flags]
    ) -> None:
        """Store what differs. The cursor stays: it moves once all of it is stored."""
        changed = [(uid, flags) for uid, flags in told.items() if uid in known and known[uid] != flags]
        for chunk in _chunks(changed, self._pace.batch):
            await self._take(cursor, flags=dict(chunk))

    async def _holes(self, cursor: FolderCursor, status: FolderStatus, thorough: bool) -> FolderCursor:
        if cursor.backfill_uid <= 1 and not thorough:
            count = await self._intake.count(self._folder.id, cursor.uid_validity)
            if count == status.exists and (status.mod_seq or count == 0):
                return cursor
        elif not thorough:
            return cursor
        there = set(await in_thread(self._line, self._line.uids))
        if len(there) != cursor.on_server:
            cursor = await self._take(replace(cursor, on_server=len(there)))
        known = await self._intake.places(self._folder.id, cursor.uid_validity)
        missing = [uid for uid in known if uid not in there]
        still = await self._still_there(missing)
        gone = [uid for uid in missing if uid not in still]
        if gone:
            await self._take(cursor, vanished=gone)
        holes = sorted(
            uid for uid in there if cursor.backfill_uid <= uid < cursor.uid_next and uid not in known
        )
        async with aclosing(self._fetched(list(_chunks(holes, self._pace.batch)))) as batches:
            async for _chunk, arrivals in batches:
                await self._take(cursor, arrivals)
        return cursor

    async def _still_there(self, uids: Sequence[int]) -> set[int]:
        """Return those that a fetch finds, whatever the server said of them."""
        found: set[int] = set()
        for chunk in _chunks(uids, self._pace.flags):
            found.update(await in_thread(self._line, self._line.flags, chunk))
        return found

    async def _fill(self, cursor: FolderCursor, limit: int | None) -> FolderCursor:
        if cursor.backfill_uid > 1 and limit != 0:
            older = await in_thread(self._line, self._line.uids)
            older = [uid for uid in reversed(older) if uid < cursor.backfill_uid]
            chunks = list(self._fill_chunks(older, is_first=cursor.backfill_uid == cursor.uid_next))
            async with aclosing(self._fetched(chunks[:limit])) as batches:
                async for chunk, arrivals in batches:
                    cursor = await self._take(replace(cursor, backfill_uid=chunk[-1]), arrivals)
            if limit is None or len(chunks) <= limit:
                cursor = await self._take(replace(cursor, backfill_uid=1))
        if cursor.backfill_uid <= 1 and cursor.remapping:
            cursor = await self._take(replace(cursor, remapping=False), ends_remapping=True)
        return cursor

    def _fill_chunks(self, older: Sequence[int], *, is_first: bool) -> Iterator[Sequence[int]]:
        first = self._pace.first if is_first else self._pace.batch
        if older:
            yield older[:first]
        yield from _chunks(older[first:], self._pace.batch)

    async def _fetched(
        self, chunks: Sequence[Sequence[int]]
    ) -> AsyncGenerator[tuple[Sequence[int], list[Arrival]], None]:
        """Yield each chunk with its messages; the next one is fetched while this one is stored."""
        ahead: asyncio.Task[list[Arrival]] | None = None
        try:
            for number, chunk in enumerate(chunks):
                arrivals = await (ahead or self._fetch(chunk))
                following = chunks[number + 1 : number + 2]
                ahead = asyncio.ensure_future(self._fetch(following[0])) if following else None
                yield chunk, arrivals
        finally:
            if ahead is not None:
                # Whoever stops in the middle may use the line again: nobody else must be reading from it.
                await asyncio.gather(ahead, return_exceptions=True)

    async def _fetch(self, chunk: Sequence[int]) -> list[Arrival]:
        return await in_thread(self._line, self._fetcher.fetch, chunk)

    async def _take(
        self,
        cursor: FolderCursor,
        arrivals: Sequence[Arrival] = (),
        *,
        flags: Mapping[int, Flags] | None = None,
        vanished: Sequence[int] = (),
        ends_remapping: bool = False,
    ) -> FolderCursor:
        batch = FolderBatch(cursor, arrivals, flags or {}, vanished, ends_remapping)
        self._new += await self._intake.take(self._folder.id, batch)
        return cursor


def _chunks(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
