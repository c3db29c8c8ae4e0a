"""Mail as agents read it: lists of records and of all, threads, words, one message."""

from collections.abc import Sequence
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailMessage, MailQuery, MailRow
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count
from crm_tui.errors import Ambiguous, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_view
from crm_tui.services.core import Core
from crm_tui.store.repositories.mail_messages import MailMessageRepository
from crm_tui.store.repositories.mail_reading import MailReadingRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection

_COUNTED: Final = 1_000
_ALL: Final = MailQuery()
_FIRST: Final = PageRequest()
_OF: Final = (Module.CONTACT, Module.LEAD, Module.DEAL)


class MailMessageService:
    """Reads mail; what an actor may not see is in no list, count, thread or search."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def list(
        self, actor: Actor, query: MailQuery = _ALL, request: PageRequest = _FIRST
    ) -> Page[MailRow]:
        """Return one page of mail by date.

        Raises:
            NotFound: The actor may not see the record whose mail is asked for.
        """
        await self._require(actor, query)
        async with self._core.store.read() as connection:
            await self._visible(connection, actor, query)
            return await MailMessageRepository(connection, actor).page(query, request)

    async def count(self, actor: Actor, query: MailQuery = _ALL, cap: int = _COUNTED) -> Count:
        """Count the mail of a list, no further than ``cap``."""
        await self._require(actor, query)
        async with self._core.store.read() as connection:
            await self._visible(connection, actor, query)
            return await MailMessageRepository(connection, actor).count(query, cap)

    async def get(self, actor: Actor, message_id: str) -> MailMessage:
        """Return a message with its text, lines, attachments and people.

        Raises:
            NotFound: There is none that the actor may see.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL, message_id)
        async with self._core.store.read() as connection:
            return await mail_in_sight(connection, actor, message_id)

    async def whole(self, actor: Actor, rows: Sequence[MailRow]) -> tuple[MailMessage, ...]:
        """Return the messages of a list with all that is shown of them, as far as they are still there."""
        await self._core.require(actor, can_view(actor, Module.MAIL), "list", Module.MAIL)
        async with self._core.store.read() as connection:
            return tuple(await MailMessageRepository(connection, actor).many(row.id for row in rows))

    async def resolve(self, actor: Actor, text: str) -> MailRow:
        """Return the one message that is named by its id or its Message-ID, with or without ``<>``.

        Raises:
            NotFound: There is none that the actor may see.
            Ambiguous: Several messages have this Message-ID.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL)
        async with self._core.store.read() as connection:
            found = await MailMessageRepository(connection, actor).named(text.strip())
        if not found:
            raise _no_mail()
        if len(found) > 1:
            listed = ", ".join(f"{row.id} ({row.subject})" for row in found)
            raise Ambiguous(
                _("Several mails have the Message-ID %(name)s.") % {"name": text},
                _("Give the id of one of them: %(list)s.") % {"list": listed},
            )
        return found[0]

    async def thread(self, actor: Actor, message_id: str) -> tuple[MailRow, ...]:
        """Return the thread of a message as far as the actor may see it, the oldest first.

        Raises:
            NotFound: The actor may not see the message.
        """
        message = await self.get(actor, message_id)
        async with self._core.store.read() as connection:
            return tuple(await MailMessageRepository(connection, actor).thread(message.row.thread_id))

    # What was read

    async def unread(self, actor: Actor, cap: int = _COUNTED) -> int:
        """Count the mail in the actor's own mailboxes that they haven't read, no further than ``cap``."""
        if can_view(actor, Module.MAIL) is not True:
            return 0
        async with self._core.store.read() as connection:
            return await MailReadingRepository(connection).unread(actor.id, cap)

    async def mark(self, actor: Actor, message_ids: Sequence[str], *, read: bool) -> int:
        """Remember what the actor has read of their own mail; the server isn't told.

        Returns:
            How many of the messages stand in their mailboxes; others have no such mark.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL)
        async with self._core.store.write(actor) as uow:
            held = await MailReadingRepository(uow.connection).mark(actor.id, message_ids, read=read)
            if held:
                uow.touched(Module.USER, actor.id)
                await uow.commit()
        return len(held)

    # Parts

    async def _require(self, actor: Actor, query: MailQuery) -> None:
        await self._core.require(actor, can_view(actor, Module.MAIL), "list", Module.MAIL)
        if query.of is not None:
            if query.of.module not in _OF:
                raise Invalid(_("Only contacts, leads and deals have mail."))
            verdict = can_view(actor, query.of.module)
            await self._core.require(actor, verdict, "list", query.of.module, query.of.id)

    async def _visible(self, connection: Connection, actor: Actor, query: MailQuery) -> None:
        if query.of is None:
            return
        repository = RecordRepository(connection, query.of.module)
        if query.of.id not in await repository.names(actor, [query.of.id]):
            raise NotFound(_("There is no such record, or you may not see it."))


async def mail_in_sight(connection: Connection, actor: Actor, message_id: str) -> MailMessage:
    """Return a message with all that is shown of it; whether the actor may see mail is known already.

    Raises:
        NotFound: There is none that the actor may see.
    """
    found = await MailMessageRepository(connection, actor).get(message_id)
    if found is None:
        raise _no_mail()
    return found


def _no_mail() -> NotFound:
    return NotFound(_("There is no such mail, or you may not see it."))
