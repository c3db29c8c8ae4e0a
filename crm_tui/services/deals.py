"""Deals: open, won or lost by the kind of their stage, never by their probability."""

from collections.abc import Mapping
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Value
from crm_tui.i18n import _
from crm_tui.services.records import RecordService
from crm_tui.store.uow import UnitOfWork


class DealService(RecordService):
    """Deals."""

    module = Module.DEAL
    dependents = (
        (Module.NOTE, "parent"),
        (Module.TASK, "related_to"),
        (Module.EVENT, "related_to"),
        (Module.CALL, "related_to"),
    )

    def defaults(self, actor: Actor) -> dict[str, Value]:
        """A new deal starts at the first stage."""
        stages = self._core.picklists.active("deal_stage")
        return {"stage": stages[0].code} if stages else {}

    def problems(self, values: Mapping[str, Value], before: Record | None) -> dict[str, str]:
        """A probability is a percentage."""
        probability = values.get("probability")
        if isinstance(probability, int) and not 0 <= probability <= 100:
            return {"probability": _("A probability is between 0 and 100.")}
        return {}

    def derived(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """The stage says of what kind the deal is, and how probable where nobody said so."""
        stage = self._core.picklists.find("deal_stage", str(values.get("stage") or ""))
        if stage is None:
            return {}
        columns: dict[str, Any] = {"stage_kind": str(stage.attributes.get("kind", "open"))}
        if values.get("probability") is None:
            columns["probability"] = int(stage.attributes.get("probability", 0))
        return columns

    async def before_insert(self, uow: UnitOfWork, columns: dict[str, Any]) -> None:
        """A new deal reaches its stage now."""
        columns["stage_changed_at"] = uow.at
