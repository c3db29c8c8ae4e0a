"""Accounts, deals, cases and campaigns of the sample data."""

from decimal import Decimal
from random import Random

from crm_tui.demo.calendar import Calendar
from crm_tui.demo.companies import Company, address
from crm_tui.demo.people import Office
from crm_tui.demo.texts import CAMPAIGNS, texts
from crm_tui.domain.picklists import Picklists
from crm_tui.domain.records import Ref, Value

_CASE_STATUSES = ("open", "open", "open", "on_hold", "escalated", "closed", "closed")
_CASE_PRIORITIES = ("low", "normal", "normal", "normal", "high", "urgent")


def account_values(random: Random, firm: Company, phone: str) -> dict[str, Value]:
    """Return the values of an account."""
    return {
        "name": firm.name,
        "name_kana": firm.kana or None,
        "phone": phone,
        "website": f"https://www.{firm.domain}/",
        "industry": firm.industry,
        "contacts_see_all_cases": random.random() < 0.2,
        **address(random, japanese=firm.is_japanese).fields("billing_"),
    }


def deal_values(
    random: Random,
    calendar: Calendar,
    picklists: Picklists,
    office: Office,
    contact: Ref | None,
    campaign: Ref | None,
) -> dict[str, Value]:
    """Return the values of a deal; over many deals every stage occurs."""
    own = texts(office.company.is_japanese)
    stage = random.choice(picklists.active("deal_stage"))
    is_open = stage.attributes.get("kind") == "open"
    return {
        "name": f"{office.ref.name[:80]} {random.choice(own.deals)}"[:120],
        "account": office.ref,
        "contact": contact,
        "stage": stage.code,
        "amount": Decimal(random.randrange(5, 500) * 10_000),
        "closing_date": calendar.day(random.randrange(3, 90) if is_open else -random.randrange(1, 180)),
        "next_step": random.choice(own.next_steps) if is_open else None,
        "source": random.choice(picklists.active("lead_source")).code,
        "campaign": campaign if random.random() < 0.3 else None,
    }


def case_values(
    random: Random, picklists: Picklists, office: Office, contact: Ref | None
) -> dict[str, Value]:
    """Return the values of a case."""
    own = texts(office.company.is_japanese)
    subject, description = random.choice(own.cases)
    return {
        "subject": subject,
        "description": description,
        "contact": contact,
        "account": office.ref,
        "status": random.choice(_CASE_STATUSES),
        "priority": random.choice(_CASE_PRIORITIES),
        "origin": random.choice(picklists.active("case_origin")).code,
        "phone": office.phone,
        "tags": (random.choice(own.tags),) if random.random() < 0.5 else None,
    }


def campaign_values(calendar: Calendar) -> list[dict[str, Value]]:
    """Return the values of all campaigns."""
    return [
        {
            "name": name,
            "type": kind,
            "status": status,
            "start_date": calendar.day(first),
            "end_date": calendar.day(last),
            "budgeted_cost": Decimal(100_000 * (number + 1)),
            "expected_revenue": Decimal(750_000 * (number + 1)),
        }
        for number, (name, kind, status, first, last) in enumerate(CAMPAIGNS)
    ]
