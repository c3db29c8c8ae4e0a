"""Taking an import back, some records at a time, each time in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.history import from_json
from crm_tui.domain.import_rules import IMPORTABLE
from crm_tui.domain.imports import Batch, BatchState, Origin, RowAction, Undone
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import FIELD as PARTICIPANTS
from crm_tui.domain.records import Participant, Record, Ref, Value
from crm_tui.domain.told import stored
from crm_tui.errors import Conflict, CrmError
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can_change, can_delete, can_edit
from crm_tui.policies.verdict import Reason
from crm_tui.services.bulk import Change, change_records
from crm_tui.services.bulk_actions import give_way
from crm_tui.services.columns import to_json
from crm_tui.services.core import Core
from crm_tui.services.import_association_undoing import take_associations_back
from crm_tui.services.import_associations import require_link
from crm_tui.services.import_batches import ImportBatchService
from crm_tui.services.import_ties_undoing import is_tie, take_ties_back
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.import_links import ImportLinkRepository
from crm_tui.store.repositories.imports import ImportRepository, WrittenRow
from crm_tui.store.uow import UnitOfWork

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
        """Take an import back; see `crm_tui.services.imports.ImportService.undo`."""
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
                undone = await self._take_back(uow, actor, batch_id, written)
            await ImportLinkRepository(uow.connection).remove({row.link_id for row in rows if row.link_id})
            await repository.forget_rows(batch_id, written.keys())
            if batch is not None and batch.state is not BatchState.UNDOING:
                # From now on rows are missing: going on where it stands would take in a part of the file.
                await repository.change(batch_id, state=BatchState.UNDOING.value)
                uow.touched(Module.USER, actor.id)
            await uow.commit()
        return undone

    async def _take_back(
        self, uow: UnitOfWork, actor: Actor, batch_id: str, written: Mapping[str, Sequence[WrittenRow]]
    ) -> Undone:
        removed = restored = 0
        left_out: set[str] = set()
        staying: set[str] = set()
        # First those that refer to others: a reference to what lies in the bin reads as none.
        modules = {rows[0].module for rows in written.values()}
        for module in sorted(modules, key=IMPORTABLE.index, reverse=True):
            service = self._records(module)
            ids = sorted(record_id for record_id, rows in written.items() if rows[0].module is module)
            found = {one.id: one for one in await service.many(uow.connection, actor, ids, lock=True)}
            doomed: list[Record] = []
            changes: list[Change] = []
            for record_id in ids:
                rows = [row for row in written[record_id] if row.action in _WRITES]
                plain = [row for row in rows if not is_tie(row)]
                record = found.get(record_id)
                if not rows:
                    continue
                if record is None or isinstance(can_change(record), Reason):
                    left_out.add(record_id)
                elif plain and plain[0].action == RowAction.CREATE.value:
                    if _is_untouched(record, rows):
                        doomed.append(record)
                    else:
                        left_out.add(record_id)
                else:
                    ties = [row for row in rows if is_tie(row)]
                    record, is_whole = await take_ties_back(self._core, uow, actor, record, ties)
                    values = _old_values(service, record, plain) if plain else None
                    if values is not None:
                        changes.append(Change(record, values))
                    elif is_whole and not plain:
                        restored += 1
                    else:
                        left_out.add(record_id)
            if changes:
                await change_records(self._core, uow, service, actor, changes, _REASON)
            staying |= left_out | {change.before.id for change in changes}
            repository = ImportRepository(uow.connection)
            merged = await repository.merged(module, [record.id for record in doomed])
            doomed = [record for record in doomed if record.id not in merged]
            staying |= merged
            used = await _worked_with(uow, batch_id, doomed, staying)
            doomed = [record for record in doomed if record.id not in used]
            left_out |= merged | used
            if doomed:
                await service.discard(uow, actor, doomed)
            removed += len(doomed)
            restored += len(changes)
        return Undone(removed, restored, len(left_out))


_REASON: Final = stored(N_("Import undone."))
_WRITES: Final = (RowAction.CREATE.value, RowAction.UPDATE.value)


async def _worked_with(
    uow: UnitOfWork, batch_id: str, doomed: Sequence[Record], staying: set[str]
) -> set[str]:
    """Return which new records have calls, notes or others by now that stay; ``staying`` grows by them.

    Going without a person one has spoken with, or without the account of a contact that stays, would
    change what somebody else did.
    """
    found: set[str] = set()
    while left := [record.id for record in doomed if record.id not in found]:
        repository = ImportRepository(uow.connection)
        used = await repository.worked_with(batch_id, doomed[0].module, left, staying)
        if not used:
            break
        found |= used
        staying |= used
    return found


def _old_values(
    service: RecordService, record: Record, rows: Sequence[WrittenRow]
) -> dict[str, Value] | None:
    """Return what a record held before the import; None if somebody changed it since, or it is final."""
    before, after = dict(rows[0].before), dict(rows[0].after)
    for row in rows[1:]:
        before = {**row.before, **before}
        after.update(row.after)
    if any(_plain(to_json(record.get(name))) != _plain(value) for name, value in after.items()):
        return None
    try:
        service.refuse_locked(record)
    except CrmError:
        return None
    fields = {one.name: one for one in service.fields()}
    return {
        name: _members(value) if name == PARTICIPANTS else from_json(fields[name], value)
        for name, value in before.items()
        if name in fields
    }


def _refuse(batch: Batch) -> None:
    if batch.state is BatchState.RUNNING:
        raise Conflict(_("This import is still running. Nothing was changed."), _("Cancel it first."))
    if batch.state is BatchState.UNDONE:
        raise Conflict(_("This import has been undone already. Nothing was changed."))


def _is_untouched(record: Record, rows: Sequence[WrittenRow]) -> bool:
    """Whether nobody changed a new record but the import, not even between two of its chunks."""
    versions = sorted({row.version for row in rows})
    return versions == list(range(1, record.version + 1))


def _plain(value: object) -> object:
    """Make what the store doesn't tell apart equal."""
    if isinstance(value, Mapping):
        return value.get("id")
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if value in (False, "", []) else value


def _members(value: object) -> tuple[Participant, ...] | None:
    """Return participants from their form in the audit trail."""
    found = [
        Participant(Ref(Module(one["module"]), one["id"], one["name"]))
        if isinstance(one, Mapping)
        else Participant(None, str(one))
        for one in (value if isinstance(value, list) else [])
    ]
    return tuple(found) or None
