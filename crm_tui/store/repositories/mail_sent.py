"""What was sent, as far as adding it to records by itself has to know it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.mail import MailAddress, Source
from crm_tui.domain.mail_folders import FolderRole
from crm_tui.store.models.mail import mail_addresses, mail_folders, mail_messages, mail_places
from crm_tui.store.repositories.chunks import chunks


class MailSentRepository:
    """Statements on sent messages."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def new_in(self, folder_id: str, message_ids: Iterable[str]) -> list[str]:
        """Return the messages that never stood in a folder of sent mail, in order; none if it is another."""
        wanted = list(dict.fromkeys(message_ids))
        role = select(mail_folders.c.role).where(mail_folders.c.id == folder_id)
        if not wanted or await self._connection.scalar(role) != FolderRole.SENT.value:
            return []
        known: set[str] = set()
        for some in chunks(wanted):
            places = select(mail_places.c.message_id).where(
                mail_places.c.folder_id == folder_id, mail_places.c.message_id.in_(some)
            )
            known |= set(await self._connection.scalars(places))
        return [one for one in wanted if one not in known]

    async def subjects(self, message_ids: Iterable[str], since: datetime | None) -> dict[str, str]:
        """Return the subjects of messages, the oldest first.

        Args:
            since: Leave out what is older, and what was sent from the CRM; None for all.
        """
        found: list[tuple[datetime, str, str]] = []
        columns = ("id", "subject", "date", "received_at", "source")
        for some in chunks(message_ids):
            statement = select(*(mail_messages.c[name] for name in columns))
            for row in await self._connection.execute(statement.where(mail_messages.c.id.in_(some))):
                at = min(row.date, row.received_at)
                if since is None or (at >= since and row.source != Source.CRM.value):
                    found.append((at, row.id, row.subject))
        return {message_id: subject for _at, message_id, subject in sorted(found)}

    async def addressees(self, message_ids: Iterable[str]) -> dict[str, list[MailAddress]]:
        """Return who stands in the line *To* of messages, by message."""
        found: dict[str, list[MailAddress]] = {}
        order = (mail_addresses.c.message_id, mail_addresses.c.position)
        for some in chunks(message_ids):
            statement = select(mail_addresses).where(
                mail_addresses.c.message_id.in_(some), mail_addresses.c.role == "to"
            )
            for row in await self._connection.execute(statement.order_by(*order)):
                found.setdefault(row.message_id, []).append(MailAddress("to", row.email, row.name))
        return found
