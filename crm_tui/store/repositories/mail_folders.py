"""Folders of mail accounts, how far each was read, and where their messages stand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.domain.mail_folders import (
    NOT_READ,
    FolderCursor,
    FolderRole,
    FolderState,
    ListedFolder,
    MailFolder,
    NotRead,
)
from crm_tui.store.models.mail import mail_folders, mail_places
from crm_tui.store.repositories.chunks import chunks

_ORDER: Final = (FolderRole.INBOX, FolderRole.SENT, FolderRole.ARCHIVE)


class MailFolderRepository:
    """Statements on folders and on places in them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self, account_id: str) -> list[MailFolder]:
        """Return the folders of an account, the inbox first."""
        place, now = mail_places.c.uid_validity, mail_folders.c.uid_validity
        old = select(mail_places.c.id).where(
            mail_places.c.folder_id == mail_folders.c.id,
            # Two ranges of an index; for "another one" all places of the folder would be read.
            or_(place < now, place > now),
            mail_places.c.expunged_at.is_(None),
        )
        statement = select(mail_folders, old.exists().label("remapping"))
        rows = await self._connection.execute(statement.where(mail_folders.c.account_id == account_id))
        return sorted((_folder(row) for row in rows), key=_order)

    async def take_over(self, account_id: str, listed: Sequence[ListedFolder]) -> None:
        """Make the folders of an account those of a list; what is missing from it is gone."""
        known = {folder.name: folder for folder in await self.all(account_id)}
        readable = {one.name: one for one in listed if one.can_be_read}
        for one in listed:
            folder = known.get(one.name)
            if folder is None:
                await self._add(account_id, one)
            elif one.can_be_read:
                await self._set(folder.id, role=one.role.value, **_state_again(folder))
        for name, folder in known.items():
            if name not in readable:
                await self._set(folder.id, state=FolderState.GONE.value, state_detail="")

    async def select(self, account_id: str, names: Collection[str]) -> None:
        """Read these folders of an account and no others."""
        own = mail_folders.c.account_id == account_id
        await self._connection.execute(
            update(mail_folders).where(own).values(is_selected=mail_folders.c.name.in_(list(names)))
        )

    async def begin_again(self, account_id: str, at: datetime) -> None:
        """Forget how far the folders of an account were read: they are on another server now.

        Their messages stay; those that are there too are known again when they arrive.
        """
        own = select(mail_folders.c.id).where(mail_folders.c.account_id == account_id)
        await self._connection.execute(
            update(mail_places)
            .where(mail_places.c.folder_id.in_(own), mail_places.c.expunged_at.is_(None))
            .values(expunged_at=at)
        )
        columns = ("uid_validity", "uid_next", "backfill_uid", "highest_mod_seq")
        await self._connection.execute(
            update(mail_folders)
            .where(mail_folders.c.account_id == account_id)
            .values(**dict.fromkeys(columns), state=FolderState.NEW.value, state_detail="")
        )

    async def set_state(self, folder_id: str, state: FolderState, detail: str) -> None:
        """Say where a folder stands."""
        await self._set(folder_id, state=state.value, state_detail=detail)

    async def set_cursor(self, folder_id: str, cursor: FolderCursor) -> None:
        """Say how far a folder has been read."""
        await self._set(
            folder_id,
            uid_validity=cursor.uid_validity,
            uid_next=cursor.uid_next,
            backfill_uid=cursor.backfill_uid,
            highest_mod_seq=cursor.mod_seq,
            on_server=cursor.on_server,
            state=cursor.state.value,
            state_detail="",
        )

    # Places

    async def flags(self, folder_id: str, uid_validity: int) -> dict[int, frozenset[str]]:
        """Return the flags of all living places of one numbering by UID."""
        statement = select(mail_places.c.uid, mail_places.c.flags).where(
            mail_places.c.folder_id == folder_id,
            mail_places.c.uid_validity == uid_validity,
            mail_places.c.expunged_at.is_(None),
        )
        return {row.uid: frozenset(row.flags) for row in await self._connection.execute(statement)}

    async def count(self, folder_id: str, uid_validity: int) -> int:
        """Return how many living places of one numbering there are."""
        statement = select(func.count()).where(
            mail_places.c.folder_id == folder_id,
            mail_places.c.uid_validity == uid_validity,
            mail_places.c.expunged_at.is_(None),
        )
        return await self._connection.scalar(statement) or 0

    async def places(self, folder_id: str, uid_validity: int, uids: Iterable[int]) -> dict[int, Any]:
        """Return places, living or not, by UID: ``id``, ``message_id``, ``flags``, ``expunged_at``."""
        found: dict[int, Any] = {}
        for some in chunks(uids):
            statement = select(mail_places).where(
                mail_places.c.folder_id == folder_id,
                mail_places.c.uid_validity == uid_validity,
                mail_places.c.uid.in_(some),
            )
            found |= {row.uid: row for row in await self._connection.execute(statement)}
        return found

    async def add_places(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add places."""
        if rows:
            await self._connection.execute(insert(mail_places), [{"id": new_id(), **row} for row in rows])

    async def set_place(self, place_id: str, **columns: Any) -> None:
        """Change a place."""
        await self._connection.execute(
            update(mail_places).where(mail_places.c.id == place_id).values(**columns)
        )

    async def expunge(
        self, folder_id: str, uid_validity: int, uids: Iterable[int], at: datetime
    ) -> list[str]:
        """Make living places tombstones; return the ids of their messages."""
        places = await self.places(folder_id, uid_validity, uids)
        living = [row for row in places.values() if row.expunged_at is None]
        for some in chunks([row.id for row in living]):
            await self._connection.execute(
                update(mail_places).where(mail_places.c.id.in_(some)).values(expunged_at=at)
            )
        return [row.message_id for row in living]

    async def behind(self, account_ids: Sequence[str]) -> dict[str, int]:
        """Return how many messages of their selected folders the store doesn't have yet, per account.

        Measured by what the server had when each folder was opened last; accounts never opened are missing.
        """
        here = (
            select(func.count())
            .where(
                mail_places.c.folder_id == mail_folders.c.id,
                mail_places.c.uid_validity == mail_folders.c.uid_validity,
                mail_places.c.expunged_at.is_(None),
            )
            .scalar_subquery()
        )
        statement = select(mail_folders.c.account_id, mail_folders.c.on_server, here.label("here")).where(
            mail_folders.c.account_id.in_(list(account_ids)),
            mail_folders.c.is_selected == true(),
            mail_folders.c.uid_validity.is_not(None),
            mail_folders.c.state.not_in((FolderState.GONE.value, FolderState.REFUSED.value)),
        )
        found: dict[str, int] = {}
        for row in await self._connection.execute(statement):
            found[row.account_id] = found.get(row.account_id, 0) + max(row.on_server - row.here, 0)
        return found

    async def not_read(self, account_ids: Sequence[str]) -> dict[str, list[NotRead]]:
        """Return the selected folders that can't be read, per account, the inbox first."""
        statement = select(
            mail_folders.c.account_id, mail_folders.c.name, mail_folders.c.role, mail_folders.c.state_detail
        ).where(
            mail_folders.c.account_id.in_(list(account_ids)),
            mail_folders.c.is_selected == true(),
            mail_folders.c.state == FolderState.REFUSED.value,
        )
        found: dict[str, list[NotRead]] = {}
        for row in await self._connection.execute(statement):
            one = NotRead(row.name, row.role == FolderRole.INBOX.value, row.state_detail)
            found.setdefault(row.account_id, []).append(one)
        return {
            key: sorted(some, key=lambda one: (not one.is_inbox, one.name)) for key, some in found.items()
        }

    async def expunge_others(self, folder_id: str, uid_validity: int, at: datetime) -> None:
        """Make every living place of another numbering a tombstone."""
        await self._connection.execute(
            update(mail_places)
            .where(
                mail_places.c.folder_id == folder_id,
                mail_places.c.uid_validity != uid_validity,
                mail_places.c.expunged_at.is_(None),
            )
            .values(expunged_at=at)
        )

    # Parts

    async def _add(self, account_id: str, one: ListedFolder) -> None:
        wanted = one.can_be_read and one.role not in NOT_READ
        await self._connection.execute(
            insert(mail_folders).values(
                id=new_id(),
                account_id=account_id,
                name=one.name,
                role=one.role.value,
                is_selected=wanted,
                state=(FolderState.NEW if one.can_be_read else FolderState.GONE).value,
            )
        )

    async def _set(self, folder_id: str, **columns: Any) -> None:
        await self._connection.execute(
            update(mail_folders).where(mail_folders.c.id == folder_id).values(**columns)
        )


def _state_again(folder: MailFolder) -> dict[str, str]:
    if folder.state is not FolderState.GONE:
        return {}
    state = FolderState.NEW if folder.cursor is None else folder.cursor.state
    return {"state": state.value, "state_detail": ""}


def _folder(row: Any) -> MailFolder:
    cursor = None
    if row.uid_validity is not None:
        cursor = FolderCursor(
            row.uid_validity,
            row.uid_next,
            row.backfill_uid,
            row.highest_mod_seq or 0,
            bool(row.remapping),
            row.on_server,
        )
    state = FolderState(row.state)
    return MailFolder(
        row.id, row.name, FolderRole(row.role), row.is_selected, state, cursor, row.state_detail
    )


def _order(folder: MailFolder) -> tuple[int, str]:
    place = _ORDER.index(folder.role) if folder.role in _ORDER else len(_ORDER)
    return place, folder.name
