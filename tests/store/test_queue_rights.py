"""Call queues keep to row scope and permissions: nobody is given, told or skipped who is out of sight."""

from collections.abc import Awaitable, Callable

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.associations import NewMember
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queue import Reason
from crm_tui.domain.queue_sources import campaign_source, list_source, view_source
from crm_tui.domain.views import ViewDraft
from crm_tui.errors import CrmError, NotAllowed, NotFound
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services
from tests.store.queue_steps import add_lead, start, take

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


async def profile(services: Services, admin: Actor, name: str, **grants: Grant) -> Actor:
    """Add a user who has what ``grants`` say by area, and nothing else."""
    for area in Area:
        await services.profiles.set(admin, name, area, grants.get(area.value, Grant()))
    return await add_user(services, admin, f"user_{name}", name)


async def test_each_agent_is_given_what_they_see_and_none_is_lost(
    services: Services, admin: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    other = await open_services(store_url, clock)
    own = Grant(True, True, True, False, Scope.OWN)
    lone = await profile(services, admin, "lone", lead=own, activity=own, campaign=Grant(view=True))
    theirs = await add_lead(services, admin, "A theirs")
    mine = await add_lead(services, lone, "B mine")
    run = await start(services, lone)
    assert (await services.queue.overview(lone, run.id)).left.number == 1
    assert await take(services, lone, run) == mine.name
    # What the narrow agent couldn't see is still there for the one who can.
    assert await take(other, admin, run) == theirs.name
    told = (await services.queue.overview(lone, run.id)).agents
    assert [one.record for one in told] == [mine.ref, None]

    marked = list_source(Module.LEAD, [theirs.id, mine.id], "marked")
    await services.queue.release(lone, run.id)
    await other.queue.release(admin, run.id)
    listed = await services.queue.start(lone, marked)
    assert await take(services, lone, listed) == mine.name
    campaign = (await services.campaigns.create(admin, {"name": "Autumn"})).record.ref
    await services.members.add(admin, campaign, [NewMember(theirs.ref, ""), NewMember(mine.ref, "")])
    await services.queue.release(lone, listed.id)
    members = await services.queue.start(lone, campaign_source(campaign))
    assert (await services.queue.overview(lone, members.id)).left.number == 1
    assert await take(services, lone, members) == mine.name
    await other.close()


async def test_a_queue_asks_for_sight_and_for_the_right_to_make_calls(
    services: Services, admin: Actor
) -> None:
    sees, full = Grant(view=True), Grant(True, True, True, False)
    lead = await add_lead(services, admin, "Abe")
    run = await start(services, admin)
    await take(services, admin, run)
    blind = await profile(services, admin, "blind", activity=full)
    reader = await profile(services, admin, "reader", lead=sees, activity=sees)
    queue = services.queue
    working: tuple[Callable[[Actor], Awaitable[object]], ...] = (
        lambda a: start(services, a),
        lambda a: queue.next(a, run.id),
        lambda a: queue.held(a, run.id),
        lambda a: queue.skip(a, run.id, lead.id, Reason.OTHER),
        lambda a: queue.done(a, run.id, lead.id),
    )
    looking: tuple[Callable[[Actor], Awaitable[object]], ...] = (
        lambda a: queue.run(a, run.id),
        lambda a: queue.overview(a, run.id),
        lambda a: queue.peek(a, run.id),
        lambda a: queue.standing(a, run.id, lead.id),
        lambda a: queue.numbers(a, run.id, lead.ref),
    )
    for door in working:
        with pytest.raises(NotAllowed):
            await door(reader)
    for door in (*working, *looking):
        with pytest.raises(CrmError):
            await door(blind)
    for door in looking:
        await door(reader)
    assert await queue.runs(blind) == ()
    assert [one.id for one in await queue.runs(reader)] == [run.id]
    assert (await queue.standing(admin, run.id, lead.id)).is_mine, "nobody has moved anything"


async def test_a_private_view_is_no_queue_of_others(services: Services, admin: Actor, agent: Actor) -> None:
    view = await services.views.add(admin, Area.LEAD, ViewDraft("Secret"))
    run = await services.queue.start(admin, view_source(view))
    with pytest.raises(NotFound):
        await services.queue.next(agent, run.id)
    assert await services.queue.runs(agent) == ()
    await services.views.delete(admin, view.code)
    assert await services.queue.runs(admin) == (), "a queue of a view that is gone"
