"""What else stands at a time is told while something is scheduled."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area
from crm_tui.domain.overlaps import CALL_SLOT
from crm_tui.domain.records import Record
from crm_tui.errors import NotAllowed
from crm_tui.services.container import Services
from tests.store.conftest import add_user

START = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def event(services: Services, actor: Actor, **values: object) -> Record:
    given = {"subject": "Meeting", "starts_at": START, "ends_at": START + HOUR, **values}
    return (await services.events.create(actor, given)).record


async def found(services: Services, actor: Actor, whose: Actor, start: datetime, end: datetime) -> list[str]:
    overlaps = await services.overlaps.find(actor, whose.id, start, end)
    return [one.activity.name if one.activity else "busy" for one in overlaps]


async def test_events_and_scheduled_calls_of_the_owner_are_told(services: Services, agent: Actor) -> None:
    person = (await services.contacts.create(agent, {"last_name": "Mori"})).record.ref
    values = {"type": "outbound", "who": person, "subject": "Call", "starts_at": START + HOUR / 2}
    await services.calls.schedule(agent, values)
    await event(services, agent)
    assert await found(services, agent, agent, START, START + HOUR) == ["Meeting", "Call"]
    assert await found(services, agent, agent, START + HOUR / 2 + CALL_SLOT, START + 2 * HOUR) == ["Meeting"]
    assert await found(services, agent, agent, START + HOUR, START + 2 * HOUR) == []
    assert await found(services, agent, agent, START - HOUR, START) == []


async def test_a_full_day_hides_nothing_that_stands_at_the_time(
    services: Services, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_tui.services.overlaps._MOST", 2)
    person = (await services.contacts.create(agent, {"last_name": "Mori"})).record.ref
    await event(services, agent)
    for hours in (1, 2, 3, -1, -2, -3):
        start = START + hours * HOUR
        await event(services, agent, subject="Other", starts_at=start, ends_at=start + HOUR)
        values = {"type": "outbound", "who": person, "subject": "Call", "starts_at": start}
        await services.calls.schedule(agent, values)
    assert await found(services, agent, agent, START, START + HOUR) == ["Meeting"]


async def test_what_is_over_and_what_is_moved_itself_is_not_told(services: Services, agent: Actor) -> None:
    over, moved = await event(services, agent), await event(services, agent)
    await services.events.cancel(agent, over.id)
    overlaps = await services.overlaps.find(agent, agent.id, START, START + HOUR, but=moved.id)
    assert overlaps == ()


async def test_time_in_which_somebody_takes_part_is_taken(
    services: Services, admin: Actor, agent: Actor
) -> None:
    await event(services, admin, participants=[agent.user])
    assert await found(services, agent, agent, START, START + HOUR) == ["Meeting"]
    assert await found(services, agent, admin, START, START + HOUR) == ["Meeting"]


async def test_whole_days_are_those_of_the_owner(services: Services, admin: Actor) -> None:
    owner = await add_user(services, admin, "mori", "agent", time_zone="America/Los_Angeles")
    await event(services, owner, all_day=True, starts_at="2026-11-25", ends_at="2026-11-25")
    begins = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert await found(services, admin, owner, begins - HOUR, begins) == []
    assert await found(services, admin, owner, begins, begins + HOUR) == ["Meeting"]
    assert await found(services, admin, owner, begins + 23 * HOUR, begins + 24 * HOUR) == ["Meeting"]
    assert await found(services, admin, owner, begins + 24 * HOUR, begins + 25 * HOUR) == []


async def test_an_event_that_began_days_before_is_told(services: Services, agent: Actor) -> None:
    await event(services, agent, ends_at=START + timedelta(days=40))
    assert await found(services, agent, agent, START + timedelta(days=39), START + timedelta(days=41)) == [
        "Meeting"
    ]


async def test_what_is_out_of_sight_is_busy_time_without_a_name(services: Services, admin: Actor) -> None:
    await services.profiles.set(admin, "agent", Area.ACTIVITY, Grant(True, True, True, True, Scope.OWN))
    me = await add_user(services, admin, "me", "agent")
    await event(services, admin)
    assert await found(services, me, admin, START, START + HOUR) == ["busy"]
    await services.profiles.set(admin, "agent", Area.ACTIVITY, Grant())
    with pytest.raises(NotAllowed):
        await found(services, await services.users.sign_in("me"), admin, START, START + HOUR)
