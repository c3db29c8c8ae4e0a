"""What the fields of a form need from the console around them."""

from typing import TYPE_CHECKING, Any

from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from screens.widgets.form_field import FormContext, Suggestion

if TYPE_CHECKING:
    from screens.base import CrmModal, CrmScreen

SUGGESTIONS = 6
"""Records that are offered while a reference is being typed."""


def form_context(screen: "CrmScreen[Any] | CrmModal[Any]") -> FormContext:
    """Return what a form on ``screen`` needs: its pick-lists, zone, lookup and record picker."""

    async def find(text: str, modules: tuple[Module, ...]) -> tuple[Suggestion, ...]:
        if modules == (Module.USER,):
            users = await screen.services.users.find(screen.actor, text)
            return tuple(Suggestion(user) for user in users[:SUGGESTIONS])
        hits = await screen.services.search.find(screen.actor, text, modules, limit=SUGGESTIONS)
        return tuple(Suggestion(hit.ref, "  ".join(filter(None, (hit.detail, hit.phone)))) for hit in hits)

    async def pick(modules: tuple[Module, ...], text: str) -> Ref | None:
        from screens.record_picker_modal import RecordPickerModal

        chosen = await screen.app.push_screen_wait(RecordPickerModal(modules, text=text))
        return chosen if isinstance(chosen, Ref) else None

    return FormContext(screen.services.settings.picklists, screen.zone, find, pick)
