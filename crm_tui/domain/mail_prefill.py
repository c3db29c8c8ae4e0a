"""What a mail says of the lead, contact or case that is made of it."""

from typing import Final

from crm_tui.domain.mail import MailAddress, MailMessage
from crm_tui.domain.mail_names import person_of
from crm_tui.domain.mail_prediction import Direction
from crm_tui.domain.mail_senders import company_of, is_person
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Ref, Value

LONGEST_TEXT: Final = 32_000
"""Characters of a description."""

_MAIL_ORIGIN: Final = "e_mail"


def correspondents(message: MailMessage) -> tuple[MailAddress, ...]:
    """Return who is at the other end of a mail: its sender, or the addressees of what was sent.

    Where a machine sent it for somebody, as web forms do, that is whom an answer goes to.
    """
    if message.row.direction is Direction.SENT:
        return message.of_role("to")
    senders = message.of_role("from")
    if any(is_person(one.email) for one in senders):
        return senders
    answered = tuple(one for one in message.of_role("reply_to") if is_person(one.email))
    return answered or senders


def person_prefill(message: MailMessage, module: Module, region: str) -> dict[str, Value]:
    """Return the values of a lead or contact that is made of a mail.

    Args:
        module: LEAD or CONTACT; a contact gets ``company_name`` in place of ``company``.
        region: Two-letter country of numbers without a country code.
    """
    who = next(iter(correspondents(message)), MailAddress("from", ""))
    name = person_of(who.name, who.email)
    values: dict[str, Value] = {
        "last_name": name.last,
        "first_name": name.first,
        "email": who.email,
        "description": message.row.subject,
    }
    if module is Module.LEAD:
        values["company"] = company_of(who.email) or name.last
    return {field: value for field, value in values.items() if value}


def case_prefill(message: MailMessage, contact: Ref | None, picklists: Picklists) -> dict[str, Value]:
    """Return the values of a case that is made of a mail; its text becomes the description."""
    who = next(iter(correspondents(message)), None)
    values: dict[str, Value] = {
        "contact": contact,
        "email": who.email if who is not None else None,
        "subject": message.row.subject[:255] or None,
        "description": message.text[:LONGEST_TEXT] or None,
    }
    origin = picklists.find("case_origin", _MAIL_ORIGIN)
    if origin is not None and origin.active:
        values["origin"] = origin.code
    return {field: value for field, value in values.items() if value is not None}
