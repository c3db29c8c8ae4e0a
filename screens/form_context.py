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
        users = await screen.services.users.find(screen.actor, text) if Module.USER in modules else ()
        colleagues = tuple(Suggestion(user) for user in users[:SUGGESTIONS])
        others = tuple(module for module in modules if module is not Module.USER)
        if not others:
            return colleagues
        hits = await screen.services.search.find(screen.actor, text, others, limit=SUGGESTIONS)
        records = [
            Suggestion(hit.ref, "  ".join(filter(None, (hit.detail, hit.phone))), hit.email) for hit in hits
        ]
        # Where both are looked for, neither hides the other.
        room = max(SUGGESTIONS - len(colleagues), SUGGESTIONS // 2) if colleagues else SUGGESTIONS
        return (*records[:room], *colleagues[: SUGGESTIONS - len(records[:room])])

    async def pick(modules: tuple[Module, ...], text: str) -> Ref | None:
        from screens.record_picker_modal import RecordPickerModal

        chosen = await screen.app.push_screen_wait(RecordPickerModal(modules, text=text))
        return chosen if isinstance(chosen, Ref) else None

    return FormContext(screen.services.settings.picklists, screen.zone, find, pick)
