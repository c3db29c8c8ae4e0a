"""Sends what is in the outbox of one agent: exactly once as far as SMTP allows, and never silently twice.

What can go wrong has four ways out. Before the last bytes of a mail went out, nobody got it: a lost line or a
temporary refusal is tried again after longer and longer pauses, a final one fails. After them only the
server's answer tells: without it the mail is *unknown*, and the agent says what happened. Once it is sent,
the copy in the mailbox is a matter of its own that is tried again by itself.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailAccount
from crm_tui.domain.mail_outgoing import Outgoing, Refusal
from crm_tui.domain.mail_writing import checked
from crm_tui.domain.modules import Module
from crm_tui.errors import Conflict, CrmError, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.mail.authorizing import signed_in
from crm_tui.mail.client import ImapLine
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.holder import is_gone
from crm_tui.mail.outgoing import arrival_of, composed
from crm_tui.mail.sent_copy import file_sent
from crm_tui.mail.sign_in import Server, open_line
from crm_tui.mail.smtp import RefusedAddressee, SmtpLine, open_smtp
from crm_tui.mail.smtp_wire import Rejected
from crm_tui.mail.threads import in_thread, start_in_thread
from crm_tui.mail.worker import server_of
from crm_tui.net.errors import LineDown, Refused
from crm_tui.services.container import Services
from crm_tui.services.mail_sending import CLAIM, Job, Work, interrupted
from crm_tui.store.changes import EVERYTHING, Changed

_LOOK: Final = 60.0
"""Seconds between two looks at the outbox where nobody told of a change."""

_GLANCE: Final = 0.2
_PATIENCE: Final = 60.0
"""Seconds between two looks at a mail that another worker is at, and for how long."""

_FAREWELL: Final = 60.0
"""Seconds that a process whose console has ended still sends."""

_AFTER_TROUBLE: Final = 5.0
"""Seconds until a mail is looked at again after the store, or another worker, was in the way."""

_RENEWALS_PER_CLAIM: Final = 3

_LAST_MOMENT: Final = 10.0
"""Seconds that a process that has to end waits for the answer to a mail that is already out."""

_STORE_TRIES: Final = 6
"""How often it is tried to write down that a mail was sent, with pauses of 1, 2, 4 … seconds."""

MakeServer = Callable[[MailAccount, Sequence[str]], Server]

_log = logging.getLogger(__name__)


def smtp_server_of(account: MailAccount, allowed: Sequence[str]) -> Server:
    """Return where the mail of an account is sent."""
    return Server(account.smtp_host, account.smtp_port, account.smtp_tls, allowed)


class Sender:
    """Sends the mail of one agent.

    Args:
        holder: Names this worker in the claims.
        allowed: ``mail.allow_hosts``.
        make_smtp: Makes the server that an account sends by; tests trust their own certificate by it.
        make_imap: Makes the server of its mailbox.

    Attributes:
        problems: Why mail wasn't sent at the last try, by its id in the outbox.
    """

    def __init__(
        self,
        services: Services,
        actor: Actor,
        holder: str,
        allowed: Sequence[str] = (),
        *,
        make_smtp: MakeServer = smtp_server_of,
        make_imap: MakeServer = server_of,
    ) -> None:
        self._services = services
        self._outbox = services.mail_sending
        self._actor = actor
        self._holder = holder
        self._allowed = allowed
        self._make_smtp = make_smtp
        self._make_imap = make_imap
        self._bell = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.problems: dict[str, CrmError] = {}

    async def run(self) -> None:
        """Send what comes into the outbox until cancelled; a slow server keeps no other mail waiting."""
        tasks = self._tasks
        unsubscribe = self._services.changes.subscribe(self._hear)
        try:
            while True:
                self._bell.clear()
                left: float | None = None
                with suppress(StoreUnavailable):
                    for outgoing_id in await self.due():
                        if outgoing_id not in tasks or tasks[outgoing_id].done():
                            tasks[outgoing_id] = asyncio.create_task(self._quietly(outgoing_id))
                    left = await self._outbox.seconds_left(self._actor.id)
                for one in [one for one, task in tasks.items() if task.done()]:
                    del tasks[one]
                # What is due now is in the hands of a task, which rings when it is done.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), min(left or _LOOK, _LOOK))
        finally:
            unsubscribe()
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def due(self) -> tuple[str, ...]:
        """Return what there is something to do for now, also what a process was at that has died."""
        await self._free_dead()
        return await self._outbox.due(self._actor.id)

    async def finish(self) -> None:
        """Wait, for a while, until what is due now is sent; `run` does it meanwhile.

        An agent may leave right after sending a mail, and nobody may be there to send it later.
        """
        with suppress(TimeoutError, CrmError):
            async with asyncio.timeout(_FAREWELL):
                while self._is_busy or await self._outbox.due(self._actor.id):  # noqa: ASYNC110  # others add to it
                    await asyncio.sleep(_GLANCE)

    async def once(self, outgoing_id: str) -> Outgoing:
        """Send one mail now, file its copy, and return what has become of it.

        Another worker may be quicker: then its outcome is waited for, for a while.
        """
        await self._free_dead()
        at_once, deadline = True, asyncio.get_running_loop().time() + _PATIENCE
        while True:
            if await self._work(outgoing_id, at_once=at_once):
                at_once = False
            elif (
                await self._outbox.holder(outgoing_id) in ("", self._holder)
                or asyncio.get_running_loop().time() > deadline
            ):
                return await self._services.mail_outbox.get(self._actor, outgoing_id)
            else:
                at_once = False
                await asyncio.sleep(_GLANCE)

    # One mail

    @property
    def _is_busy(self) -> bool:
        return any(not task.done() for task in self._tasks.values())

    async def _quietly(self, outgoing_id: str) -> None:
        try:
            if not await self._work(outgoing_id):
                # Another worker was quicker, or nothing can be done for it: it isn't asked for in a circle.
                await asyncio.sleep(_AFTER_TROUBLE)
            while await self._work(outgoing_id):
                pass
        except CrmError as error:
            _log.warning("outgoing mail %s: %s", outgoing_id, error.code)
            await asyncio.sleep(_AFTER_TROUBLE)
        except Exception:  # the other mail goes on
            _log.exception("outgoing mail %s", outgoing_id)
            await asyncio.sleep(_LOOK)
        finally:
            self._bell.set()

    async def _work(self, outgoing_id: str, *, at_once: bool = False) -> bool:
        """Do the next step for a mail; return False if there was none."""
        job = await self._outbox.take(outgoing_id, self._holder, at_once=at_once)
        if job is None:
            return False
        steps = {Work.SEND: self._send, Work.TAKE_IN: self._take_in, Work.COPY: self._copy}
        try:
            await self._claimed(job, steps[job.work](job))
        finally:
            with suppress(StoreUnavailable):
                await asyncio.shield(self._outbox.release(self._holder, outgoing_id))
        return True

    async def _send(self, job: Job) -> None:
        is_out = False
        await self._outbox.begin(job, self._holder)
        try:
            raw = await composed(self._services, job, self._holder, self._allowed)
            recipients = [one.email for one in checked(job.outgoing.draft).everybody]
            async with self._smtp(job.account) as line:
                refused = await in_thread(line, line.begin, job.account.address, recipients, len(raw))
                await in_thread(line, line.body, raw)
                await self._outbox.ending(job, self._holder)
                is_out = True
                await self._end(job, line, raw, tuple(map(_refusal, refused)))
        except asyncio.CancelledError:
            if not is_out:
                reason = _("The program was ended before the mail was sent.")
                await asyncio.shield(self._outbox.put_back(job, self._holder, reason, at_once=True))
            raise
        except (Conflict, StoreUnavailable):
            # It is another worker's, or what is written down already tells the next one what is certain.
            raise
        except CrmError as error:
            await self._gave_up(job, error)
        except Exception as error:  # a mail that nobody thought of mustn't be tried for ever
            _log.exception("outgoing mail %s", job.outgoing.id)
            if is_out:
                raise
            told = _("The mail can't be sent by this program (%(error)s).") % {"error": type(error).__name__}
            await self._outbox.failed(job, self._holder, told)

    async def _gave_up(self, job: Job, error: CrmError) -> None:
        """Write down why nobody got a mail."""
        self.problems[job.outgoing.id] = error
        if _is_final(error):
            await self._outbox.failed(job, self._holder, str(error))
        else:
            await self._outbox.put_back(job, self._holder, str(error))

    async def _end(self, job: Job, line: SmtpLine, raw: bytes, refused: tuple[Refusal, ...]) -> None:
        """Send the end of a mail and write down the answer; a process that has to end waits for it a little.

        Nothing but this knows what happened, so that it isn't cancelled in the middle.
        """
        ending = asyncio.ensure_future(self._answered(job, line, raw, refused))
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await asyncio.wait([ending], timeout=_LAST_MOMENT)
            line.drop()
            await ending
            raise

    async def _answered(self, job: Job, line: SmtpLine, raw: bytes, refused: tuple[Refusal, ...]) -> None:
        try:
            await start_in_thread(line.end)
        except LineDown:
            await self._outbox.unknown(job, self._holder, interrupted())
        except CrmError as error:
            await self._gave_up(job, error)
        else:
            arrival = await arrival_of(raw, self._services.clock.now())
            await _stubborn(lambda: self._outbox.sent(job, arrival, refused))

    async def _take_in(self, job: Job) -> None:
        raw = await composed(self._services, job, self._holder, self._allowed)
        await self._outbox.sent(job, await arrival_of(raw, self._services.clock.now()))

    async def _copy(self, job: Job) -> None:
        try:
            raw = await composed(self._services, job, self._holder, self._allowed)
            async with self._imap(job.account) as line:
                host, message_id = job.account.smtp_host, job.outgoing.message_id
                state = await in_thread(line, file_sent, line, host, message_id, raw)
        except (Conflict, StoreUnavailable):
            raise
        except CrmError as error:
            reason = _("The mail was sent, but couldn't be copied to the mailbox: %(reason)s")
            await self._outbox.not_copied(job, self._holder, reason % {"reason": error.message})
        else:
            await self._outbox.copied(job, self._holder, state)

    # Lines

    @asynccontextmanager
    async def _smtp(self, account: MailAccount) -> AsyncIterator[SmtpLine]:
        server = self._make_smtp(account, self._allowed)
        line = await signed_in(self._services, account, partial(open_smtp, server))
        try:
            yield line
        finally:
            await asyncio.shield(start_in_thread(line.close))

    @asynccontextmanager
    async def _imap(self, account: MailAccount) -> AsyncIterator[ImapLine]:
        server = self._make_imap(account, self._allowed)
        line = await signed_in(self._services, account, partial(open_line, server))
        try:
            yield line
        finally:
            await asyncio.shield(start_in_thread(line.close))

    # Claims

    async def _claimed(self, job: Job, work: Awaitable[None]) -> None:
        """Do something while the claim is renewed; stop at once when it is lost."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait([task], timeout=CLAIM.total_seconds() / _RENEWALS_PER_CLAIM)
                if not task.done():
                    with suppress(StoreUnavailable):
                        await self._outbox.renew(job, self._holder)
            task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _free_dead(self) -> None:
        """Free what workers had claimed whose processes are gone."""
        for holder in await self._outbox.holders(self._actor.id):
            if is_gone(holder):
                await self._outbox.release(holder)

    def _hear(self, changed: Changed) -> None:
        if changed == EVERYTHING or (Module.USER, self._actor.id) in changed:
            self._bell.set()


def _is_final(error: CrmError) -> bool:
    """Return whether trying again would end the same."""
    if isinstance(error, Rejected):
        return not error.is_temporary
    return isinstance(error, AuthFailed | Refused) or error.exit_code != LineDown.exit_code


def _refusal(one: RefusedAddressee) -> Refusal:
    return Refusal(one.email, one.reply.words)


async def _stubborn(write: Callable[[], Awaitable[object]]) -> None:
    for tries in range(_STORE_TRIES):
        try:
            await write()
        except StoreUnavailable:
            if tries == _STORE_TRIES - 1:
                raise
            await asyncio.sleep(2**tries)
        else:
            return
