"""Accounts: the companies that contacts work for."""

from crm_tui.domain.modules import Module
from crm_tui.domain.queries import Criterion, Op
from crm_tui.domain.records import Record
from crm_tui.services.indexing import document_of
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.lookup import LookupRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.uow import UnitOfWork


class AccountService(RecordService):
    """Accounts."""

    module = Module.ACCOUNT
    dependents = (
        (Module.NOTE, "parent"),
        (Module.CONTACT, "account"),
        (Module.DEAL, "account"),
        (Module.CASE, "account"),
        (Module.TASK, "related_to"),
        (Module.EVENT, "related_to"),
        (Module.CALL, "related_to"),
    )

    async def after_write(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """Contacts and deals are found by their account's name: a new name goes into their entries."""
        if before is None or before.name == after.name:
            return
        for module in (Module.CONTACT, Module.DEAL, Module.CASE):
            repository = RecordRepository(uow.connection, module)
            documents = []
            for record_id in await repository.all_ids(Criterion("account", Op.EQ, after.ref)):
                record = await repository.any(record_id)
                if record is not None:
                    documents.append(document_of(record, self._core.region))
            await LookupRepository(uow.connection).replace(documents)
