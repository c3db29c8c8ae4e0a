"""What follows from a call's result, whichever way the call is completed."""

from collections.abc import Mapping

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import FULL_GRANT, Actor, Grant
from crm_tui.domain.associations import NewMember
from crm_tui.domain.call import StartCall
from crm_tui.domain.follow_up import FollowUpKind
from crm_tui.domain.members import MemberKey
from crm_tui.domain.modules import Area
from crm_tui.domain.numbers import Flag
from crm_tui.domain.records import Record
from crm_tui.errors import Invalid
from crm_tui.services.container import Services
from tests.store.conftest import add_user

LATE: Mapping[str, object] = {"starts_at": "today 0:00", "duration_seconds": 60, "subject": "Offer"}


@pytest.fixture
async def lead(services: Services, agent: Actor) -> Record:
    """Somebody nobody has spoken to yet."""
    values = {"last_name": "Roe", "company": "Roe Ltd", "phone": "03-1234-5678"}
    return (await services.leads.create(agent, values)).record


async def test_a_result_moves_the_lead_and_its_campaign_and_one_undo_takes_it_back(
    services: Services, agent: Actor, admin: Actor, lead: Record, clock: FrozenClock
) -> None:
    campaign = (await services.campaigns.create(admin, {"name": "Autumn"})).record
    await services.members.add(admin, campaign.ref, [NewMember(lead.ref, "invited")])
    call = await services.calls.start(agent, StartCall(who=lead.ref, campaign=campaign.ref))
    clock.advance(30)
    saved = await services.calls.save(agent, call.id, {"result": "interested"})
    assert [(one.kind, one.value) for one in saved.follow_ups] == [
        (FollowUpKind.LEAD_STATUS, "contacted"),
        (FollowUpKind.RESPONSE_STATUS, "responded"),
    ]
    key = MemberKey(campaign.ref, lead.ref)
    assert await _states(services, agent, lead, key) == ("contacted", "responded")

    await services.undo.undo(agent)
    assert await _states(services, agent, lead, key) == ("not_contacted", "invited")
    assert (await services.calls.get(agent, call.id)).is_final


async def test_an_invalid_number_is_the_one_that_was_dialled(
    services: Services, agent: Actor, lead: Record
) -> None:
    call = await services.calls.start(agent, StartCall(who=lead.ref, phone="090-1111-2222"))
    saved = await services.calls.save(agent, call.id, {"result": "invalid_number"})
    assert [one.value for one in saved.follow_ups] == ["090-1111-2222"]
    states = await services.numbers.states(agent, ["090-1111-2222", "03-1234-5678"])
    assert [state.flags for state in states.values()] == [(Flag.INVALID,), ()]
    flag = states["090-1111-2222"].invalid
    assert flag is not None
    # Without the name of the person: others who have the number may not see them.
    assert flag.reason == "Result of the call “Invalid number”"


async def test_a_result_can_forbid_further_calls(
    services: Services, agent: Actor, admin: Actor, lead: Record
) -> None:
    await services.picklists.edit(admin, "call_result", "not_interested", attributes={"do_not_call": True})
    saved = await services.calls.log(agent, {**LATE, "who": lead.ref, "result": "not_interested"})
    assert {one.kind for one in saved.follow_ups} == {FollowUpKind.LEAD_STATUS, FollowUpKind.DO_NOT_CALL}
    now = await services.leads.get(agent, lead.id)
    assert (now.text("status"), now.get("do_not_call")) == ("lost_lead", True)
    assert (await services.numbers.state(agent, "03-1234-5678")).flags == (Flag.DO_NOT_CALL,)


async def test_the_call_back_is_scheduled_with_the_call_or_nothing_is_saved(
    services: Services, agent: Actor, lead: Record
) -> None:
    planned = await services.calls.schedule(
        agent, {"who": lead.ref, "subject": "Ask", "starts_at": "today 0:00"}
    )
    values = {"duration_seconds": 60, "result": "requested_call_back"}
    with pytest.raises(Invalid) as refused:
        await services.calls.complete(agent, planned.id, values, call_back="some day")
    assert list(refused.value.fields) == ["call_back"]
    assert not (await services.calls.get(agent, planned.id)).is_final

    done = await services.calls.complete(agent, planned.id, values, call_back="tomorrow 14:00")
    (back,) = done.follow_ups
    assert (back.kind, back.at is not None) == (FollowUpKind.CALL_BACK, True)
    assert back.record is not None
    scheduled = await services.calls.get(agent, back.record.id)
    assert (scheduled.subject, scheduled.who, scheduled.starts_at) == ("Call back: Roe", lead.ref, back.at)
    assert scheduled.reminder == "5_minutes"


async def test_what_the_profile_does_not_allow_is_told_and_left(
    services: Services, agent: Actor, admin: Actor, lead: Record
) -> None:
    for area, grant in ((Area.LEAD, Grant(view=True)), (Area.ACTIVITY, FULL_GRANT)):
        await services.profiles.set(admin, "caller", area, grant)
    caller = await add_user(services, admin, "caller", "caller")
    for result, kind in (
        ("interested", FollowUpKind.LEAD_STATUS),
        ("invalid_number", FollowUpKind.BAD_NUMBER),
    ):
        call = await services.calls.start(caller, StartCall(who=lead.ref))
        saved = await services.calls.save(caller, call.id, {"result": result})
        assert [(one.kind, one.is_done) for one in saved.follow_ups] == [(kind, False)]
    assert (await services.leads.get(agent, lead.id)).text("status") == "not_contacted"
    assert (await services.numbers.state(agent, "03-1234-5678")).flags == ()


async def _states(services: Services, agent: Actor, lead: Record, key: MemberKey) -> tuple[str, str]:
    (membership,) = await services.members.among(agent, [key])
    return (await services.leads.get(agent, lead.id)).text("status"), membership.response_status
