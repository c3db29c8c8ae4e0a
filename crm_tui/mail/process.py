"""What runs in a process of its own for one agent, until it is told to end: fetching and sending mail, and
synchronising connections that are automatic.

Consoles start it (``screens/mail_watch.py``), and so does ``crm-tui mail sync --watch``. What a console
started ends with it: the console holds the other end of its standard input, which closes however it dies.
"""

import asyncio
import itertools
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from crm_tui.domain.actor import Actor
from crm_tui.errors import CrmError
from crm_tui.mail.holder import this_process
from crm_tui.mail.sending import Sender
from crm_tui.mail.worker import MailWorker
from crm_tui.services.container import Services
from crm_tui.sync.worker import SyncWorker

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

_IDLE = 10.0
"""Seconds without an account of its own after which a process that a console started ends."""

_NICER = 5

_FIRST = asyncio.FIRST_COMPLETED

_log = logging.getLogger(__name__)


async def run_mail(services: Services, actor: Actor, allowed: Sequence[str], *, of_console: bool) -> None:
    """Fetch and send the mail of an agent, and synchronise their connections, until a signal or, started by a
    console, its end; leave no lease.

    Args:
        allowed: ``mail.allow_hosts``.
        of_console: Standard input is a pipe that a console holds. The process also ends when it has no work,
            because another one of this agent does it or because servers refuse the login.

    Raises:
        NotSignedIn: The agent was disabled meanwhile.
        asyncio.CancelledError: Ctrl+C ended it.
    """
    await services.watch()
    holder = str(this_process())
    worker = MailWorker(services, actor, holder, allowed)
    sender = Sender(services, actor, holder, allowed)
    sync = SyncWorker(services, actor)
    working = [asyncio.create_task(one.run()) for one in (worker, sync, sender)]
    signalled = asyncio.create_task(_told_to_end())
    ends: list[asyncio.Task[bool] | asyncio.Task[None]] = [signalled]
    left = asyncio.create_task(_console_ended()) if of_console else None
    if left is not None:
        _be_nice()
        ends += [left, asyncio.create_task(_idle(services, actor, worker, sync))]
    _log.info("mail is fetched and sent by %s", holder)
    try:
        done, _pending = await asyncio.wait([*working, *ends], return_when=_FIRST)
        for task in done:
            task.result()
        if signalled in done and signalled.result():
            raise asyncio.CancelledError
        if left in done:
            # What the agent has just written still goes out; the mailboxes are free for the next console.
            for task in working[:-1]:
                task.cancel()
            ends.append(asyncio.create_task(sender.finish()))
            await asyncio.wait([signalled, ends[-1]], return_when=_FIRST)
    finally:
        for task in (*working, *ends):
            task.cancel()
        await asyncio.gather(*working, *ends, return_exceptions=True)
        with suppress(CrmError):
            await services.mail_accounts.release_leases(holder)
        _log.info("mail is no longer fetched by %s", holder)


async def _told_to_end() -> bool:
    """Return at a signal, True if it was that of Ctrl+C."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[int] = loop.create_future()

    def take(number: int) -> None:
        if not told.done():
            told.set_result(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, take, number)
    # The handlers stay: who asks twice must not keep the leases from being released.
    return await told == signal.SIGINT


async def _console_ended() -> None:
    """Return when nobody holds the other end of standard input any more; what comes through it is nothing."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    descriptor = sys.stdin.fileno()

    def look() -> None:
        try:
            if not os.read(descriptor, 512):
                ended.set()
        except OSError:
            ended.set()

    loop.add_reader(descriptor, look)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)


async def _idle(services: Services, actor: Actor, worker: MailWorker, sync: SyncWorker) -> None:
    """Return when there has been no account to look after, and no mail to send, for a while."""
    for rounds in itertools.count():
        has_work = (
            worker.has_work or sync.has_work or await services.mail_sending.seconds_left(actor.id) is not None
        )
        if rounds and not has_work:
            return
        await asyncio.sleep(_IDLE)


def _be_nice() -> None:
    with suppress(OSError):
        os.nice(_NICER)
