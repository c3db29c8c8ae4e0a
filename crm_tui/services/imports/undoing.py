"""Taking an import back, some records at a time, each time in one transaction."""

from collections.abc import Callable
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.imports.batches import Batch, BatchState, Origin, RowAction, Undone
from crm_tui.domain.modules import Module
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.policies.records import can_delete, can_edit
from crm_tui.services.bulk_actions import give_way
from crm_tui.services.core import Core
from crm_tui.services.imports.association_undoing import take_associations_back
from crm_tui.services.imports.associations import require_link
from crm_tui.services.imports.batches import ImportBatchService
from crm_tui.services.imports.record_undoing import RecordUndoing
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.import_links import ImportLinkRepository
from crm_tui.store.repositories.imports import ImportRepository, WrittenRow

_AT_ONCE: Final = 200
"""Records of one transaction."""


class ImportUndoing:
    """Takes imports of an agent back.

    The last rows go first, so that nothing is taken away that other records of the import still point to.

    Args:
        records: Gives the service of a module's records.
    """

    def __init__(
        self, core: Core, records: Callable[[Module], RecordService], batches: ImportBatchService
    ) -> None:
        self._core = core
        self._records = records
        self._batches = batches

    async def undo(self, actor: Actor, batch_id: str, report: Report) -> Undone:
        """Take an import back; see `crm_tui.services.imports.service.ImportService.undo`."""
        actor = await self._core.current(actor)
        batch = await self._batches.get(actor, batch_id)
        _refuse(batch)
        async with self._core.store.read() as connection:
            repository = ImportRepository(connection)
            total, modules = await repository.count_records(batch.id), await repository.modules(batch.id)
        actor = await self._links_required(actor, batch)
        for module, action in () if batch.origin is Origin.ASSOCIATIONS else modules:
            verdict = can_delete if action == RowAction.CREATE.value else can_edit
            await self._core.require(actor, verdict(actor, module), "undo import", module)
        done = Undone(0, 0, 0)
        while True:
            more = await self._chunk(actor, batch.id)
            if more is None:
                return done
            done = Undone(
                done.removed + more.removed, done.restored + more.restored, done.left_out + more.left_out
            )
            if not report(done.removed + done.restored + done.left_out, total):
                return done
            await give_way()
            actor = await self._links_required(await self._core.current(actor), batch)

    async def _links_required(self, actor: Actor, batch: Batch) -> Actor:
        """Stop where an import of associations is taken back by somebody who may not associate."""
        return await require_link(self._core, actor) if batch.origin is Origin.ASSOCIATIONS else actor

    async def _chunk(self, actor: Actor, batch_id: str) -> Undone | None:
        """Take back what was done to some records; None once nothing is left."""
        async with self._core.store.write(actor) as uow:
            repository = ImportRepository(uow.connection)
            batch = await repository.get(actor.user, batch_id, lock=True)
            if batch is not None:
                _refuse(batch)
            rows = await repository.last_records(batch_id, _AT_ONCE)
            if not rows:
                await repository.change(batch_id, state=BatchState.UNDONE.value, finished_at=uow.at)
                uow.touched(Module.USER, actor.id)
                await uow.commit()
                return None
            written: dict[str, list[WrittenRow]] = {}
            for row in rows:
                written.setdefault(row.record_id, []).append(row)
            if batch is not None and batch.origin is Origin.ASSOCIATIONS:
                undone = await take_associations_back(self._core, uow, actor, rows)
            else:
                undoing = RecordUndoing(self._core, self._records, uow, actor, batch_id)
                undone = await undoing.run(written)
            await ImportLinkRepository(uow.connection).remove({row.link_id for row in rows if row.link_id})
            await repository.forget_rows(batch_id, written.keys())
            if batch is not None and batch.state is not BatchState.UNDOING:
                # From now on rows are missing: going on where it stands would take in a part of the file.
                await repository.change(batch_id, state=BatchState.UNDOING.value)
                uow.touched(Module.USER, actor.id)
            await uow.commit()
        return undone


def _refuse(batch: Batch) -> None:
    if batch.state is BatchState.RUNNING:
        raise Conflict(_("This import is still running. Nothing was changed."), _("Cancel it first."))
    if batch.state is BatchState.UNDONE:
        raise Conflict(_("This import has been undone already. Nothing was changed."))
