"""Adding many records at once, with everything that depends on them, in short transactions.

The columns, the derived data and the entries of the lookup are made by the same functions that
save a single record. Each call is one transaction: callers pass some hundred records at a time,
so that other agents' saves find their turn in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewAssociation, NewMember
from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import ACTIVITIES, INDEXED, PARENTS, Module
from crm_tui.domain.naming import name_of, sort_name_of
from crm_tui.domain.participants import participants_of
from crm_tui.domain.records import NO_VALUES, Record, Ref, Value, Values
from crm_tui.domain.validation import missing
from crm_tui.policies.administration import can_administer
from crm_tui.policies.records import can_create, can_edit
from crm_tui.services.activity_records import RESCHEDULE, TIMES
from crm_tui.services.columns import additions, differences, to_columns
from crm_tui.services.core import Core
from crm_tui.services.indexing import document_of, referred_among, reindex_referring
from crm_tui.services.records import RecordService, refuse
from crm_tui.services.references import visible_names
from crm_tui.store.models import TABLES
from crm_tui.store.repositories.associations import AssociationRepository
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.many_updates import update_many
from crm_tui.store.repositories.members import MemberRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork

CHUNK = 400
"""Records that one transaction takes well; a hundred milliseconds or less."""


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to be added.

    Attributes:
        values: Typed values, as `check_values` returns them, with references as `Ref`; read-only
            fields such as the status of a call may be among them, the owner may not.
        owner: Who it belongs to; the actor unless given.
        created_at: When it was made elsewhere; now unless given. UTC or aware.
    """

    values: Values = field(default_factory=lambda: NO_VALUES)
    owner: Ref | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A record that is ready to be added.

    Attributes:
        columns: What the store gets.
        record: The record as it will stand there.
        given: The values that the audit trail names.
    """

    columns: dict[str, Any]
    record: Record
    given: Values


async def add_records(
    core: Core, service: RecordService, actor: Actor, new: Sequence[NewRecord]
) -> tuple[Ref, ...]:
    """Add records of one module in one transaction and return them in order.

    Args:
        service: The service of the module.
        new: What to add; an owner other than the actor is for administrators.

    Raises:
        NotAllowed: The profile doesn't allow it; nothing was saved.
        NotFound: A reference points to what the actor may not see; nothing was saved.
        Invalid: A record lacks a required value or contradicts itself; nothing was saved.
    """
    if not new:
        return ()
    actor = await core.current(actor)
    await core.require(actor, can_create(actor, service.module), "create", service.module)
    if any(one.owner is not None and one.owner.id != actor.id for one in new):
        await core.require(actor, can_administer(actor), "create for others", service.module)
    fields = service.fields()
    for one in new:
        refuse({**missing(fields, one.values), **service.problems(one.values, None)})
    async with core.store.write(actor) as uow:
        names = await _visible_names(uow, actor, fields, new)
        made = [await _make(uow, service, fields, actor, one, names) for one in new]
        await insert_made(core, uow, service, made)
        await uow.commit()
    return tuple(one.record.ref for one in made)


async def add_associations(core: Core, actor: Actor, new: Sequence[NewAssociation]) -> None:
    """Add further accounts, none of them primary, to contacts; what is associated already stays as it is.

    Raises:
        NotAllowed: The profile doesn't allow it; nothing was saved.
        NotFound: The actor may not see one of the ends; nothing was saved.
    """
    actor = await core.current(actor)
    for module in (Module.ACCOUNT, Module.CONTACT):
        await core.require(actor, can_edit(actor, module), "associate", module)
    async with core.store.write(actor) as uow:
        await visible_names(uow.connection, actor, Module.CONTACT, {one.contact_id for one in new})
        await visible_names(uow.connection, actor, Module.ACCOUNT, {one.account_id for one in new})
        added = await AssociationRepository(uow.connection).add(new, uow.at)
        for one in added:
            changes = {"account": [None, one.account_id], "role": [None, one.role]}
            uow.record(AuditEntry("associate", Module.CONTACT, one.contact_id, "", changes))
            uow.touched(Module.CONTACT, one.contact_id)
            uow.touched(Module.ACCOUNT, one.account_id)
        await uow.commit()


async def add_members(core: Core, actor: Actor, campaign: Ref, new: Sequence[NewMember]) -> None:
    """Add leads and contacts that aren't members yet to a campaign.

    Raises:
        NotAllowed: The profile doesn't allow it; nothing was saved.
        NotFound: The actor may not see the campaign or a member; nothing was saved.
    """
    actor = await core.current(actor)
    await core.require(actor, can_edit(actor, Module.CAMPAIGN), "add members", Module.CAMPAIGN, campaign.id)
    async with core.store.write(actor) as uow:
        await visible_names(uow.connection, actor, Module.CAMPAIGN, {campaign.id})
        for module in (Module.LEAD, Module.CONTACT):
            ids = {one.member.id for one in new if one.member.module is module}
            await visible_names(uow.connection, actor, module, ids)
        rows = {new_id(): one for one in new}
        await MemberRepository(uow.connection).add(campaign.id, rows, uow.at, actor.id)
        for one in new:
            changes = {
                "campaign": [None, campaign.name],
                "response_status": [None, one.response_status],
            }
            uow.record(AuditEntry("add member", one.member.module, one.member.id, one.member.name, changes))
            uow.touched(one.member.module, one.member.id)
        uow.touched(Module.CAMPAIGN, campaign.id)
        await uow.commit()


async def make_record(
    uow: UnitOfWork,
    service: RecordService,
    fields: Sequence[Field],
    actor: Actor,
    new: NewRecord,
    record_id: str,
) -> Made:
    """Return a record that a caller who was allowed to adds with `insert_made`.

    Args:
        fields: Those of the module.
        new: References have the present names of their records.
    """
    values: dict[str, Value] = {name: value for name, value in new.values.items() if value is not None}
    values = {**service.defaults(actor), **values}
    owner, at = new.owner or actor.user, new.created_at or uow.at
    columns: dict[str, Any] = {
        "id": record_id,
        "created_at": at,
        "created_by_id": actor.id,
        "modified_at": at,
        "modified_by_id": actor.id,
        "owner_id": owner.id,
        "display_name": name_of(service.module, values),
        "sort_name": sort_name_of(service.module, values),
        **to_columns(fields, values),
        **service.derived(values),
    }
    await service.before_insert(uow, columns)
    custom = {f.name for f in fields if f.custom}
    known = {f.name: columns[f.name] for f in fields if f.read_only and f.name in columns}
    record = Record(
        module=service.module,
        id=record_id,
        version=1,
        name=columns["display_name"],
        owner=owner,
        created_at=at,
        created_by=actor.user,
        modified_at=at,
        modified_by=actor.user,
        values={name: value for name, value in values.items() if name not in custom} | known,
        custom={name: values.get(name) for name in custom},
    )
    return Made(columns, record, new.values)


async def insert_made(
    core: Core, uow: UnitOfWork, service: RecordService, made: Sequence[Made], reason: str = ""
) -> None:
    """Add records of one module, with everything that depends on them.

    Args:
        reason: Where they come from, for the audit trail; see `crm_tui.domain.told`.
    """
    await _insert(uow, service, [one.columns for one in made])
    records = [one.record for one in made]
    await service.after_insert(uow, records)
    if service.module in INDEXED:
        documents = [document_of(record, core.region) for record in records]
        await LookupRepository(uow.connection).add(documents)
    for one in made:
        record, changes = one.record, additions(one.given)
        uow.record(AuditEntry("create", record.module, record.id, record.name, changes, reason))
        uow.touched(record.module, record.id)


@dataclass(frozen=True, slots=True)
class Change:
    """A record that is to be changed.

    Attributes:
        before: As it was read in this transaction, with a lock where the store has them.
        values: Typed, as `RecordService.change` takes them.
    """

    before: Record
    values: Values


async def change_records(
    core: Core, uow: UnitOfWork, service: RecordService, actor: Actor, changes: Sequence[Change], reason: str
) -> list[Record]:
    """Change records of one module, which a caller was allowed to, and return them as they are then.

    All at once as far as they can be; custom values and participants are changed one by one.

    Args:
        reason: Why, for the audit trail; see `crm_tui.domain.told`.
    """
    beside = {field.name for field in service.fields() if field.custom or field.is_linked}
    alone = [one for one in changes if not beside.isdisjoint(one.values)]
    found = [await service.change(uow, actor, one.before, one.values, None) for one in alone]
    befores = {one.before.id: one for one in changes if beside.isdisjoint(one.values)}
    if not befores:
        return found
    columns = {
        record_id: service.changed_columns(uow, actor, one.before, one.values)
        for record_id, one in befores.items()
    }
    await update_many(uow.connection, TABLES[service.module], columns)
    records = await service.many(uow.connection, None, sorted(befores))
    for record in records:
        await service.after_write(uow, befores[record.id].before, record)
    if service.module in INDEXED:
        documents = [document_of(record, core.region) for record in records]
        await LookupRepository(uow.connection).replace(documents)
    renamed = [record for record in records if record.name != befores[record.id].before.name]
    named = await referred_among(uow.connection, service.module, [record.id for record in renamed])
    if renamed and service.module in PARENTS:
        uow.touched_all()
    for record in renamed:
        if record.id in named:
            await reindex_referring(uow.connection, record.ref, core.region)
    for record in records:
        changed = differences(befores[record.id].before.whole, befores[record.id].values)
        moved = service.module in ACTIVITIES and TIMES.issuperset(changed)
        action = RESCHEDULE if moved else "edit"
        uow.record(AuditEntry(action, record.module, record.id, record.name, changed, reason))
        uow.touched(record.module, record.id)
    return [*found, *records]


# Parts


async def _make(
    uow: UnitOfWork,
    service: RecordService,
    fields: Sequence[Field],
    actor: Actor,
    new: NewRecord,
    names: Mapping[str, str],
) -> Made:
    """Return a record whose references have the present names of what they point to."""
    values = {
        name: Ref(value.module, value.id, names[value.id]) if isinstance(value, Ref) else value
        for name, value in new.values.items()
    }
    named = NewRecord(values, new.owner, new.created_at)
    made = await make_record(uow, service, fields, actor, named, new_id())
    return Made(made.columns, made.record, new.values)


async def _insert(uow: UnitOfWork, service: RecordService, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows; those that have the same columns go in one statement."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    repository = RecordRepository(uow.connection, service.module)
    for group in groups.values():
        await repository.insert_many(group)


async def _visible_names(
    uow: UnitOfWork, actor: Actor, fields: Sequence[Field], new: Sequence[NewRecord]
) -> dict[str, str]:
    """Return the present name of every record that is referred to."""
    wanted: dict[Module, set[str]] = {}
    references = [f.name for f in fields if f.type is FieldType.REFERENCE and f.name != "owner"]
    for record in new:
        for name in references:
            value = record.values.get(name)
            if isinstance(value, Ref):
                wanted.setdefault(value.module, set()).add(value.id)
        for one in participants_of(record.values):
            if one.ref is not None and one.ref.module is not Module.USER:
                wanted.setdefault(one.ref.module, set()).add(one.ref.id)
    names: dict[str, str] = {}
    for module, ids in wanted.items():
        names.update(await visible_names(uow.connection, actor, module, ids))
    return names
