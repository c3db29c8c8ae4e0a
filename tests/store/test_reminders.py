"""Reminders: they follow their activity, reach its owner alone, and are shown by one console."""

import asyncio
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.errors import Invalid, NotFound
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services

MINUTE = timedelta(minutes=1)
LEAD = timedelta(minutes=15)


@pytest.fixture
async def contact(services: Services, agent: Actor) -> Record:
    """Whom the calls are with."""
    return (await services.contacts.create(agent, {"last_name": "Suzuki", "phone": "03-1234-5678"})).record


async def _call(services: Services, agent: Actor, contact: Record, at: str = "+1h", **more: object) -> str:
    values = {"who": contact.ref, "subject": "Call back", "starts_at": at, "reminder": "15_minutes"}
    return (await services.calls.schedule(agent, {**values, **more})).id


async def _due(services: Services, actor: Actor) -> list[str]:
    return [reminder.activity.id for reminder in await services.reminders.due(actor)]


async def test_a_call_reminds_so_long_before_it(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call_id = await _call(services, agent, contact)
    starts_at = clock.now() + timedelta(hours=1)
    assert await services.reminders.due(agent) == ()
    assert await services.reminders.next_at(agent) == starts_at - LEAD

    clock.advance(45 * MINUTE)

    (reminder,) = await services.reminders.due(agent)
    assert (reminder.activity.module, reminder.activity.id) == (Module.CALL, call_id)
    assert (reminder.due_at, reminder.activity_at) == (starts_at - LEAD, starts_at)
    assert (reminder.who, reminder.phone) == (contact.ref, "03-1234-5678")
    assert await services.reminders.next_at(agent) is None


async def test_reminders_come_in_the_order_of_their_time(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    later = await _call(services, agent, contact, "+3h")
    earlier = await _call(services, agent, contact, "+2h")
    event = (
        await services.events.create(
            agent, {"subject": "Visit", "starts_at": "+1h", "ends_at": "+2h", "reminder": "5_minutes"}
        )
    ).record.id
    task = (
        await services.tasks.create(agent, {"subject": "Offer", "due_date": "+1d", "reminder": "1_hour"})
    ).record.id
    clock.advance(timedelta(days=7))  # The machine slept.
    assert await _due(services, agent) == [event, earlier, later, task]


async def test_what_has_just_come_up_is_before_what_was_left(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    left = await _call(services, agent, contact, "+20m")
    clock.advance(timedelta(hours=3))
    await services.reminders.claim(agent)
    task = (
        await services.tasks.create(agent, {"subject": "Offer", "due_date": "today", "reminder": "1_hour"})
    ).record.id
    await services.reminders.claim(agent)
    clock.advance(MINUTE)
    new = await _call(services, agent, contact, "+2m")
    assert await _due(services, agent) == [new, left, task]
    await services.reminders.claim(agent)
    assert await _due(services, agent) == [new, left, task]

    clock.advance(timedelta(hours=2))
    assert await _due(services, agent) == [left, new, task]


async def test_a_moved_call_reminds_again(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    await services.reminders.dismiss(agent, call_id)
    assert await _due(services, agent) == []

    await services.calls.update(agent, call_id, {"subject": "Call them back"})
    assert await _due(services, agent) == []
    await services.calls.reschedule(agent, call_id, "+2h")
    clock.advance(115 * MINUTE)
    assert await _due(services, agent) == [call_id]


async def test_the_reminder_goes_to_the_new_owner(
    services: Services, admin: Actor, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    suzuki = await add_user(services, admin, "suzuki", "agent")
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    await services.reminders.dismiss(agent, call_id)

    await services.bulk.assign(agent, await services.bulk.choose(agent, Module.CALL, [call_id]), "suzuki")

    assert await _due(services, agent) == []
    assert await _due(services, suzuki) == [call_id]


@pytest.mark.parametrize("kind", ["call", "task", "event"])
async def test_nobody_is_reminded_of_what_is_over(
    services: Services, admin: Actor, contact: Record, clock: FrozenClock, kind: str
) -> None:
    ids = []
    for subject in ("completed", "other", "deleted"):
        if kind == "call":
            ids.append(await _call(services, admin, contact, subject=subject))
        elif kind == "task":
            values = {"subject": subject, "due_date": "+1d", "reminder": "1_hour"}
            ids.append((await services.tasks.create(admin, values)).record.id)
        else:
            values = {"subject": subject, "starts_at": "+1h", "ends_at": "+2h", "reminder": "15_minutes"}
            ids.append((await services.events.create(admin, values)).record.id)
    clock.advance(timedelta(days=1) if kind == "task" else 50 * MINUTE)
    assert await _due(services, admin) == ids

    completed, other, deleted = ids
    if kind == "call":
        given = {"starts_at": "-10m", "duration_seconds": "3:00", "result": "interested"}
        await services.calls.complete(admin, completed, given)
        await services.calls.cancel(admin, other)
        await services.calls.delete(admin, [deleted])
    else:
        service = services.tasks if kind == "task" else services.events
        await service.complete(admin, completed)
        await service.close(admin, other, "cancelled")
        await service.delete(admin, [deleted])
    assert await _due(services, admin) == []

    await services.bin.restore(admin, [deleted])
    assert await _due(services, admin) == [deleted]


async def test_undo_brings_a_reminder_back(
    services: Services, admin: Actor, contact: Record, clock: FrozenClock
) -> None:
    call_id = await _call(services, admin, contact)
    clock.advance(50 * MINUTE)
    await services.calls.cancel(admin, call_id)
    await services.undo.undo(admin)
    assert await _due(services, admin) == [call_id]

    await services.calls.delete(admin, [call_id])
    await services.undo.undo(admin)
    assert await _due(services, admin) == [call_id]

    await services.calls.reschedule(admin, call_id, "+3h")
    assert await _due(services, admin) == []
    await services.undo.undo(admin)
    assert await _due(services, admin) == [call_id]


async def test_a_running_call_reminds_nobody(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    await services.calls.start(agent, StartCall(scheduled_id=call_id))
    assert await _due(services, agent) == []
    await services.calls.cancel(agent, call_id)
    assert await _due(services, agent) == []


async def test_a_task_reminds_by_the_start_of_work(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    sato = await add_user(services, admin, "sato", "agent", time_zone="Asia/Tokyo")
    day = (clock.now() + timedelta(days=3)).date()
    await services.tasks.create(sato, {"subject": "Offer", "due_date": day, "reminder": "1_day"})
    at = await services.reminders.next_at(sato)
    assert at is not None
    assert at.isoformat() == f"{day - timedelta(days=1)}T00:00:00+00:00"  # 9:00 in Tokyo.


async def test_an_event_of_whole_days_reminds_by_the_start_of_work(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    sato = await add_user(services, admin, "sato", "agent", time_zone="America/New_York")
    day = (clock.now() + timedelta(days=3)).date()
    values = {"subject": "Fair", "all_day": True, "starts_at": day, "reminder": "1_hour"}
    await services.events.create(sato, values)
    at = await services.reminders.next_at(sato)
    assert at is not None
    assert at.isoformat() == f"{day}T13:00:00+00:00"  # 8:00 in New York.
    clock.set_wall(at)
    (reminder,) = await services.reminders.due(sato)
    assert reminder.day == day


async def test_a_reminder_is_put_off_and_comes_again(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock, store_url: StoreUrl
) -> None:
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    (reminder,) = await services.reminders.due(agent)
    assert await services.reminders.claim(agent) == {reminder.id}

    put_off = await services.reminders.snooze(agent, reminder.id, 10 * MINUTE)

    assert put_off.due_at == clock.now() + 10 * MINUTE
    assert await _due(services, agent) == []
    clock.advance(10 * MINUTE)
    restarted = await open_services(store_url, clock)
    assert await _due(restarted, agent) == [call_id]
    assert await restarted.reminders.claim(agent) == {reminder.id}
    await restarted.close()


async def test_a_reminder_is_put_off_as_typed(services: Services, admin: Actor, clock: FrozenClock) -> None:
    sato = await add_user(services, admin, "sato", "agent", time_zone="Asia/Tokyo")  # It is 14:00 there.
    values = {"subject": "Visit", "starts_at": "+4m", "ends_at": "+9m", "reminder": "5_minutes"}
    event = (await services.events.create(sato, values)).record
    typed = {"+10m": 10, "10m": 10, "14:30": 30, "1h": 60, "tomorrow 14:00": 24 * 60}
    for text, minutes in typed.items():
        until = (await services.reminders.snooze(sato, event.id, text)).due_at
        assert until == clock.now() + minutes * MINUTE, text


async def test_a_reminder_is_not_put_off_to_the_past(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    for until in ("-5m", "soon", timedelta(0)):
        with pytest.raises(Invalid) as refused:
            await services.reminders.snooze(agent, call_id, until)
        assert set(refused.value.fields) == {"until"}
    assert await _due(services, agent) == [call_id]


async def test_of_two_consoles_one_shows_a_reminder(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock, store_url: StoreUrl
) -> None:
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    other = await open_services(store_url, clock)

    claimed = await asyncio.gather(services.reminders.claim(agent), other.reminders.claim(agent))

    assert sorted(len(ids) for ids in claimed) == [0, 1]
    assert await _due(services, agent) == await _due(other, agent) == [call_id]
    await other.reminders.dismiss(agent, call_id)
    assert await _due(services, agent) == []
    with pytest.raises(NotFound):
        await services.reminders.snooze(agent, call_id, 5 * MINUTE)
    await other.close()


async def test_a_clock_that_is_set_back_takes_no_reminder_away(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    await services.reminders.claim(agent)
    clock.set_wall(clock.now() - timedelta(hours=2))
    assert await _due(services, agent) == [call_id]
    clock.advance(timedelta(hours=2))
    assert await services.reminders.claim(agent) == frozenset()


async def test_others_reminders_look_missing(
    services: Services, admin: Actor, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call_id = await _call(services, agent, contact)
    clock.advance(50 * MINUTE)
    (reminder,) = await services.reminders.due(agent)
    assert await services.reminders.due(admin) == ()
    assert await services.reminders.claim(admin) == frozenset()
    messages = set()
    for reminder_id in (reminder.id, call_id, "nothing", "01890000-0000-7000-8000-000000000000"):
        for act in (
            services.reminders.dismiss(admin, reminder_id),
            services.reminders.snooze(admin, reminder_id, 5 * MINUTE),
        ):
            with pytest.raises(NotFound) as refused:
                await act
            messages.add(refused.value.message)
    assert len(messages) == 1
    assert await _due(services, agent) == [call_id]


async def test_both_ends_of_a_change_of_owner_are_told(
    services: Services, admin: Actor, agent: Actor, contact: Record
) -> None:
    suzuki = await add_user(services, admin, "suzuki", "agent")
    call_id = await _call(services, agent, contact)
    told: set[tuple[Module, str]] = set()
    services.changes.subscribe(told.update)
    await services.calls.update(agent, call_id, {"owner": "suzuki"})
    assert {(Module.USER, agent.id), (Module.USER, suzuki.id), (Module.CALL, call_id)} <= told
