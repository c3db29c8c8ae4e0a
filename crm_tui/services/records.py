"""Changes of records; what all modules have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crm_tui.domain.actor import Actor
from crm_tui.domain.fields import Field
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import INDEXED, PARENTS, Module
from crm_tui.domain.naming import name_of, sort_name_of
from crm_tui.domain.queries import Criterion, Op
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.told import stored
from crm_tui.domain.validation import check_values, missing
from crm_tui.errors import Conflict, Invalid
from crm_tui.i18n import N_, _, ngettext
from crm_tui.policies.records import can_change, can_create, can_delete, can_edit
from crm_tui.services.columns import differences, to_columns
from crm_tui.services.conflicts import conflict_of
from crm_tui.services.indexing import document_of, referred_among, reindex_referring
from crm_tui.services.record_reading import RecordReading
from crm_tui.services.references import resolve
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.scope import sees_shared
from crm_tui.store.repositories.sight import sees_all
from crm_tui.store.store import Connection
from crm_tui.store.uow import AuditEntry, UnitOfWork

CHANGED = N_("%(module)s changed: %(name)s")
"""What an edit is called among the changes that can be undone."""

DELETED_SEVERAL = N_("%(module)s deleted: %(name)s and others")


@dataclass(frozen=True, slots=True)
class Saved:
    """The outcome of a save.

    Attributes:
        record: The record as it stands now.
        ignored: Names that were given though nobody may set them.
    """

    record: Record
    ignored: tuple[str, ...] = ()


def refuse(errors: Mapping[str, str]) -> None:
    """Raise `Invalid` with a reason per field, unless there is none."""
    if errors:
        raise Invalid(
            ngettext(
                "One field needs your attention. Nothing was saved.",
                "%(number)d fields need your attention. Nothing was saved.",
                len(errors),
            )
            % {"number": len(errors)},
            fields=errors,
        )


class RecordService(RecordReading):
    """Lists, reads and writes the records of one module."""

    settable: ClassVar[frozenset[str]] = frozenset()

    # Writing

    async def create(self, actor: Actor, values: Mapping[str, object]) -> Saved:
        """Add a record that belongs to the actor.

        Raises:
            Invalid: With a reason per field; nothing was saved.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_create(actor, self.module), "create", self.module)
        typed, ignored = await self.checked(actor, values, None)
        async with self._core.store.write(actor) as uow:
            record = await self.insert(uow, actor, typed)
            uow.undoable(N_("%(module)s added: %(name)s"), module=self.module, name=record.name)
            await uow.commit()
        return Saved(record, ignored)

    async def update(
        self, actor: Actor, record_id: str, values: Mapping[str, object], version: int | None = None
    ) -> Saved:
        """Change a record.

        Args:
            version: The version that the change is based on; None takes the present one.

        Raises:
            Conflict: Somebody changed it meanwhile, or its state forbids changes.
            Invalid: With a reason per field; nothing was saved.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_edit(actor, self.module), "edit", self.module, record_id)
        before = await self.get(actor, record_id)
        await self._core.require(actor, can_change(before), "edit", self.module, record_id)
        self.refuse_locked(before)
        typed, ignored = await self.checked(actor, values, before)
        async with self._core.store.write(actor) as uow:
            record = await self.change(uow, actor, before, typed, version)
            uow.undoable(CHANGED, module=self.module, name=before.name)
            await uow.commit()
        return Saved(await self.as_seen(actor, record), ignored)

    async def delete(self, actor: Actor, record_ids: Sequence[str]) -> int:
        """Put records into the bin, with their notes; return how many went.

        Raises:
            NotFound: One of them doesn't exist for the actor; none was deleted.
        """
        actor = await self._core.current(actor)
        first = record_ids[0] if record_ids else None
        await self._core.require(actor, can_delete(actor, self.module), "delete", self.module, first)
        await self._require_reach(actor, record_ids, "delete")
        async with self._core.store.write(actor) as uow:
            repository = self._repository(uow.connection)
            doomed = [self._found(await repository.get(actor, record_id)) for record_id in record_ids]
            await self.discard(uow, actor, doomed)
            if doomed:
                label = N_("%(module)s deleted: %(name)s") if len(doomed) == 1 else DELETED_SEVERAL
                uow.undoable(label, module=self.module, name=doomed[0].name)
            await uow.commit()
        return len(doomed)

    async def _require_reach(self, actor: Actor, record_ids: Sequence[str], action: str) -> None:
        """Stop where the actor sees a record only because they take part in it."""
        if not sees_shared(actor, self.module):
            return
        async with self._core.store.read() as connection:
            records = await self.many(connection, actor, record_ids)
        for record in records:
            await self._core.require(actor, can_change(record), action, self.module, record.id)

    async def as_seen(self, actor: Actor, record: Record) -> Record:
        """Return a record that was just written; what it points to out of the actor's sight reads as none."""
        targets = {target for field in self.fields() for target in field.targets if target is not Module.USER}
        if all(sees_all(actor, target) for target in targets):
            return record
        async with self._core.store.read() as connection:
            return await self._repository(connection).get(actor, record.id) or record

    # What modules differ in

    async def keep(self, uow: UnitOfWork, record_ids: Sequence[str]) -> None:
        """Remember everything that a save or deletion of records changes, so that it can be undone."""
        await uow.keep(self.module, record_ids)

    async def resolved(
        self, actor: Actor, fields: Sequence[Field], values: Mapping[str, Value], known: Mapping[str, Value]
    ) -> tuple[dict[str, Value], dict[str, str]]:
        """Return the values with their references found, and a reason per field that wasn't.

        Args:
            known: Values the record already has.
        """
        return await resolve(self._core, actor, fields, values, known)

    def defaults(self, actor: Actor) -> dict[str, Value]:
        """Return values of a new record that weren't given."""
        return {}

    def typing(
        self, actor: Actor, given: Mapping[str, object], before: Record | None
    ) -> tuple[Sequence[Field], Mapping[str, object]]:
        """Return the fields by whose types values are read, and the values with what follows from them."""
        del actor, before
        return self.fields(), given

    def problems(self, values: Mapping[str, Value], before: Record | None) -> dict[str, str]:
        """Return reasons why values don't fit each other, by field."""
        return {}

    def derived(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return columns that follow from the values."""
        return {}

    def refuse_locked(self, record: Record) -> None:
        """Raise when the state of a record forbids any change."""

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """Add columns that need the store, like a running number."""

    async def after_write(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """Keep what depends on the record true, in the same transaction."""

    async def after_insert(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        """Keep what depends on many new records true, as `after_write` does for each."""
        for record in records:
            await self.after_write(uow, None, record)

    # Parts

    async def checked(
        self, actor: Actor, given: Mapping[str, object], before: Record | None
    ) -> tuple[dict[str, Value], tuple[str, ...]]:
        """Type the values, find the references, collect every error at once.

        Returns:
            The values, and the names that were given though nobody may set them.

        Raises:
            Invalid: With a reason per field.
        """
        fields, given = self.typing(actor, given, before)
        checked = check_values(fields, given, self._core.context(actor, timed=True), settable=self.settable)
        values = dict(checked.values)
        if before is None:
            values = {**self.defaults(actor), **{k: v for k, v in values.items() if v is not None}}
        known = before.whole if before is not None else {}
        values, unresolved = await self.resolved(actor, fields, values, known)
        whole = {**known, **values}
        # Records from before a custom field was required can be edited without it.
        asked = [field for field in fields if not field.custom or before is None or field.name in values]
        errors = {**missing(asked, whole), **self.problems(whole, before), **unresolved, **checked.errors}
        refuse(errors)
        return values, checked.ignored

    async def insert(
        self, uow: UnitOfWork, actor: Actor, values: Mapping[str, Value], owner: Ref | None = None
    ) -> Record:
        """Add a record in a transaction that its caller was allowed to do and commits.

        Args:
            values: Typed, as `checked` returns them.
            owner: Whom it belongs to; the actor unless given.
        """
        record_id = new_id()
        columns = {
            "id": record_id,
            "created_at": uow.at,
            "created_by_id": actor.id,
            "modified_at": uow.at,
            "modified_by_id": actor.id,
            "owner_id": actor.id if owner is None else owner.id,
            "display_name": name_of(self.module, values),
            "sort_name": sort_name_of(self.module, values),
            **to_columns(self.fields(), values),
            **self.derived(values),
        }
        await self.before_insert(uow, columns)
        await self.keep(uow, [record_id])
        repository = self._repository(uow.connection)
        await repository.insert(columns)
        record = self._found(await repository.any(record_id))
        await self.derive(uow, None, record)
        uow.record(AuditEntry("create", self.module, record.id, record.name, differences({}, values)))
        uow.touched(self.module, record.id)
        return record

    async def change(
        self,
        uow: UnitOfWork,
        actor: Actor,
        before: Record,
        values: Mapping[str, Value],
        version: int | None,
    ) -> Record:
        """Change a record in a transaction that its caller was allowed to do and commits.

        Args:
            values: Typed, as `checked` returns them.
            version: The version that the change is based on; None takes that of ``before``.
        """
        seen = before.version if version is None else version
        if seen != before.version:
            raise await self._conflict(uow.connection, uow.actor, before, seen)
        if not differences(before.whole, values):
            return before
        return await self._write(uow, before, seen, self.changed_columns(uow, actor, before, values), values)

    def changed_columns(
        self, uow: UnitOfWork, actor: Actor, before: Record, values: Mapping[str, Value]
    ) -> dict[str, Any]:
        """Return the columns that typed values change, with all that follows from them."""
        whole = {**before.whole, **values}
        return {
            **to_columns(self.fields(), values),
            **self.derived(whole),
            "display_name": name_of(self.module, whole),
            "sort_name": sort_name_of(self.module, whole),
            "modified_at": uow.at,
            "modified_by_id": actor.id,
        }

    async def _write(
        self,
        uow: UnitOfWork,
        before: Record,
        seen: int,
        columns: Mapping[str, Any],
        values: Mapping[str, Value],
        action: str = "edit",
    ) -> Record:
        """Change the row and everything that depends on it; ``action`` is what the audit trail says."""
        repository = self._repository(uow.connection)
        await self.keep(uow, [before.id])
        if not await repository.update(before.id, seen, columns):
            raise await self._conflict(uow.connection, uow.actor, before, seen)
        record = self._found(await repository.any(before.id))
        await self.derive(uow, before, record)
        changes = differences(before.whole, values)
        uow.record(AuditEntry(action, self.module, record.id, record.name, changes))
        uow.touched(self.module, record.id)
        return record

    async def discard(self, uow: UnitOfWork, actor: Actor, records: Sequence[Record]) -> None:
        """Put records into the bin in a transaction that its caller was allowed to do and commits."""
        ids = [record.id for record in records]
        await self.keep(uow, ids)
        await self._repository(uow.connection).delete(ids, uow.at, actor.id)
        await LookupRepository(uow.connection).remove(ids)
        named = await referred_among(uow.connection, self.module, ids)
        noted = await self._noted_among(uow, ids)
        if self.module in PARENTS:
            uow.touched_all()
        for record in records:
            if record.id in named:
                await reindex_referring(uow.connection, record.ref, self._core.region)
            if record.id in noted:
                await self._delete_notes(uow, actor, record)
            uow.record(AuditEntry("delete", self.module, record.id, record.name))
            uow.touched(self.module, record.id)

    async def derive(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """Make everything that depends on a record fit it: links, reminders, the lookup's entries.

        Args:
            before: As it was; None when it is new.
        """
        await self.after_write(uow, before, after)
        if self.module in INDEXED:
            document = document_of(after, self._core.region)
            await LookupRepository(uow.connection).replace([document])
        if before is not None and before.name != after.name:
            await self.renamed(uow, after)

    async def come_back(self, uow: UnitOfWork, record: Record) -> None:
        """Make everything that depends on a record fit it after it came out of the bin."""
        await self.derive(uow, None, record)
        await self.renamed(uow, record)

    async def forget(self, uow: UnitOfWork, record: Record) -> None:
        """Take a record that went into the bin out of the lookup."""
        await LookupRepository(uow.connection).remove([record.id])
        await self.renamed(uow, record)

    async def renamed(self, uow: UnitOfWork, record: Record) -> None:
        """Other records show its name: their entries in the lookup and any open list change with it."""
        await reindex_referring(uow.connection, record.ref, self._core.region)
        if self.module in PARENTS:
            uow.touched_all()

    async def _noted_among(self, uow: UnitOfWork, record_ids: Sequence[str]) -> frozenset[str]:
        """Return which of some records have notes."""
        if self.module not in PARENTS:
            return frozenset()
        notes = RecordRepository(uow.connection, Module.NOTE)
        return await notes.referred_to(f"{self.module.value}_id", record_ids)

    async def _delete_notes(self, uow: UnitOfWork, actor: Actor, record: Record) -> None:
        notes = RecordRepository(uow.connection, Module.NOTE)
        ids = await notes.all_ids(Criterion("parent", Op.EQ, record.ref))
        await uow.keep(Module.NOTE, ids)
        await notes.delete(ids, uow.at, actor.id)
        for note_id in ids:
            reason = stored(N_("Deleted with %(name)s."), name=record.name)
            uow.record(AuditEntry("delete", Module.NOTE, note_id, "", reason=reason))
            uow.touched(Module.NOTE, note_id)

    async def changed_meanwhile(self, record_id: str, seen: int, actor: Actor) -> Conflict:
        """Return the error for a change of ``actor`` that was based on version ``seen`` of a record."""
        async with self._core.store.read() as connection:
            record = self._found(await self._repository(connection).any(record_id))
            return await self._conflict(connection, actor, record, seen)

    async def _conflict(
        self, connection: Connection, actor: Actor | None, record: Record, seen: int
    ) -> Conflict:
        now = await self._repository(connection).any(record.id)
        if now is None:
            return Conflict(
                _("This record has been deleted meanwhile. Nothing was saved."),
                _("It is in the bin and can be restored; what you typed is kept."),
            )
        return await conflict_of(connection, actor, now, seen, self.fields())
