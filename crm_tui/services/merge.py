"""Merging records that stand for the same person or company."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.merging import MERGEABLE, MOST, Row, merged_values, rows_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Conflict, Invalid
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can_delete, can_edit
from crm_tui.services.columns import to_json
from crm_tui.services.conversion import RESPONSES
from crm_tui.services.core import Core
from crm_tui.services.indexing import reindex_referring
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.associations import AssociationRepository
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.relink import Relinker, count_links
from crm_tui.store.uow import AuditEntry, UnitOfWork

KIND: Final = "merge"
"""By what undo knows a merge."""


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do.

    Attributes:
        records: The records, the one that is kept first.
        rows: The fields with the value of each record.
        moves: How many records would be moved to the one that is kept, by the name of their table.
    """

    records: tuple[Record, ...]
    rows: tuple[Row, ...]
    moves: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome of a merge.

    Attributes:
        record: The record that was kept, as it is now.
        gone: What was merged into it; in the bin now.
        moved: How many records were moved to it, by the name of their table.
    """

    record: Record
    gone: tuple[Ref, ...]
    moved: Mapping[str, int]


class MergeService:
    """Merges leads, contacts or accounts, in one transaction."""

    def __init__(self, core: Core, records: Callable[[Module], RecordService]) -> None:
        self._core = core
        self._records = records

    async def preview(self, actor: Actor, module: Module, ids: Sequence[str]) -> MergePreview:
        """Return what merging records into the first of them would do.

        Raises:
            Invalid: They are too few, too many, or of a kind that isn't merged.
            Immutable: One is a converted lead.
        """
        await self._require(actor, module, ids)
        records = await self._read(actor, module, ids)
        async with self._core.store.read() as connection:
            moves = await count_links(connection, [record.ref for record in records[1:]])
        return MergePreview(records, self._rows(records), moves)

    async def merge(
        self,
        actor: Actor,
        module: Module,
        ids: Sequence[str],
        *,
        take: Mapping[str, str] | None = None,
        values: Mapping[str, object] | None = None,
        versions: Mapping[str, int] | None = None,
    ) -> Merged:
        """Keep the first of some records and put the others into the bin.

        Each field takes the value of the kept record, or else the first that isn't empty. Everything
        that points to the others points to the kept one afterwards.

        Args:
            ids: 2 to 5 records of ``module``, the one to keep first.
            take: Per field the id of the record whose value is taken.
            values: Values that replace all others, typed or as typed.
            versions: Per id the version that was shown; what is left out takes the present one.

        Raises:
            NotFound: One of the records doesn't exist for the actor; nothing was changed.
            NotAllowed: The kept one may not be edited or another not deleted; nothing was changed.
            Conflict: Somebody changed one of them meanwhile; nothing was changed.
            Invalid: A value was refused, with a reason per field.
        """
        actor = await self._core.current(actor)
        await self._require(actor, module, ids)
        records = await self._read(actor, module, ids)
        self._refuse_changed(records, versions or {})
        service = self._records(module)
        rows = self._rows(records)
        chosen = _positions(rows, records, take or {})
        keeper, losers = records[0], records[1:]
        # What the kept record has already stays untouched, also what this actor can't see of it.
        merged = {name: one for name, one in merged_values(rows, chosen).items() if one != keeper.get(name)}
        wanted, _ignored = await service.checked(actor, {**merged, **(values or {})}, keeper)
        async with self._core.store.write(actor) as uow:
            await self._hold(uow, actor, records)
            await self._delete(uow, actor, losers)
            if module is Module.CONTACT:
                await self._demote(uow, records)
            statuses = [choice.code for choice in self._core.picklists.lists.get(RESPONSES, ())]
            refs = [loser.ref for loser in losers]
            moved = await Relinker(uow, refs, keeper.ref, "merge", statuses).run()
            record = await service.change(uow, actor, keeper, wanted, None)
            self._record(uow, record, losers, moved)
            await reindex_referring(uow.connection, record.ref, self._core.region)
            uow.undoable(N_("%(module)s merged: %(name)s"), kind=KIND, module=module.value, name=record.name)
            await uow.commit()
        return Merged(await service.as_seen(actor, record), tuple(refs), moved)

    # Parts

    async def _require(self, actor: Actor, module: Module, ids: Sequence[str]) -> None:
        if module not in MERGEABLE:
            raise Invalid(_("Records of this kind can't be merged."))
        if not 2 <= len(set(ids)) == len(ids) <= MOST:
            raise Invalid(_("Between 2 and %(most)d different records can be merged.") % {"most": MOST})
        await self._core.require(actor, can_edit(actor, module), "merge", module, ids[0])
        await self._core.require(actor, can_delete(actor, module), "merge", module, ids[0])

    async def _read(self, actor: Actor, module: Module, ids: Sequence[str]) -> tuple[Record, ...]:
        service = self._records(module)
        records = tuple([await service.get(actor, record_id) for record_id in ids])
        for record in records:
            service.refuse_locked(record)
        return records

    def _rows(self, records: Sequence[Record]) -> tuple[Row, ...]:
        fields: Sequence[Field] = self._records(records[0].module).fields()
        return rows_of(records, fields)

    def _refuse_changed(self, records: Sequence[Record], versions: Mapping[str, int]) -> None:
        changed = [one.name for one in records if versions.get(one.id, one.version) != one.version]
        if changed:
            raise _conflict(changed[0])

    async def _hold(self, uow: UnitOfWork, actor: Actor, records: Sequence[Record]) -> None:
        """Let nobody else change the records before this transaction ends, and refuse if somebody has."""
        ids = [record.id for record in records]
        held = await self._records(records[0].module).many(uow.connection, actor, ids, lock=True)
        versions = {record.id: record.version for record in held}
        changed = [record.name for record in records if versions.get(record.id) != record.version]
        if changed:
            raise _conflict(changed[0])

    async def _delete(self, uow: UnitOfWork, actor: Actor, losers: Sequence[Record]) -> None:
        """Put records into the bin; what hangs on them is moved and doesn't go along."""
        repository = RecordRepository(uow.connection, losers[0].module)
        columns: dict[str, Any] = {"deleted_at": uow.at, "modified_at": uow.at, "modified_by_id": actor.id}
        await self._records(losers[0].module).keep(uow, [loser.id for loser in losers])
        for loser in losers:
            if not await repository.update(loser.id, loser.version, columns):
                raise _conflict(loser.name)
        await LookupRepository(uow.connection).remove([loser.id for loser in losers])

    async def _demote(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        """The kept contact keeps its primary account; those of the others become further ones of it."""
        await uow.keep_where("account_contacts", contact_id=[record.id for record in records])
        for loser in records[1:]:
            await AssociationRepository(uow.connection).demote(loser.id)

    def _record(
        self, uow: UnitOfWork, keeper: Record, losers: Sequence[Record], moved: Mapping[str, int]
    ) -> None:
        refs = [to_json(loser.ref) for loser in losers]
        changes = {"merged": [None, refs], "moved": [None, dict(moved)]}
        uow.record(AuditEntry("merge", keeper.module, keeper.id, keeper.name, changes))
        uow.touched(keeper.module, keeper.id)
        uow.touched_all()  # What hung on the others stands in other lists now.
        for loser in losers:
            into = {"merged_into": [None, to_json(keeper.ref)]}
            uow.record(AuditEntry("merge", loser.module, loser.id, loser.name, into))
            uow.touched(loser.module, loser.id)


def _positions(rows: Sequence[Row], records: Sequence[Record], take: Mapping[str, str]) -> dict[str, int]:
    """Return the position of the record whose value each field takes."""
    places = {record.id: place for place, record in enumerate(records)}
    names = {row.field.name for row in rows}
    errors = {name: _("There is no such field.") for name in take if name not in names}
    errors |= {
        name: _("This record isn't among those that are merged.")
        for name, record_id in take.items()
        if record_id not in places
    }
    if errors:
        raise Invalid(_("Nothing was merged."), fields=errors)
    return {name: places[record_id] for name, record_id in take.items()}


def _conflict(name: str) -> Conflict:
    return Conflict(
        _("Somebody else changed “%(name)s” meanwhile. Nothing was merged.") % {"name": name},
        _("Look at the change, then merge again."),
    )
