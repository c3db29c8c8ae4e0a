"""What agents have read of their own mail. The server isn't told: its flags are followed, never set."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.mail_folders import FolderRole
from crm_tui.store.models.mail import (
    mail_accounts,
    mail_addresses,
    mail_folders,
    mail_holders,
    mail_messages,
    mail_places,
)
from crm_tui.store.repositories.chunks import chunks

SEEN: Final = "\\Seen"
"""The flag by which a server says that a message was read (RFC 9051, 2.3.2)."""


def unread_of(user_id: str) -> ColumnElement[bool]:
    """Return the condition on a holder that its agent hasn't read the message yet; an index answers it."""
    return mail_holders.c.account_id.in_(accounts_of(user_id)) & (mail_holders.c.is_unread == true())


def accounts_of(user_id: str) -> Select[tuple[str]]:
    """Return a statement of the accounts of a user."""
    return select(mail_accounts.c.id).where(mail_accounts.c.user_id == user_id).correlate(None)


def messages_of_sender(user_id: Any) -> Select[tuple[str]]:
    """Return a statement of the messages that come from an address of a user's own accounts."""
    own = select(func.lower(mail_accounts.c.address)).where(mail_accounts.c.user_id == user_id)
    return (
        select(mail_addresses.c.message_id)
        .where(mail_addresses.c.role == "from", mail_addresses.c.email.in_(own.correlate(None)))
        .correlate(None)
    )


class MailReadingRepository:
    """Statements on what was read."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def unread(self, user_id: str, cap: int) -> int:
        """Count the unread messages in the mailboxes of a user, no further than ``cap``."""
        inner = select(mail_holders.c.message_id).where(unread_of(user_id)).distinct().limit(cap).subquery()
        return await self._connection.scalar(select(func.count()).select_from(inner)) or 0

    async def mark(self, user_id: str, message_ids: Iterable[str], *, read: bool) -> set[str]:
        """Mark messages in the mailboxes of a user; return those that stand in one of them."""
        held: set[str] = set()
        for some in chunks(message_ids):
            mine = (
                mail_holders.c.message_id.in_(some),
                mail_holders.c.account_id.in_(accounts_of(user_id)),
            )
            held |= set(await self._connection.scalars(select(mail_holders.c.message_id).where(*mine)))
            await self._connection.execute(
                update(mail_holders)
                .where(*mine, mail_holders.c.is_unread.is_(read))
                .values(is_unread=not read)
            )
        return held

    async def set_unread(self, account_id: str, message_ids: Iterable[str]) -> None:
        """Say that messages of an account weren't read; what its agent sent never needs reading."""
        user_id = select(mail_accounts.c.user_id).where(mail_accounts.c.id == account_id).scalar_subquery()
        sent = messages_of_sender(user_id)
        for some in chunks(message_ids):
            await self._connection.execute(
                update(mail_holders)
                .where(
                    mail_holders.c.account_id == account_id,
                    mail_holders.c.message_id.in_(some),
                    mail_holders.c.message_id.not_in(sent.where(mail_addresses.c.message_id.in_(some))),
                )
                .values(is_unread=True)
            )

    async def set_read(self, account_id: str, message_ids: Iterable[str]) -> None:
        """Say that messages of an account were read."""
        for some in chunks(message_ids):
            await self._connection.execute(
                update(mail_holders)
                .where(mail_holders.c.account_id == account_id, mail_holders.c.message_id.in_(some))
                .values(is_unread=False)
            )

    async def leave(self, account_id: str, message_ids: Iterable[str]) -> None:
        """Take messages that stand in no folder of an account any more out of its unread ones."""
        stands = exists().where(
            mail_places.c.message_id == mail_holders.c.message_id,
            mail_places.c.expunged_at.is_(None),
            mail_places.c.folder_id == mail_folders.c.id,
            mail_folders.c.account_id == account_id,
        )
        for some in chunks(message_ids):
            await self._connection.execute(
                update(mail_holders)
                .where(
                    mail_holders.c.account_id == account_id,
                    mail_holders.c.message_id.in_(some),
                    ~stands.correlate(mail_holders),
                )
                .values(is_unread=False)
            )

    async def places(self, message_id: str, account_ids: Sequence[str]) -> Sequence[Any]:
        """Return account, folder, numbering and UID of the living places of a message, the inbox first."""
        statement = (
            select(
                mail_folders.c.account_id,
                mail_folders.c.name.label("folder"),
                mail_places.c.uid_validity,
                mail_places.c.uid,
            )
            .join(mail_folders, mail_folders.c.id == mail_places.c.folder_id)
            .where(
                mail_places.c.message_id == message_id,
                mail_places.c.expunged_at.is_(None),
                mail_folders.c.account_id.in_(account_ids),
            )
            .order_by(mail_folders.c.role != FolderRole.INBOX.value, mail_folders.c.name)
        )
        return (await self._connection.execute(statement)).all()

    async def raw_path(self, message_id: str) -> str:
        """Return the name of the file with the bytes of a message, "" if they aren't kept."""
        statement = select(mail_messages.c.raw_path).where(mail_messages.c.id == message_id)
        return await self._connection.scalar(statement) or ""

    async def keep_raw(self, message_id: str, raw_path: str) -> None:
        """Say in which file the bytes of a message are kept."""
        await self._connection.execute(
            update(mail_messages).where(mail_messages.c.id == message_id).values(raw_path=raw_path)
        )
