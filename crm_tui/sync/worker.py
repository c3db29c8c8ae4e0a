"""Automatic runs of an agent's connections, inside of the process that also fetches their mail.

Between two runs nobody holds a connection, so that it can be synchronised by hand at any time. Where several
processes of an agent wait for the same moment, the lease lets one through; the others hear of its run.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import SyncAccount
from crm_tui.errors import Conflict, CrmError, NotSignedIn, StoreUnavailable
from crm_tui.mail.holder import is_gone
from crm_tui.services.container import Services
from crm_tui.store.changes import EVERYTHING, Changed
from crm_tui.sync.account_runs import run_account
from crm_tui.wall_timer import WallTimer

Run = Callable[[Services, Actor, SyncAccount], Awaitable[object]]

_SHORTEST: Final = timedelta(seconds=60)
"""Between two tries of the same connection, whatever its state says."""

_HELD: Final = timedelta(seconds=125)
"""After so long a process elsewhere that isn't heard of has lost its lease."""

_log = logging.getLogger(__name__)


class SyncWorker:
    """Synchronises the connections of one agent when they are due.

    Args:
        run: Synchronises one connection now.
    """

    def __init__(self, services: Services, actor: Actor, run: Run = run_account) -> None:
        self._services = services
        self._actor = actor
        self._run = run
        self._bell = asyncio.Event()
        self._tried: dict[str, datetime] = {}
        self.has_work = False

    async def run(self) -> None:
        """Work until cancelled; a connection that becomes automatic meanwhile is taken up at once.

        Raises:
            NotSignedIn: The agent is no enabled user any more.
        """
        timer = WallTimer(self._services.clock, self._bell.set)
        unsubscribe = self._services.changes.subscribe(self._hear)
        try:
            while True:
                self._bell.clear()
                with suppress(StoreUnavailable):
                    timer.set(await self.once())
                await self._bell.wait()
        finally:
            unsubscribe()
            timer.close()

    async def once(self) -> datetime | None:
        """Synchronise what is due and return when the next one is; None if none is automatic."""
        while True:
            own = await self._services.sync_accounts.list(self._actor)
            automatic = [one for one in own if one.is_automatic]
            self.has_work = bool(automatic)
            now = self._services.clock.now()
            due = next((one for one in automatic if self._due_at(one, now) <= now), None)
            if due is None:
                return min((self._due_at(one, now) for one in automatic), default=None)
            await self._synchronise(due, now)

    async def _synchronise(self, account: SyncAccount, now: datetime) -> None:
        self._tried[account.id] = now
        # Whoever was disabled meanwhile has nothing synchronised any more: this raises and ends the worker.
        actor = await self._services.users.renewed(self._actor)
        try:
            await self._run(self._services, actor, account)
        except NotSignedIn:
            raise
        except Conflict:
            _log.info("%s is synchronised by another process", account.source)
        except CrmError as error:
            _log.warning("%s couldn't be synchronised: %s", account.source, type(error).__name__)

    def _due_at(self, account: SyncAccount, now: datetime) -> datetime:
        """Return when to synchronise an account; later than it says where that was just tried in vain."""
        due = account.next_run_at or now
        if account.holder and not is_gone(account.holder):
            due = max(due, now + _HELD)
        tried = self._tried.get(account.id)
        return due if tried is None else max(due, tried + _SHORTEST)

    def _hear(self, changed: Changed) -> None:
        if changed == EVERYTHING or (Module.USER, self._actor.id) in changed:
            self._bell.set()
