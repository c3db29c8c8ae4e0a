"""Runs of a mailbox of Outlook: what changed there is taken over, page by page."""

from collections.abc import Sequence
from typing import Final

from crm_tui.clock import local_zone
from crm_tui.domain.imports.batches import CHUNK, Preview
from crm_tui.domain.outlook.items import ItemKind, OutlookItem
from crm_tui.domain.sync.accounts import OutlookSettings
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.services.outlook.service import OutlookTaking
from crm_tui.store.uow import UnitOfWork
from crm_tui.sync.account_runs import Running
from crm_tui.sync.errors import RoundLost
from crm_tui.sync.outlook.connecting import TokenKeeper
from crm_tui.sync.outlook.graph import GraphSource
from crm_tui.sync.outlook.graph_line import Graph

_ROUNDS: Final = 3
"""How often a round is begun anew because the server lost it, with the first time."""

_MOST_ASKED: Final = 200
"""Events out of sight that are asked for one by one in a run."""


async def take_over(running: Running, run: SyncRun) -> SyncRun:
    """Take over what has changed, and return the run with its counts; see `account_runs.Kind`."""
    graph = graph_of(running)
    try:
        taking = await _taking(running, run)
        for what in _kinds(running):
            await _Kind(running, _source(running, graph), taking, what).take_all()
    finally:
        graph.close()
    return taking.into if isinstance(taking.into, SyncRun) else run


async def preview(running: Running) -> Preview:
    """Say what a run would do; the cursors stay where they are."""
    graph = graph_of(running)
    try:
        taking = await _taking(running, None)
        for what in _kinds(running):
            await _Kind(running, _source(running, graph), taking, what).take_all()
    finally:
        graph.close()
    return taking.preview()


async def mailbox_categories(running: Running) -> tuple[str, ...]:
    """Return the names of the mailbox's categories.

    Raises:
        CrmError: The mailbox can't be read.
    """
    graph = graph_of(running)
    try:
        return await _source(running, graph).categories()
    finally:
        graph.close()


def graph_of(running: Running) -> Graph:
    """Return a line to the mailbox of an account, signed in."""
    core = running.services.core
    tokens = TokenKeeper(running.services, running.account)
    return Graph(core.outlook.graph_url, core.allow_hosts, tokens, core.clock.now, running.pause)


class _Kind:
    """The items of one kind in one run."""

    def __init__(self, running: Running, source: GraphSource, taking: OutlookTaking, what: ItemKind) -> None:
        self._running = running
        self._source = source
        self._taking = taking
        self._what = what

    async def take_all(self) -> None:
        """Read a round and take it over; once more from its beginning where the server has lost it."""
        cursor = self._running.account.cursors.get(self._what.value)
        for left in reversed(range(_ROUNDS)):
            try:
                return await self._round(cursor if isinstance(cursor, str) else None)
            except RoundLost:
                if not left:
                    raise
                cursor = None

    async def _round(self, cursor: str | None) -> None:
        async for page in self._source.pages(self._what, cursor):
            for at in range(0, len(page.items), CHUNK):
                await self._take(page.items[at : at + CHUNK])
            if page.final:
                await self._end(page.removed, page.next_cursor)

    async def _end(self, removed: Sequence[str], cursor: str | None) -> None:
        """Tell what is gone and save where the next round begins, in the transaction of the last chunk."""
        gone = list(dict.fromkeys([*removed, *await self._vanished()]))
        chunks = [gone[at : at + CHUNK] for at in range(0, len(gone), CHUNK)] or [[]]
        for chunk in chunks[:-1]:
            await self._take((), chunk)
        await self._take((), chunks[-1], {self._what.value: cursor})

    async def _vanished(self) -> list[str]:
        """Return linked items that a full round didn't bring."""
        if not self._source.was_full:
            return []
        unseen = [one for one in await self._taking.unseen(self._what) if not self._source.has_seen(one)]
        if self._what is not ItemKind.EVENT:
            return unseen
        return [one for one in unseen[:_MOST_ASKED] if await self._source.is_gone(self._what, one)]

    async def _take(
        self,
        items: Sequence[OutlookItem],
        removed: Sequence[str] = (),
        cursors: dict[str, str | None] | None = None,
    ) -> None:
        running = self._running

        async def also(uow: UnitOfWork) -> None:
            # Also without a cursor: whoever lost the lease must not write.
            await running.services.sync_accounts.save_cursors(
                uow, running.account.id, running.holder, cursors or {}, running.account.settings
            )

        await self._taking.take(items, [(self._what, one) for one in removed], also)
        if not running.report(self._taking.counts.rows, 0):
            raise Conflict(
                _("The run was ended."), _("What was taken over so far stays; the next run goes on.")
            )


async def _taking(running: Running, run: SyncRun | None) -> OutlookTaking:
    account = running.account
    category = OutlookSettings.of(account.settings).category
    return await running.services.outlook.taking(running.actor, account.source, run, category)


def _source(running: Running, graph: Graph) -> GraphSource:
    core = running.services.core
    return GraphSource(
        graph,
        local_zone(running.actor.zone),
        core.clock.now,
        OutlookSettings.of(running.account.settings).category,
        core.outlook.days_back,
        core.outlook.days_ahead,
    )


def _kinds(running: Running) -> tuple[ItemKind, ...]:
    chosen = OutlookSettings.of(running.account.settings).what
    return tuple(ItemKind(one) for one in (running.what or chosen))
