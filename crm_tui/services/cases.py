"""Cases: what customers ask for help with."""

from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Value
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.settings import SettingsRepository
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

    def defaults(self, actor: Actor) -> dict[str, Value]:
        """A new case came by phone and is open."""
        return {"status": "open", "priority": "normal", "origin": "phone"}

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """Give the case the next number."""
        columns["number"] = await SettingsRepository(uow.connection).next_number("case")
