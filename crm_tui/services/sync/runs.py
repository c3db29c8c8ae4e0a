"""The runs of synchronisations: begun, counted chunk by chunk, ended, listed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import MOST_REMARKS, Counts, Remark, RowOutcome
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.runs import RunState, SyncRun
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.services.core import Core
from crm_tui.services.imports.remarks import OF_RUNS, keep_remarks
from crm_tui.store.repositories.import_remarks import RemarkRepository
from crm_tui.store.repositories.sync_runs import ALL, SyncRunRepository
from crm_tui.store.uow import UnitOfWork

KEPT: Final = 200
"""Runs of one source that are remembered."""


class SyncRunService:
    """The runs of each agent; nobody reaches another's."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def start(self, actor: Actor, source: str, account_id: str | None = None) -> SyncRun:
        """Begin a run; the caller holds the lease of the connection.

        An earlier run of the source that never ended was interrupted.

        Args:
            source: Whose items, as links name it.
            account_id: The connection; None for a file.
        """
        actor = await self._core.current(actor)
        run_id = new_id()
        async with self._core.store.write(actor) as uow:
            repository = SyncRunRepository(uow.connection)
            await repository.interrupt(actor.user, source)
            await repository.add(
                {
                    "id": run_id,
                    "user_id": actor.id,
                    "account_id": account_id,
                    "source": source,
                    "started_at": uow.at,
                    "state": RunState.RUNNING.value,
                }
            )
            await repository.forget(actor.user, source, KEPT)
            uow.touched(Module.USER, actor.id)
            await uow.commit()
        return await self.get(actor, run_id)

    async def advance(
        self,
        uow: UnitOfWork,
        run: SyncRun,
        counts: Counts,
        by_kind: Mapping[str, Counts],
        outcomes: Sequence[RowOutcome] = (),
    ) -> SyncRun:
        """Note in the caller's transaction what became of all items so far; the caller commits.

        Args:
            outcomes: Of the items since the last call; what was cut, left out or rejected of them is kept.
        """
        stored = {ALL: asdict(counts), **{kind: asdict(some) for kind, some in by_kind.items()}}
        await SyncRunRepository(uow.connection).change(run.id, counts=stored)
        await keep_remarks(RemarkRepository(uow.connection, run_id=run.id), outcomes, OF_RUNS)
        uow.touched(Module.USER, run.user.id)
        return replace(run, counts=counts, by_kind=dict(by_kind))

    async def finish(self, actor: Actor, run_id: str, problem: str = "") -> SyncRun:
        """End a run.

        Args:
            problem: Why it failed, in the actor's language; "" if it didn't.
        """
        state = RunState.FAILED if problem else RunState.DONE
        async with self._core.store.write(actor) as uow:
            repository = SyncRunRepository(uow.connection)
            self._found(await repository.get(actor.user, run_id))
            await repository.change(run_id, state=state.value, problem=problem, finished_at=uow.at)
            uow.touched(Module.USER, actor.id)
            await uow.commit()
        return await self.get(actor, run_id)

    async def get(self, actor: Actor, run_id: str) -> SyncRun:
        """Return one of the actor's runs.

        Raises:
            NotFound: There is none of this id, or it is another's.
        """
        async with self._core.store.read() as connection:
            return self._found(await SyncRunRepository(connection).get(actor.user, run_id))

    async def list(self, actor: Actor, source: str | None = None, limit: int = 50) -> tuple[SyncRun, ...]:
        """Return the actor's runs, the latest first.

        Args:
            source: Only runs of this source; None for all.
        """
        async with self._core.store.read() as connection:
            return tuple(await SyncRunRepository(connection).of(actor.user, source, limit))

    async def remarks(self, actor: Actor, run_id: str, limit: int = MOST_REMARKS) -> tuple[Remark, ...]:
        """Return what a run of the actor's cut, left out or rejected, and what was gone at its source."""
        await self.get(actor, run_id)
        async with self._core.store.read() as connection:
            return tuple(await RemarkRepository(connection, run_id=run_id).first(limit))

    def _found(self, run: SyncRun | None) -> SyncRun:
        if run is None:
            raise NotFound(_("There is no such run, or it is another's."))
        return run
