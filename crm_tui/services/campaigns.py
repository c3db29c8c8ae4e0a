"""Campaigns."""

from collections.abc import Mapping
from datetime import date

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Value
from crm_tui.i18n import _
from crm_tui.services.records import RecordService


class CampaignService(RecordService):
    """Campaigns."""

    module = Module.CAMPAIGN
    dependents = (
        (Module.NOTE, "parent"),
        (Module.DEAL, "campaign"),
        (Module.TASK, "related_to"),
        (Module.EVENT, "related_to"),
        (Module.CALL, "related_to"),
    )

    def defaults(self, actor: Actor) -> dict[str, Value]:
        """A new campaign is being planned."""
        return {"status": "planning"}

    def problems(self, values: Mapping[str, Value], before: Record | None) -> dict[str, str]:
        """A campaign doesn't end before it starts."""
        start, end = values.get("start_date"), values.get("end_date")
        if isinstance(start, date) and isinstance(end, date) and end < start:
            return {"end_date": _("The end is before the start.")}
        return {}
