"""Fault 29: rights that are taken away during an open session end what runs, and bind its next write."""

from collections.abc import Awaitable, Callable

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.associations import NewMember
from crm_tui.domain.bulk import Targets
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.domain.records import Ref
from crm_tui.errors import NotAllowed, NotSignedIn
from crm_tui.services.bulk import NewRecord, add_records
from crm_tui.services.container import Services
from tests.faults.reach import OWN, Reach, contents, refusal, two_agents

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

NUMBER = 60
"""Records of a run; three chunks."""

READS = Grant(view=True, scope=Scope.OWN)


@pytest.fixture
async def reach(services: Services, admin: Actor) -> Reach:
    return await two_agents(services, admin)


async def people(reach: Reach) -> tuple[str, ...]:
    """Add the people of a run."""
    new = [NewRecord({"last_name": f"Abe {number}"}) for number in range(NUMBER)]
    return tuple(
        ref.id for ref in await add_records(reach.services.core, reach.services.contacts, reach.me, new)
    )


async def titled(reach: Reach) -> int:
    """Count who has the title of the run."""
    query = ListQuery(criteria=(Criterion("title", Op.EQ, "Boss"),))
    return (await reach.services.contacts.count(reach.other, query)).number


def between_chunks(
    monkeypatch: pytest.MonkeyPatch, module: str, act: Callable[[], Awaitable[object]]
) -> None:
    """Let ``act`` happen once, where a run gives way to others."""
    done = False

    async def give_way() -> None:
        nonlocal done
        if not done:
            done = True
            await act()

    monkeypatch.setattr(f"crm_tui.services.{module}.give_way", give_way)


async def test_a_bulk_run_ends_and_what_was_done_can_be_undone_by_whoever_may(
    reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, me = reach.services, reach.me
    targets = Targets({Module.CONTACT: await people(reach)})

    def lower(grant: Grant) -> Awaitable[object]:
        return services.profiles.set(reach.other, "lone", Area.CONTACT, grant)

    between_chunks(monkeypatch, "bulk_actions", lambda: lower(READS))
    with pytest.raises(NotAllowed):
        await services.bulk.set_field(me, targets, "title", "Boss")
    done = await titled(reach)
    assert 0 < done < NUMBER

    before = await contents(services)
    for work in (
        services.undo.undo(me),
        services.bulk.delete(me, targets),
        services.bulk.assign(me, targets, "root"),
    ):
        assert (await refusal(work))[0] == "not_allowed"
    assert await contents(services) == before
    await lower(OWN)
    await services.undo.undo(me)
    assert await titled(reach) == 0


async def test_an_undo_that_runs_ends_too(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    services, me = reach.services, reach.me
    await services.bulk.set_field(me, Targets({Module.CONTACT: await people(reach)}), "title", "Boss")
    between_chunks(
        monkeypatch, "undo", lambda: services.profiles.set(reach.other, "lone", Area.CONTACT, READS)
    )
    with pytest.raises(NotAllowed):
        await services.undo.undo(me)
    assert 0 < await titled(reach) < NUMBER


async def test_a_scope_that_shrinks_leaves_the_rest_alone(
    reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, me = reach.services, reach.me
    ids = await people(reach)

    async def take_away() -> None:
        await services.bulk.assign(reach.other, Targets({Module.CONTACT: ids[-5:]}), "root")

    between_chunks(monkeypatch, "bulk_actions", take_away)
    result = await services.bulk.set_field(me, Targets({Module.CONTACT: ids}), "title", "Boss")
    assert (result.done, result.left_out) == (NUMBER - 5, 5)
    assert await titled(reach) == NUMBER - 5


async def test_members_are_no_longer_added(reach: Reach, monkeypatch: pytest.MonkeyPatch) -> None:
    services, me = reach.services, reach.me
    campaign = reach.mine[Module.CAMPAIGN][0].ref
    monkeypatch.setattr("crm_tui.services.members.CHUNK", 20)
    new = [NewMember(Ref(Module.CONTACT, one, ""), "") for one in await people(reach)]
    between_chunks(
        monkeypatch, "members", lambda: services.profiles.set(reach.other, "lone", Area.CAMPAIGN, READS)
    )
    with pytest.raises(NotAllowed):
        await services.members.add(me, campaign, new)
    assert (await services.members.count(reach.other, campaign, Module.CONTACT)).number == 20


async def test_a_disabled_user_writes_nothing_more(reach: Reach) -> None:
    services, me = reach.services, reach.me
    await services.contacts.update(me, reach.mine[Module.CONTACT][0].id, {"title": "Boss"})
    await services.users.disable(reach.other, "me")
    before = await contents(services)
    for work in (
        services.undo.undo(me),
        services.bulk.delete(me, Targets({Module.CONTACT: (reach.mine[Module.CONTACT][0].id,)})),
        services.members.remove(me, []),
        services.merge.merge(me, Module.LEAD, [one.id for one in reach.mine[Module.LEAD]]),
        services.conversion.convert(me, reach.mine[Module.LEAD][0].id, new_account=True),
        services.views.delete(me, reach.mine[Module.LEAD][0].id),
    ):
        with pytest.raises(NotSignedIn):
            await work
    assert await contents(services) == before
