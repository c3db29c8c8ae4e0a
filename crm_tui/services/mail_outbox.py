"""The outbox of an agent: mail is put in here, and a worker sends it.

Whoever sends needs permission to create mail and an account of their own that is switched on. What a mail
says of others, the one it answers, a deal, records it is added to, has to be in the agent's sight.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.addressees import Addressee, ascii_domain
from crm_tui.domain.ids import is_id, new_id
from crm_tui.domain.mail import MailAccount, MailMessage
from crm_tui.domain.mail_outgoing import LARGEST_MAIL, Outgoing, OutgoingFile, OutgoingState
from crm_tui.domain.mail_writing import Envelope, MailDraft, checked, thread_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.policies.records import can_create, can_view
from crm_tui.services.core import Core
from crm_tui.services.mail_accounts import MailAccountService
from crm_tui.services.mail_attachments import MailAttachmentService
from crm_tui.services.mail_messages import mail_in_sight
from crm_tui.services.mail_people import people_of
from crm_tui.services.outgoing_files import read_file
from crm_tui.store.models.mail import LONGEST_ID
from crm_tui.store.repositories.mail_decisions import MailDecisionRepository
from crm_tui.store.repositories.mail_outbox import MailOutboxRepository, draft_columns
from crm_tui.store.repositories.mail_people import MailPeopleRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork
from crm_tui.text import clean_input

PARTIAL_SHOWN: Final = timedelta(days=7)
"""How long a mail that was refused for some, but sent, is among what the agent has to know of."""

_MOST: Final = 500
_ADDED_TO: Final = (Module.LEAD, Module.CONTACT, Module.DEAL)


class MailOutboxService:
    """Mail on its way out; agents reach their own."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._accounts = MailAccountService(core)
        self._attachments = MailAttachmentService(core)

    # Reading

    async def list(self, actor: Actor, *, open_only: bool = False) -> tuple[Outgoing, ...]:
        """Return the mail of the actor, the latest first.

        Args:
            open_only: Only what waits, failed, may or may not be sent, or lately didn't reach everybody.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "list", Module.MAIL)
        async with self._core.store.read() as connection:
            repository = MailOutboxRepository(connection)
            since = self._core.clock.now() - PARTIAL_SHOWN if open_only else None
            return tuple(await repository.of(actor.id, _MOST, open_since=since))

    async def get(self, actor: Actor, outgoing_id: str) -> Outgoing:
        """Return a mail in the outbox.

        Raises:
            NotFound: There is none of the actor's own.
        """
        await self._core.require(actor, can_view(actor, Module.MAIL), "view", Module.MAIL)
        async with self._core.store.read() as connection:
            found = await MailOutboxRepository(connection).get(outgoing_id, actor.id)
        if found is None:
            raise _nothing()
        return found

    async def people_of(self, actor: Actor, addressees: Sequence[Addressee]) -> tuple[Ref, ...]:
        """Return the contacts, then the leads, that have the addresses of a mail that is being written."""
        await self._core.require(actor, can_create(actor, Module.MAIL), "create", Module.MAIL)
        async with self._core.store.read() as connection:
            return await people_of(connection, actor, [one.key for one in addressees])

    # Changing

    async def queue(self, actor: Actor, draft: MailDraft, *, instead_of: str | None = None) -> Outgoing:
        """Put a mail into the outbox. Files are read now; they may be changed or deleted afterwards.

        Args:
            instead_of: A mail of the outbox that wasn't sent and goes with the same step.

        Raises:
            Invalid: With a reason per field; nothing was sent.
            NotFound: The account, the mail it answers, the deal or a record is out of the actor's sight.
            Conflict: The account is switched off, or the mail in whose place it stands is sent after all.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, Module.MAIL), "create", Module.MAIL)
        envelope = checked(draft)
        account = await self._account(actor, draft.account_id)
        async with self._core.store.read() as connection:
            answered = await mail_in_sight(connection, actor, draft.answers) if draft.answers else None
            await _refuse_unseen(connection, actor, draft, envelope)
        await self._refuse_unreachable(actor, draft)
        before = await self._replaceable(actor, instead_of) if instead_of is not None else None
        files = await _files(draft, answered)
        draft = _storable(draft, account.id)
        in_reply_to, references = thread_of(answered) if answered else ("", ())
        outgoing_id = new_id()
        columns: dict[str, Any] = {
            "id": outgoing_id,
            "user_id": actor.id,
            "account_id": account.id,
            "state": OutgoingState.QUEUED.value,
            "draft": draft_columns(draft),
            "message_id": f"{new_id()}@{_right_side(account.address)}",
            "in_reply_to": in_reply_to[:LONGEST_ID],
            "reference_ids": [one[:LONGEST_ID] for one in references[-100:]],
        }
        async with self._core.store.write(actor) as uow:
            repository = MailOutboxRepository(uow.connection)
            if before is not None and not await repository.drop(before.id, before.version, uow.at):
                raise _busy()
            await repository.add({**columns, "created_at": uow.at}, files)
            self._record(uow, "queue", outgoing_id, actor, draft)
            await uow.commit()
        return await self.get(actor, outgoing_id)

    async def cancel(self, actor: Actor, outgoing_id: str) -> Outgoing:
        """Take a mail back before it is sent, or throw away one that failed; return what it was.

        Raises:
            NotFound: There is none of the actor's own.
            Conflict: It is being sent, was sent, or nobody knows.
        """
        actor, one = await self._mine(actor, outgoing_id, "cancel")
        _refuse_sent(one)
        async with self._core.store.write(actor) as uow:
            if not await MailOutboxRepository(uow.connection).drop(one.id, one.version, uow.at):
                raise _busy()
            self._record(uow, "cancel", one.id, actor, one.draft)
            await uow.commit()
        return one

    async def retry(self, actor: Actor, outgoing_id: str) -> Outgoing:
        """Send a mail that failed once more, or at once what waits for its next try.

        Raises:
            NotFound: There is none of the actor's own.
            Conflict: It is neither, or being sent.
        """
        actor, one = await self._mine(actor, outgoing_id, "retry")
        _refuse_sent(one)
        return await self._again(actor, one, "retry")

    async def hold(self, actor: Actor, outgoing_id: str) -> Outgoing:
        """Keep a mail that waits from being sent while it is edited; ``retry`` puts it back.

        One that failed stays as it is: nobody sends it.

        Raises:
            NotFound: There is none of the actor's own.
            Conflict: It is being sent, was sent, or nobody knows.
        """
        actor, one = await self._mine(actor, outgoing_id, "hold")
        _refuse_sent(one)
        if one.state is OutgoingState.FAILED:
            return one
        reason = _("It was taken back to be edited; it isn't sent.")
        columns = {"state": OutgoingState.FAILED.value, "reason": reason, "retry_at": None}
        return await self._change(actor, one, "hold", columns)

    async def resolve_unknown(self, actor: Actor, outgoing_id: str, was_sent: bool) -> Outgoing:
        """Say what became of a mail that may have been sent.

        Args:
            was_sent: It arrived, and is taken into the CRM; otherwise it is sent once more.

        Raises:
            NotFound: There is none of the actor's own.
            Conflict: Its state is known.
        """
        actor, one = await self._mine(actor, outgoing_id, "resolve")
        if one.state is not OutgoingState.UNKNOWN:
            raise Conflict(_("It is known what became of this mail."), _("Nothing was changed."))
        if not was_sent:
            return await self._again(actor, one, "resolve")
        columns = {"state": OutgoingState.SENT.value, "reason": "", "sent_at": self._core.clock.now()}
        return await self._change(actor, one, "resolve", columns)

    # Parts

    async def _account(self, actor: Actor, account_id: str) -> MailAccount:
        account = await self._accounts.get(actor, account_id)
        if account.user.id != actor.id:
            raise NotFound(_("There is no such mail account, or it isn't yours."), _("Nothing was sent."))
        if not account.is_enabled:
            raise Conflict(
                _("The mail account %(address)s is switched off. Nothing was sent.")
                % {"address": account.address},
                _("Enable it first."),
            )
        return account

    async def _refuse_unreachable(self, actor: Actor, draft: MailDraft) -> None:
        """Refuse attachments of another mail that nobody but a colleague can fetch."""
        if draft.answers is not None and any(map(is_id, draft.attachments)):
            sources = await self._attachments.sources(actor, draft.answers)
            if sources.raw is None and not sources.places:
                raise sources.missing()

    async def _mine(self, actor: Actor, outgoing_id: str, action: str) -> tuple[Actor, Outgoing]:
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, Module.MAIL), action, Module.MAIL)
        return actor, await self.get(actor, outgoing_id)

    async def _replaceable(self, actor: Actor, outgoing_id: str) -> Outgoing | None:
        """Return a mail that another one takes the place of, None if it was deleted meanwhile."""
        try:
            one = await self.get(actor, outgoing_id)
        except NotFound:
            return None
        _refuse_sent(one)
        return one

    async def _again(self, actor: Actor, one: Outgoing, action: str) -> Outgoing:
        await self._account(actor, one.account_id)
        columns = {
            "state": OutgoingState.QUEUED.value,
            "reason": "",
            "attempts": 0,
            "retry_at": None,
            "tried_since": None,
            "is_ending": False,
            "claim_owner": "",
            "claim_until": None,
        }
        return await self._change(actor, one, action, columns)

    async def _change(self, actor: Actor, one: Outgoing, action: str, columns: dict[str, Any]) -> Outgoing:
        async with self._core.store.write(actor) as uow:
            if not await MailOutboxRepository(uow.connection).change(one.id, one.version, uow.at, columns):
                raise _busy()
            self._record(uow, action, one.id, actor, one.draft)
            await uow.commit()
        return await self.get(actor, one.id)

    def _record(self, uow: UnitOfWork, action: str, outgoing_id: str, actor: Actor, draft: MailDraft) -> None:
        changes = {name: [None, getattr(draft, name)] for name in ("to", "cc") if getattr(draft, name)}
        uow.record(AuditEntry(f"{action} outgoing", Module.MAIL, outgoing_id, draft.subject, changes))
        uow.touched(Module.USER, actor.id)


async def _refuse_unseen(connection: Connection, actor: Actor, draft: MailDraft, envelope: Envelope) -> None:
    """Refuse records out of the actor's sight, and a deal that isn't of those who get the mail."""
    deals = [draft.deal_id] if draft.deal_id else []
    refs: Sequence[Ref] = (*draft.add_to, *(Ref(Module.DEAL, one, "") for one in deals))
    for ref in refs:
        if ref.module not in _ADDED_TO:
            reason = _("Mail is added to leads, contacts and deals only.")
            raise Invalid(reason, _("Nothing was sent."), fields={"add_to": reason})
        seen = can_view(actor, ref.module) is True
        names = await RecordRepository(connection, ref.module).names(actor, [ref.id]) if seen else {}
        if ref.id not in names:
            raise NotFound(_("There is no such record, or you may not see it."), _("Nothing was sent."))
        deals += [ref.id] if ref.module is Module.DEAL and ref.id not in deals else []
    if len(deals) > 1:
        reason = _("A mail belongs to one deal at most.")
        raise Invalid(reason, _("Nothing was sent."), fields={"deal": reason})
    if deals and deals[0] not in await deals_of(
        connection, [one.key for one in (*envelope.to, *envelope.cc)]
    ):
        reason = _(
            "None of the contacts the mail goes to has this deal. Leave it empty or choose another one."
        )
        raise Invalid(reason, _("Nothing was sent."), fields={"deal": reason})


async def deals_of(connection: Connection, emails: Sequence[str]) -> set[str]:
    """Return the deals of the contacts that have some folded addresses."""
    people = await MailPeopleRepository(connection).with_addresses(emails)
    contacts = {one for found in people.values() for module, one in found if module is Module.CONTACT}
    deals = await MailDecisionRepository(connection).deals_of(contacts)
    return {deal.id for found in deals.values() for deal in found}


async def _files(draft: MailDraft, answered: MailMessage | None) -> list[OutgoingFile]:
    """Return the attachments of a draft, those of files with their contents."""
    known = {one.id: one for one in answered.attachments} if answered else {}
    files: list[OutgoingFile] = []
    room = LARGEST_MAIL
    for one in draft.attachments:
        if is_id(one):
            if one not in known:
                reason = _("The mail that is forwarded has no such attachment.")
                raise Invalid(reason, _("Nothing was sent."), fields={"attachments": reason})
            part = known[one]
            file = OutgoingFile(new_id(), part.name, part.content_type, part.file_size, part.id)
        else:
            name, kind, content = await asyncio.to_thread(read_file, one, room)
            file = OutgoingFile(new_id(), name, kind, len(content), None, content)
        room -= file.size
        files.append(file)
    if room < 0:
        most = LARGEST_MAIL // (1024 * 1024)
        reason = _("The attachments are larger than %(most)d MB together.") % {"most": most}
        raise Invalid(reason, _("Nothing was sent."), fields={"attachments": reason})
    return files


def _storable(draft: MailDraft, account_id: str) -> MailDraft:
    """Return a draft without what no store takes: halves of surrogate pairs, for example."""
    names = ("to", "cc", "bcc", "subject", "text")
    lines: dict[str, Any] = {name: clean_input(getattr(draft, name)) for name in names}
    paths = tuple(map(clean_input, draft.attachments))
    return replace(draft, **lines, account_id=account_id, attachments=paths)


def _right_side(address: str) -> str:
    """Return what stands behind the sign in a Message-ID: the domain of the account, not the machine."""
    try:
        return ascii_domain(address.rpartition("@")[2])
    except ValueError:
        return "mail.invalid"


def _nothing() -> NotFound:
    return NotFound(_("There is no such mail in your outbox."))


def _busy() -> Conflict:
    return Conflict(_("This mail is just being sent. Nothing was changed."), _("Look again in a moment."))


def _refuse_sent(one: Outgoing) -> None:
    """Refuse a mail that is being sent, was sent, or of which nobody knows."""
    if one.state not in (OutgoingState.QUEUED, OutgoingState.FAILED):
        raise _too_late(one)


def _too_late(one: Outgoing) -> Conflict:
    if one.state is OutgoingState.UNKNOWN:
        return Conflict(
            _("This mail may have been sent; nobody knows. Nothing was changed."),
            _("Ask an addressee or look into the mailbox, then say whether it was sent."),
        )
    if one.state is OutgoingState.SENDING:
        return _busy()
    return Conflict(_("This mail has been sent already. Nothing was changed."))
