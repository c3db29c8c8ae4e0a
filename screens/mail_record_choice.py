"""Choosing a record that a mail is added to: those of its people are offered, any other is found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.records import Ref
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.mail_addressed import deals_of
from screens.record_picker_modal import RecordPickerModal

if TYPE_CHECKING:
    from screens.base import CrmScreen

_FIND: Final = "find"

_OFFERED: Final = 8
"""Records that are offered at most; each has a digit, and so has finding another one."""


async def choose_record(
    screen: "CrmScreen[Any]", people: Sequence[Ref], modules: Sequence[Module]
) -> Ref | None:
    """Let the agent choose; to be awaited in a worker. None when they give up.

    Args:
        people: The leads and contacts that are offered, with the deals of the contacts.
        modules: What may be found beside these.
    """
    deals = await deals_of(screen.app, people)
    offered = [*people, *(one.ref for one in deals)][:_OFFERED]
    if offered:
        options = [(ref.id, f"{_(SINGULAR[ref.module])}: {safe(ref.name, limit=80)}") for ref in offered]
        options.append((_FIND, _("Find another record …")))
        chosen = await screen.app.push_screen_wait(ChoiceModal(_("Add the mail to which record?"), options))
        if chosen != _FIND:
            return next((ref for ref in offered if ref.id == chosen), None)
    allowed = [module for module in modules if screen.allowed("view", module)]
    title = _("Add the mail to which record?")
    found = await screen.app.push_screen_wait(RecordPickerModal(allowed, title=title))
    return found if isinstance(found, Ref) else None
