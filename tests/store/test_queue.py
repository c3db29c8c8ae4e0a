"""Call queues: who comes next, what a result makes of them, what is skipped and why."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewMember
from crm_tui.domain.modules import Module
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.queue import Ahead, Reason, State
from crm_tui.domain.queue_sources import campaign_source, list_source, query_source
from crm_tui.errors import Conflict, Invalid
from crm_tui.services import queue_search
from crm_tui.services.container import Services
from tests.store.queue_steps import BUSY, add_lead, add_leads, call, ref_of, start, take

one_store = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For rules that no statement decides."""


async def test_a_view_is_worked_in_its_order_and_ends(services: Services, agent: Actor) -> None:
    leads = await add_leads(services, agent, 3)
    run = await start(services, agent)
    for lead in leads:
        assert await take(services, agent, run) == lead.name
        await call(services, agent, lead.ref)
    assert await take(services, agent, run) == ""
    overview = await services.queue.overview(agent, run.id)
    assert (overview.done, overview.left.number, overview.results) == (3, 0, {"interested": 3})
    # Who joins later finds nobody either; a new round offers everybody again.
    assert await take(services, agent, await start(services, agent)) == ""
    assert await take(services, agent, await start(services, agent, anew=True)) == leads[0].name


@one_store
async def test_somebody_not_reached_comes_again_three_times(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    lead = await add_lead(services, agent, "Abe")
    run = await start(services, agent)
    for attempt in (1, 2, 3):
        offer = await services.queue.next(agent, run.id)
        assert offer is not None
        assert offer.attempts == attempt - 1
        await call(services, agent, lead.ref, BUSY)
        assert await take(services, agent, run) == "", "not at once"
        clock.advance(timedelta(minutes=29))
        assert await take(services, agent, run) == ""
        clock.advance(timedelta(minutes=1))
    assert await take(services, agent, run) == ""
    standing = await services.queue.standing(agent, run.id, lead.id)
    assert (standing.state, standing.reason, standing.attempts) == (State.DONE, Reason.GIVEN_UP, 3)


async def test_who_was_called_elsewhere_stands_beside_who_has_no_number(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    called = await add_lead(services, agent, "Lead 1")
    await add_lead(services, agent, "Lead 2", phone="")
    other = await add_lead(services, agent, "Lead 3")
    await add_lead(services, agent, "Lead 4")
    run = await start(services, agent)
    clock.advance(timedelta(minutes=1))
    for lead in (called, other):
        await call(services, agent, lead.ref)
    assert await take(services, agent, run) == "Lead 4"
    overview = await services.queue.overview(agent, run.id)
    assert (overview.done, overview.skipped) == (2, {Reason.NO_NUMBER: 1})
    assert overview.results == {"interested": 2}


async def test_a_call_made_elsewhere_ends_it_too(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    first, second, third = await add_leads(services, agent, 3)
    run = await start(services, agent)
    clock.advance(1)
    await call(services, admin, first.ref)
    assert await take(services, agent, run) == second.name
    # A colleague calls whom the agent has in front of them.
    await call(services, admin, second.ref)
    assert (await services.queue.standing(agent, run.id, second.id)).state is State.DONE
    missed = {"who": third.ref, "type": "missed", "subject": "?", "starts_at": "today 0:00"}
    await services.calls.log(agent, missed)
    assert await take(services, agent, run) == third.name, "a missed call is no talk"


@one_store
async def test_nobody_is_offered_who_must_not_or_cannot_be_called(services: Services, agent: Actor) -> None:
    await add_lead(services, agent, "A refuses", do_not_call=True)
    await add_lead(services, agent, "B silent", phone="")
    wrong = await add_lead(services, agent, "C wrong", phone="03-9999-0001")
    await services.numbers.flag(agent, wrong.text("phone"), invalid=True, reason="Nobody there")
    no_calls = await add_lead(services, agent, "D number", phone="03-9999-0002")
    await services.numbers.flag(agent, no_calls.text("phone"), do_not_call=True, reason="Asked for it")
    mobile = await add_lead(services, agent, "E mobile", phone="03-9999-0001", mobile="090-1234-5678")
    run = await start(services, agent)
    offer = await services.queue.next(agent, run.id)
    assert offer is not None
    assert offer.record == mobile.ref
    assert [number.blocked for number in offer.numbers] == [Reason.INVALID_NUMBER, None]
    assert offer.best is not None
    assert offer.best.field == "mobile"
    overview = await services.queue.overview(agent, run.id)
    assert overview.skipped == {
        Reason.DO_NOT_CALL: 2,
        Reason.NO_NUMBER: 1,
        Reason.INVALID_NUMBER: 1,
    }


async def test_calling_hours_are_those_of_the_callee(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    # 14:00 in Tokyo is midnight in New York.
    away = await add_lead(services, agent, "A New York", phone="+1 212 555 0100")
    home = await add_lead(services, agent, "B Tokyo")
    run = await start(services, agent)
    assert await take(services, agent, run) == home.name
    await call(services, agent, home.ref)
    assert await take(services, agent, run) == ""
    overview = await services.queue.overview(agent, run.id)
    assert overview.waiting == {Reason.HOURS: 1}
    assert overview.next_at == datetime(2026, 11, 21, 14, 0, tzinfo=UTC), "9:00 in New York"

    offer = await services.queue.next(agent, run.id, anyway=True)
    assert offer is not None
    assert offer.record == away.ref
    assert offer.numbers[0].opens_at == overview.next_at
    assert not offer.numbers[0].is_open
    await services.queue.release(agent, run.id)
    assert await take(services, agent, run) == ""
    clock.set_wall(datetime(2026, 11, 21, 14, 0, tzinfo=UTC))
    assert await take(services, agent, run) == away.name
    await services.queue.release(agent, run.id)

    await services.settings.set_option(admin, "call_window", "9:00-20:00 mon-fri")
    assert await take(services, agent, run) == "", "it is Saturday there"
    await services.settings.set_option(admin, "call_window", "always")
    assert await take(services, agent, await start(services, agent, anew=True)) == away.name


@one_store
async def test_skipping_ends_it_or_puts_it_back(services: Services, agent: Actor, clock: FrozenClock) -> None:
    first, second = await add_leads(services, agent, 2)
    run = await start(services, agent)
    await take(services, agent, run)
    await services.queue.skip(agent, run.id, first.id, Reason.LATER)
    await take(services, agent, run)
    await services.queue.skip(agent, run.id, second.id, Reason.UNSUITABLE)
    with pytest.raises(Conflict):
        await services.queue.skip(agent, run.id, second.id, Reason.OTHER)
    assert await take(services, agent, run) == ""
    clock.advance(timedelta(minutes=30))
    assert await take(services, agent, run) == first.name
    with pytest.raises(Invalid):
        await services.queue.skip(agent, run.id, first.id, Reason.DO_NOT_CALL)
    trail = await services.audit.history(agent, second.ref)
    assert any(
        (entry.action, entry.reason) == ("skipped in a call queue", "doesn't belong here") for entry in trail
    )


async def test_the_members_of_a_campaign_are_called_for_it(
    services: Services, admin: Actor, agent: Actor
) -> None:
    lead = await add_lead(services, agent, "Abe")
    contact = (await services.contacts.create(agent, {"last_name": "Baba", "phone": "03-1234-5678"})).record
    campaign = (await services.campaigns.create(admin, {"name": "Autumn"})).record.ref
    await services.members.add(admin, campaign, [NewMember(lead.ref, ""), NewMember(contact.ref, "")])
    run = await services.queue.start(agent, campaign_source(campaign))
    assert run.campaign == campaign
    offered = [await services.queue.next(agent, run.id)]
    await services.queue.done(agent, run.id, lead.id)
    offered.append(await services.queue.next(agent, run.id))
    assert [one.record for one in offered if one] == [lead.ref, contact.ref]
    assert (await services.queue.overview(agent, run.id)).left.number == 0


async def test_marked_records_and_filtered_lists_are_queues_too(services: Services, agent: Actor) -> None:
    leads = await add_leads(services, agent, 4)
    picked = list_source(Module.LEAD, [leads[2].id, leads[0].id], "two")
    run = await services.queue.start(agent, picked)
    names = []
    while name := await take(services, agent, run):
        names.append(name)
        await services.queue.done(agent, run.id, (await ref_of(services, agent, name)).id)
    assert names == [leads[2].name, leads[0].name], "in the order in which they were listed"
    with pytest.raises(Invalid):
        list_source(Module.LEAD, [], "nothing")

    query = ListQuery(sort=Sort(descending=True), text="Lead")
    run = await services.queue.start(agent, query_source(Module.LEAD, query, [leads[3].id], "filtered"))
    assert await take(services, agent, run) == leads[2].name


@one_store
async def test_a_converted_lead_is_not_called_again_as_a_contact(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    lead = await add_lead(services, agent, "Abe")
    campaign = (await services.campaigns.create(admin, {"name": "Autumn"})).record.ref
    await services.members.add(admin, campaign, [NewMember(lead.ref, "")])
    run = await services.queue.start(agent, campaign_source(campaign))
    await take(services, agent, run)
    clock.advance(60)
    await call(services, agent, lead.ref)
    became = await services.conversion.convert(agent, lead.id)
    assert became.contact is not None
    assert await take(services, agent, run) == ""
    assert (await services.queue.overview(agent, run.id)).done == 2


@one_store
async def test_somebody_far_down_comes_next_behind_many_who_must_not_be_called(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    first = await add_lead(services, agent, "A first")
    for place in range(45):
        # 14:00 in Tokyo is midnight in New York.
        await add_lead(services, agent, f"B {place:02d}", phone=f"+1 212 555 01{place:02d}")
    last = await add_lead(services, agent, "C last")
    run = await start(services, agent)
    assert await take(services, agent, run) == first.name
    assert await services.queue.peek(agent, run.id) == Ahead(last.ref, is_certain=True)
    assert (await services.queue.overview(agent, run.id)).waiting == {}, "looking on takes note of nobody"
    await call(services, agent, first.ref)
    assert await take(services, agent, run) == last.name
    assert await services.queue.peek(agent, run.id) == Ahead(None, is_certain=True)
    # They have waited long enough at 9:00 in New York.
    clock.set_wall(datetime(2026, 11, 21, 14, 0, tzinfo=UTC))
    assert (await services.queue.peek(agent, run.id)).record is not None


@one_store
@pytest.mark.parametrize("kind", ["view", "list"])
async def test_a_look_ahead_that_ends_early_says_that_it_knows_of_nobody(
    services: Services, agent: Actor, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(queue_search, "_FURTHEST", 16)
    silent = await add_leads(services, agent, 20, phone="")
    found = await add_lead(services, agent, "Z found")
    if kind == "view":
        run = await start(services, agent)
    else:
        ids = [lead.id for lead in (*silent, found)]
        run = await services.queue.start(agent, list_source(Module.LEAD, ids, "21 leads"))
    assert await services.queue.peek(agent, run.id) == Ahead(None, is_certain=False)
    assert await take(services, agent, run) == found.name, "going on finds who is further down"
    assert await services.queue.peek(agent, run.id) == Ahead(None, is_certain=True)


@one_store
async def test_who_was_deleted_meanwhile_is_not_put_back(
    services: Services, admin: Actor, agent: Actor
) -> None:
    first, second = await add_leads(services, agent, 2)
    run = await start(services, agent)
    assert await take(services, agent, run) == first.name
    await services.leads.delete(admin, [first.id])
    await services.queue.skip(agent, run.id, first.id, Reason.LATER)
    overview = await services.queue.overview(agent, run.id)
    assert (overview.waiting, overview.agents) == ({}, ())
    assert await take(services, agent, run) == second.name
