"""Planned calls and what else is to be done: moved, handed over, completed early, with somebody converted."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus, StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Invalid
from crm_tui.services.container import Services
from crm_tui.store.changes import Changed
from tests.store.conftest import add_user

HOUR = timedelta(hours=1)


@pytest.fixture
async def contact(services: Services, agent: Actor) -> Record:
    values = {"last_name": "田中", "phone": "03-1234-5678"}
    return (await services.contacts.create(agent, values)).record


@pytest.fixture
async def colleague(services: Services, admin: Actor) -> Actor:
    return await add_user(services, admin, "suzuki", "agent", full_name="鈴木 一郎")


@pytest.fixture
async def planned(services: Services, agent: Actor, contact: Record, clock: FrozenClock) -> Call:
    """A call that is planned for two hours from now."""
    return await services.calls.schedule(agent, plan(contact.ref, clock))


@pytest.fixture
def announced(services: Services) -> Iterator[list[Changed]]:
    """What the store announces from now on."""
    heard: list[Changed] = []
    end = services.changes.subscribe(heard.append)
    yield heard
    end()


def plan(who: Ref, clock: FrozenClock, **more: object) -> dict[str, object]:
    return {"subject": "返事", "who": who, "starts_at": clock.now() + 2 * HOUR, **more}


async def test_another_person_brings_another_number(
    services: Services, agent: Actor, planned: Call, contact: Record
) -> None:
    values = {"last_name": "Roe", "company": "Roe Ltd", "mobile": "090-1111-2222"}
    lead = (await services.leads.create(agent, values)).record
    moved = await services.calls.update(agent, planned.id, {"who": lead.ref})
    assert (moved.who, moved.phone) == (lead.ref, "090-1111-2222")
    saved = await services.calls.records.update(agent, planned.id, {"who": contact.ref})
    assert saved.record.text("phone") == "03-1234-5678"
    await services.undo.undo(agent)
    assert (await services.calls.get(agent, planned.id)).phone == "090-1111-2222"


async def test_a_planned_call_can_have_a_result_already(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    values = plan(contact.ref, clock, result="requested_call_back", duration_seconds=90)
    call = await services.calls.schedule(agent, values)
    assert (call.result, call.duration_seconds) == ("requested_call_back", None)


async def test_a_call_completed_before_its_time_began_when_it_can_have(
    services: Services, agent: Actor, planned: Call, clock: FrozenClock
) -> None:
    done = await services.calls.complete(agent, planned.id, {"duration_seconds": "3:00"})
    assert (done.starts_at, done.due_at) == (clock.now() - timedelta(minutes=3),) * 2


async def test_a_call_completed_after_its_time_began_as_planned(
    services: Services, agent: Actor, planned: Call, clock: FrozenClock
) -> None:
    clock.advance(5 * HOUR)
    done = await services.calls.complete(agent, planned.id, {"duration_seconds": "3:00"})
    assert done.starts_at == planned.starts_at


async def test_the_moves_of_a_call_are_kept(
    services: Services, agent: Actor, colleague: Actor, planned: Call, clock: FrozenClock
) -> None:
    assert planned.starts_at is not None
    first, second = planned.starts_at + HOUR, planned.starts_at + 2 * HOUR
    await services.calls.reschedule(agent, planned.id, first)
    await services.calls.update(agent, planned.id, {"subject": "x"})
    clock.advance(60)
    await services.calls.update(colleague, planned.id, {"starts_at": second, "purpose": "demo"})
    moves = await services.moves.of(agent, Ref(Module.CALL, planned.id, ""))
    assert [(move.who, move.old, move.new) for move in moves] == [
        ("鈴木 一郎", first, second),
        ("佐藤 花子", planned.starts_at, first),
    ]
    assert moves[0].at == clock.now()
    lines = await services.audit.history(agent, Ref(Module.CALL, planned.id, ""))
    assert [line.action for line in lines] == ["changed", "changed", "rescheduled", "scheduled"]


async def test_making_the_call_is_no_move(
    services: Services, agent: Actor, planned: Call, clock: FrozenClock
) -> None:
    await services.calls.start(agent, StartCall(scheduled_id=planned.id))
    assert await services.moves.of(agent, Ref(Module.CALL, planned.id, "")) == ()


async def test_the_new_owner_is_told_who_gave_them_what(
    services: Services,
    agent: Actor,
    colleague: Actor,
    contact: Record,
    clock: FrozenClock,
    announced: list[Changed],
) -> None:
    call = await services.calls.schedule(agent, plan(contact.ref, clock, owner=colleague.user))
    assert {(Module.USER, colleague.id), (Module.CALL, call.id)} <= announced[-1]
    (one,) = await services.handovers.received(colleague, announced[-1])
    assert (one.activity.id, one.activity.name, one.who) == (call.id, "返事", "佐藤 花子")
    assert await services.handovers.received(agent, announced[-1]) == ()

    task = (await services.tasks.create(agent, {"subject": "資料"})).record
    assert await services.handovers.received(agent, announced[-1]) == ()
    await services.tasks.update(agent, task.id, {"owner": colleague.user})
    assert [one.activity.id for one in await services.handovers.received(colleague, announced[-1])] == [
        task.id
    ]
    await services.tasks.update(agent, task.id, {"subject": "資料2"})
    assert await services.handovers.received(colleague, announced[-1]) == ()


async def test_what_is_made_with_a_converted_lead_is_with_the_contact(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    lead = (
        await services.leads.create(agent, {"last_name": "Roe", "company": "Roe", "phone": "03-1"})
    ).record
    await services.conversion.convert(agent, lead.id)
    contact = (await services.leads.get(agent, lead.id)).ref_to("converted_contact")
    assert contact is not None
    values = {"subject": "x", "who": lead.ref, "related_to": None}
    assert (await services.tasks.create(agent, values)).record.ref_to("who") == contact
    times = {"starts_at": clock.now(), "ends_at": clock.now() + HOUR}
    assert (await services.events.create(agent, {**values, **times})).record.ref_to("who") == contact
    assert (await services.calls.schedule(agent, plan(lead.ref, clock))).who == contact
    logged = {"subject": "x", "who": lead.ref, "starts_at": clock.now(), "duration_seconds": 0}
    assert (await services.calls.log(agent, logged)).who == contact
    assert (await services.calls.start(agent, StartCall(who=lead.ref))).who == contact


async def test_a_contact_out_of_sight_is_not_reached_through_its_lead(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    lead = (await services.leads.create(agent, {"last_name": "Roe", "company": "Roe"})).record
    await services.conversion.convert(agent, lead.id)
    await services.contacts.delete(admin, [_converted(await services.leads.get(admin, lead.id)).id])
    with pytest.raises(Invalid) as refused:
        await services.calls.start(agent, StartCall(who=lead.ref))
    assert "converted" in refused.value.fields["who"]


async def test_a_cancelled_call_reminds_nobody(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call = await services.calls.schedule(agent, plan(contact.ref, clock, reminder="5_minutes"))
    cancelled = await services.calls.cancel(agent, call.id)
    clock.advance(2 * HOUR)
    assert cancelled.status is CallStatus.CANCELLED
    assert await services.reminders.due(agent) == ()


def _converted(lead: Record) -> Ref:
    contact = lead.ref_to("converted_contact")
    assert contact is not None
    return contact
