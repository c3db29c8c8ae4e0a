"""Calls through their service: the running call, what it measures, and what can't be changed any more."""

from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus, StartCall
from crm_tui.domain.layout import CallLayout
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Record
from crm_tui.errors import Conflict, Immutable, Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services


@pytest.fixture
async def contact(services: Services, agent: Actor) -> Record:
    """The customer on the line."""
    values = {"last_name": "田中", "first_name": "太郎", "phone": "03-1234-5678"}
    return (await services.contacts.create(agent, values)).record


@pytest.fixture
async def lead(services: Services, agent: Actor) -> Record:
    """Somebody who isn't a customer yet."""
    return (await services.leads.create(agent, {"last_name": "Suzuki", "company": "Acme"})).record


async def test_a_call_from_start_to_the_closed_activities(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    started = clock.now()
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    assert (call.subject, call.phone, call.is_running) == ("Call to 田中 太郎", "03-1234-5678", True)
    assert await services.calls.running(agent) == call

    clock.advance(200)
    stopped = await services.calls.stop(agent, call.id)
    assert (stopped.duration_seconds, stopped.is_stopped, stopped.starts_at) == (200, True, started)

    clock.advance(30)
    saved = await services.calls.save(agent, call.id, {"result": "interested", "description": "wants a demo"})
    assert (saved.status, saved.duration_seconds, saved.wrap_up_seconds) == (CallStatus.COMPLETED, 200, 30)
    assert (saved.result, saved.description, saved.owner) == ("interested", "wants a demo", agent.user)
    assert await services.calls.running(agent) is None

    closed = await services.activities.related(agent, contact.ref, True, Sort("due_at"), PageRequest())
    assert [(row.name, row.values["status"]) for row in closed.rows] == [("Call to 田中 太郎", "completed")]


async def test_an_agent_has_one_running_call(services: Services, agent: Actor, contact: Record) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    with pytest.raises(Conflict):
        await services.calls.start(agent, StartCall(who=contact.ref))
    await services.calls.stop(agent, call.id)
    with pytest.raises(Conflict):
        await services.calls.start(agent, StartCall())


async def test_the_second_session_that_stops_a_call_is_told(
    services: Services, agent: Actor, contact: Record, store_url: StoreUrl, clock: FrozenClock
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    other = await open_services(store_url, clock)
    clock.advance(60)
    await services.calls.stop(agent, call.id)
    clock.advance(60)
    with pytest.raises(Conflict):
        await other.calls.stop(agent, call.id)
    assert (await other.calls.get(agent, call.id)).duration_seconds == 60
    await other.close()


async def test_a_changed_wall_clock_does_not_change_the_duration(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(90)
    clock.set_wall(clock.now() - timedelta(hours=1))
    assert (await services.calls.stop(agent, call.id)).duration_seconds == 90


async def test_after_a_reboot_the_stored_start_counts(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(120)
    clock.reboot()
    assert (await services.calls.stop(agent, call.id)).duration_seconds == 120


async def test_saving_a_call_that_runs_stops_it(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(45)
    saved = await services.calls.save(agent, call.id, {"result": "interested"})
    assert (saved.duration_seconds, saved.wrap_up_seconds) == (45, 0)


async def test_a_call_without_a_person_is_not_saved_and_not_lost(services: Services, agent: Actor) -> None:
    call = await services.calls.start(agent, StartCall())
    with pytest.raises(Invalid) as refused:
        await services.calls.save(agent, call.id, {"result": "interested"})
    assert set(refused.value.fields) == {"who"}
    assert (await services.calls.running(agent)) is not None


async def complete(services: Services, actor: Actor, contact: Record) -> Call:
    """Log a completed call."""
    values = {
        "type": "outbound",
        "who": contact.ref,
        "subject": "Offer",
        "starts_at": "yesterday 14:00",
        "duration_seconds": "3:20",
        "result": "interested",
    }
    return await services.calls.log(actor, values)


async def test_a_logged_call_is_complete_and_final(services: Services, agent: Actor, contact: Record) -> None:
    call = await complete(services, agent, contact)
    assert (call.status, call.duration_seconds, call.type) == (CallStatus.COMPLETED, 200, "outbound")
    for change in (
        services.calls.update(agent, call.id, {"subject": "Other"}),
        services.calls.complete(agent, call.id, {"result": "not_interested"}),
        services.calls.reschedule(agent, call.id, "tomorrow 9:00"),
        services.calls.cancel(agent, call.id),
        services.calls.save(agent, call.id, {"subject": "Other"}),
        services.calls.records.update(agent, call.id, {"description": "x"}),
    ):
        with pytest.raises(Immutable):
            await change
    assert await services.calls.get(agent, call.id) == call


async def test_only_the_delete_permission_deletes_a_completed_call(
    services: Services, admin: Actor, agent: Actor, contact: Record
) -> None:
    call = await complete(services, agent, contact)
    with pytest.raises(NotAllowed):
        await services.calls.delete(agent, [call.id])
    assert await services.calls.delete(admin, [call.id]) == 1
    with pytest.raises(NotFound):
        await services.calls.get(admin, call.id)


async def test_related_to_is_refused_with_a_lead(
    services: Services, agent: Actor, lead: Record, contact: Record
) -> None:
    account = (await services.accounts.create(agent, {"name": "Acme"})).record
    values = {"subject": "Offer", "starts_at": "yesterday 9:00", "duration_seconds": "1:00"}
    with pytest.raises(Invalid) as refused:
        await services.calls.log(agent, {**values, "who": lead.ref, "related_to": account.ref})
    assert set(refused.value.fields) == {"related_to"}
    call = await services.calls.log(agent, {**values, "who": contact.ref, "related_to": account.ref})
    assert call.related_to == account.ref


async def test_start_and_duration_are_required_until_an_administrator_says_otherwise(
    services: Services, admin: Actor, agent: Actor, contact: Record
) -> None:
    values = {"who": contact.ref, "subject": "Offer"}
    with pytest.raises(Invalid) as refused:
        await services.calls.log(agent, values)
    assert set(refused.value.fields) == {"starts_at", "duration_seconds"}
    await services.settings.set_option(admin, "call_start_optional", "yes")
    await services.settings.set_option(admin, "call_duration_optional", "yes")
    call = await services.calls.log(agent, values)
    assert (call.starts_at, call.duration_seconds) == (None, None)


async def test_the_layout_of_the_form_is_the_administrators(
    services: Services, admin: Actor, agent: Actor, contact: Record
) -> None:
    layout = CallLayout(("result", "subject"), frozenset({"purpose"}), frozenset({"result"}))
    with pytest.raises(NotAllowed):
        await services.settings.set_call_layout(agent, layout)
    await services.settings.set_call_layout(admin, layout)
    names = [field.name for field in services.calls.layout().fields()]
    assert names[:2] == ["result", "subject"]
    assert "purpose" not in names
    with pytest.raises(Invalid) as refused:
        await services.calls.log(agent, {"who": contact.ref, "subject": "Offer"})
    assert set(refused.value.fields) == {"result"}


async def test_a_scheduled_call_is_overdue_once_its_time_has_passed(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    values = {"who": contact.ref, "subject": "Call back", "starts_at": "+2h", "reminder": "15_minutes"}
    call = await services.calls.schedule(agent, values)
    assert call.shown_status(clock.now()) == "scheduled"
    clock.advance(timedelta(hours=3))
    query = ListQuery(("status",), criteria=(Criterion("status", Op.EQ, "overdue"),))
    page = await services.activities.list(agent, query, PageRequest())
    assert [(row.id, row.values["status"]) for row in page.rows] == [(call.id, "overdue")]


async def test_a_scheduled_call_belongs_to_the_chosen_owner(
    services: Services, admin: Actor, agent: Actor, contact: Record
) -> None:
    suzuki = await add_user(services, admin, "suzuki", "agent")
    values = {"who": contact.ref, "subject": "Call back", "starts_at": "tomorrow 14:00", "owner": "suzuki"}
    call = await services.calls.schedule(agent, values)
    assert call.owner == suzuki.user
    logged = await services.calls.log(
        agent, {**values, "starts_at": "yesterday 14:00", "duration_seconds": "1:00"}
    )
    assert logged.owner == agent.user


async def test_making_a_scheduled_call_completes_it(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    values = {"who": contact.ref, "subject": "Call back", "starts_at": "+2h", "purpose": "negotiation"}
    scheduled = await services.calls.schedule(agent, values)
    call = await services.calls.start(agent, StartCall(scheduled_id=scheduled.id))
    assert (call.id, call.subject, call.purpose) == (scheduled.id, "Call back", "negotiation")
    assert (call.starts_at, call.is_running) == (clock.now(), True)
    clock.advance(10)
    assert (await services.calls.save(agent, call.id, {})).status is CallStatus.COMPLETED


async def test_complete_reschedule_and_cancel_a_scheduled_call(
    services: Services, agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    values = {"who": contact.ref, "subject": "Call back", "starts_at": "+2h"}
    one = await services.calls.schedule(agent, values)
    moved = await services.calls.reschedule(agent, one.id, "+2d")
    assert moved.starts_at == clock.now() + timedelta(days=2, hours=2)
    with pytest.raises(Invalid) as refused:
        await services.calls.complete(agent, one.id, {"result": "interested"})
    assert set(refused.value.fields) == {"duration_seconds"}
    done = await services.calls.complete(agent, one.id, {"duration_seconds": "2:00", "result": "interested"})
    assert (done.status, done.duration_seconds) == (CallStatus.COMPLETED, 120)

    two = await services.calls.schedule(agent, values)
    await services.calls.cancel(agent, two.id)
    closed = await services.activities.related(agent, contact.ref, True, Sort("subject"), PageRequest())
    assert sorted(str(row.values["status"]) for row in closed.rows) == ["cancelled", "completed"]


async def test_the_draft_of_a_call_goes_when_the_call_is_saved(
    services: Services, agent: Actor, contact: Record, store_url: StoreUrl, clock: FrozenClock
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    await services.drafts.save(agent, f"call:{call.id}", {"description": "wants 田中さん"})
    other = await open_services(store_url, clock)
    assert (await other.drafts.load(agent, f"call:{call.id}")) == {"description": "wants 田中さん"}
    await other.close()
    await services.calls.save(agent, call.id, {"description": "wants 田中さん"})
    assert await services.drafts.pending(agent) == ()


async def test_recent_calls_of_a_person(services: Services, agent: Actor, contact: Record) -> None:
    calls = [await complete(services, agent, contact) for _number in range(4)]
    recent = await services.calls.recent(agent, contact.ref)
    assert [call.id for call in recent] == [call.id for call in reversed(calls)][:3]


async def test_a_lead_call_shows_on_the_lead(services: Services, agent: Actor, lead: Record) -> None:
    values = {
        "who": lead.ref,
        "subject": "First call",
        "starts_at": "yesterday 9:00",
        "duration_seconds": "10s",
    }
    await services.calls.log(agent, values)
    counts = await services.activities.related_counts(agent, lead.ref)
    assert (counts.open, counts.closed) == (0, 1)


async def test_nobody_ends_the_call_that_a_colleague_is_on(
    services: Services, agent: Actor, admin: Actor, contact: Record
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    for stopped in (False, True):
        if stopped:
            await services.calls.stop(agent, call.id)
        for end in (
            services.calls.stop(admin, call.id),
            services.calls.save(admin, call.id, {"result": "interested"}),
            services.calls.complete(admin, call.id, {"result": "interested"}),
            services.calls.cancel(admin, call.id),
        ):
            with pytest.raises(Conflict):
                await end
    saved = await services.calls.save(agent, call.id, {"result": "not_interested"})
    assert (saved.status, saved.result) == (CallStatus.COMPLETED, "not_interested")


async def test_a_day_without_a_time_schedules_no_call_at_midnight(
    services: Services, agent: Actor, contact: Record
) -> None:
    values = {"who": contact.ref, "subject": "Call back"}
    for day in ("tomorrow", "明日", "2026-12-01"):
        with pytest.raises(Invalid) as refused:
            await services.calls.schedule(agent, {**values, "starts_at": day})
        assert set(refused.value.fields) == {"starts_at"}
    await services.calls.schedule(agent, {**values, "starts_at": "tomorrow 0:00"})


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (Criterion("status", Op.EQ, "overdue"), {"late"}),
        (Criterion("status", Op.EQ, "scheduled"), {"ahead"}),
        (Criterion("status", Op.NE, "overdue"), {"ahead", "done"}),
        (Criterion("status", Op.IN, ("overdue", "completed")), {"late", "done"}),
    ],
)
@pytest.mark.parametrize("match_any", [False, True])
async def test_overdue_is_a_status_of_its_own(
    services: Services,
    agent: Actor,
    contact: Record,
    clock: FrozenClock,
    criterion: Criterion,
    expected: set[str],
    match_any: bool,
) -> None:
    for subject, at in (("late", "+1h"), ("ahead", "+5h")):
        await services.calls.schedule(agent, {"who": contact.ref, "subject": subject, "starts_at": at})
    done = {"who": contact.ref, "subject": "done", "starts_at": "yesterday 9:00", "duration_seconds": "1:00"}
    await services.calls.log(agent, done)
    clock.advance(timedelta(hours=2))
    query = ListQuery(("status",), criteria=(criterion,), match_any=match_any)
    page = await services.calls.list(agent, query, PageRequest())
    assert {row.name for row in page.rows} == expected
    assert (await services.calls.count(agent, query)).number == len(expected)
