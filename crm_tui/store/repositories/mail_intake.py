"""Messages on their way into the store: which are known, what they are parts of, and adding them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists, insert, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.domain.mail import Decision, Source
from crm_tui.domain.mail_prediction import Direction
from crm_tui.store.models.mail import (
    mail_accounts,
    mail_addresses,
    mail_associations,
    mail_attachments,
    mail_documents,
    mail_holders,
    mail_messages,
    mail_people,
    mail_places,
    mail_references,
)
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.mail_people import ADDED

_LOCK: Final = 0x6D61696C


class MailIntakeRepository:
    """Statements that add messages."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def alone(self, *, among_readers: bool = False) -> None:
        """Wait until no other transaction takes mail in: a message may be in several mailboxes at once.

        SQLite has one writer anyway.

        Args:
            among_readers: Others that only look for mail of people they add may go on.
        """
        if self._connection.dialect.name == "postgresql":
            kind = "_shared" if among_readers else ""
            await self._connection.execute(text(f"SELECT pg_advisory_xact_lock{kind}({_LOCK})"))

    async def known(self, hashes: Iterable[str]) -> dict[str, str]:
        """Return the ids of messages by their hash."""
        found: dict[str, str] = {}
        for some in chunks(hashes):
            statement = select(mail_messages.c.content_hash, mail_messages.c.id)
            rows = await self._connection.execute(statement.where(mail_messages.c.content_hash.in_(some)))
            found |= {row.content_hash: row.id for row in rows}
        return found

    async def renumbered(
        self, folder_id: str, uid_validity: int, message_id: str, received_at: datetime, size: int
    ) -> list[str]:
        """Return the messages that stood in a folder under another numbering and look the same."""
        statement = (
            select(mail_messages.c.id)
            .join(mail_places, mail_places.c.message_id == mail_messages.c.id)
            .where(
                mail_places.c.folder_id == folder_id,
                mail_places.c.uid_validity != uid_validity,
                mail_messages.c.message_id == message_id,
                mail_messages.c.received_at == received_at,
                mail_messages.c.size == size,
            )
        )
        return list(await self._connection.scalars(statement))

    async def active(self, message_ids: Iterable[str]) -> set[str]:
        """Return the messages that an account which is switched on holds."""
        found: set[str] = set()
        for some in chunks(message_ids):
            statement = (
                select(mail_holders.c.message_id)
                .join(mail_accounts, mail_accounts.c.id == mail_holders.c.account_id)
                .where(mail_holders.c.message_id.in_(some), mail_accounts.c.is_enabled == true())
            )
            found |= set(await self._connection.scalars(statement))
        return found

    async def hold(self, message_ids: Iterable[str], account_id: str) -> list[str]:
        """Say that an account holds messages; return those that it didn't hold before."""
        added: list[str] = []
        for some in chunks(message_ids):
            held = select(mail_holders.c.message_id).where(
                mail_holders.c.account_id == account_id, mail_holders.c.message_id.in_(some)
            )
            known = set(await self._connection.scalars(held))
            rows = [
                {"id": new_id(), "message_id": one, "account_id": account_id}
                for one in some
                if one not in known
            ]
            if rows:
                await self._connection.execute(insert(mail_holders), rows)
            added += [one for one in some if one not in known]
        return added

    async def add(
        self,
        messages: Sequence[Mapping[str, Any]],
        addresses: Sequence[Mapping[str, Any]],
        attachments: Sequence[Mapping[str, Any]],
        terms: Mapping[str, str],
    ) -> None:
        """Add messages with their lines, attachments and search terms by message."""
        documents = [{"message_id": one, "terms": words} for one, words in terms.items()]
        lines = [{"id": new_id(), **row} for row in addresses]
        parts = [{"id": new_id(), **row} for row in attachments]
        for table, rows in (
            (mail_messages, messages),
            (mail_addresses, lines),
            (mail_attachments, parts),
            (mail_documents, documents),
        ):
            if rows:
                await self._connection.execute(insert(table), list(rows))

    async def from_here(self, message_id: str) -> None:
        """Say that a message was sent from the CRM."""
        columns = {"source": Source.CRM.value, "direction": Direction.SENT.value}
        await self._connection.execute(
            update(mail_messages).where(mail_messages.c.id == message_id).values(**columns)
        )

    async def drop_stubs(self, message_ids: Iterable[str]) -> None:
        """Delete messages that stand nowhere any more because the whole message took their place.

        What agents put to a deal or added to a record stays.
        """
        for some in chunks(message_ids):
            await self._connection.execute(
                delete(mail_messages).where(
                    mail_messages.c.id.in_(some),
                    mail_messages.c.parse_error != "",
                    ~exists().where(mail_places.c.message_id == mail_messages.c.id),
                    ~exists().where(
                        mail_associations.c.message_id == mail_messages.c.id,
                        mail_associations.c.decided_by == Decision.MANUAL.value,
                    ),
                    ~exists().where(
                        mail_people.c.message_id == mail_messages.c.id, mail_people.c.origin == ADDED
                    ),
                )
            )

    async def threads(self, references: Iterable[str]) -> dict[str, str]:
        """Return the threads that Message-IDs belong to, by Message-ID."""
        found: dict[str, str] = {}
        for some in chunks(references):
            statement = select(mail_references).where(mail_references.c.reference.in_(some))
            found |= {row.reference: row.thread_id for row in await self._connection.execute(statement)}
        return found

    async def add_references(self, threads: Mapping[str, str]) -> None:
        """Keep which threads Message-IDs belong to that weren't known."""
        rows = [{"id": new_id(), "reference": one, "thread_id": thread} for one, thread in threads.items()]
        if rows:
            await self._connection.execute(insert(mail_references), rows)

    async def join_threads(self, old: str, new: str) -> None:
        """Make one thread of two."""
        for table in (mail_references, mail_messages):
            await self._connection.execute(
                update(table).where(table.c.thread_id == old).values(thread_id=new)
            )
