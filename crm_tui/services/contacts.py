"""Contacts, and the account a contact belongs to."""

from collections.abc import Sequence

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import Association
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.policies.records import can_view
from crm_tui.services.mail_belonging import follow_address, follow_addresses
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

    async def accounts(self, actor: Actor, contact_id: str) -> tuple[Association, ...]:
        """Return the accounts of a contact that the actor may see, the primary one first."""
        await self.get(actor, contact_id)
        await self._core.require(actor, can_view(actor, Module.ACCOUNT), "list", Module.ACCOUNT)
        async with self._core.store.read() as connection:
            return tuple(await AssociationRepository(connection).accounts_of(actor, contact_id))

    async def after_write(self, uow: UnitOfWork, before: Record | None, after: Record) -> None:
        """The account in the form is the contact's primary association; the address brings its mail."""
        await follow_address(uow, before, after)
        account = after.ref_to("account")
        if before is None or before.ref_to("account") != account:
            associations = AssociationRepository(uow.connection)
            await uow.keep_where("account_contacts", contact_id=after.id)
            await associations.set_primary(after.id, account.id if account else None, uow.at)

    async def after_insert(self, uow: UnitOfWork, records: Sequence[Record]) -> None:
        """Associate many new contacts with their accounts, and with their mail, at once."""
        pairs = [(record.id, account.id) for record in records if (account := record.ref_to("account"))]
        await AssociationRepository(uow.connection).add_primary(pairs, uow.at)
        await follow_addresses(uow, records)

    async def come_back(self, uow: UnitOfWork, record: Record) -> None:
        """The mail that came while it lay in the bin is found as well."""
        await super().come_back(uow, record)
        await follow_addresses(uow, [record])
