"""The outbox as a worker sees it: claims, what is certain of each mail, and what it becomes once it is sent.

A claim in the store keeps two workers from one mail; who lost it writes nothing and sends nothing more. Each
step is a transaction of its own, so that after a kill the row says how far the mail can have come:

* *queued*, *sending* without ``is_ending``: no server has the end of it; it may be sent.
* *sending* with ``is_ending``: nobody knows; it becomes *unknown*.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_outgoing import (
    GIVE_UP,
    CopyState,
    Outgoing,
    OutgoingFile,
    OutgoingState,
    Refusal,
    pause_after,
)
from crm_tui.domain.mail_writing import checked
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.services.columns import to_json
from crm_tui.services.core import Core
from crm_tui.services.mail_files import MailFiles
from crm_tui.services.mail_intake import MailIntakeService
from crm_tui.services.mail_outbox import deals_of
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.repositories.mail_decisions import MailDecisionRepository
from crm_tui.store.repositories.mail_outbox import Claimed, MailOutboxRepository
from crm_tui.store.repositories.mail_people import MailPeopleRepository
from crm_tui.store.repositories.mail_reading import MailReadingRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.users import UserRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork

if TYPE_CHECKING:
    from crm_tui.mail.intake import Arrival

CLAIM: Final = timedelta(minutes=2)
"""How long a worker that isn't heard of is believed to be at a mail."""

_COPY_TRIES: Final = 12
_FREE: Final[dict[str, Any]] = {"claim_owner": "", "claim_until": None}


class Work(StrEnum):
    """What there is to do for a mail: send it, take what was sent into the CRM, copy it to its mailbox."""

    SEND = "send"
    TAKE_IN = "take in"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Job:
    """A mail that a worker has claimed.

    Attributes:
        in_reply_to: With ``references``, what ties it to its thread; without brackets.
        written_at: In the zone of the agent.
    """

    work: Work
    outgoing: Outgoing
    actor: Actor
    account: MailAccount
    in_reply_to: str
    references: tuple[str, ...]
    written_at: datetime
    files: tuple[OutgoingFile, ...]


class MailSendingService:
    """What the workers of an agent do to the outbox."""

    def __init__(self, core: Core, intake: MailIntakeService) -> None:
        self._core = core
        self._intake = intake
        self._files = MailFiles(core)

    # What is to be done

    async def due(self, user_id: str) -> tuple[str, ...]:
        """Return the mail of a user that there is something to do for now, the oldest first."""
        async with self._core.store.read() as connection:
            return tuple(await MailOutboxRepository(connection).due(user_id, self._core.clock.now()))

    async def seconds_left(self, user_id: str) -> float | None:
        """Return in how many seconds there is something to do, 0 for now; None if nothing waits."""
        now = self._core.clock.now()
        async with self._core.store.read() as connection:
            repository = MailOutboxRepository(connection)
            if await repository.due(user_id, now):
                return 0.0
            at = await repository.next_due(user_id, now)
        return None if at is None else (at - now).total_seconds()

    async def holders(self, user_id: str) -> tuple[str, ...]:
        """Return which workers have claimed mail of a user."""
        async with self._core.store.read() as connection:
            return tuple(await MailOutboxRepository(connection).holders(user_id))

    async def holder(self, outgoing_id: str) -> str:
        """Return which worker is at a mail, "" if none is, or isn't heard of any more."""
        async with self._core.store.read() as connection:
            return await MailOutboxRepository(connection).holder(outgoing_id, self._core.clock.now())

    async def release(self, holder: str, outgoing_id: str | None = None) -> None:
        """Give up the claim of one mail, or all of a worker that has ended."""
        async with self._core.store.write(None) as uow:
            await MailOutboxRepository(uow.connection).release(holder, outgoing_id)
            await uow.commit()

    async def take(self, outgoing_id: str, holder: str, *, at_once: bool = False) -> Job | None:
        """Claim a mail; None if another worker is at it, or there is nothing to do for it.

        Args:
            at_once: Don't wait for the time of the next try.
        """
        async with self._core.store.write(None) as uow:
            repository = MailOutboxRepository(uow.connection)
            found = await repository.look(outgoing_id, holder, uow.at)
            if found is None or not found.is_free or not (found.is_due or at_once):
                return None
            account = await MailAccountRepository(uow.connection).get(found.outgoing.account_id)
            actor = await UserRepository(uow.connection).actor(found.user_id)
            if account is None or actor is None:
                return None
            work = await self._next_step(uow, found, account)
            if work is not None:
                claim = {"claim_owner": holder, "claim_until": uow.at + CLAIM}
                await repository.set(outgoing_id, claim)
            files = tuple(await repository.files(outgoing_id)) if work is not None else ()
            await uow.commit()
        if work is None:
            return None
        written_at = found.outgoing.created_at.astimezone(local_zone(actor.zone))
        thread = found.in_reply_to, found.references
        return Job(work, found.outgoing, actor, account, *thread, written_at, files)

    async def renew(self, job: Job, holder: str) -> None:
        """Keep a claim.

        Raises:
            Conflict: It was lost.
        """
        async with self._core.store.write(None) as uow:
            await self._set(uow, job, holder, {"claim_until": uow.at + CLAIM})
            await uow.commit()

    async def filled(self, job: Job, holder: str, file_id: str, content: bytes) -> None:
        """Keep the contents of an attachment that was fetched from the mailbox of a forwarded mail."""
        async with self._core.store.write(None) as uow:
            await self._set(uow, job, holder, {"claim_until": uow.at + CLAIM})
            await MailOutboxRepository(uow.connection).fill(file_id, content)
            await uow.commit()

    # Sending

    async def begin(self, job: Job, holder: str) -> None:
        """Say that a mail is being handed over, before its first byte goes out.

        Raises:
            Conflict: The claim was lost.
        """
        async with self._core.store.write(None) as uow:
            columns = {"state": OutgoingState.SENDING.value, "is_ending": False, "reason": ""}
            if job.outgoing.attempts == 0:
                columns["tried_since"] = uow.at
            columns["attempts"] = job.outgoing.attempts + 1
            columns["claim_until"] = uow.at + CLAIM
            await self._told(uow, job, holder, columns)

    async def ending(self, job: Job, holder: str) -> None:
        """Say that the last bytes go out next: from now on only the server's answer tells.

        Raises:
            Conflict: The claim was lost; they mustn't go out.
        """
        async with self._core.store.write(None) as uow:
            await self._set(uow, job, holder, {"is_ending": True, "claim_until": uow.at + CLAIM})
            await uow.commit()

    async def put_back(self, job: Job, holder: str, reason: str, *, at_once: bool = False) -> None:
        """Let a mail that certainly wasn't taken wait for its next try, or fail after too many.

        Args:
            reason: Why, as a sentence.
            at_once: The next worker may try without waiting.
        """
        attempts = max(job.outgoing.attempts + 1, 1)
        async with self._core.store.write(None) as uow:
            found = await MailOutboxRepository(uow.connection).look(job.outgoing.id, holder, uow.at)
            since = found.tried_since if found is not None and found.tried_since is not None else uow.at
            columns: dict[str, Any] = {"is_ending": False, "reason": reason, "attempts": attempts, **_FREE}
            if uow.at - since >= GIVE_UP:
                columns["state"] = OutgoingState.FAILED.value
            else:
                columns["state"] = OutgoingState.QUEUED.value
                columns["retry_at"] = None if at_once else uow.at + pause_after(attempts)
                columns["tried_since"] = since
            await self._told(uow, job, holder, columns)

    async def failed(self, job: Job, holder: str, reason: str) -> None:
        """Say that a mail is refused for good; nobody got it."""
        async with self._core.store.write(None) as uow:
            columns = {"state": OutgoingState.FAILED.value, "is_ending": False, "reason": reason, **_FREE}
            await self._told(uow, job, holder, columns)

    async def unknown(self, job: Job, holder: str, reason: str) -> None:
        """Say that nobody knows whether a mail was taken."""
        async with self._core.store.write(None) as uow:
            columns = {"state": OutgoingState.UNKNOWN.value, "reason": reason, **_FREE}
            await self._told(uow, job, holder, columns)

    async def sent(self, job: Job, arrival: "Arrival", refused: Sequence[Refusal] = ()) -> str:
        """Store a mail that a server has taken, and say so, in one transaction; return the id of the mail.

        It is predicted like any other, put to the deal that the agent chose and added to the records they
        named, as far as these are still there. That it was sent counts whoever has the claim by now.
        """
        kept = self._kept(arrival)
        async with self._core.store.write(job.actor) as uow:
            message_id = await self._intake.sent(uow, job.account, arrival)
            if kept:
                await MailReadingRepository(uow.connection).keep_raw(message_id, kept)
            await _place(uow, job, message_id)
            columns: dict[str, Any] = {
                "state": OutgoingState.SENT.value,
                "reason": "",
                "is_ending": False,
                "sent_at": job.outgoing.sent_at or uow.at,
                "retry_at": None,
                "mail_id": message_id,
                "copy_state": CopyState.WAITING.value,
            }
            if job.work is Work.SEND:
                columns["refused"] = [[one.email, one.reason] for one in refused]
                columns["is_partial"] = bool(refused)
            await MailOutboxRepository(uow.connection).set(job.outgoing.id, columns)
            uow.record(AuditEntry("send", Module.MAIL, message_id, job.outgoing.draft.subject))
            uow.touched(Module.MAIL, message_id)
            uow.touched(Module.USER, job.actor.id)
            await uow.commit()
        return message_id

    async def copied(self, job: Job, holder: str, state: CopyState) -> None:
        """Say that a mail lies in its mailbox; the contents of its attachments are let go."""
        async with self._core.store.write(None) as uow:
            await MailOutboxRepository(uow.connection).empty(job.outgoing.id)
            await self._told(uow, job, holder, {"copy_state": state.value, "retry_at": None, **_FREE})

    async def not_copied(self, job: Job, holder: str, reason: str) -> None:
        """Say why a mail couldn't be copied to its mailbox; it is tried again for some hours."""
        async with self._core.store.write(None) as uow:
            found = await MailOutboxRepository(uow.connection).look(job.outgoing.id, holder, uow.at)
            tries = (found.copy_attempts if found is not None else 0) + 1
            columns: dict[str, Any] = {"copy_attempts": tries, "reason": reason, **_FREE}
            if tries >= _COPY_TRIES:
                columns |= {"copy_state": CopyState.FAILED.value, "retry_at": None}
            else:
                columns["retry_at"] = uow.at + pause_after(tries)
            await self._told(uow, job, holder, columns)

    # Parts

    def _kept(self, arrival: "Arrival") -> str:
        """Keep the bytes of a mail with attachments: what was sent is readable also if no copy of it is."""
        with suppress(StoreUnavailable):
            return self._files.keep(arrival.raw) if arrival.mail.attachments else ""
        return ""

    async def _next_step(self, uow: UnitOfWork, found: Claimed, account: MailAccount) -> Work | None:
        """Return what there is to do; settle what became of a mail whose worker has died."""
        one = found.outgoing
        if one.state is OutgoingState.SENT:
            steps = {CopyState.NONE: Work.TAKE_IN, CopyState.WAITING: Work.COPY}
            step = steps.get(one.copy)
            if step is not Work.COPY or not account.is_given_up:
                return step
            # Its mailbox is nobody's any more; the mail itself is in the CRM.
            await MailOutboxRepository(uow.connection).set(one.id, {"copy_state": CopyState.FAILED.value})
            return None
        if one.state is OutgoingState.SENDING and found.is_ending:
            columns = {"state": OutgoingState.UNKNOWN.value, "reason": interrupted(), **_FREE}
        elif one.state not in (OutgoingState.QUEUED, OutgoingState.SENDING):
            return None
        elif account.is_enabled:
            return Work.SEND
        else:
            reason = _("The mail account was switched off before the mail was sent.")
            columns = {"state": OutgoingState.FAILED.value, "reason": reason, **_FREE}
        await MailOutboxRepository(uow.connection).set(one.id, columns)
        uow.touched(Module.USER, found.user_id)
        return None

    async def _told(self, uow: UnitOfWork, job: Job, holder: str, columns: dict[str, Any]) -> None:
        await self._set(uow, job, holder, columns)
        uow.touched(Module.USER, job.actor.id)
        await uow.commit()

    async def _set(self, uow: UnitOfWork, job: Job, holder: str, columns: dict[str, Any]) -> None:
        if not await MailOutboxRepository(uow.connection).set(job.outgoing.id, columns, holder=holder):
            raise Conflict(_("Another process sends this mail, or it was taken back."))


def interrupted() -> str:
    """Return the reason of a mail that may have been sent."""
    return _("The line was lost before the server had answered.")


async def _place(uow: UnitOfWork, job: Job, message_id: str) -> None:
    """Put a mail to the deal and add it to the records that the agent chose."""
    draft = job.outgoing.draft
    deals = [draft.deal_id] if draft.deal_id else []
    deals += [ref.id for ref in draft.add_to if ref.module is Module.DEAL]
    envelope = checked(draft)
    people = [one.key for one in (*envelope.to, *envelope.cc)]
    if deals and deals[0] in await deals_of(uow.connection, people):
        if await _tell(uow, job, message_id, Ref(Module.DEAL, deals[0], ""), "associate"):
            await MailDecisionRepository(uow.connection).decide(message_id, deals[0], job.actor.id, uow.at)
    for ref in draft.add_to:
        if ref.module in PEOPLE and await _tell(uow, job, message_id, ref, "add mail"):
            await MailPeopleRepository(uow.connection).add_by_hand(message_id, (ref.module, ref.id))


async def _tell(uow: UnitOfWork, job: Job, message_id: str, ref: Ref, action: str) -> bool:
    """Write down that a mail belongs to a record; False if the record is out of the agent's sight by now."""
    names = await RecordRepository(uow.connection, ref.module).names(job.actor, [ref.id])
    if ref.id not in names:
        return False
    changes = {ref.module.value: [None, to_json(Ref(ref.module, ref.id, names[ref.id]))]}
    uow.record(AuditEntry(action, Module.MAIL, message_id, job.outgoing.draft.subject, changes))
    uow.touched(ref.module, ref.id)
    return True
