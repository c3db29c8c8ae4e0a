"""Imports of an agent: how far each is, who works on it, what it couldn't take."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import isfinite
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.batches import (
    MOST_REMARKS,
    Batch,
    BatchState,
    CellValue,
    Counts,
    NewBatch,
    Origin,
    RejectedRow,
    Remark,
    RowAction,
    RowOutcome,
)
from crm_tui.domain.modules import Module
from crm_tui.errors import Conflict, Invalid, NotFound
from crm_tui.i18n import _
from crm_tui.services.columns import to_json
from crm_tui.services.core import Core
from crm_tui.services.imports.remarks import keep_remarks, storable
from crm_tui.store.repositories.import_remarks import RemarkRepository
from crm_tui.store.repositories.imports import ImportRepository, WrittenRow
from crm_tui.store.uow import AuditEntry, UnitOfWork

UNFINISHED: Final = (BatchState.READY, BatchState.RUNNING, BatchState.FAILED)
"""States of a batch that is gone on with when the same file is taken in with the same settings."""

RESUMABLE: Final = (*UNFINISHED, BatchState.CANCELLED)
"""States in which a batch can be worked on."""

_ABOUT: Final = frozenset({RowAction.CREATE, RowAction.UPDATE, RowAction.UNCHANGED, RowAction.SKIP})

_FARTHEST: Final = timedelta(minutes=5)
"""How long a process on another machine, which nobody here can look at, is taken for living."""


class ImportBatchService:
    """The imports of each agent; nobody reaches another's.

    A batch is opened, started by the process that works on it, advanced by each chunk in the transaction of
    its rows, and finished.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    async def open(self, actor: Actor, new: NewBatch) -> Batch:
        """Return a new batch, or the actor's unfinished one of the same file and settings.

        One that was cancelled isn't gone on with unless it is started by its id.

        Raises:
            Invalid: The path is no text that can be kept.
        """
        actor = await self._core.current(actor)
        if new.path != storable(new.path):
            raise Invalid(
                _("The name of this file, or of its folder, isn't valid text. Nothing was imported."),
                _("Rename it first."),
            )
        settings = json.loads(json.dumps(new.settings))
        async with self._core.store.write(actor) as uow:
            repository = ImportRepository(uow.connection)
            for found in await repository.batches(actor.user, new.fingerprint, UNFINISHED):
                if found.origin is new.origin and found.settings == settings:
                    return found
            batch_id = new_id()
            await repository.add(
                {
                    "id": batch_id,
                    "user_id": actor.id,
                    "origin": new.origin.value,
                    "name": new.name[:255],
                    "path": new.path,
                    "fingerprint": new.fingerprint,
                    "module": new.module.value if new.module else "",
                    "settings": settings,
                    "total": new.total,
                    "notes": [storable(note) for note in new.notes],
                    "state": BatchState.READY.value,
                    "created_at": uow.at,
                }
            )
            uow.touched(Module.USER, actor.id)
            await uow.commit()
        return await self.get(actor, batch_id)

    async def start(
        self, actor: Actor, batch_id: str, holder: str, is_gone: Callable[[str], bool] = lambda holder: False
    ) -> Batch:
        """Let a process work on a batch from now on.

        Args:
            holder: The process, as `crm_tui.mail.holder.this_process` names it.
            is_gone: Returns whether a process that is named so is known to have ended.

        Raises:
            Conflict: It is finished or was undone in part, or another process works on it.
            NotFound: The actor has no such batch.
        """
        actor = await self._core.current(actor)
        async with self._core.store.write(actor) as uow:
            repository = ImportRepository(uow.connection)
            batch = self._found(await repository.get(actor.user, batch_id, lock=True))
            if batch.state is BatchState.UNDOING:
                raise Conflict(
                    _("This import has been undone in part; it can't be gone on with. Nothing was changed."),
                    _("Undo the rest, then start a new import to take the file in again."),
                )
            if batch.state not in RESUMABLE:
                raise Conflict(
                    _("This import is finished. Nothing was changed."),
                    _("Start a new import to take the file in again."),
                )
            if batch.holder not in ("", holder) and not is_gone(batch.holder):
                worked_at = await repository.worked_at(batch_id)
                if worked_at is not None and uow.at - worked_at < _FARTHEST:
                    raise Conflict(
                        _("This import is running in another process. Nothing was changed."),
                        _("Wait until it is done, or cancel it."),
                    )
            if batch.position == 0 and batch.state is BatchState.READY:
                uow.record(AuditEntry("import", batch.module, None, batch.name, {"batch": batch.id}))
            await repository.change(
                batch_id,
                state=BatchState.RUNNING.value,
                holder=holder,
                worked_at=uow.at,
                wants_cancel=False,
                problem="",
                finished_at=None,
            )
            uow.touched(Module.USER, actor.id)
            await uow.commit()
        return await self.get(actor, batch_id)

    async def advance(
        self,
        uow: UnitOfWork,
        batch: Batch,
        position: int,
        outcomes: Sequence[RowOutcome],
        *,
        besides: Sequence[RowOutcome] = (),
        links: Mapping[int, str] | None = None,
        versions: Mapping[str, int] | None = None,
    ) -> Batch:
        """Note in the caller's transaction what became of a chunk; the caller commits.

        Args:
            batch: As the last call, or `start`, returned it.
            position: Where the next chunk begins.
            outcomes: Of every row of the chunk. Those that were created or updated can be taken back later.
            besides: Records that were written and are no row of the file, such as the account of a contact:
                they aren't counted, but taken back as well.
            links: The `sync_links` row that was added for a row, by its number; undoing takes it away.
            versions: The version of each record behind the chunk, by its id; needed where several rows may
                have been written to it at once.

        Raises:
            Conflict: Another process went on with the batch meanwhile; the chunk must not be saved.
        """
        repository = ImportRepository(uow.connection)
        by_module = dict(batch.by_module)
        for module in {outcome.module for outcome in outcomes}:
            some = [outcome for outcome in outcomes if outcome.module is module]
            by_module[module] = by_module.get(module, Counts()).plus(some)
        moved = await repository.advance(batch, position, batch.counts.plus(outcomes), by_module, uow.at)
        if moved is None:
            raise Conflict(
                _("This import goes on elsewhere, or was stopped. The last rows were not saved here."),
                _("Look at the list of imports."),
            )
        await repository.add_rows(
            batch.id,
            _written(
                (*outcomes, *besides), links or {}, versions or {}, whole=batch.origin is Origin.ASSOCIATIONS
            ),
        )
        rejected = [one for one in outcomes if one.action is RowAction.REJECT]
        await repository.add_rejects(batch.id, [_rejected(one) for one in rejected])
        await keep_remarks(RemarkRepository(uow.connection, batch_id=batch.id), outcomes)
        uow.touched(Module.USER, batch.user.id)
        return moved

    async def finish(self, actor: Actor, batch_id: str, notes: Sequence[str] = ()) -> Batch:
        """Say that all rows are taken in, and return the batch; one that was stopped or undone stays so.

        Args:
            notes: What there is to say of the whole, beside what was said when it was opened.
        """
        told = (await self.get(actor, batch_id)).notes
        all_notes = list(dict.fromkeys([*told, *map(storable, notes)]))
        return await self._end(actor, batch_id, BatchState.DONE, _is_running, notes=all_notes)

    async def stop(self, actor: Actor, batch_id: str) -> Batch:
        """Say that the work has ended because the agent asked for it; what was taken in stays."""
        return await self._end(actor, batch_id, BatchState.CANCELLED, _is_unfinished)

    async def fail(self, actor: Actor, batch_id: str, problem: str, holder: str = "") -> Batch:
        """Say that the work can't go on; it can be taken up again.

        Args:
            problem: Why, in the actor's language.
            holder: Who says so; what another process works on by now is none of its business.
        """

        def may_fail(batch: Batch) -> bool:
            return batch.state in UNFINISHED and holder in ("", batch.holder)

        return await self._end(actor, batch_id, BatchState.FAILED, may_fail, problem=problem)

    async def cancel(
        self, actor: Actor, batch_id: str, is_gone: Callable[[str], bool] = lambda holder: False
    ) -> Batch:
        """Ask the process that works on a batch to stop; where there is none the batch is cancelled at once.

        Raises:
            Conflict: It is finished.
            NotFound: The actor has no such batch.
        """
        batch = await self.get(actor, batch_id)
        if batch.state not in UNFINISHED:
            raise Conflict(_("This import is finished. Nothing was changed."), _("It can be undone."))
        if batch.state is not BatchState.RUNNING or not batch.holder or is_gone(batch.holder):
            return await self.stop(actor, batch_id)
        return await self._change(actor, batch_id, _is_running, wants_cancel=True)

    async def get(self, actor: Actor, batch_id: str) -> Batch:
        """Return one of the actor's imports.

        Raises:
            NotFound: There is none of this id, or it is another's.
        """
        async with self._core.store.read() as connection:
            return self._found(await ImportRepository(connection).get(actor.user, batch_id))

    async def list(self, actor: Actor, limit: int = 100) -> tuple[Batch, ...]:
        """Return the actor's imports, the latest first."""
        async with self._core.store.read() as connection:
            return tuple(await ImportRepository(connection).batches(actor.user, limit=limit))

    async def rejects(
        self, actor: Actor, batch_id: str, after: int = 0, limit: int = 1000
    ) -> tuple[RejectedRow, ...]:
        """Return rows that couldn't be taken in, in the order of the file.

        Args:
            after: Number of the last row that was read before.
        """
        await self.get(actor, batch_id)
        async with self._core.store.read() as connection:
            return tuple(await ImportRepository(connection).rejects(batch_id, after, limit))

    async def remarks(self, actor: Actor, batch_id: str, limit: int = MOST_REMARKS) -> tuple[Remark, ...]:
        """Return what was cut or left out of rows that came in, in the order of the file."""
        await self.get(actor, batch_id)
        async with self._core.store.read() as connection:
            return tuple(await RemarkRepository(connection, batch_id=batch_id).first(limit))

    # Parts

    async def _end(
        self, actor: Actor, batch_id: str, state: BatchState, may: Callable[[Batch], bool], **columns: Any
    ) -> Batch:
        ended = {"finished_at": self._core.clock.now(), "holder": "", "wants_cancel": False, "problem": ""}
        return await self._change(actor, batch_id, may, **{**ended, "state": state.value, **columns})

    async def _change(
        self, actor: Actor, batch_id: str, may: Callable[[Batch], bool], **columns: Any
    ) -> Batch:
        """Change a batch unless it is past that by now, and return it."""
        async with self._core.store.write(actor) as uow:
            repository = ImportRepository(uow.connection)
            batch = self._found(await repository.get(actor.user, batch_id, lock=True))
            if not may(batch):
                return batch
            await repository.change(batch_id, **columns)
            uow.touched(Module.USER, actor.id)
            await uow.commit()
        return await self.get(actor, batch_id)

    def _found(self, batch: Batch | None) -> Batch:
        if batch is None:
            raise NotFound(_("There is no such import, or it is another's."))
        return batch


def _is_running(batch: Batch) -> bool:
    return batch.state is BatchState.RUNNING


def _is_unfinished(batch: Batch) -> bool:
    return batch.state in UNFINISHED


def _written(
    outcomes: Sequence[RowOutcome], links: Mapping[int, str], versions: Mapping[str, int], *, whole: bool
) -> list[WrittenRow]:
    """Return which records the rows are about, and what has to be known for taking back what was done.

    Args:
        whole: Keep the values of every row: they say which link of the record it is about.
    """
    written = []
    for one in outcomes:
        if one.ref is None or one.action not in _ABOUT:
            continue
        changed = whole or one.action is RowAction.UPDATE
        written.append(
            WrittenRow(
                one.number,
                one.module,
                one.ref.id,
                one.action.value,
                {name: to_json(value) for name, value in one.before.items()} if changed else {},
                {name: to_json(value) for name, value in one.after.items()} if changed else {},
                versions.get(one.ref.id, 0),
                links.get(one.number),
            )
        )
    return written


def _rejected(outcome: RowOutcome) -> RejectedRow:
    return RejectedRow(outcome.number, tuple(_storable(cell) for cell in outcome.cells), outcome.reasons)


def _storable(cell: CellValue) -> CellValue:
    """Return a cell as JSON, and a store, can hold it."""
    if isinstance(cell, str):
        return storable(cell)
    if isinstance(cell, float) and not isfinite(cell):
        return str(cell)
    return cell.isoformat() if isinstance(cell, date) else cell
