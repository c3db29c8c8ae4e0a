"""Choosing a record that a mail is added to: those of its people are offered, any other is found or made."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.addressees import Addressee
from crm_tui.domain.mail import MailAddress
from crm_tui.domain.mail_prefill import addressee_values
from crm_tui.domain.mail_settings import Unknown
from crm_tui.domain.modules import PEOPLE, SINGULAR, Module
from crm_tui.domain.records import Record, Ref
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.mail_addressed import deals_of, people_of
from screens.record_form import RecordFormScreen
from screens.record_picker_modal import RecordPickerModal

if TYPE_CHECKING:
    from screens.base import CrmScreen

ADDED_TO: Final = (*PEOPLE, Module.DEAL)
"""What a mail can be added to."""

_FIND: Final = "find"
_MADE_OF: Final = {Module.LEAD: Unknown.LEAD, Module.CONTACT: Unknown.CONTACT}

_OFFERED: Final = 8
"""Records that are offered at most; each has a digit, and so has finding another one."""


async def choose_record(screen: "CrmScreen[Any]", addressees: Sequence[Addressee]) -> Ref | None:
    """Let the agent choose; to be awaited in a worker. None when they give up.

    The leads and contacts that have the addresses are offered, with the deals of the contacts. Where nobody
    has one, a lead or a contact can be made of the first addressee, what the mail settings say first.
    """
    with screen.app.keys.hold():
        people = await people_of(screen.app, addressees)
        deals = await deals_of(screen.app, people)
        made = await _makeable(screen) if addressees and not people else []
    offered = {ref.id: ref for ref in [*people, *(one.ref for one in deals)][:_OFFERED]}
    options = [(ref.id, f"{_(SINGULAR[ref.module])}: {safe(ref.name, limit=80)}") for ref in offered.values()]
    options += [(module.value, _make_label(module, addressees[0])) for module in made]
    if options:
        options.append((_FIND, _("Find another record …")))
        chosen = await screen.app.push_screen_wait(ChoiceModal(_("Add the mail to which record?"), options))
        if chosen in made:
            return await _made(screen, Module(chosen), addressees[0])
        if chosen != _FIND:
            return offered.get(chosen or "")
    return await _found(screen)


async def _found(screen: "CrmScreen[Any]") -> Ref | None:
    allowed = [module for module in ADDED_TO if screen.allowed("view", module)]
    title = _("Add the mail to which record?")
    found = await screen.app.push_screen_wait(RecordPickerModal(allowed, title=title))
    return found if isinstance(found, Ref) else None


async def _makeable(screen: "CrmScreen[Any]") -> list[Module]:
    """Return what the agent may make of somebody unknown; what the settings say comes first."""
    settings = await screen.services.mail_records.settings(screen.actor)
    found = [module for module in PEOPLE if screen.allowed("create", module)]
    return sorted(found, key=lambda module: _MADE_OF[module] is not settings.unknown)


def _make_label(module: Module, addressee: Addressee) -> str:
    text = _("New lead: %(name)s") if module is Module.LEAD else _("New contact: %(name)s")
    return text % {"name": safe(addressee.name or addressee.email, limit=60)}


async def _made(screen: "CrmScreen[Any]", module: Module, addressee: Addressee) -> Ref | None:
    """Let the agent check, correct and save a new record."""
    values = addressee_values(module, MailAddress("to", addressee.email, addressee.name), "")
    form = RecordFormScreen(module, None, values)
    record: Record | None = await screen.app.push_screen_wait(form)
    return record.ref if record is not None else None
