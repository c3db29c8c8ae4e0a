"""One change on many records: another owner, the same value in a field, deletion.

Nothing is written unless every record may be changed: whoever names a record that they may not see or
change is refused as a whole. Then the records are changed in short transactions, so that other agents'
saves find their turn in between, and all of them can be undone at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import BulkResult, Report, Targets, go_on
from crm_tui.domain.fields import Field
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import ListRow, Value
from crm_tui.domain.validation import check_values, missing
from crm_tui.errors import Conflict, CrmError, Invalid
from crm_tui.formats import format_number
from crm_tui.i18n import _
from crm_tui.policies.records import can
from crm_tui.policies.verdict import Reason
from crm_tui.services.bulk_steps import Assign, Discard, SetField, Step
from crm_tui.services.call_records import MEASURED
from crm_tui.services.core import Core
from crm_tui.services.records import RecordService, refuse
from crm_tui.services.references import find_ref, resolve

CHUNK = 25
"""Records that one transaction changes; half of a hundred milliseconds."""

READ = 400
"""Records that are read at once."""

PAUSE = 0.03
"""Seconds between two transactions, in which whoever waits for the store gets their turn."""


async def give_way() -> None:
    """Let other agents save between two transactions."""
    await asyncio.sleep(PAUSE)


_SET_OTHERWISE = MEASURED | {"owner"}
"""The owner is assigned; duration and result belong to the one call that they were measured in."""


class Listing(Protocol):
    """What lists the records of a module: their service, or the one of all activities."""

    async def list(self, actor: Actor, query: ListQuery, request: PageRequest) -> Page[ListRow]:
        """Return a page of records that the actor may see."""


class BulkActionService:
    """Changes many records.

    Args:
        records: Gives the service of a module's records.
        listing: Gives what lists a module; for an activity, activities of all kinds.
    """

    def __init__(
        self, core: Core, records: Callable[[Module], RecordService], listing: Callable[[Module], Listing]
    ) -> None:
        self._core = core
        self._records = records
        self._listing = listing

    # Choosing

    async def choose(self, actor: Actor, module: Module, ids: Sequence[str]) -> Targets:
        """Return records that were named one by one.

        Args:
            module: What they are; for an activity they may be activities of any kind.

        Raises:
            NotFound: One of them doesn't exist for the actor.
        """
        wanted = tuple(dict.fromkeys(ids))
        found: dict[Module, list[str]] = {}
        for start in range(0, len(wanted), READ):
            some = wanted[start : start + READ]
            query = ListQuery(sort=Sort("id"), criteria=(Criterion("id", Op.IN, some),))
            page = await self._listing(module).list(actor, query, PageRequest(limit=READ))
            await self._require_all(actor, module, some, {row.id for row in page.rows})
            _add(found, page.rows)
        return Targets({kind: tuple(some) for kind, some in found.items()})

    async def choose_list(
        self,
        actor: Actor,
        module: Module,
        query: ListQuery,
        but: frozenset[str] = frozenset(),
        report: Report = go_on,
    ) -> Targets:
        """Return all records of a list as it is now.

        Args:
            module: What the list is of; for an activity, activities of all kinds.
            but: Ids that are left out.
            report: Told how many were found; when it says so, the search ends with what is there.
        """
        found: dict[Module, list[str]] = {}
        async for rows in self._pages(actor, module, query):
            _add(found, [row for row in rows if row.id not in but])
            if not report(sum(len(ids) for ids in found.values()), 0):
                break
        return Targets({kind: tuple(some) for kind, some in found.items()}, whole_list=True)

    def fields(self, modules: Sequence[Module]) -> tuple[Field, ...]:
        """Return the fields that records of all ``modules`` have and that a person may set."""
        first, *others = [
            {
                f.name: f
                for f in self._records(module).fields()
                if f.in_form and not f.read_only and not f.is_linked
            }
            for module in modules
        ]
        return tuple(
            field
            for name, field in first.items()
            if name not in _SET_OTHERWISE
            and all(name in other and other[name].type is field.type for other in others)
        )

    async def checked(self, actor: Actor, modules: Sequence[Module], name: str, value: object) -> Value:
        """Return a value as the field ``name`` of all ``modules`` takes it.

        Raises:
            Invalid: It doesn't fit the field, or they have no such field.
        """
        typed: Value = None
        for module in modules:
            _field, typed = await self._typed(actor, module, name, value)
        return typed

    # Changing

    async def assign(self, actor: Actor, targets: Targets, owner: str, report: Report = go_on) -> BulkResult:
        """Give records to another owner.

        Args:
            owner: Id, name or mail address of an enabled user.

        Raises:
            NotFound: There is no such user, or the actor may not see a record; nothing was changed.
            NotAllowed: The profile doesn't allow edits; nothing was changed.
            Conflict: The state of some records forbids changes; nothing was changed.
        """
        actor = await self._core.current(actor)
        user = await find_ref(self._core, actor, Module.USER, owner)
        return await self._do(actor, targets, Assign(user, self._core.region), report)

    async def set_field(
        self, actor: Actor, targets: Targets, name: str, value: object, report: Report = go_on
    ) -> BulkResult:
        """Give one field of records the same value; their other fields stay as they are by then.

        Args:
            value: As typed, or typed already; None empties the field.

        Raises:
            Invalid: The value doesn't fit the field; nothing was changed.
            NotFound, NotAllowed, Conflict: As for `assign`.
        """
        actor = await self._core.current(actor)
        fields: dict[Module, Field] = {}
        typed: Value = None
        for module in targets.ids:
            fields[module], typed = await self._typed(actor, module, name, value)
        return await self._do(actor, targets, SetField(fields, typed, self._core.region), report)

    async def delete(self, actor: Actor, targets: Targets, report: Report = go_on) -> BulkResult:
        """Put records into the bin, with their notes.

        Raises:
            NotFound: The actor may not see one of them; none was deleted.
            NotAllowed: The profile doesn't allow it; none was deleted.
        """
        actor = await self._core.current(actor)
        return await self._do(actor, targets, Discard(), report)

    # Parts

    async def _pages(
        self, actor: Actor, module: Module, query: ListQuery
    ) -> AsyncIterator[Sequence[ListRow]]:
        """Yield a whole list, sorted by what no change of a record moves."""
        listed, request = replace(query, columns=(), sort=Sort("id")), PageRequest(limit=READ)
        while True:
            page = await self._listing(module).list(actor, listed, request)
            yield page.rows
            if page.at_end or not page.rows:
                return
            request = replace(request, seek=Seek.AFTER, position=page.rows[-1].position)

    async def _require_all(
        self, actor: Actor, module: Module, wanted: Sequence[str], found: set[str]
    ) -> None:
        missed = next((one for one in wanted if one not in found), None)
        if missed is not None:
            reason = Reason(_("There is no such record, or you may not see it."), hidden=True)
            await self._core.require(actor, reason, "bulk", module, missed)

    async def _typed(self, actor: Actor, module: Module, name: str, value: object) -> tuple[Field, Value]:
        service = self._records(module)
        field = next((f for f in self.fields((module,)) if f.name == name), None)
        if field is None:
            raise Invalid(_("There is no such field."), fields={name: _("There is no such field.")})
        context = self._core.context(actor, timed=True)
        checked = check_values((field,), {name: value}, context, settable=service.settable)
        values, unresolved = await resolve(self._core, actor, (field,), checked.values, {})
        refuse({**missing((field,), values), **unresolved, **checked.errors})
        return field, values[name]

    async def _do(self, actor: Actor, targets: Targets, step: Step, report: Report) -> BulkResult:
        await self._require(actor, targets, step)
        if not await self._check(actor, targets, step, report):
            return BulkResult(0, stopped=True)
        done, same, left, total = 0, 0, 0, targets.number
        group = new_id() if total > 1 else None
        for module, ids in targets.chunks(CHUNK):
            if done or same or left:
                await give_way()
                actor = await self._core.current(actor)
                await self._require(actor, targets, step)
            if not report(done + same + left, total):
                return BulkResult(done, left, stopped=True, unchanged=same)
            changed, fitting = await self._change(actor, self._records(module), ids, step, group)
            done += changed
            same += fitting - changed
            left += len(ids) - fitting
        report(total, total)
        return BulkResult(done, left, unchanged=same)

    async def _require(self, actor: Actor, targets: Targets, step: Step) -> None:
        for module in targets.ids:
            await self._core.require(actor, can(actor, step.verb, module), step.code, module)

    async def _check(self, actor: Actor, targets: Targets, step: Step, report: Report) -> bool:
        """Refuse the whole before anything is written; return whether the agent wants to go on."""
        refused: list[CrmError] = []
        for module, ids in targets.chunks(READ):
            if not report(0, targets.number):
                return False
            service = self._records(module)
            async with self._core.store.read() as connection:
                records = await service.many(connection, actor, ids)
            if not targets.whole_list:
                await self._require_all(actor, module, ids, {record.id for record in records})
            for record in records:
                try:
                    step.refuse(service, record)
                except CrmError as error:
                    refused.append(error)
            # A long list is looked at without holding up the keys of the agent.
            await asyncio.sleep(0)
        if refused:
            raise refused[0] if targets.number == 1 else _refusal(refused, targets.number)
        return True

    async def _change(
        self, actor: Actor, service: RecordService, ids: Sequence[str], step: Step, group: str | None
    ) -> tuple[int, int]:
        """Change a chunk; return how many of its records were changed, and how many are as wanted now."""
        async with self._core.store.write(actor) as uow:
            fitting, changed = [], 0
            for record in await service.many(uow.connection, actor, ids, lock=True):
                try:
                    step.refuse(service, record)
                except CrmError:
                    continue
                fitting.append(record)
            if fitting:
                changed = await step.apply(uow, actor, service, fitting)
                label, name = (step.label_several, "") if group else (step.label, fitting[0].name)
                uow.undoable(label, group=group, module=service.module.value, name=name)
                await uow.commit()
        return changed, len(fitting)


def _add(found: dict[Module, list[str]], rows: Sequence[ListRow]) -> None:
    for row in rows:
        found.setdefault(row.module, []).append(row.id)


def _refusal(refused: Sequence[CrmError], number: int) -> Conflict:
    return Conflict(
        _("%(refused)s of %(number)s records can't be changed so. Nothing was changed.")
        % {"refused": format_number(len(refused)), "number": format_number(number)},
        _("The first reason: %(reason)s") % {"reason": refused[0].message},
    )
