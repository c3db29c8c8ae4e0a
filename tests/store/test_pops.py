"""Announced callers: who is told what, who may announce, one console answers, missed calls are logged."""

import asyncio
from datetime import datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.call import CallStatus, StartCall
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.pops import MISSED_STAYS, Pop
from crm_tui.domain.records import Record
from crm_tui.domain.reports import Period
from crm_tui.errors import Blocked, Conflict, CrmError, Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services

NUMBER = "03-1234-5678"


@pytest.fixture
async def taro(services: Services, agent: Actor) -> Record:
    """A contact of an account that has another number."""
    account = (await services.accounts.create(agent, {"name": "青山製作所", "phone": "03-9999-0000"})).record
    values = {"last_name": "田中", "first_name": "太郎", "phone": NUMBER, "account": account.ref}
    return (await services.contacts.create(agent, values)).record


def names(pop: Pop) -> list[str]:
    """Return whom a caller may be."""
    return [match.ref.name for match in pop.matches]


async def test_the_agent_is_told_who_calls_and_answers_with_one_step(
    services: Services, admin: Actor, agent: Actor, taro: Record
) -> None:
    heard: list[object] = []
    services.changes.subscribe(heard.append)
    told = await services.pops.offer(admin, "sato", "tel:+81-3-1234-5678")
    assert heard == [frozenset({(Module.USER, agent.id)})]
    assert (names(told), told.matches[0].company, told.number.e164) == (
        ["田中 太郎"],
        "青山製作所",
        "+81312345678",
    )
    [offered] = await services.pops.open(agent)
    assert offered.person == taro.ref

    call = await services.pops.answer(agent, offered.id, offered.person)
    assert (call.type, call.who, call.phone, call.is_running) == ("inbound", taro.ref, NUMBER, True)
    assert await services.pops.open(agent) == ()


async def test_only_the_whole_number_is_the_caller(services: Services, agent: Actor, taro: Record) -> None:
    """A lookup finds by the last four digits; a caller with other digits in front is somebody else."""
    for number in ("5678", "06-1234-5678", "+44 3 1234 5678"):
        assert names(await services.pops.offer(agent, "sato", number)) == []


async def test_the_newest_caller_is_first_and_each_ring_is_the_same_caller(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    """A telephone system that announces every ring prolongs the offer; the agent sees no other one."""
    ids = []
    for number in ("117", "118", "117@pbx", "", ""):
        ids.append((await services.pops.offer(agent, "sato", number)).id)
        clock.advance(20)
    waiting = await services.pops.open(agent)
    assert [pop.number.text for pop in waiting] == ["", "", "118", "117"]
    assert [pop.id for pop in waiting] == [ids[4], ids[3], ids[1], ids[0]]
    clock.advance(50)
    assert [pop.number.text for pop in await services.pops.open(agent)] == ["", "", "117"]


async def test_an_offer_ends_by_itself_after_the_organisations_time(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    first = await services.pops.offer(agent, "sato", NUMBER)
    clock.advance(119)
    assert [pop.id for pop in await services.pops.open(agent)] == [first.id]
    clock.advance(1)
    assert await services.pops.open(agent) == ()
    with pytest.raises(Conflict):
        await services.pops.answer(agent, first.id, None)
    assert await services.calls.running(agent) is None

    await services.settings.set_option(admin, "pop_seconds", "300")
    second = await services.pops.offer(agent, "sato", NUMBER)
    assert second.expires_at - second.at == timedelta(seconds=300)
    with pytest.raises(Invalid):
        await services.settings.set_option(admin, "pop_seconds", "0")


async def test_two_consoles_answer_one_caller_once(
    services: Services, store_url: StoreUrl, clock: FrozenClock, agent: Actor, taro: Record
) -> None:
    other = await open_services(store_url, clock)
    pop = await services.pops.offer(agent, "sato", NUMBER)
    answers = await asyncio.gather(
        *(one.pops.answer(agent, pop.id, taro.ref) for one in (services, other)), return_exceptions=True
    )
    await other.close()
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert await services.pops.open(agent) == ()


async def test_a_caller_who_can_not_be_answered_is_offered_on(
    services: Services, agent: Actor, taro: Record
) -> None:
    await services.calls.start(agent, StartCall(who=taro.ref))
    pop = await services.pops.offer(agent, "sato", NUMBER)
    with pytest.raises(Conflict, match="running call"):
        await services.pops.answer(agent, pop.id, taro.ref)
    assert [one.id for one in await services.pops.open(agent)] == [pop.id]
    logged = await services.pops.log_missed(agent, pop.id)
    assert (logged.type, logged.who, logged.owner) == ("missed", taro.ref, agent.user)
    assert await services.pops.open(agent) == ()
    running = await services.calls.running(agent)
    assert running is not None
    assert running.is_running


async def test_who_may_announce_callers_to_others(services: Services, admin: Actor, agent: Actor) -> None:
    colleague = await add_user(services, admin, "mate", "agent")
    assert (await services.pops.offer(colleague, "mate", NUMBER)).agent == colleague.user
    with pytest.raises(NotAllowed):
        await services.pops.offer(colleague, "sato", NUMBER)
    assert await services.pops.open(agent) == ()
    chief = await add_user(services, admin, "chief", "supervisor")
    for actor, number in ((chief, "117"), (admin, "118")):
        await services.pops.offer(actor, "sato", number)
    assert len(await services.pops.open(agent)) == 2


async def test_nobody_answers_the_callers_of_others(services: Services, admin: Actor, agent: Actor) -> None:
    pop = await services.pops.offer(admin, "sato", NUMBER)
    for work in (
        services.pops.take(admin, pop.id),
        services.pops.dismiss(admin, pop.id),
        services.pops.answer(admin, pop.id, None),
        services.pops.call_back(admin, pop.id, None),
        services.pops.log_missed(admin, pop.id),
    ):
        with pytest.raises(NotFound):
            await work
    assert [one.id for one in await services.pops.open(agent)] == [pop.id]


async def test_an_agent_who_is_not_there_is_an_error(services: Services, admin: Actor, agent: Actor) -> None:
    with pytest.raises(NotFound, match="no user 'ghost'"):
        await services.pops.offer(admin, "ghost", NUMBER)
    await services.users.disable(admin, "sato")
    with pytest.raises(Invalid, match="disabled"):
        await services.pops.offer(admin, "sato", NUMBER)


async def test_nobody_learns_of_people_out_of_their_sight(
    services: Services, admin: Actor, agent: Actor, taro: Record
) -> None:
    """The agent sees their own contact without its account; the supervisor sees no contacts at all."""
    await services.profiles.set(admin, "agent", Area.CONTACT, Grant(True, True, True, False, Scope.OWN))
    await services.profiles.set(admin, "agent", Area.ACCOUNT, Grant(False, False, False, False, Scope.OWN))
    await services.contacts.create(admin, {"last_name": "Secret", "phone": NUMBER})
    chief = await add_user(services, admin, "chief", "supervisor")
    assert names(await services.pops.offer(chief, "sato", NUMBER)) == ["田中 太郎"]
    assert (await services.pops.offer(chief, "sato", NUMBER)).matches[0].company == ""

    await services.profiles.set(
        admin, "supervisor", Area.CONTACT, Grant(False, False, False, False, Scope.OWN)
    )
    assert names(await services.pops.offer(chief, "sato", NUMBER)) == []
    [offered] = await services.pops.open(await services.users.sign_in("sato"))
    assert (names(offered), offered.matches[0].company, offered.person) == (["田中 太郎"], "", taro.ref)


async def test_a_lead_that_became_a_contact_calls_as_the_contact(services: Services, agent: Actor) -> None:
    values = {"last_name": "Roe", "company": "Acme", "phone": NUMBER}
    lead = (await services.leads.create(agent, values)).record
    assert (await services.pops.offer(agent, "sato", NUMBER)).person == lead.ref
    await services.conversion.convert(agent, lead.id)
    person = (await services.pops.offer(agent, "sato", NUMBER)).person
    assert person is not None
    assert person.module is Module.CONTACT


async def test_a_missed_call_is_logged_for_the_agent_and_told(
    services: Services, admin: Actor, agent: Actor, taro: Record, clock: FrozenClock
) -> None:
    """The caller no longer rings; the call counts as missed and is called back with its number."""
    await services.pops.offer(admin, "sato", NUMBER)
    told = await services.pops.offer(admin, "sato", "+81312345678", missed=True)
    call = await services.calls.get(agent, told.call_id)
    assert (call.type, call.who, call.phone, call.owner) == ("missed", taro.ref, NUMBER, agent.user)
    assert (call.status, call.starts_at, call.duration_seconds, call.result) == (
        CallStatus.COMPLETED,
        clock.now(),
        None,
        "",
    )
    assert call.subject == "Call from 田中 太郎"
    assert [pop.id for pop in await services.pops.open(agent)] == [told.id]
    assert await missed_calls(services, admin, clock.now()) == 1

    clock.advance(int(MISSED_STAYS.total_seconds()) - 1)
    back = await services.pops.call_back(agent, told.id, taro.ref)
    assert (back.type, back.who, back.phone, back.is_running) == ("outbound", taro.ref, NUMBER, True)
    assert await services.pops.open(agent) == ()


async def test_a_missed_call_of_nobody_known_is_logged_too(
    services: Services, admin: Actor, agent: Actor
) -> None:
    for number, subject in (("06-4321-0000", "Call from 06-4321-0000"), ("", "Call from an unknown number")):
        told = await services.pops.offer(admin, "sato", number, missed=True)
        call = await services.calls.get(agent, told.call_id)
        assert (call.who, call.subject, call.phone, call.type) == (None, subject, number, "missed")


async def test_a_missed_call_is_named_in_the_language_of_its_agent(services: Services, admin: Actor) -> None:
    agent = await add_user(services, admin, "mori", "agent", language="ja")
    told = await services.pops.offer(admin, "mori", "", missed=True)
    assert (await services.calls.get(agent, told.call_id)).subject == "不明な番号からの電話"
    told = await services.pops.offer(admin, "root", "", missed=True)
    assert (await services.calls.get(admin, told.call_id)).subject == "Call from an unknown number"
    await services.settings.set_option(admin, "language", "ja")
    told = await services.pops.offer(admin, "root", "", missed=True)
    assert (await services.calls.get(admin, told.call_id)).subject == "不明な番号からの電話"
    english = await add_user(services, admin, "smith", "agent", language="en")
    told = await services.pops.offer(admin, "smith", "", missed=True)
    assert (await services.calls.get(english, told.call_id)).subject == "Call from an unknown number"


async def test_several_people_with_the_number_leave_the_missed_call_to_nobody(
    services: Services, agent: Actor, taro: Record
) -> None:
    await services.contacts.create(agent, {"last_name": "鈴木", "phone": NUMBER})
    told = await services.pops.offer(agent, "sato", NUMBER, missed=True)
    assert (await services.calls.get(agent, told.call_id)).who is None


async def test_do_not_call_hinders_no_caller_but_a_call_back(
    services: Services, agent: Actor, taro: Record
) -> None:
    await services.contacts.update(agent, taro.id, {"do_not_call": "yes"})
    missed = await services.pops.offer(agent, "sato", NUMBER, missed=True)
    with pytest.raises(Blocked):
        await services.pops.call_back(agent, missed.id, taro.ref)
    assert [pop.id for pop in await services.pops.open(agent)] == [missed.id]
    ringing = await services.pops.offer(agent, "sato", NUMBER)
    call = await services.pops.answer(agent, ringing.id, taro.ref)
    assert call.is_running


async def test_hostile_numbers_are_kept_as_harmless_text(services: Services, agent: Actor) -> None:
    for number in ("\x1b[2J\x1b]0;x\x07", "\x00\x9b\u202e", "'; DROP TABLE users; --", "％＿"):
        told = await services.pops.offer(agent, "sato", number, missed=True)
        offered = next(pop for pop in await services.pops.open(agent) if pop.id == told.id)
        call = await services.calls.get(agent, told.call_id)
        assert offered.number == told.number
        assert all(text.isprintable() for text in (offered.number.text, call.subject, call.phone))


async def test_a_number_that_is_too_long_tells_nobody(services: Services, agent: Actor) -> None:
    for number in ("9" * 51, "9" * 100_000):
        with pytest.raises(CrmError):
            await services.pops.offer(agent, "sato", number)
    assert await services.pops.open(agent) == ()


async def missed_calls(services: Services, reader: Actor, day: datetime) -> int:
    """Return the missed calls that the report of a day counts."""
    report = await services.reports.calls(reader, Period(day.date(), day.date()))
    return report.total.missed
