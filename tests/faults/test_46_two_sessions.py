"""Faults 46 and 47: the same agent in two sessions, two agents on one record; nothing is lost silently."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus, StartCall
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.picklists import Choice
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.domain.records import Record
from crm_tui.errors import Conflict, CrmError, Gone, Immutable, NotFound
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import open_services


@pytest.fixture
async def others(
    store_url: StoreUrl, services: Services, clock: FrozenClock
) -> AsyncIterator[list[Services]]:
    """Further sessions on the same store."""
    opened = [await open_services(store_url, clock) for _number in range(4)]
    yield opened
    for session in opened:
        await session.close()


@pytest.fixture
async def contact(services: Services, agent: Actor) -> Record:
    return (await services.contacts.create(agent, {"last_name": "Sato"})).record


async def all_at_once(*works: Awaitable[object]) -> tuple[list[object], list[CrmError]]:
    """Return what succeeded and the errors that the rest was told; any other failure is one."""
    done = await asyncio.gather(*works, return_exceptions=True)
    told = [one for one in done if isinstance(one, CrmError)]
    succeeded = [one for one in done if not isinstance(one, BaseException)]
    assert len(told) + len(succeeded) == len(done), done
    return succeeded, told


async def test_a_call_started_in_all_sessions_at_once_runs_once(
    services: Services, others: list[Services], agent: Actor, contact: Record
) -> None:
    started, told = await all_at_once(*(s.calls.start(agent, StartCall(who=contact.ref)) for s in others))
    assert len(started) == 1
    assert {type(error) for error in told} == {Conflict}
    assert await services.calls.running(agent) == started[0]
    page = await services.activities.list(agent, ListQuery(("kind",)), PageRequest())
    assert len(page.rows) == 1


async def test_a_call_stopped_in_all_sessions_has_one_duration(
    services: Services, others: list[Services], agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(61)
    stopped, told = await all_at_once(*(session.calls.stop(agent, call.id) for session in others))
    assert [one.duration_seconds for one in stopped if isinstance(one, Call)] == [61]
    assert {type(error) for error in told} == {Conflict}
    clock.advance(100)
    _none, told = await all_at_once(others[0].calls.stop(agent, call.id))
    assert len(told) == 1
    assert (await services.calls.get(agent, call.id)).duration_seconds == 61


async def test_a_call_saved_in_all_sessions_is_saved_once(
    services: Services, others: list[Services], agent: Actor, contact: Record, clock: FrozenClock
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(30)
    saved, told = await all_at_once(
        *(
            session.calls.save(agent, call.id, {"description": f"session {number}"})
            for number, session in enumerate(others)
        )
    )
    assert len(saved) == 1
    assert {type(error) for error in told} <= {Conflict, Immutable}
    final = await services.calls.get(agent, call.id)
    assert (final, final.status, final.duration_seconds) == (saved[0], CallStatus.COMPLETED, 30)
    lines = await services.audit.list(agent, record=(await services.calls.records.get(agent, call.id)).ref)
    assert [line.action for line in lines] == ["complete", "start"]


async def test_a_call_that_another_session_cancelled_cannot_be_saved(
    services: Services, others: list[Services], agent: Actor, contact: Record
) -> None:
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    await others[0].calls.cancel(agent, call.id)
    with pytest.raises(Immutable) as refused:
        await services.calls.save(agent, call.id, {"description": "x"})
    assert "cancelled" in refused.value.message


async def test_the_second_agent_sees_which_fields_the_first_changed(
    services: Services, others: list[Services], admin: Actor, agent: Actor, contact: Record
) -> None:
    await others[0].contacts.update(admin, contact.id, {"title": "部長", "phone": "03-1234-5678"}, version=1)
    await others[0].contacts.update(admin, contact.id, {"department": "営業"}, version=2)
    with pytest.raises(Conflict) as refused:
        await services.contacts.update(agent, contact.id, {"title": "課長"}, version=1)
    assert set(refused.value.changed) == {"title", "phone", "department"}
    assert "Nothing was saved" in refused.value.message
    now = await services.contacts.get(agent, contact.id)
    assert (now.text("title"), now.version) == ("部長", 3)


async def test_of_equal_versions_one_wins(
    services: Services, others: list[Services], agent: Actor, contact: Record
) -> None:
    saved, told = await all_at_once(
        *(s.contacts.update(agent, contact.id, {"title": f"t{n}"}, version=1) for n, s in enumerate(others))
    )
    assert (len(saved), {type(error) for error in told}) == (1, {Conflict})
    assert (await services.contacts.get(agent, contact.id)).version == 2


async def test_no_update_that_was_said_to_be_saved_is_lost(
    services: Services, others: list[Services], agent: Actor, contact: Record
) -> None:
    """Changes of different fields without a version, as the command line makes them, all at once."""
    fields = ("title", "department", "assistant", "reports_to")

    async def change(session: Services, field: str) -> str:
        await session.contacts.update(agent, contact.id, {field: field.upper()})
        return field

    saved, told = await all_at_once(*(change(s, f) for s, f in zip(others, fields, strict=True)))
    now = await services.contacts.get(agent, contact.id)
    assert {field for field in fields if now.text(field)} == set(saved)
    assert now.version == 1 + len(saved)
    assert {type(error) for error in told} <= {Conflict}


async def test_editing_what_somebody_else_deleted(
    services: Services, others: list[Services], admin: Actor, agent: Actor, contact: Record
) -> None:
    await others[0].contacts.delete(admin, [contact.id])
    with pytest.raises(Gone) as refused:
        await services.contacts.update(agent, contact.id, {"title": "x"}, version=1)
    assert admin.user.name in refused.value.message
    assert "bin" in refused.value.hint
    deleted, told = await all_at_once(
        *(s.contacts.delete(admin, [await_id]) for s, await_id in zip(others, [contact.id] * 4, strict=True))
    )
    assert (deleted, {type(error) for error in told}) == ([], {NotFound})


async def test_editing_what_somebody_else_merged_away(
    services: Services, admin: Actor, agent: Actor, contact: Record
) -> None:
    kept = (await services.contacts.create(agent, {"last_name": "Suzuki"})).record
    other = (await services.contacts.create(agent, {"last_name": "Ito"})).record
    await services.merge.merge(admin, Module.CONTACT, [kept.id, contact.id])
    for work in (
        services.contacts.update(agent, contact.id, {"title": "x"}, version=1),
        services.merge.merge(admin, Module.CONTACT, [other.id, contact.id]),
        services.deals.create(agent, {"name": "D", "contact": contact.ref}),
    ):
        with pytest.raises(CrmError) as refused:
            await work
        told = " ".join([str(refused.value), *getattr(refused.value, "fields", {}).values()])
        assert "merged “Sato” into “Suzuki”" in told


async def test_case_numbers_are_unique_whoever_takes_them(
    services: Services, others: list[Services], agent: Actor
) -> None:
    await services.cases.create(agent, {"subject": "first"})
    saved, told = await all_at_once(
        *(session.cases.create(agent, {"subject": "x"}) for session in others for _again in range(5))
    )
    assert (len(saved), told) == (20, [])
    query = ListQuery(("number",), criteria=(Criterion("number", Op.GE, "1"),))
    rows = (await services.cases.list(agent, query, PageRequest())).rows
    assert sorted(int(str(row.values["number"])) for row in rows) == list(range(1, 22))


async def test_a_pick_list_keeps_what_each_administrator_adds(
    services: Services, others: list[Services], admin: Actor
) -> None:
    """Each session has read the list when it was opened; none writes back what it remembers."""
    for number, session in enumerate(others):
        await session.picklists.add(admin, "lead_source", Choice(f"fair_{number}", "Fair", "展示会"))
    await others[0].picklists.edit(admin, "lead_source", "fair_3", label_en="Trade fair")
    await services.settings.load()
    found = {choice.code: choice.label_en for choice in services.picklists.values("lead_source")}
    assert {code: label for code, label in found.items() if code.startswith("fair")} == {
        "fair_0": "Fair",
        "fair_1": "Fair",
        "fair_2": "Fair",
        "fair_3": "Trade fair",
    }
    added, told = await all_at_once(
        *(
            s.picklists.add(admin, "lead_source", Choice(f"mail_{n}", "Mail", "メール"))
            for n, s in enumerate(others)
        ),
    )
    await services.settings.load()
    codes = {choice.code for choice in services.picklists.values("lead_source")}
    assert len({code for code in codes if code.startswith("mail")}) == len(added)
    assert {type(error) for error in told} <= {Conflict}


async def test_settings_of_the_call_form_add_up(others: list[Services], admin: Actor) -> None:
    await others[0].settings.set_option(admin, "call_start_optional", "yes")
    await others[1].settings.set_option(admin, "call_duration_optional", "yes")
    await others[2].settings.load()
    required = others[2].settings.call_layout().required
    assert not required & {"starts_at", "duration_seconds"}
