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
            tooltip=N_("Make a contact, an account and, where wanted, a deal of the lead."),
        ),
        Binding(
            "o",
            "open_became",
            N_("What it became"),
            id="record.became",
            tooltip=N_("Open the contact, the account or the deal that the lead became."),
        ),
    ]

    record: Record | None
    ref: Ref

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys to leads, before and after the conversion."""
        if action in ("convert", "open_became"):
            if self.ref.module is not Module.LEAD or self.record is None:
                return False
            is_converted = self.record.get("converted_at") is not None
            return is_converted if action == "open_became" else not is_converted and self._may_convert
        return super().check_action(action, parameters)

    @work(group="record.convert", exit_on_error=False)
    async def action_convert(self) -> None:
        """Convert the lead."""
        await convert_lead(self, self.ref.id)

    @work(group="record.became", exit_on_error=False)
    async def action_open_became(self) -> None:
        """Go to what the lead became."""
        record = self.record
        if record is None:
            return
        became = {ref.id: ref for name in _BECAME if (ref := record.ref_to(name)) is not None}
        if not became:
            self.app.notice(_("You may not see what this lead became."))
            return
        options = [(ref.id, f"{_(SINGULAR[ref.module])}: {ref.name}") for ref in became.values()]
        chosen = await self.app.push_screen_wait(ChoiceModal(_("Open what it became"), options))
        if chosen:
            await self.app.open_record(became[chosen])

    @property
    def _may_convert(self) -> bool:
        return self.allowed("edit", Module.LEAD) and self.allowed("create", Module.CONTACT)
