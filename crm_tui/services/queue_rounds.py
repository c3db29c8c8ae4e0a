"""Rounds of call queues: begun, joined, ended."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.queue import QueueRun, QueueSource, State
from crm_tui.errors import Conflict, NotFound
from crm_tui.i18n import _
from crm_tui.policies.queue import can_restart_queue, can_see_queue, can_work_queue
from crm_tui.policies.verdict import Reason as Refusal
from crm_tui.services.core import Core
from crm_tui.services.draft_holders import has_ended
from crm_tui.services.queue_sources import QueueSources, source_of
from crm_tui.services.views import ViewService
from crm_tui.store.repositories.queues import QueueRepository
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork

MOST_RUNS: Final = 50
"""Open rounds that are listed."""

_LAST_RUN: Final = "queue_last_run"


class QueueRounds:
    """The rounds that are under way, each shared by all who started the same thing."""

    def __init__(self, core: Core, views: ViewService) -> None:
        self._core = core
        self._sources = QueueSources(core, views)

    async def start(self, actor: Actor, source: QueueSource, *, anew: bool = False) -> QueueRun:
        """Begin a round, or join the one that colleagues have begun with the same source.

        Args:
            source: See `crm_tui.services.queue_sources`.
            anew: End the present round first, so that everybody is offered again.

        Raises:
            NotFound: The view or campaign is gone.
            NotAllowed: The profile may not make calls or see the records.
            Conflict: A new round was asked for while colleagues work the present one.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_work_queue(actor, source.module), "start queue", source.module)
        async with self._core.store.write(actor) as uow:
            repository = QueueRepository(uow.connection)
            row = await repository.open_run(source.key)
            if row is not None and anew:
                await self._end_run(actor, repository, row.id, uow.at)
                row = None
            joined = row is not None
            if row is None:
                await self._add_run(uow, actor, source)
                row = await repository.open_run(source.key)
            if row is None:
                raise Conflict(_("A colleague has just ended this round. Start again."))
            # Before anything is committed: the view or campaign may be out of sight.
            run = await self._sources.run_of(actor, row, joined=joined)
            if not joined:
                uow.record(AuditEntry("start queue", source.module, row.id, run.name))
            await SettingsRepository(uow.connection).set_preference(actor.id, _LAST_RUN, row.id)
            await uow.commit()
        return run

    async def run(self, actor: Actor, run_id: str) -> QueueRun:
        """Return a round.

        Raises:
            NotFound: There is none, or what it goes through is out of the actor's sight.
        """
        async with self._core.store.read() as connection:
            row = await QueueRepository(connection).run(run_id)
        if row is None or can_see_queue(actor, source_of(row).module) is not True:
            raise NotFound(_("There is no such call queue."))
        return await self._sources.run_of(actor, row)

    async def last(self, actor: Actor) -> QueueRun:
        """Return the round that the actor began or joined last.

        Raises:
            NotFound: There is none.
        """
        async with self._core.store.read() as connection:
            found = await SettingsRepository(connection).preference(actor.id, _LAST_RUN)
        if not isinstance(found, str):
            raise NotFound(_("You work in no call queue."), _("Start one with “crm-tui queue start”."))
        return await self.run(actor, found)

    async def runs(self, actor: Actor) -> tuple[QueueRun, ...]:
        """Return the rounds that are under way and that the actor may see, the latest first."""
        async with self._core.store.read() as connection:
            rows = await QueueRepository(connection).open_runs(MOST_RUNS)
        found = []
        for row in rows:
            if can_see_queue(actor, source_of(row).module) is True:
                with suppress(NotFound):
                    found.append(await self._sources.run_of(actor, row))
        return tuple(found)

    async def _add_run(self, uow: UnitOfWork, actor: Actor, source: QueueSource) -> None:
        repository, run_id = QueueRepository(uow.connection), new_id()
        columns = {
            "id": run_id,
            "source_key": source.key,
            "kind": source.kind.value,
            "module": source.module.value if source.module else "",
            "source": dict(source.data),
            "created_at": uow.at,
            "created_by_id": actor.id,
        }
        if await repository.add_run(columns) and source.module is not None:
            waiting = {"state": State.WAITING.value, "not_before": uow.at, "changed_at": uow.at}
            rows = [
                {"run_id": run_id, "record_id": ident, "module": source.module.value, "position": place}
                for place, ident in enumerate(source.ids)
            ]
            await repository.add_entries([{**row, **waiting} for row in rows])

    async def _end_run(self, actor: Actor, repository: QueueRepository, run_id: str, at: datetime) -> None:
        others = {
            lock.user_id
            for lock in await repository.locks(run_id)
            if lock.locked_until > at and lock.user_id != actor.id and not has_ended(lock.holder)
        }
        verdict = can_restart_queue(actor, len(others))
        if isinstance(verdict, Refusal):
            raise Conflict(verdict.message, _("Ask your supervisor."))
        await repository.free_run(run_id)
        await repository.close_run(run_id, at)
