"""Taking back the records that an import added or changed, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.history import from_json
from crm_tui.domain.imports.batches import RowAction, Undone
from crm_tui.domain.imports.rules import IMPORTABLE
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import FIELD as PARTICIPANTS
from crm_tui.domain.records import Participant, Record, Ref, Value
from crm_tui.domain.told import stored
from crm_tui.errors import CrmError
from crm_tui.i18n import N_
from crm_tui.policies.records import can_change
from crm_tui.policies.verdict import Reason
from crm_tui.services.bulk import Change, change_records
from crm_tui.services.columns import to_json
from crm_tui.services.core import Core
from crm_tui.services.imports.ties_undoing import is_tie, take_ties_back
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.imports import ImportRepository, WrittenRow
from crm_tui.store.uow import UnitOfWork

_REASON: Final = stored(N_("Import undone."))
_WRITES: Final = (RowAction.CREATE.value, RowAction.UPDATE.value)


class RecordUndoing:
    """Takes some records of an import back; its caller commits.

    Args:
        records: Gives the service of a module's records.
    """

    def __init__(
        self,
        core: Core,
        records: Callable[[Module], RecordService],
        uow: UnitOfWork,
        actor: Actor,
        batch_id: str,
    ) -> None:
        self._core = core
        self._records = records
        self._uow = uow
        self._actor = actor
        self._batch_id = batch_id
        self._repository = ImportRepository(uow.connection)
        self._removed = self._restored = 0
        self._left_out: set[str] = set()
        self._staying: set[str] = set()

    async def run(self, written: Mapping[str, Sequence[WrittenRow]]) -> Undone:
        """Take records back.

        Args:
            written: What the import wrote about each record, by its id and in the order of the rows.
        """
        by_module: dict[Module, dict[str, Sequence[WrittenRow]]] = {}
        for record_id, rows in written.items():
            by_module.setdefault(rows[0].module, {})[record_id] = rows
        # First those that refer to others: a reference to what lies in the bin reads as none.
        for module in sorted(by_module, key=IMPORTABLE.index, reverse=True):
            await self._of_module(self._records(module), by_module[module])
        return Undone(self._removed, self._restored, len(self._left_out))

    async def _of_module(self, service: RecordService, written: Mapping[str, Sequence[WrittenRow]]) -> None:
        ids = sorted(written)
        found = {one.id: one for one in await service.many(self._uow.connection, self._actor, ids, lock=True)}
        new: list[Record] = []
        changes: list[Change] = []
        for record_id in ids:
            rows = [row for row in written[record_id] if row.action in _WRITES]
            record = found.get(record_id)
            if not rows:
                continue
            if record is None or isinstance(can_change(record), Reason):
                self._left_out.add(record_id)
            elif not _is_of_new(rows):
                changes += await self._change(service, record, rows)
            elif _is_untouched(record, rows):
                new.append(record)
            else:
                self._left_out.add(record_id)
        if changes:
            await change_records(self._core, self._uow, service, self._actor, changes, _REASON)
        self._restored += len(changes)
        self._staying |= self._left_out | {change.before.id for change in changes}
        await self._discard(service, new)

    async def _change(
        self, service: RecordService, record: Record, rows: Sequence[WrittenRow]
    ) -> list[Change]:
        """Take back the links of a record, and return the change that gives it its old values again."""
        plain = [row for row in rows if not is_tie(row)]
        ties = [row for row in rows if is_tie(row)]
        record, is_whole = await take_ties_back(self._core, self._uow, self._actor, record, ties)
        values = _old_values(service, record, plain) if plain else None
        if values is not None:
            return [Change(record, values)]
        if is_whole and not plain:
            self._restored += 1
        else:
            self._left_out.add(record.id)
        return []

    async def _discard(self, service: RecordService, new: Sequence[Record]) -> None:
        """Put new records into the bin, but for those that others were merged into or worked with."""
        if not new:
            return
        merged = await self._repository.merged(new[0].module, [record.id for record in new])
        self._staying |= merged
        unmerged = [record for record in new if record.id not in merged]
        used = await self._worked_with(unmerged)
        self._left_out |= merged | used
        doomed = [record for record in unmerged if record.id not in used]
        if doomed:
            await service.discard(self._uow, self._actor, doomed)
        self._removed += len(doomed)

    async def _worked_with(self, new: Sequence[Record]) -> set[str]:
        """Return which new records have calls, notes or others by now that stay.

        Going without a person one has spoken with, or without the account of a contact that stays, would
        change what somebody else did.
        """
        found: set[str] = set()
        while left := [record.id for record in new if record.id not in found]:
            used = await self._repository.worked_with(self._batch_id, new[0].module, left, self._staying)
            if not used:
                break
            found |= used
            self._staying |= used
        return found


def _is_of_new(rows: Sequence[WrittenRow]) -> bool:
    """Whether the first row that is no link made the record."""
    first = next((row for row in rows if not is_tie(row)), None)
    return first is not None and first.action == RowAction.CREATE.value


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


def _is_untouched(record: Record, rows: Sequence[WrittenRow]) -> bool:
    """Whether nobody changed a new record but the import, not even between two of its chunks."""
    versions = sorted({row.version for row in rows})
    return versions == list(range(1, record.version + 1))


def _plain(value: object) -> object:
    """Make what the store doesn't tell apart equal."""
    if isinstance(value, Mapping):
        return value.get("id")
    if isinstance(value, list):
        # In what order people take part, the store doesn't keep.
        return frozenset(_plain(one) for one in value) or None
    return None if value in (False, "") else value


def _members(value: object) -> tuple[Participant, ...] | None:
    """Return participants from their form in the audit trail."""
    found = [
        Participant(Ref(Module(one["module"]), one["id"], one["name"]))
        if isinstance(one, Mapping)
        else Participant(None, str(one))
        for one in (value if isinstance(value, list) else [])
    ]
    return tuple(found) or None
