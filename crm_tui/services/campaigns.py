"""Campaigns."""

from collections.abc import Mapping
from datetime import date

from crm_tui.domain.actor import Actor
from crm_tui.domain.members import UNCOUNTED
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.i18n import _
from crm_tui.services.record_reading import Consequence
from crm_tui.services.records import RecordService
from crm_tui.store.repositories.members import MemberRepository


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

    async def consequences(self, actor: Actor, record_id: str) -> tuple[Consequence, ...]:
        """Members stay, but nobody sees any more that they were in the campaign."""
        found = await super().consequences(actor, record_id)
        campaign = Ref(Module.CAMPAIGN, record_id, "")
        async with self._core.store.read() as connection:
            members = MemberRepository(connection)
            counts = [(module, await members.count(None, campaign, module, UNCOUNTED)) for module in PEOPLE]
        return (
            *found,
            *(Consequence(module, count.number, kept=True) for module, count in counts if count.number),
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
