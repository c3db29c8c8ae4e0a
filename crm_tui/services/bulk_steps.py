"""The changes that a bulk action makes to one chunk of records of one module."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from crm_tui.domain.actor import Actor, Verb
from crm_tui.domain.fields import Field
from crm_tui.domain.modules import INDEXED, Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.validation import missing
from crm_tui.errors import Invalid, NotAllowed
from crm_tui.i18n import N_, _
from crm_tui.policies.records import can_change
from crm_tui.policies.verdict import Reason
from crm_tui.services.columns import differences
from crm_tui.services.indexing import document_of
from crm_tui.services.records import CHANGED, RecordService
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork


class Step(Protocol):
    """A change of many records.

    Attributes:
        verb: What the actor must be allowed to do.
        code: What the audit trail calls a refusal.
        label: What it is called among the changes that can be undone, for one record.
        label_several: The same for several.
    """

    verb: Verb
    code: str
    label: str
    label_several: str

    def refuse(self, service: RecordService, record: Record) -> None:
        """Raise when ``record`` can't be changed so."""

    async def apply(
        self, uow: UnitOfWork, actor: Actor, service: RecordService, records: Sequence[Record]
    ) -> int:
        """Change records that aren't refused, in a transaction in which they are locked; return how many.

        What is as wanted already stays as it is.
        """


class Assign:
    """Gives records to another owner."""

    verb = Verb.EDIT
    code = "assign"
    label = N_("Owner changed: %(name)s")
    label_several = N_("Owner of several records changed")

    def __init__(self, owner: Ref, region: str) -> None:
        self._owner = owner
        self._region = region

    def refuse(self, service: RecordService, record: Record) -> None:
        """A record whose state forbids changes keeps its owner too."""
        _refuse_shared(record)
        service.refuse_locked(record)

    async def apply(
        self, uow: UnitOfWork, actor: Actor, service: RecordService, records: Sequence[Record]
    ) -> int:
        """Change the owner of those that have another one."""
        others = [one for one in records if one.owner is None or one.owner.id != self._owner.id]
        befores = [replace(one, values={**one.values, "owner": one.owner}) for one in others]

        def columns_of(_before: Record) -> dict[str, Any]:
            return {"owner_id": self._owner.id, "modified_at": uow.at, "modified_by_id": actor.id}

        await _change(uow, service, befores, columns_of, {"owner": self._owner}, self.code, self._region)
        return len(befores)


class SetField:
    """Gives one field of all records the same value.

    Args:
        field: By module, since custom fields differ.
        value: Typed, with a reference as `Ref`.
    """

    verb = Verb.EDIT
    code = "edit"
    label = CHANGED
    label_several = N_("Several records changed")

    def __init__(self, field: Mapping[Module, Field], value: Value, region: str) -> None:
        self._field = field
        self._value = value
        self._region = region

    def refuse(self, service: RecordService, record: Record) -> None:
        """A record refuses what its state forbids, and what its other values don't go with."""
        _refuse_shared(record)
        service.refuse_locked(record)
        field = self._field[service.module]
        whole = {**record.whole, field.name: self._value}
        problems = {**missing((field,), whole), **service.problems(whole, record)}
        if problems:
            raise Invalid(next(iter(problems.values())), fields=problems)

    async def apply(
        self, uow: UnitOfWork, actor: Actor, service: RecordService, records: Sequence[Record]
    ) -> int:
        """Change the field where it has another value; other fields stay as others left them."""
        values = {self._field[service.module].name: self._value}
        befores = [record for record in records if differences(record.whole, values)]

        def columns_of(before: Record) -> dict[str, Any]:
            return service.changed_columns(uow, actor, before, values)

        await _change(uow, service, befores, columns_of, values, self.code, self._region)
        return len(befores)


class Discard:
    """Puts records into the bin."""

    verb = Verb.DELETE
    code = "delete"
    label = N_("%(module)s deleted: %(name)s")
    label_several = N_("Several records deleted")

    def refuse(self, service: RecordService, record: Record) -> None:
        """Whoever may delete may delete anything that their scope reaches."""
        _refuse_shared(record)

    async def apply(
        self, uow: UnitOfWork, actor: Actor, service: RecordService, records: Sequence[Record]
    ) -> int:
        """Delete them with their notes."""
        await service.discard(uow, actor, records)
        return len(records)


def _refuse_shared(record: Record) -> None:
    verdict = can_change(record)
    if isinstance(verdict, Reason):
        raise NotAllowed(verdict.message, _("Nothing was changed."))


async def _change(
    uow: UnitOfWork,
    service: RecordService,
    befores: Sequence[Record],
    columns_of: Callable[[Record], dict[str, Any]],
    values: Mapping[str, Value],
    action: str,
    region: str,
) -> None:
    """Change locked records and everything that depends on them, with as few statements as possible."""
    ids = [record.id for record in befores]
    await service.keep(uow, ids)
    repository = RecordRepository(uow.connection, service.module)
    for before in befores:
        await repository.update(before.id, before.version, columns_of(before))
    afters = await service.many(uow.connection, None, ids)
    for before, after in zip(sorted(befores, key=lambda record: record.id), afters, strict=True):
        await service.after_write(uow, before, after)
        if before.name != after.name:
            await service.renamed(uow, after)
        changes = differences(before.whole, values)
        uow.record(AuditEntry(action, after.module, after.id, after.name, changes))
        uow.touched(after.module, after.id)
    if service.module in INDEXED:
        await LookupRepository(uow.connection).replace([document_of(after, region) for after in afters])
