"""Taking the mail of an account out of the store, as far as nobody else has it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.mail_outgoing import OutgoingState
from crm_tui.domain.mail_removal import MailCounts
from crm_tui.store.models.mail import (
    mail_associations,
    mail_folders,
    mail_holders,
    mail_messages,
    mail_people,
    mail_places,
    mail_references,
)
from crm_tui.store.models.mail_outbox import mail_outbox
from crm_tui.store.repositories.mail_outbox import UNSENT, is_free

_HERE = mail_holders.alias("here")
_ELSEWHERE = mail_holders.alias("elsewhere")


class MailRemovalRepository:
    """Statements on the mail of an account that is being removed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, account_id: str) -> MailCounts:
        """Count the mail of an account by what becomes of it."""
        on_record = _on_record(_HERE.c.message_id)
        elsewhere = (
            exists()
            .where(_ELSEWHERE.c.message_id == _HERE.c.message_id, _ELSEWHERE.c.account_id != account_id)
            .correlate(_HERE)
        )
        statement = select(
            _number_of(and_(on_record, ~elsewhere)),
            _number_of(and_(on_record, elsewhere)),
            _number_of(and_(~on_record, elsewhere)),
            _number_of(and_(~on_record, ~elsewhere)),
        ).where(_HERE.c.account_id == account_id)
        numbers = (await self._connection.execute(statement)).one()
        unsent = select(func.count()).select_from(mail_outbox).where(*_unsent(account_id))
        return MailCounts(*numbers, await self._connection.scalar(unsent) or 0)

    async def hold_back(self, account_id: str, reason: str, now: datetime) -> None:
        """Say of mail that waits in the outbox that it isn't sent; what a worker is at, it settles itself."""
        await self._connection.execute(
            update(mail_outbox)
            .where(
                mail_outbox.c.account_id == account_id,
                mail_outbox.c.state == OutgoingState.QUEUED.value,
                is_free(now),
            )
            .values(
                state=OutgoingState.FAILED.value,
                reason=reason,
                retry_at=None,
                version=mail_outbox.c.version + 1,
            )
        )

    async def without_record(self, message_ids: Sequence[str]) -> list[str]:
        """Return which messages, at most `chunks.AT_ONCE`, belong to no lead, contact or deal."""
        statement = select(mail_messages.c.id).where(
            mail_messages.c.id.in_(message_ids), ~_on_record(mail_messages.c.id)
        )
        return list(await self._connection.scalars(statement))

    async def leave_folders(self, account_id: str, message_ids: Collection[str]) -> None:
        """Forget where messages stood in the mailbox, and that they weren't read there."""
        folders = select(mail_folders.c.id).where(mail_folders.c.account_id == account_id)
        await self._connection.execute(
            delete(mail_places).where(
                mail_places.c.message_id.in_(message_ids), mail_places.c.folder_id.in_(folders)
            )
        )
        await self._connection.execute(
            update(mail_holders)
            .where(mail_holders.c.account_id == account_id, mail_holders.c.message_id.in_(message_ids))
            .values(is_unread=False)
        )

    async def let_go(self, account_id: str, message_ids: Collection[str]) -> tuple[int, frozenset[str]]:
        """Take messages from an account, and delete those that no account has any more.

        With a message go its text, its lines, its search terms, what was sent of it in the outbox, and the
        Message-IDs of a thread of which nothing is left.

        Returns:
            How many were deleted, and the names of the files with their bytes that no message has any more.
        """
        await self._connection.execute(
            delete(mail_holders).where(
                mail_holders.c.account_id == account_id, mail_holders.c.message_id.in_(message_ids)
            )
        )
        columns = (mail_messages.c.id, mail_messages.c.thread_id, mail_messages.c.raw_path)
        nobodys = ~exists().where(mail_holders.c.message_id == mail_messages.c.id)
        statement = select(*columns).where(mail_messages.c.id.in_(message_ids), nobodys)
        rows = (await self._connection.execute(statement)).all()
        ids = [row.id for row in rows]
        await self._connection.execute(delete(mail_outbox).where(mail_outbox.c.mail_id.in_(ids)))
        await self._connection.execute(delete(mail_messages).where(mail_messages.c.id.in_(ids)))
        await self._forget_threads({row.thread_id for row in rows})
        return len(ids), await self._nameless({row.raw_path for row in rows if row.raw_path})

    async def forget_folders(self, account_id: str) -> None:
        """Forget the folders of an account, whose places were left before."""
        await self._connection.execute(delete(mail_folders).where(mail_folders.c.account_id == account_id))

    # Parts

    async def _forget_threads(self, thread_ids: Iterable[str]) -> None:
        left = exists().where(mail_messages.c.thread_id == mail_references.c.thread_id)
        await self._connection.execute(
            delete(mail_references).where(mail_references.c.thread_id.in_(list(thread_ids)), ~left)
        )

    async def _nameless(self, raw_paths: Collection[str]) -> frozenset[str]:
        named = select(mail_messages.c.raw_path).where(
            mail_messages.c.raw_path != "", mail_messages.c.raw_path.in_(list(raw_paths))
        )
        return frozenset(raw_paths) - frozenset(await self._connection.scalars(named))


def _on_record(message_id: Any) -> ColumnElement[bool]:
    """Return the condition that a message belongs to a lead, a contact or a deal, laid aside or not."""
    of_deal = and_(mail_associations.c.message_id == message_id, mail_associations.c.deal_id.is_not(None))
    return or_(exists().where(mail_people.c.message_id == message_id), exists().where(of_deal))


def _unsent(account_id: str) -> tuple[ColumnElement[bool], ...]:
    return (mail_outbox.c.account_id == account_id, mail_outbox.c.state.in_(UNSENT))


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
