"""Writing what the rows of a chunk come to: the records of a module at once, and links."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.imports.rules import IMPORTABLE
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.records import Record
from crm_tui.domain.told import stored
from crm_tui.i18n import N_
from crm_tui.services.bulk import Change, Made, NewRecord, change_records, insert_made, make_record
from crm_tui.services.call_records import first_number
from crm_tui.services.core import Core
from crm_tui.services.imports.calls import columns_of_call
from crm_tui.services.imports.plan import Plan, Write
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.import_links import ImportLinkRepository, NewLink
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import UnitOfWork


@dataclass(slots=True)
class Written:
    """What was written.

    Attributes:
        links: Id of the link that was added for a row, by its number.
        versions: Version of each record now.
    """

    links: dict[int, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


class ImportWriting:
    """Writes plans in the transaction of their caller, who commits.

    Args:
        records: Gives the service of a module's records.
        source: Whose ids the links have.
        name: What the import is called in the audit trail.
    """

    def __init__(
        self, core: Core, records: Callable[[Module], RecordService], actor: Actor, source: str, name: str
    ) -> None:
        self._core = core
        self._records = records
        self._actor = actor
        self._source = source
        self._reason = stored(N_("Imported: %(name)s"), name=name)

    async def write(self, uow: UnitOfWork, plan: Plan) -> Written:
        """Write a plan; a record that somebody else changes meanwhile is a conflict.

        Raises:
            Conflict: That happened; nothing may be committed.
        """
        written = Written()
        for module in IMPORTABLE:
            some = [write for write in plan.writes.values() if write.record.module is module]
            new = [write for write in some if write.before is None]
            if new:
                await self._add(uow, module, new)
                written.versions.update({write.record.id: 1 for write in new})
        for module in IMPORTABLE:
            changed = [
                Change(write.before, write.values)
                for write in plan.writes.values()
                if write.before is not None and write.record.module is module
            ]
            if changed:
                for record in await self._change(uow, module, changed):
                    written.versions[record.id] = record.version
        written.links = await self._link(uow, plan.links)
        return written

    async def _add(self, uow: UnitOfWork, module: Module, new: Sequence[Write]) -> None:
        service = self._records(module)
        used = set().union(service.defaults(self._actor), *(write.values for write in new))
        fields = [one for one in service.fields() if one.name in used or one.custom or one.read_only]
        made = [
            await make_record(uow, service, fields, self._actor, NewRecord(write.values), write.record.id)
            for write in new
        ]
        if module is Module.CALL:
            made = await self._calls(uow, made)
        await insert_made(self._core, uow, service, made, self._reason)

    async def _change(self, uow: UnitOfWork, module: Module, changes: Sequence[Change]) -> list[Record]:
        service = self._records(module)
        records = await change_records(self._core, uow, service, self._actor, changes, self._reason)
        if module is not Module.CALL:
            return records
        ended = {one.before.id for one in changes if "status" in one.values}
        found = []
        for record in records:
            columns = columns_of_call(record.whole, record.text("phone"), uow.at)
            if record.id in ended and "completed_at" in columns:
                repository = RecordRepository(uow.connection, Module.CALL)
                await repository.update(record.id, record.version, columns)
                record = await repository.any(record.id) or record
            found.append(record)
        return found

    async def _calls(self, uow: UnitOfWork, made: Sequence[Made]) -> list[Made]:
        """Return calls with what follows from their status, and with the number of whom they are with."""
        numbers: dict[str, str] = {}
        for module in (Module.CONTACT, Module.LEAD):
            ids = {who.id for one in made if (who := one.record.ref_to("who")) and who.module is module}
            for person in await self._records(module).many(uow.connection, self._actor, sorted(ids)):
                numbers[person.id] = first_number(person)
        found = []
        for one in made:
            who = one.record.ref_to("who")
            own = columns_of_call(one.record.whole, numbers.get(who.id, "") if who else "", uow.at)
            found.append(Made({**one.columns, **own}, one.record, one.given))
        return found

    async def _link(self, uow: UnitOfWork, links: Mapping[int, tuple[Module, str, str]]) -> dict[int, str]:
        new: dict[int, NewLink] = {}
        for number, (module, remote_id, record_id) in links.items():
            column = "activity" if module in ACTIVITIES else module.value
            link = NewLink(new_id(), self._source, module.value, remote_id, f"{column}_id", record_id)
            new[number] = link
        added = await ImportLinkRepository(uow.connection).put(list(new.values()), uow.at) if new else ()
        return {number: link.id for number, link in new.items() if link.id in added}
