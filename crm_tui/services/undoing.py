"""Putting rows back to what they were before a transaction, with everything that depends on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.naming import name_of, sort_name_of
from crm_tui.domain.records import Record, Ref
from crm_tui.domain.told import stored
from crm_tui.domain.undo import LeftOut
from crm_tui.errors import Conflict, NotFound
from crm_tui.i18n import N_, _
from crm_tui.services.columns import differences
from crm_tui.services.core import Core
from crm_tui.services.mail_sources import refuse_put_back
from crm_tui.services.numbers import tell
from crm_tui.services.records import RecordService
from crm_tui.services.undo_checks import Target, UndoChecks
from crm_tui.store.images import Operation
from crm_tui.store.repositories.numbers import TABLE as NUMBERS
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.repositories.rows import RowRepository, ends_of
from crm_tui.store.uow import AuditEntry, UnitOfWork

Operations = Sequence[Operation]
"""What a transaction did, row by row."""


@dataclass(slots=True)
class _Changed:
    """A record on its way back: as it was found, None when it was in the bin or is new."""

    target: Target
    before: Record | None


class Undoing:
    """Undoes one transaction inside another one.

    Args:
        records: The service of each module's records.
        uow: The transaction; its caller commits.
        since: When the change was made.

    Attributes:
        left_out: What could not be put back; only for a change that was made in parts.
    """

    def __init__(
        self,
        core: Core,
        records: Callable[[Module], RecordService],
        uow: UnitOfWork,
        actor: Actor,
        since: datetime,
    ) -> None:
        self._core = core
        self._records = records
        self._uow = uow
        self._actor = actor
        self._rows = RowRepository(uow.connection)
        self._checks = UndoChecks(records, uow.connection, actor, since)
        self.left_out: list[LeftOut] = []

    async def run(
        self, operations: Operations, label: str, *, in_parts: bool, consequences: bool
    ) -> Sequence[Ref]:
        """Undo ``operations`` and return the records that are as they were.

        Args:
            label: What was done, for the audit trail; see `crm_tui.domain.told`.
            in_parts: Leave out what can't be put back, instead of refusing everything.
            consequences: Rows that only point elsewhere than before need no sight of their own.

        Raises:
            Conflict: A row was changed since or is used by others, or mail can't belong to deals any more.
            NotFound: The actor may not see a record.
        """
        if not consequences:
            await refuse_put_back(self._uow.connection, self._actor, operations)
        targets = await self._possible(operations, in_parts=in_parts, consequences=consequences)
        seen = await self._checks.visible(targets)
        changed = [await self._put_back(target) for target in targets if target.module is not None]
        links = [target for target in targets if target.module is None]
        await self._checks.require_sight(targets, seen, consequences=consequences)
        links = [target for target in links if await self._put_back_link(target, in_parts=in_parts)]
        reason = stored(N_("Undone: %(what)s"), what=label)
        for one in changed:
            await self._derive(one, reason)
        await self._tell_ends(links, {one.target.operation.row_id for one in changed}, reason)
        await self._tell_numbers(links, reason)
        return [one.target.ref for one in changed]

    async def _possible(self, operations: Operations, *, in_parts: bool, consequences: bool) -> list[Target]:
        targets = []
        for target in await self._checks.targets(operations):
            problem = await self._checks.problem(target, operations, consequences=consequences)
            if problem is None:
                targets.append(target)
            elif in_parts:
                self.left_out.append(LeftOut(target.ref if target.module else None, problem))
            else:
                raise Conflict(problem, _("Nothing was undone."))
        return sorted(targets, key=lambda target: target.order)

    # Records

    async def _put_back(self, target: Target) -> _Changed:
        repository = RecordRepository(self._uow.connection, target.record_module)
        before = await self._standing(target.record_module, target.operation.row_id)
        if target.operation.before is None:
            await repository.delete([target.operation.row_id], self._uow.at, self._actor.id)
        else:
            custom = target.now.custom if target.now else {}
            await self._rows.write(
                target.operation.table, target.operation.row_id, target.operation.before, custom
            )
        return _Changed(target, before)

    async def _derive(self, changed: _Changed, reason: str) -> None:
        """Set names, index, reminders and the audit trail by what the record says now."""
        service = self._records(changed.target.record_module)
        operation, before = changed.target.operation, changed.before
        if operation.before is None:
            if before is not None:
                await service.forget(self._uow, before)
            self._record(changed.target.ref, {}, reason)
            return
        after = await self._named(changed.target.record_module, operation.row_id)
        if before is None:
            await service.come_back(self._uow, after)
        else:
            await service.derive(self._uow, before, after)
        self._record(after.ref, differences(before.whole, after.whole) if before else {}, reason)
        for value in after.values.values():
            if isinstance(value, Ref) and value.module is not Module.USER:
                self._uow.touched(value.module, value.id)

    async def _named(self, module: Module, record_id: str) -> Record:
        record = await self._standing(module, record_id)
        if record is None:
            raise NotFound(_("There is no such record, or you may not see it."))
        names = {
            "display_name": name_of(module, record.values),
            "sort_name": sort_name_of(module, record.values),
        }
        await self._rows.stamp(module, record_id, self._uow.at, self._actor.id, names)
        return await self._standing(module, record_id) or record

    async def _standing(self, module: Module, record_id: str) -> Record | None:
        """Return a record with its custom fields, None if it isn't there or is in the bin."""
        found = await self._records(module).many(self._uow.connection, None, [record_id])
        return found[0] if found else None

    # Links

    async def _put_back_link(self, target: Target, *, in_parts: bool) -> bool:
        operation = target.operation
        if operation.before is None:
            await self._rows.remove(operation.table, operation.row_id)
        elif operation.after is not None:
            await self._rows.write(operation.table, operation.row_id, operation.before, None)
        elif not await self._rows.add(operation.table, operation.row_id, operation.before):
            reason = _("These records have been linked anew since.")
            if not in_parts:
                raise Conflict(reason, _("Nothing was undone."))
            self.left_out.append(LeftOut(None, reason))
            return False
        return True

    async def _tell_ends(self, links: Sequence[Target], told: set[str], reason: str) -> None:
        ends = {end for target in links for end in ends_of(target.operation.table, target.image)}
        for module, record_id in sorted(ends):
            self._uow.touched(module, record_id)
            if record_id not in told:
                names = await RecordRepository(self._uow.connection, module).names(self._actor, [record_id])
                self._record(Ref(module, record_id, names.get(record_id, "")), {}, reason)

    async def _tell_numbers(self, links: Sequence[Target], reason: str) -> None:
        """Flags of a number are no record's; whoever has the number shows them."""
        for target in links:
            if target.operation.table == NUMBERS:
                number = str(target.image["e164"])
                await tell(self._uow, number, self._core.region, "undo", {}, reason)

    def _record(self, ref: Ref, changes: Mapping[str, object], reason: str) -> None:
        self._uow.record(AuditEntry("undo", ref.module, ref.id, ref.name, changes, reason))
        self._uow.touched(ref.module, ref.id)
