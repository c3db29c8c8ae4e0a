"""Which accounts a worker looks after, and when that has changed: it is told, and doesn't ask."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.errors import NotFound, StoreUnavailable
from crm_tui.mail.holder import is_gone
from crm_tui.services.container import Services
from crm_tui.store.changes import EVERYTHING, Changed

GAP: Final = 0.2
"""Seconds between two looks at least: each batch of mail that is stored tells of a change."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the accounts of an agent found.

    Attributes:
        enabled: Ids of those whose mail is to be fetched.
        changed: Those whose settings or folders are others than at the look before, and those nobody holds.
    """

    enabled: frozenset[str]
    changed: frozenset[str]


class FollowedAccounts:
    """The accounts of one agent, looked at when somebody has changed something."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._actor = actor
        self._versions: dict[str, int] = {}
        self._folders: dict[str, frozenset[str]] = {}
        self._bell = asyncio.Event()
        self._everything = True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear of changes, by other processes too if the services watch the store."""
        unsubscribe = self._services.changes.subscribe(self._hear)
        try:
            yield
        finally:
            unsubscribe()

    async def heard(self, seconds: float) -> None:
        """Wait for a change, no longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()
                await asyncio.sleep(GAP)
        self._bell.clear()

    async def look(self) -> Look:
        """Read the accounts, and free those whose worker was killed.

        Raises:
            NotSignedIn: The agent is no enabled user any more.
        """
        everything, self._everything = self._everything, False
        try:
            return await self._look(everything)
        except StoreUnavailable:
            self._everything |= everything
            raise

    # Parts

    async def _look(self, everything: bool) -> Look:
        if everything:
            # Whoever was disabled meanwhile has no mail fetched any more: this raises and ends the worker.
            await self._services.users.renewed(self._actor)
        own = await self._services.mail_accounts.own(self._actor)
        accounts = [one for one in own if one.is_fetched]
        changed = {one.id for one in accounts if self._versions.get(one.id, one.version) != one.version}
        self._versions = {one.id: one.version for one in accounts}
        for one in accounts:
            if not await self._holder(one.id):
                changed.add(one.id)
            if everything and await self._other_folders(one.id):
                changed.add(one.id)
        return Look(frozenset(self._versions), frozenset(changed))

    def _hear(self, changed: Changed) -> None:
        if changed == EVERYTHING:
            self._everything = True
        if changed == EVERYTHING or (Module.USER, self._actor.id) in changed:
            self._bell.set()

    async def _holder(self, account_id: str) -> str:
        holder = await self._services.mail_accounts.lease_holder(account_id)
        if not is_gone(holder):
            return holder
        await self._services.mail_accounts.release_leases(holder, account_id)
        return ""

    async def _other_folders(self, account_id: str) -> bool:
        """Return whether the agent has chosen other folders since the last time."""
        try:
            folders = await self._services.mail_accounts.folders(self._actor, account_id)
        except NotFound:
            # It was removed since the accounts were read.
            return False
        selected = frozenset(one.id for one in folders if one.is_selected)
        before = self._folders.get(account_id, selected)
        self._folders[account_id] = selected
        return bool(before) and before != selected
