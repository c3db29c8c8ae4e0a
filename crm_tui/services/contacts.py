"""Contacts, and the account a contact belongs to."""

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.associations import AssociationRepository
from crm_tui.store.uow import UnitOfWork


class ContactService(RecordService):
    """Contacts."""

    module = Module.CONTACT
    dependents = (
        (Module.NOTE, "parent"),
        (Module.TASK, "who"),
        (Module.EVENT, "who"),
        (Module.CALL, "who"),
        (Module.DEAL, "contact"),
        (Module.CASE, "contact"),
    )

    async def after_write(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """The account in the form is the contact's primary association."""
        account = after.ref_to("account")
        if before is None or before.ref_to("account") != account:
            associations = AssociationRepository(uow.connection)
            await associations.set_primary(after.id, account.id if account else None, uow.at)
