"""Cases: what customers ask for help with."""

from collections.abc import Mapping
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import Page, PageRequest
from crm_tui.domain.queries import Count, ListQuery
from crm_tui.domain.records import ListRow, Record, Ref, Value
from crm_tui.policies.records import can_view
from crm_tui.services.records import RecordService
from crm_tui.services.references import visible_names
from crm_tui.store.repositories.associated import CaseRepository, cases_around
from crm_tui.store.repositories.associations import AssociationRepository
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.store.store import Connection
from crm_tui.store.uow import UnitOfWork


class CaseService(RecordService):
    """Cases."""

    module = Module.CASE
    dependents = (
        (Module.NOTE, "parent"),
        (Module.TASK, "related_to"),
        (Module.EVENT, "related_to"),
        (Module.CALL, "related_to"),
    )

    async def list_around(
        self, actor: Actor, account_id: str, query: ListQuery, request: PageRequest
    ) -> Page[ListRow]:
        """Return one page of the cases of an account and of all contacts associated with it.

        Raises:
            NotFound: The actor may not see the account.
        """
        await self._core.require(actor, can_view(actor, self.module), "list", self.module)
        query = await self._checked_query(actor, query)
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, Module.ACCOUNT, {account_id})
            repository = self._around(connection, actor, account_id)
            return await repository.page(actor, query, request)

    async def count_around(self, actor: Actor, account_id: str, cap: int = 10_000) -> Count:
        """Count the cases of an account and of all contacts associated with it, no further than ``cap``."""
        await self._core.require(actor, can_view(actor, self.module), "count", self.module)
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, Module.ACCOUNT, {account_id})
            return await self._around(connection, actor, account_id).count(actor, ListQuery(), cap)

    async def account_for(self, actor: Actor, contact_id: str) -> Ref | None:
        """Return the account that a new case of a contact belongs to by itself.

        That is the contact's primary account, or the only one; None where there are several and none of
        them is primary, or none that the actor may see.

        Raises:
            NotFound: The actor may not see the contact.
        """
        async with self._core.store.read() as connection:
            await visible_names(connection, actor, Module.CONTACT, {contact_id})
            found = await AssociationRepository(connection).accounts_of(actor, contact_id)
        if not found or not (found[0].primary or len(found) == 1):
            return None
        return Ref(Module.ACCOUNT, found[0].account_id, found[0].name)

    def defaults(self, actor: Actor) -> dict[str, Value]:
        """A new case came by phone and is open."""
        return {"status": "open", "priority": "normal", "origin": "phone"}

    async def checked(
        self, actor: Actor, given: Mapping[str, object], before: Record | None
    ) -> tuple[dict[str, Value], tuple[str, ...]]:
        """A new case takes the account of its contact over, unless something was said of the account."""
        values, ignored = await super().checked(actor, given, before)
        contact = values.get("contact")
        if before is None and "account" not in given and isinstance(contact, Ref):
            values["account"] = await self.account_for(actor, contact.id)
        return values, ignored

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """Give the case the next number."""
        columns["number"] = await SettingsRepository(uow.connection).next_number("case")

    def _around(self, connection: Connection, actor: Actor, account_id: str) -> CaseRepository:
        custom = self._core.custom_fields.by_name(self.module)
        return CaseRepository(connection, cases_around(actor, account_id), custom)
