"""Keeps the mail accounts of one agent up to date: one task per account, one worker per account by its lease.

What can go wrong has three ways out. A refused login or an unsafe server stops the account until its
settings change: trying again would lock it. A lost line is tried again after longer and longer pauses, and
the agent is told after a few. A lost lease means that somebody else does the work.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, MailAccount
from crm_tui.domain.mail_folders import MailFolder
from crm_tui.errors import Conflict, CrmError, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.mail.account import AccountSync
from crm_tui.mail.arrivals import Trouble
from crm_tui.mail.authorizing import signed_in
from crm_tui.mail.client import FolderStatus, ImapLine, Wake
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.followed import FollowedAccounts
from crm_tui.mail.parsers import PARSERS
from crm_tui.mail.sign_in import Server, open_line
from crm_tui.mail.sync import Pace
from crm_tui.mail.threads import in_thread, start_in_thread
from crm_tui.net.errors import Refused
from crm_tui.services.container import Services
from crm_tui.services.mail_accounts import LEASE, lost_lease

_T = TypeVar("_T")

_log = logging.getLogger(__name__)

_RENEWALS_PER_LEASE = 3


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often something is done, in seconds.

    Attributes:
        poll: Between two passes over all folders, and the longest IDLE. RFC 2177 asks for 29 minutes at most,
            gateways drop silent connections after ten.
        without_idle: Between two passes where the server can't tell of new mail.
        thorough: Between two passes that compare the sets of UIDs.
        first_pause: After the first lost line; each further one doubles it.
        longest_pause: Longest pause after a lost line.
        reported_after: Lost lines in a row before the agent is told.
        look: Between two looks at accounts that are stopped, new or somebody else's.
    """

    poll: float = 300.0
    without_idle: float = 120.0
    thorough: float = 6 * 3600.0
    first_pause: float = 5.0
    longest_pause: float = 600.0
    reported_after: int = 3
    look: float = 30.0


class MailWorker:
    """The worker of one agent's accounts.

    Args:
        holder: Names this worker in the leases: host, process, a random part.
        allowed: ``mail.allow_hosts``.
        make_server: Makes the server of an account; tests trust their own certificate by it.
    """

    def __init__(
        self,
        services: Services,
        actor: Actor,
        holder: str,
        allowed: Sequence[str] = (),
        *,
        rhythm: Rhythm | None = None,
        pace: Pace | None = None,
        make_server: Callable[[MailAccount, Sequence[str]], Server] | None = None,
    ) -> None:
        self._services = services
        self._actor = actor
        self._holder = holder
        self._allowed = allowed
        self._rhythm = rhythm or Rhythm()
        self._pace = pace
        self._make_server = make_server or server_of
        self._lines: dict[str, ImapLine] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self._held: set[str] = set()
        self._accounts = FollowedAccounts(services, actor)

    @property
    def has_work(self) -> bool:
        """Whether it looks after an account: not so where others do, or servers refuse the login."""
        return bool(self._held)

    async def run(self) -> None:
        """Work until cancelled. Accounts that are connected or changed meanwhile are taken up at once."""
        tasks: dict[str, asyncio.Task[None]] = {}
        try:
            with self._accounts.listening():
                renewed = _now()
                while True:
                    with suppress(StoreUnavailable):
                        await self._look(tasks)
                    await self._accounts.heard(self._rhythm.look)
                    if _now() - renewed >= self._rhythm.look:
                        await self._keep_leases()
                        renewed = _now()
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
            await self._services.mail_accounts.release_leases(self._holder)

    async def once(self, account: MailAccount) -> int:
        """Make one pass over one account and return how many messages were new.

        Raises:
            Conflict: Another worker holds the account.
            CrmError: It couldn't be read; the state of the account says so too.
        """
        if not await self._services.mail_accounts.take_lease(account.id, self._holder):
            raise lost_lease()
        try:
            return await self._with_lease(account.id, self._pass(account, Trouble()))
        except (AuthFailed, Refused) as error:
            await self._try_to_tell(account.id, AccountState.REFUSED, error.message)
            raise
        except Conflict:
            raise
        except CrmError as error:
            await self._try_to_tell(account.id, AccountState.WAITING, error.message)
            raise
        finally:
            await self._services.mail_accounts.release_leases(self._holder, account.id)

    def sync_now(self, account_id: str) -> None:
        """Have an account looked at without waiting."""
        if line := self._lines.get(account_id):
            line.wake()
        if bell := self._bells.get(account_id):
            bell.set()

    async def _look(self, tasks: "dict[str, asyncio.Task[None]]") -> None:
        """Begin with accounts that are there, stop with those that aren't, wake those that changed."""
        changes = await self._accounts.look()
        for account_id in tasks.keys() - changes.enabled:
            tasks[account_id].cancel()
        for account_id in changes.enabled:
            task = tasks.get(account_id)
            if task is not None and task.done() and not task.cancelled() and task.exception() is not None:
                _log.error("the worker of an account failed", exc_info=task.exception())
            if task is None or task.done():
                tasks[account_id] = asyncio.create_task(self._account(account_id))
            elif account_id in changes.changed:
                self.sync_now(account_id)

    async def _keep_leases(self) -> None:
        """Renew leases also while a lost line is waited for: nobody else would fare better."""
        with suppress(StoreUnavailable):
            for account_id in tuple(self._held):
                await self._take_lease(account_id)

    async def _pass(self, account: MailAccount, trouble: Trouble) -> int:
        line = await self._open(account)
        try:
            await self._tell(account.id, AccountState.SYNCING)
            done = await self._sync(account, line, trouble).run(thorough=True)
            await self._tell(account.id, AccountState.CONNECTED, synced=True)
            return done.new
        finally:
            await asyncio.shield(start_in_thread(line.close))

    async def _account(self, account_id: str) -> None:
        """Keep one account up to date until it is switched off or taken away."""
        try:
            await self._follow(account_id)
        finally:
            self._held.discard(account_id)

    async def _follow(self, account_id: str) -> None:
        bell = self._bells.setdefault(account_id, asyncio.Event())
        trouble, lost, refused_version = Trouble(), 0, -1
        while True:
            pause, began = self._rhythm.look, _now()
            try:
                account = await self._current(account_id)
                if account is None or not account.is_enabled:
                    return
                if account.version != refused_version and await self._take_lease(account_id):
                    refused_version = -1
                    if await self._was_let_in(account, trouble):
                        lost, pause = 0, 0.0
                    else:
                        refused_version = account.version
            except Conflict:
                pass
            except CrmError as error:
                # A line that held for long was a good one.
                lost = 1 if _now() - began > self._rhythm.longest_pause else lost + 1
                pause = self._pause(lost)
                if lost >= self._rhythm.reported_after:
                    await self._try_to_tell(account_id, AccountState.WAITING, error.message)
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), pause)
            bell.clear()

    async def _was_let_in(self, account: MailAccount, trouble: Trouble) -> bool:
        """Follow an account; False if the server refused the login, or isn't safe."""
        try:
            await self._with_lease(account.id, self._stay(account, trouble))
        except (AuthFailed, Refused) as error:
            await self._tell(account.id, AccountState.REFUSED, error.message)
            await self._services.mail_accounts.release_leases(self._holder, account.id)
            self._held.discard(account.id)
            return False
        return True

    async def _stay(self, account: MailAccount, trouble: Trouble) -> None:
        """Connect and follow the account; return when its settings have changed."""
        line = await self._open(account)
        self._lines[account.id] = line
        try:
            await self._tell(account.id, AccountState.SYNCING)
            sync = self._sync(account, line, trouble)
            compared = -self._rhythm.thorough
            while True:
                thorough = _now() - compared >= self._rhythm.thorough
                await sync.run(thorough=thorough)
                compared = _now() if thorough else compared
                await self._tell(account.id, AccountState.CONNECTED, synced=True)
                await self._follow_inbox(account.id, sync, line)
                now = await self._current(account.id)
                if now is None or now.version != account.version:
                    return
        finally:
            del self._lines[account.id]
            await asyncio.shield(start_in_thread(line.close))

    async def _follow_inbox(self, account_id: str, sync: AccountSync, line: ImapLine) -> None:
        """Take over what happens in the inbox until all folders are due again or somebody asks for it."""
        began, is_fresh = _now(), False
        while True:
            inbox = await sync.find_inbox()
            due = self._rhythm.poll if line.can_idle and inbox else self._rhythm.without_idle
            left = due - (_now() - began)
            if left <= 0:
                return
            if inbox is None or not line.can_idle:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bells[account_id].wait(), left)
                self._bells[account_id].clear()
                return
            status = await in_thread(line, line.examine, inbox.name)
            if not is_fresh and _is_behind(inbox, status):
                await sync.inbox()
                is_fresh = True
                continue
            why = await in_thread(line, line.idle, left)
            if why is Wake.WOKEN:
                return
            # Also when nothing was told: mail can arrive between the end of IDLE and the next.
            await sync.inbox()
            is_fresh = False

    async def _open(self, account: MailAccount) -> ImapLine:
        if not account.has_credentials:
            raise Refused(
                _("There is no password for %(address)s.") % {"address": account.address},
                _("Type it in the settings of the account, or sign in with its provider."),
            )
        server = self._make_server(account, self._allowed)
        if account.last_sync_at is None:
            # A whole mailbox is going to be read: the parsers start while the server is reached.
            start_in_thread(PARSERS.warm_up)
        return await signed_in(self._services, account, partial(open_line, server))

    def _sync(self, account: MailAccount, line: ImapLine, trouble: Trouble) -> AccountSync:
        intake = self._services.mail_intake.of(account.id, self._holder)
        return AccountSync(line, intake, trouble, self._pace)

    async def _with_lease(self, account_id: str, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something while the lease is renewed; stop at once when it is lost.

        Raises:
            Conflict: The lease is somebody else's.
        """
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait([task], timeout=LEASE.total_seconds() / _RENEWALS_PER_LEASE)
                if not task.done() and not await self._take_lease(account_id):
                    raise lost_lease()
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _take_lease(self, account_id: str) -> bool:
        taken = await self._services.mail_accounts.take_lease(account_id, self._holder)
        (self._held.add if taken else self._held.discard)(account_id)
        return taken

    async def _tell(
        self, account_id: str, state: AccountState, detail: str = "", *, synced: bool = False
    ) -> None:
        await self._services.mail_accounts.set_state(account_id, self._holder, state, detail, synced=synced)

    async def _try_to_tell(self, account_id: str, state: AccountState, detail: str) -> None:
        """Say how it goes, unless the store is away or the account another's: then nobody could hear it."""
        with suppress(CrmError):
            await self._tell(account_id, state, detail)

    async def _current(self, account_id: str) -> MailAccount | None:
        own = await self._services.mail_accounts.own(self._actor)
        return next((account for account in own if account.id == account_id), None)

    def _pause(self, lost: int) -> float:
        """Return a pause with jitter, so that many workers don't come back all at once."""
        longest: float = min(self._rhythm.first_pause * 2 ** min(lost - 1, 16), self._rhythm.longest_pause)
        return longest * random.uniform(0.5, 1.0)


def server_of(account: MailAccount, allowed: Sequence[str]) -> Server:
    """Return where the mail of an account is."""
    return Server(account.host, account.port, account.tls, allowed)


def _is_behind(inbox: MailFolder, status: FolderStatus) -> bool:
    """Return whether something happened since the last run: IDLE tells only what comes after."""
    cursor = inbox.cursor
    if cursor is None or cursor.uid_validity != status.uid_validity:
        return True
    return (status.uid_next or cursor.uid_next) != cursor.uid_next or status.mod_seq != cursor.mod_seq


def _now() -> float:
    return asyncio.get_running_loop().time()
