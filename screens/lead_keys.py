"""The key of a lead's detail that converts it, or opens what it became."""

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.records import Record, Ref
from crm_tui.i18n import N_, _
from screens.choice_modal import ChoiceModal
from screens.convert_lead_screen import convert_lead
from screens.record_activities import ActivityKeys

_BECAME = ("converted_contact", "converted_account", "converted_deal")


class LeadKeys(ActivityKeys):
    """A detail screen with a key for converting."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "o",
            "convert",
            N_("Convert"),
            id="record.convert",
            tooltip=N_("Convert the lead; for a converted one, open what it became."),
        ),
    ]

    record: Record | None
    ref: Ref

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the key to leads."""
        if action == "convert":
            if self.ref.module is not Module.LEAD or self.record is None:
                return False
            return self.record.get("converted_at") is not None or self.allowed("edit", Module.LEAD)
        return super().check_action(action, parameters)

    @work(group="record.convert", exit_on_error=False)
    async def action_convert(self) -> None:
        """Convert the lead, or go to what it became."""
        record = self.record
        if record is None:
            return
        if record.get("converted_at") is None:
            await convert_lead(self, record.id)
            return
        became = {ref.id: ref for name in _BECAME if (ref := record.ref_to(name)) is not None}
        if not became:
            self.app.notice(_("You may not see what this lead became."))
            return
        options = [(ref.id, f"{_(SINGULAR[ref.module])}: {ref.name}") for ref in became.values()]
        chosen = await self.app.push_screen_wait(ChoiceModal(_("Open what it became"), options))
        if chosen:
            await self.app.open_record(became[chosen])
