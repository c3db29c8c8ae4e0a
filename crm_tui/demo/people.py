"""Leads and contacts of the sample data."""

from dataclasses import dataclass
from random import Random

from crm_tui.demo.calendar import Calendar
from crm_tui.demo.companies import Company, address, company
from crm_tui.demo.names import PersonName, mail_name, person_name
from crm_tui.demo.phones import landline, mobile
from crm_tui.demo.texts import texts
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Ref, Value

JAPANESE_SHARE = 0.65
"""Part of the people whose name is Japanese."""

_SHARED_NUMBER = 0.35
"""Part of the contacts that have only their company's number."""

_STATUSES = (
    "not_contacted not_contacted not_contacted attempted_to_contact attempted_to_contact contacted contacted "
    "contact_in_future pre_qualified not_qualified lost_lead junk_lead"
).split()


@dataclass(frozen=True, slots=True)
class Office:
    """An account of the sample data as its contacts need to know it."""

    ref: Ref
    company: Company
    phone: str


def lead_values(random: Random, calendar: Calendar, picklists: Picklists, number: int) -> dict[str, Value]:
    """Return the values of a lead."""
    japanese = random.random() < JAPANESE_SHARE
    name, firm = person_name(random, japanese=japanese), company(random, number, japanese=japanese)
    values: dict[str, Value] = {
        **_name(name),
        "company": firm.name[:100],
        "title": random.choice(texts(japanese).titles),
        "email": f"{mail_name(name, random)}@{firm.domain}",
        "phone": landline(random, japanese=japanese),
        "status": random.choice(_STATUSES),
        "source": random.choice(picklists.active("lead_source")).code,
        "industry": firm.industry,
        "do_not_call": random.random() < 0.03,
    }
    if random.random() < 0.4:
        values["mobile"] = mobile(random, japanese=japanese)
    if random.random() < 0.5:
        values.update(address(random, japanese=japanese).fields(""))
    return values


def contact_values(random: Random, calendar: Calendar, office: Office) -> dict[str, Value]:
    """Return the values of a contact of an account."""
    japanese = office.company.is_japanese
    if random.random() < 0.1:
        japanese = not japanese
    name, own = person_name(random, japanese=japanese), texts(japanese)
    values: dict[str, Value] = {
        **_name(name),
        "account": office.ref,
        "title": random.choice(own.titles),
        "department": random.choice(own.departments),
        "email": f"{mail_name(name, random)}@{office.company.domain}",
        "phone": office.phone
        if random.random() < _SHARED_NUMBER
        else landline(random, japanese=office.company.is_japanese),
        "do_not_call": random.random() < 0.02,
    }
    if random.random() < 0.5:
        values["mobile"] = mobile(random, japanese=japanese)
    if random.random() < 0.3:
        values["birthday"] = calendar.day(-365 * random.randrange(22, 65) - random.randrange(365))
    if random.random() < 0.6:
        values.update(address(random, japanese=office.company.is_japanese).fields("mailing_"))
    return values


def _name(name: PersonName) -> dict[str, Value]:
    return {
        "first_name": name.first,
        "last_name": name.last,
        "first_name_kana": name.first_kana or None,
        "last_name_kana": name.last_kana or None,
    }
