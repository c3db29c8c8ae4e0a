"""Accounts: the companies that contacts work for."""

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.services.record_reading import Consequence
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.associations import AssociationRepository


class AccountService(RecordService):
    """Accounts."""

    module = Module.ACCOUNT
    dependents = (
        (Module.NOTE, "parent"),
        (Module.DEAL, "account"),
        (Module.CASE, "account"),
        (Module.TASK, "related_to"),
        (Module.EVENT, "related_to"),
        (Module.CALL, "related_to"),
    )

    async def consequences(self, actor: Actor, record_id: str) -> tuple[Consequence, ...]:
        """Contacts lose an account, whether it is their primary one or a further one."""
        found = await super().consequences(actor, record_id)
        async with self._core.store.read() as connection:
            number = await AssociationRepository(connection).count_contacts(record_id)
        return (*found, Consequence(Module.CONTACT, number, kept=True)) if number else found
