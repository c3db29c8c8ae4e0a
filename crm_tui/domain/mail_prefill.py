"""What a mail says of the lead, contact or case that is made of it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from crm_tui.domain.fields import FieldType
from crm_tui.domain.mail import MailAddress, MailMessage
from crm_tui.domain.mail_names import PersonName, person_of
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.mail_senders import company_of, is_person, may_become
from crm_tui.domain.mail_signature import Signature, find_signature
from crm_tui.domain.mail_signature_lines import is_organisation
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import is_address
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Ref, Value
from crm_tui.domain.schema import field_of
from crm_tui.domain.search_terms import fold

_MAIL_ORIGIN: Final = "e_mail"
"""Code of the origin of cases that came by mail."""

_CUT: Final = (FieldType.TEXT, FieldType.LONG_TEXT)


def correspondents(message: MailMessage, own: Collection[str] = ()) -> tuple[MailAddress, ...]:
    """Return who is at the other end of a mail: its sender, or the addressees of what was sent.

    Where a machine sent it for somebody, as web forms do, that is whom an answer goes to.

    Args:
        own: Folded addresses of the organisation; of several addressees colleagues come last.
    """
    if message.row.direction is Direction.SENT:
        return tuple(sorted(message.of_role("to"), key=lambda one: not may_become(one.email, own)))
    senders = message.of_role("from")
    if any(is_person(one.email) for one in senders):
        return senders
    answered = tuple(one for one in message.of_role("reply_to") if is_person(one.email))
    return answered or senders


def person_prefill(
    message: MailMessage, module: Module, region: str, own: Collection[str] = ()
) -> dict[str, Value]:
    """Return the values of a lead or contact that is made of a mail: sender, signature, subject.

    A lead needs a company: where no signature names one, the domain of the address stands for it, and where
    that is anybody's, the name of the person.

    Args:
        module: LEAD or CONTACT; a contact gets ``company_name`` in place of ``company``.
        region: Two-letter country of numbers without a country code.
        own: Folded addresses of the organisation.
    """
    who = next(iter(correspondents(message, own)), MailAddress("from", ""))
    called = person_of(who.name, who.email)
    theirs = message.row.direction is Direction.RECEIVED
    said = find_signature(message.text, called, region) if theirs else Signature()
    name = _best_name(who, called, said)
    company = said.company or next(filter(is_organisation, (called.note, who.name)), "")
    email = who.email if is_person(who.email) or not said.email else said.email
    values = {
        "last_name": name.last,
        "first_name": name.first,
        "last_name_kana": name.last_kana,
        "first_name_kana": name.first_kana,
        "email": email,
        "phone": said.phone,
        "mobile": said.mobile,
        "fax": said.fax,
        "description": message.row.subject,
    }
    if module is Module.LEAD:
        values["company"] = company or company_of(email) or name.last
        values["title"] = " ".join(filter(None, (said.department, said.title)))
        values["website"] = said.website
    else:
        values |= {"company_name": company, "title": said.title, "department": said.department}
    prefix = "" if module is Module.LEAD else "mailing_"
    for part in ("postal_code", "state", "city", "street"):
        values[f"{prefix}{part}"] = getattr(said, part)
    return _fitting(module, values)


def addressee_values(module: Module, who: MailAddress, subject: str) -> dict[str, Value]:
    """Return the values of a lead or contact that is made of somebody to whom a mail was sent."""
    name = person_of(who.name, who.email)
    values = {
        "last_name": name.last,
        "first_name": name.first,
        "last_name_kana": name.last_kana,
        "first_name_kana": name.first_kana,
        "email": who.email,
        "description": subject,
    }
    if module is Module.LEAD:
        values["company"] = company_of(who.email) or name.last
    return _fitting(module, values)


def case_prefill(message: MailMessage, contact: Ref | None, picklists: Picklists) -> dict[str, Value]:
    """Return the values of a case that is made of a mail: address, contact, subject, text."""
    who = next(iter(correspondents(message)), MailAddress("from", ""))
    values = {"email": who.email, "subject": message.row.subject, "description": message.text}
    found = _fitting(Module.CASE, values)
    if contact is not None:
        found["contact"] = contact
    origin = picklists.find("case_origin", _MAIL_ORIGIN)
    if origin is not None and origin.active:
        found["origin"] = origin.code
    return found


def _best_name(who: MailAddress, called: PersonName, said: Signature) -> PersonName:
    """Return the name in the line of the sender; what the signature knows better comes from there.

    That is where the family name ends, the reading, and who it is that writes for an office or a machine.
    """
    if not said.name.last:
        return called
    if not called.first and said.name.last == called.last:
        return said.name
    if _letters(said.name) == _letters(called):
        known = said.name if said.name.first else called
        return replace(known, last_kana=said.name.last_kana, first_kana=said.name.first_kana)
    nameless = not who.name or "@" in who.name or is_organisation(who.name) or not is_person(who.email)
    return said.name if nameless else called


def _letters(name: PersonName) -> str:
    return fold(f"{name.last}{name.first}")


def _fitting(module: Module, values: Mapping[str, str]) -> dict[str, Value]:
    """Return the values as far as the fields take them; texts that are too long are cut."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        field = field_of(module, name)
        limit = field.max_length if field is not None else 0
        if limit and len(value) > limit:
            value = value[:limit].rstrip() if field is not None and field.type in _CUT else ""
        if field is not None and field.type is FieldType.EMAIL and not is_address(value):
            value = ""
        if value.strip():
            found[name] = value
    return found
