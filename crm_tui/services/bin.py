"""The bin: deleted records rest there until they are restored, or deleted for good by an administrator."""

from collections.abc import Callable, Sequence

from crm_tui.domain.actor import Actor, Verb
from crm_tui.domain.binned import BinnedRecord
from crm_tui.domain.modules import Module, area_of
from crm_tui.domain.records import Ref
from crm_tui.errors import NotFound
from crm_tui.i18n import _
from crm_tui.policies.administration import can_administer
from crm_tui.policies.records import can_delete
from crm_tui.services.core import Core
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.bin import BINNED, BinRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import AuditEntry, UnitOfWork


class BinService:
    """What was deleted, as far as the actor sees such records and may delete them."""

    def __init__(self, core: Core, records: Callable[[Module], RecordService]) -> None:
        self._core = core
        self._records = records

    def modules(self, actor: Actor) -> tuple[Module, ...]:
        """Return the modules whose deleted records the actor sees."""
        return tuple(module for module in BINNED if actor.grant(area_of(module)).allows(Verb.DELETE))

    async def list(
        self,
        actor: Actor,
        *,
        module: Module | None = None,
        text: str = "",
        limit: int = 100,
    ) -> Sequence[BinnedRecord]:
        """Return deleted records, the latest first; notes come back with their record and aren't listed.

        Args:
            module: Only its records.
            text: Part of the name, however it is written.
        """
        if module is not None:
            await self._core.require(actor, can_delete(actor, module), "bin", module)
        modules = self.modules(actor) if module is None else (module,)
        async with self._core.store.read() as connection:
            return await BinRepository(connection).page(actor, modules, text.strip(), limit)

    async def restore(self, actor: Actor, record_ids: Sequence[str]) -> tuple[Ref, ...]:
        """Take records out of the bin, with the notes that went along; all or none.

        Raises:
            NotFound: One of them isn't in the bin, or not for the actor.
            NotAllowed: The actor may not delete such records, and so not restore them either.
        """
        actor = await self._core.current(actor)
        await self._require(actor, record_ids)
        async with self._core.store.write(actor) as uow:
            bin_ = BinRepository(uow.connection)
            found = await self._found(bin_, actor, record_ids, lock=True)
            for record in found:
                notes = await bin_.notes_of(record)
                await bin_.restore(record.ref.module, [record.ref.id], uow.at, actor.id)
                await bin_.restore(Module.NOTE, notes, uow.at, actor.id)
                for note_id in notes:
                    uow.touched(Module.NOTE, note_id)
                await self._come_back(uow, record.ref)
            await uow.commit()
        return tuple(record.ref for record in found)

    async def purge(self, actor: Actor, record_ids: Sequence[str]) -> int:
        """Delete records in the bin for good; return how many. Only the audit trail remembers them.

        Raises:
            NotFound: One of them isn't in the bin.
            NotAllowed: Only administrators may do this.
        """
        actor = await self._core.current(actor)
        await self._core.require(actor, can_administer(actor), "purge")
        async with self._core.store.write(actor) as uow:
            bin_ = BinRepository(uow.connection)
            doomed = await self._found(bin_, actor, record_ids, lock=True)
            for record in doomed:
                await bin_.purge(record.ref.module, record.ref.id)
                uow.record(AuditEntry("purge", record.ref.module, record.ref.id, record.ref.name))
                uow.touched(record.ref.module, record.ref.id)
            await uow.commit()
        return len(doomed)

    async def _require(self, actor: Actor, record_ids: Sequence[str]) -> None:
        """Ask for the permissions before the transaction: a refusal is written in one of its own."""
        async with self._core.store.read() as connection:
            found = await self._found(BinRepository(connection), actor, record_ids)
        for module in dict.fromkeys(record.ref.module for record in found):
            await self._core.require(actor, can_delete(actor, module), "restore", module)

    async def _found(
        self, repository: BinRepository, actor: Actor, record_ids: Sequence[str], *, lock: bool = False
    ) -> Sequence[BinnedRecord]:
        found = await repository.get(actor, record_ids, lock=lock)
        if not set(record_ids) <= found.keys():
            raise NotFound(_("This record isn't in the bin."), _("Nothing was changed."))
        return [found[record_id] for record_id in dict.fromkeys(record_ids)]

    async def _come_back(self, uow: UnitOfWork, ref: Ref) -> None:
        record = await RecordRepository(uow.connection, ref.module).any(ref.id)
        if record is not None:
            await self._records(ref.module).come_back(uow, record)
        uow.record(AuditEntry("restore", ref.module, ref.id, ref.name))
        uow.touched(ref.module, ref.id)
