"""Numbers that are invalid or must not be called: flags, what they block, and how that is overridden."""

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.numbers import Flag
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Blocked, Conflict, Invalid, NotAllowed
from crm_tui.services.container import Services
from tests.store.conftest import add_user


@pytest.fixture
async def tanaka(services: Services, agent: Actor) -> Record:
    """A contact with two numbers."""
    values = {"last_name": "田中", "phone": "03-1234-5678", "mobile": "090-1111-2222"}
    return (await services.contacts.create(agent, values)).record


async def test_a_flag_holds_for_every_writing_and_everybody_with_the_number(
    services: Services, agent: Actor, tanaka: Record
) -> None:
    lead = (await services.leads.create(agent, _lead("+81 3 1234 5678"))).record
    heard: set[object] = set()
    services.changes.subscribe(lambda changed: heard.update(changed))
    state = await services.numbers.flag(
        agent, "０３（１２３４）５６７８", invalid=True, reason="no such number"
    )
    assert (state.e164, state.flags, state.is_blocked) == ("+81312345678", (Flag.INVALID,), True)
    assert state.invalid is not None
    assert (state.invalid.by, state.invalid.reason) == ("佐藤 花子", "no such number")
    states = await services.numbers.states(agent, ["0312345678", "090-1111-2222", "x"])
    assert [bool(states[text].flags) for text in ("0312345678", "090-1111-2222", "x")] == [True, False, False]
    assert {(ref.module, ref.id) for ref in (tanaka, lead)} <= heard
    (entry, *_rest) = await services.audit.history(agent, tanaka.ref)
    assert (entry.action, entry.reason) == ("number flagged", "no such number")


async def test_flags_are_listed_kept_apart_and_undone(
    services: Services, agent: Actor, admin: Actor, tanaka: Record
) -> None:
    await services.numbers.flag(agent, "03-1234-5678", do_not_call=True, reason="asked not to be called")
    await services.numbers.flag(agent, "03-1234-5678", invalid=True, reason="disconnected")
    await services.numbers.flag(agent, "090-1111-2222", invalid=True, reason="fax machine")
    first, second = await services.numbers.list(agent)
    assert (first.e164, first.flags) == ("+81312345678", (Flag.DO_NOT_CALL, Flag.INVALID))
    assert [one.e164 for one in await services.numbers.list(agent, after=first.e164)] == [second.e164]
    await services.undo.undo(agent)
    await services.undo.undo(agent)
    state = await services.numbers.state(agent, "03-1234-5678")
    assert state.flags == (Flag.DO_NOT_CALL,)
    assert state.do_not_call is not None
    assert state.do_not_call.reason == "asked not to be called"
    assert await services.numbers.list(admin) == (state,)


async def test_only_a_supervisor_allows_calls_again(services: Services, agent: Actor, admin: Actor) -> None:
    await services.numbers.flag(agent, "03-1234-5678", invalid=True, do_not_call=True, reason="asked for it")
    with pytest.raises(NotAllowed):
        await services.numbers.clear(agent, "03-1234-5678", do_not_call=True, reason="by mistake")
    await services.numbers.clear(agent, "03-1234-5678", invalid=True, reason="repaired")
    chief = await add_user(services, admin, "chief", "supervisor")
    cleared = await services.numbers.clear(chief, "03-1234-5678", do_not_call=True, reason="she called us")
    assert cleared.flags == ()
    with pytest.raises(Invalid):
        await services.numbers.flag(agent, "03-1234-5678", invalid=True, reason="no")
    with pytest.raises(Invalid):
        await services.numbers.flag(agent, "nobody", invalid=True, reason="no number at all")


async def test_a_flagged_number_is_refused_and_another_one_offered(
    services: Services, agent: Actor, tanaka: Record
) -> None:
    await services.numbers.flag(agent, "03-1234-5678", invalid=True, reason="disconnected")
    with pytest.raises(Blocked) as refused:
        await services.calls.start(agent, StartCall(who=tanaka.ref))
    assert refused.value.others == ("090-1111-2222",)
    assert "佐藤 花子" in refused.value.message
    assert "disconnected" in refused.value.message
    assert await services.calls.running(agent) is None
    call = await services.calls.start(agent, StartCall(who=tanaka.ref, phone="090-1111-2222"))
    assert call.phone == "090-1111-2222"


async def test_a_person_who_must_not_be_called_is_called_with_a_reason_that_is_kept(
    services: Services, agent: Actor, tanaka: Record
) -> None:
    await services.contacts.update(agent, tanaka.id, {"do_not_call": True})
    with pytest.raises(Blocked) as refused:
        await services.calls.start(agent, StartCall(who=tanaka.ref, phone="090-1111-2222"))
    assert refused.value.others == ()
    assert "must not be called (佐藤 花子, 2026-11-21)" in refused.value.message
    with pytest.raises(Invalid):
        await services.calls.start(agent, StartCall(who=tanaka.ref, override="ok"))
    call = await services.calls.start(agent, StartCall(who=tanaka.ref, override="asked for it by mail"))
    told = [(entry.action, entry.reason) for entry in await services.audit.history(agent, _call(call.id))]
    assert ("called in spite of a block", "asked for it by mail") in told
    assert any(entry.action == "refused" for entry in await services.audit.history(agent, tanaka.ref))
    with pytest.raises(Conflict):
        await services.calls.start(agent, StartCall(who=tanaka.ref))


async def test_the_scheduled_call_is_blocked_and_what_comes_in_is_not(
    services: Services, agent: Actor, tanaka: Record
) -> None:
    await services.numbers.flag(agent, "03-1234-5678", do_not_call=True, reason="asked for it")
    planned = {"who": tanaka.ref, "subject": "Ask", "starts_at": "tomorrow 10:00"}
    scheduled = await services.calls.schedule(agent, planned)
    assert (await services.calls.blocked(agent, tanaka.ref)).reasons
    with pytest.raises(Blocked):
        await services.calls.start(agent, StartCall(scheduled_id=scheduled.id))
    logged = {"who": tanaka.ref, "subject": "Asked", "duration_seconds": 60, "starts_at": "today 0:00"}
    await services.calls.log(agent, logged)
    call = await services.calls.start(agent, StartCall(who=tanaka.ref, type="inbound"))
    assert call.is_running


async def test_a_missed_call_of_nobody_known_is_logged(services: Services, agent: Actor) -> None:
    call = await services.calls.log(agent, {"type": "missed"}, phone="03-9999-0000")
    assert (call.who, call.phone, call.subject) == (None, "03-9999-0000", "Call from an unknown number")
    with pytest.raises(Invalid):
        await services.calls.log(agent, {"type": "missed", "starts_at": "today 0:00"})


def _call(call_id: str) -> Ref:
    return Ref(Module.CALL, call_id, "")


def _lead(phone: str) -> dict[str, object]:
    return {"last_name": "Roe", "company": "Roe Ltd", "phone": phone}
