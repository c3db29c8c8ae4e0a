"""What runs of Zoho CRM keep beside the records: links, and where the next run begins."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import Counts, RemoteRef, RowOutcome
from crm_tui.domain.imports.keys import KeyKind
from crm_tui.domain.imports.ties import Tie, TieKind
from crm_tui.domain.members import STATUS_LIST
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import SyncAccount, sources_known
from crm_tui.domain.sync.runs import SyncRun
from crm_tui.policies.records import can_edit
from crm_tui.policies.verdict import Reason
from crm_tui.services.core import Core
from crm_tui.services.sync.accounts import SyncAccountService
from crm_tui.services.sync.runs import SyncRunService
from crm_tui.store.repositories.import_keys import ImportKeyRepository
from crm_tui.store.repositories.sync_accounts import SyncAccountRepository
from crm_tui.store.repositories.sync_links import UNLINKED, SyncLinkRepository

OVER: Final = ("complete", "inactive")
"""Statuses of campaigns whose members are asked for only when the campaign is changed."""


class ZohoService:
    """Called by the import of files and by runs, which hold the lease of their account.

    Ids of Zoho CRM are unique beyond modules and organisations.
    """

    def __init__(self, core: Core, accounts: SyncAccountService, runs: SyncRunService) -> None:
        self._core = core
        self._accounts = accounts
        self._runs = runs

    async def modules(self, source: str, remote_ids: Collection[str]) -> dict[str, Module]:
        """Return what records that came before are, by their ids there."""
        found: dict[str, Module] = {}
        async with self._core.store.read() as connection:
            for known in sources_known(source):
                kinds = await SyncLinkRepository(connection, known).kinds(remote_ids)
                for remote_id, kind in kinds.items():
                    with suppress(ValueError):
                        found[remote_id] = Module(kind)
        return found

    async def organisations(self) -> set[str]:
        """Return the organisations that anybody has connected, or has records of, as links name them."""
        async with self._core.store.read() as connection:
            return await SyncAccountRepository(connection, self._core.clock.now()).zoho_sources()

    async def linked(
        self, actor: Actor, source: str, module: Module, remote_ids: Collection[str]
    ) -> frozenset[str]:
        """Return those of some ids that are linked with a record which the actor may see."""
        found: set[str] = set()
        async with self._core.store.read() as connection:
            for known in sources_known(source):
                links = await SyncLinkRepository(connection, known).find(module.value, remote_ids)
                found |= {one.remote_id for one in links.values() if one.state != UNLINKED}
            keys = [(KeyKind.REMOTE, one) for one in found]
            hits = await ImportKeyRepository(connection, actor, module, source).hits(keys)
        return frozenset(hit.key[1] for hit in hits)

    async def campaigns_under_way(self, actor: Actor, source: str) -> list[RemoteRef]:
        """Return the campaigns that came in, aren't over, and are in the actor's sight and hands."""
        if isinstance(can_edit(await self._core.current(actor), Module.CAMPAIGN), Reason):
            return []
        found: dict[str, RemoteRef] = {}
        async with self._core.store.read() as connection:
            for known in sources_known(source):
                for remote_id, name in await SyncLinkRepository(connection, known).campaigns(actor, OVER):
                    found[remote_id] = RemoteRef(Module.CAMPAIGN, remote_id, name)
        return list(found.values())

    async def news(self, source: str, ties: Sequence[Tie]) -> list[Tie]:
        """Return those of some links between records that say something new, and whose ends came in."""
        codes = {choice.code for choice in self._core.picklists.active(STATUS_LIST)}
        ends = {end.remote_id for tie in ties for end in (tie.owner, tie.other)}
        there = await self.modules(source, ends)
        said: dict[str, object] = {}
        async with self._core.store.read() as connection:
            for known in sources_known(source):
                for kind in {tie.kind for tie in ties}:
                    ids = {tie.remote_id for tie in ties if tie.kind is kind}
                    links = await SyncLinkRepository(connection, known).find(kind.value, ids)
                    said.update({one.remote_id: one.synced.get("said") for one in links.values()})

        def word(tie: Tie) -> str:
            return tie.word if tie.kind is not TieKind.MEMBER or tie.word in codes else ""

        return [
            tie
            for tie in ties
            if {tie.owner.remote_id, tie.other.remote_id} <= there.keys()
            and said.get(tie.remote_id) != word(tie)
        ]

    async def unlink(self, source: str, module: Module, remote_ids: Collection[str]) -> None:
        """Say that records are gone there; ours stay as they are."""
        async with self._core.store.write(None) as uow:
            for known in sources_known(source):
                repository = SyncLinkRepository(uow.connection, known)
                for link in (await repository.find(module.value, remote_ids)).values():
                    await repository.change(link.id, state=UNLINKED)
            await uow.commit()

    async def advance(
        self,
        account: SyncAccount,
        holder: str,
        run: SyncRun,
        counts: Counts,
        by_kind: Mapping[str, Counts],
        cursors: Mapping[str, Any],
        outcomes: Sequence[RowOutcome] = (),
    ) -> SyncRun:
        """Note how far a run is, together with where the next one begins.

        Args:
            outcomes: Of the records since the last call.

        Raises:
            Conflict: Another process works on the account now, or it was switched off.
        """
        async with self._core.store.write(None) as uow:
            moved = await self._runs.advance(uow, run, counts, by_kind, outcomes)
            if cursors:
                await self._accounts.save_cursors(uow, account.id, holder, cursors, account.settings)
            await uow.commit()
        return moved
