"""Calls made up for reports, written straight into the table: how they were saved is tested elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import insert

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.reports import By, Period
from crm_tui.services.container import Services
from crm_tui.store.models.activities import activities

DAY = Period(date(2026, 11, 4), date(2026, 11, 4))
"""A day of which calls were made."""

LIMITS = {By.AGENT: "root", By.TYPE: "inbound", By.PURPOSE: "desk", By.RESULT: "interested", By.HOUR: "9"}
"""A limit of each kind."""


@dataclass(frozen=True)
class Made:
    """A call as it was made."""

    owner: str
    type: str
    purpose: str
    result: str
    person: str
    talk: int | None
    wrap_up: int
    start: datetime
    saved: datetime


async def person(services: Services, admin: Actor, name: str) -> str:
    """Return the id of the one contact or lead that the calls are with."""
    service = services.contacts if name == "contact" else services.leads
    found = await service.list(admin, ListQuery(), PageRequest(limit=1))
    if found.rows:
        return found.rows[0].id
    values = {"last_name": "Abe", **({} if name == "contact" else {"company": "Acme"})}
    return (await service.create(admin, values)).record.id


async def random_calls(services: Services, admin: Actor, owners: Sequence[str], number: int) -> list[Made]:
    """Add calls of some people around the weeks of `AUTUMN`; not all of them were saved in it."""
    random = Random(7)
    people = {}
    for name in ("Abe", "Baba"):
        people[(await services.contacts.create(admin, {"last_name": name})).record.id] = "contact_id"
    lead = (await services.leads.create(admin, {"last_name": "Chiba", "company": "Acme"})).record
    people[lead.id] = "lead_id"
    begin = datetime(2026, 10, 19, 20, tzinfo=UTC)
    made = []
    for _each in range(number):
        start = begin + timedelta(seconds=random.randrange(33 * 86_400), microseconds=random.randrange(10**6))
        talk = None if random.random() < 0.1 else random.randrange(900)
        made.append(
            Made(
                random.choice(owners),
                random.choice(("outbound", "inbound", "inbound", "missed")),
                random.choice(("", *"abcdefghij")),
                random.choice(("", "interested", "no_response_busy")),
                random.choice(("", *people)),
                talk,
                random.randrange(90),
                start,
                start + timedelta(seconds=random.randrange(4000)),
            )
        )
    async with services.core.store.write(admin) as uow:
        await uow.connection.execute(insert(activities), [columns(call, people) for call in made])
        await uow.commit()
    return made


def columns(call: Made, people: dict[str, str]) -> dict[str, object]:
    return {
        "id": new_id(),
        **dict.fromkeys(("created_at", "modified_at", "completed_at"), call.saved),
        **dict.fromkeys(("sort_at", "starts_at", "due_at"), call.start),
        **dict.fromkeys(people.values()),
        **({people[call.person]: call.person} if call.person else {}),
        "kind": "call",
        "status": "completed",
        "is_closed": True,
        "owner_id": call.owner,
        "type": call.type,
        "purpose": call.purpose,
        "result": call.result,
        "duration_seconds": call.talk,
        "wrap_up_seconds": call.wrap_up,
    }
