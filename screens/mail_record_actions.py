"""What an agent does with a mail and records: make a lead or a case of it, add it to records.

Every function is awaited in a worker of a screen or of the console.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from crm_tui.domain.mail import MailMessage
from crm_tui.domain.mail_prefill import correspondents
from crm_tui.domain.mail_settings import Unknown
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.policies.records import can_create, can_edit, can_view
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.key_names import with_undo_key
from screens.mail_record_forms import CaseOfMailScreen, PersonOfMailScreen
from screens.record_picker_modal import RecordPickerModal

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

_ADDED_TO: Final = (Module.CONTACT, Module.LEAD, Module.DEAL)
_ALL: Final = "all"
_CREATE, _CONVERT, _CHOOSE = "create", "convert", "choose"


async def create_lead(app: "CrmApp", mail_id: str) -> Record | None:
    """Let the agent make a lead of a mail: check what it says, correct it, save.

    Returns:
        The lead, None if the agent gave up.
    """
    return await _create_person(app, mail_id, Module.LEAD)


async def create_case(app: "CrmApp", mail_id: str) -> Record | None:
    """Let the agent make a case of a mail; where nobody has its address, the contact comes first.

    Returns:
        The case, None if the agent gave up.
    """
    with app.keys.hold():
        mail = await app.services.mail_messages.get(app.actor, mail_id)
        values = await app.services.mail_records.case_values(app.actor, mail_id)
    if "contact" not in values:
        contact = await _contact_first(app, mail)
        if contact is None:
            return None
        values = {**values, "contact": contact}
    case: Record | None = await app.push_screen_wait(CaseOfMailScreen(Module.CASE, mail, values))
    return case


async def add(app: "CrmApp", mail_id: str) -> bool:
    """Add a mail to the record of its sender; where there is none, do what the mail settings say.

    Returns:
        Whether it was added.
    """
    with app.keys.hold():
        found = await app.services.mail_records.sender_records(app.actor, mail_id)
    if not found:
        return await _add_unknown(app, mail_id)
    chosen = await _choose_among(app, found) if len(found) > 1 else found
    for ref in chosen:
        await app.services.mail_records.add(app.actor, mail_id, ref)
    if chosen:
        _tell(app, chosen)
    return bool(chosen)


async def find_and_add(app: "CrmApp", mail_id: str) -> bool:
    """Let the agent search for a lead, a contact or a deal and add a mail there.

    Returns:
        Whether it was added.
    """
    allowed = [module for module in _ADDED_TO if can_view(app.actor, module) is True]
    title = _("Add the mail to which record?")
    ref = await app.push_screen_wait(RecordPickerModal(allowed, title=title))
    if not isinstance(ref, Ref):
        return False
    if ref.module is Module.DEAL:
        return await _add_to_deal(app, mail_id, ref)
    await app.services.mail_records.add(app.actor, mail_id, ref)
    _tell(app, [ref])
    return True


async def take_away(app: "CrmApp", mail_id: str) -> bool:
    """Take a mail away from a record that it was added to by hand; several are offered.

    Returns:
        Whether it was taken away.
    """
    with app.keys.hold():
        added = await app.services.mail_records.added_to(app.actor, mail_id)
    chosen = added[0] if len(added) == 1 else None
    if len(added) > 1:
        options = [(ref.id, _named(ref)) for ref in added]
        code = await app.push_screen_wait(ChoiceModal(_("Remove the mail from which record?"), options))
        chosen = next((ref for ref in added if ref.id == code), None)
    if chosen is None:
        return False
    mail = await app.services.mail_records.remove(app.actor, mail_id, chosen)
    stays = chosen in (*mail.contacts, *mail.leads)
    text = (
        _("The mail isn't kept at %(name)s any more; it stands there as long as its address does.")
        if stays
        else with_undo_key(app, _("The mail was removed from %(name)s. z undoes it."))
    )
    app.notice(text % {"name": _named(chosen)})
    return True


# Leads, contacts and cases


async def _create_person(app: "CrmApp", mail_id: str, module: Module) -> Record | None:
    service = app.services.mail_records
    with app.keys.hold():
        mail = await app.services.mail_messages.get(app.actor, mail_id)
        known = await service.sender_records(app.actor, mail_id)
        proposed = service.lead_values if module is Module.LEAD else service.contact_values
        values = await proposed(app.actor, mail_id)
    if others := [ref for ref in known if ref.module is not module]:
        # The form itself tells of records of its own kind.
        names = ", ".join(_named(ref) for ref in others)
        app.notice(_("This address is known already: %(names)s.") % {"names": names})
    record: Record | None = await app.push_screen_wait(PersonOfMailScreen(module, mail, values))
    return record


async def _contact_first(app: "CrmApp", mail: MailMessage) -> Ref | None:
    """Offer what leads to a contact for a case; return the contact, None if the agent gave up."""
    with app.keys.hold():
        known = await app.services.mail_records.sender_records(app.actor, mail.row.id)
    lead = next((ref for ref in known if ref.module is Module.LEAD), None)
    may_create = can_create(app.actor, Module.CONTACT) is True
    options = []
    if lead is not None and may_create and can_edit(app.actor, Module.LEAD) is True:
        name = safe(lead.name, limit=60)
        options.append((_CONVERT, _("Convert the lead %(name)s, then the case") % {"name": name}))
    if may_create:
        options.append((_CREATE, _("Create the contact, then the case")))
    options.append((_CHOOSE, _("Choose another contact")))
    question = _("No contact has the mail address %(address)s.") % {"address": _address(mail)}
    detail = _("A case needs a contact.")
    chosen = await app.push_screen_wait(ChoiceModal(question, options, detail=detail))
    if chosen == _CREATE:
        made = await _create_person(app, mail.row.id, Module.CONTACT)
        return made.ref if made is not None else None
    if chosen == _CONVERT and lead is not None:
        return await _converted(app, lead)
    if chosen == _CHOOSE:
        title = _("Whose case is it?")
        ref = await app.push_screen_wait(RecordPickerModal([Module.CONTACT], title=title))
        return ref if isinstance(ref, Ref) else None
    return None


async def _converted(app: "CrmApp", lead: Ref) -> Ref | None:
    from screens.convert_lead_screen import ConvertLeadScreen

    with app.keys.hold():
        preview = await app.services.conversion.preview(app.actor, lead.id)
    became = await app.push_screen_wait(ConvertLeadScreen(preview))
    return became.contact if became is not None else None


# Adding


async def _choose_among(app: "CrmApp", found: Sequence[Ref]) -> Sequence[Ref]:
    options = [(ref.id, _named(ref)) for ref in found]
    options.append((_ALL, _("All of them")))
    chosen = await app.push_screen_wait(
        ChoiceModal(_("Several records have this address. Add where?"), options)
    )
    return found if chosen == _ALL else [ref for ref in found if ref.id == chosen]


async def _add_unknown(app: "CrmApp", mail_id: str) -> bool:
    service = app.services.mail_records
    with app.keys.hold():
        mail = await app.services.mail_messages.get(app.actor, mail_id)
        module = await service.made_for_unknown(app.actor, mail_id)
    if module is None:
        app.notice(await _why_nothing(app, mail))
        return False
    try:
        added = await service.add_to_sender(app.actor, mail_id)
    except Invalid as error:
        # The record needs more than the mail says: the agent fills that in.
        app.show_error(error)
        return await _create_person(app, mail_id, module) is not None
    if added.created is not None:
        named = {"module": _(SINGULAR[module]), "name": safe(added.created.name, limit=60)}
        app.notice(
            with_undo_key(app, _("%(module)s %(name)s was created; the mail stands there. z undoes it."))
            % named
        )
    return True


async def _why_nothing(app: "CrmApp", mail: MailMessage) -> str:
    nobody = _("No lead or contact has the address %(address)s. Nothing was added.") % {
        "address": _address(mail)
    }
    settings = await app.services.mail_records.settings(app.actor)
    if settings.unknown is Unknown.NOTHING:
        why = _("So the mail settings say. You can create a lead, or find a record and add it there.")
    else:
        why = _("Machines, mailing lists and colleagues become no leads or contacts by themselves.")
    return f"{nobody}\n{why}"


async def _add_to_deal(app: "CrmApp", mail_id: str, deal: Ref) -> bool:
    """Put a mail to a deal; where the deal is of somebody else, offer to add it to that contact as well."""
    service = app.services.mail_records
    with app.keys.hold():
        offered = await app.services.mail_deals.offered(app.actor, mail_id)
        record = await app.services.deals.get(app.actor, deal.id)
    contact = record.ref_to("contact")
    if all(one.ref.id != deal.id for one in offered) and contact is not None:
        names = {"deal": safe(deal.name, limit=60), "contact": safe(contact.name, limit=60)}
        question = _("“%(deal)s” is a deal of %(contact)s, who isn't in this mail.") % names
        if not await app.confirm(question, _("Add it to %(contact)s too") % names):
            return False
        await service.add_with_contact(app.actor, mail_id, deal)
    else:
        await service.add(app.actor, mail_id, deal)
    app.notice(
        with_undo_key(app, _("The mail belongs to “%(deal)s” now. z undoes it."))
        % {"deal": safe(deal.name, limit=60)}
    )
    return True


def _tell(app: "CrmApp", refs: Sequence[Ref]) -> None:
    names = ", ".join(_named(ref) for ref in refs)
    app.notice(with_undo_key(app, _("The mail was added to %(names)s. z undoes it.")) % {"names": names})


def _named(ref: Ref) -> str:
    return f"{_(SINGULAR[ref.module])} {safe(ref.name, limit=60)}"


def _address(mail: MailMessage) -> str:
    return next((safe(one.email, limit=80) for one in correspondents(mail)), "–")
