"""Events: their times, whole days, and who takes part in them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.bulk import Targets
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.participants import participants_of
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import Participant, Record, Ref
from crm_tui.errors import Conflict, Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from tests.store.conftest import add_user

START = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


async def event(services: Services, actor: Actor, **values: object) -> Record:
    given = {"subject": "Meeting", "starts_at": START, **values}
    return (await services.events.create(actor, given)).record


async def contact(services: Services, actor: Actor, name: str = "佐藤", email: str = "") -> Ref:
    return (await services.contacts.create(actor, {"last_name": name, "email": email})).record.ref


def names(record: Record) -> list[str]:
    return [one.name for one in participants_of(record.values)]


async def test_an_event_without_an_end_takes_an_hour(services: Services, agent: Actor) -> None:
    record = await event(services, agent)
    assert record.get("ends_at") == START + timedelta(hours=1)


async def test_an_event_does_not_end_before_it_starts(services: Services, agent: Actor) -> None:
    with pytest.raises(Invalid) as error:
        await event(services, agent, ends_at=START - timedelta(minutes=1))
    assert "ends_at" in error.value.fields


async def test_the_end_can_not_be_taken_away(services: Services, agent: Actor) -> None:
    record = await event(services, agent, ends_at=START + timedelta(hours=3))
    with pytest.raises(Invalid) as error:
        await services.events.update(agent, record.id, {"ends_at": ""})
    assert "ends_at" in error.value.fields


async def test_whole_days_are_days_for_everybody(services: Services, admin: Actor, agent: Actor) -> None:
    record = await event(services, agent, all_day="yes", starts_at="2026-11-25", ends_at="2026-11-27")
    assert (record.get("starts_at"), record.get("ends_at")) == (date(2026, 11, 25), date(2026, 11, 27))
    await services.users.edit(admin, admin.name, {"time_zone": "Pacific/Honolulu"})
    far = await services.users.sign_in(admin.name)
    assert (await services.events.get(far, record.id)).get("starts_at") == date(2026, 11, 25)


async def test_a_whole_day_may_be_typed_with_a_time(services: Services, agent: Actor) -> None:
    record = await event(services, agent, all_day=True, starts_at="2026-11-25 14:00")
    assert (record.get("starts_at"), record.get("ends_at")) == (date(2026, 11, 25), date(2026, 11, 25))


async def test_an_event_becomes_one_of_whole_days_and_back(services: Services, agent: Actor) -> None:
    record = await event(services, agent, ends_at=START + timedelta(days=1))
    whole = (await services.events.update(agent, record.id, {"all_day": True})).record
    days = [one.astimezone().date() for one in (START, START + timedelta(days=1))]
    assert [whole.get("starts_at"), whole.get("ends_at")] == days
    with pytest.raises(Invalid) as error:
        await services.events.update(agent, record.id, {"all_day": False})
    assert "starts_at" in error.value.fields
    again = {"all_day": False, "starts_at": START}
    timed = (await services.events.update(agent, record.id, again)).record
    assert (timed.get("starts_at"), timed.get("ends_at")) == (START, START + timedelta(hours=1))


async def test_a_moved_event_keeps_its_length(services: Services, agent: Actor) -> None:
    timed = await event(services, agent, ends_at=START + timedelta(hours=3))
    moved = await services.events.reschedule(agent, timed.id, START + timedelta(days=1))
    assert moved.get("ends_at") == START + timedelta(days=1, hours=3)
    whole = await event(services, agent, all_day=True, starts_at="2026-11-25", ends_at="2026-11-27")
    moved = await services.events.reschedule(agent, whole.id, "2026-12-01")
    assert (moved.get("starts_at"), moved.get("ends_at")) == (date(2026, 12, 1), date(2026, 12, 3))


async def test_everybody_can_take_part(services: Services, agent: Actor) -> None:
    person = await contact(services, agent, email="hanako@customer.example")
    lead = (await services.leads.create(agent, {"last_name": "Mori", "company": "Acme"})).record.ref
    typed = f"contact:{person.id}, lead:Mori, user:sato; Ｂｏｂ＠Example.com"
    record = await event(services, agent, participants=typed)
    found = participants_of(record.values)
    assert [one.ref for one in found] == [person, lead, Ref(Module.USER, agent.id, "佐藤 花子"), None]
    assert [one.email for one in found] == ["hanako@customer.example", "", "", "Bob@Example.com"]
    read = await services.events.get(agent, record.id)
    assert participants_of(read.values) == found


async def test_nobody_takes_part_twice(services: Services, agent: Actor) -> None:
    person = await contact(services, agent, email="hanako@customer.example")
    several = [person, Participant(person), "a@b.example", "A@B.example", "Hanako@customer.example"]
    record = await event(services, agent, participants=several)
    assert names(record) == ["佐藤", "a@b.example"]


@pytest.mark.parametrize("typed", ["nobody", "user:nobody", "contact:"])
async def test_whoever_is_unknown_can_not_take_part(services: Services, agent: Actor, typed: str) -> None:
    with pytest.raises(Invalid) as error:
        await event(services, agent, participants=typed)
    assert "participants" in error.value.fields


async def test_participants_change_and_the_change_can_be_undone(services: Services, agent: Actor) -> None:
    first, second = await contact(services, agent, "Aoki"), await contact(services, agent, "Baba")
    record = await event(services, agent, participants=[first, "a@b.example"])
    changed = (
        await services.events.update(agent, record.id, {"participants": [second, first]}, record.version)
    ).record
    assert (names(changed), changed.version) == (["Aoki", "Baba"], record.version + 1)
    await services.undo.undo(agent)
    assert names(await services.events.get(agent, record.id)) == ["Aoki", "a@b.example"]


async def test_the_same_participants_are_no_change(services: Services, agent: Actor) -> None:
    person = await contact(services, agent)
    record = await event(services, agent, participants=[person])
    same = (await services.events.update(agent, record.id, {"participants": [person]})).record
    assert same.version == record.version


async def test_a_second_save_is_told_who_was_added(services: Services, agent: Actor, admin: Actor) -> None:
    record = await event(services, agent)
    person = await contact(services, admin, "Aoki")
    await services.events.update(admin, record.id, {"participants": [person]}, record.version)
    with pytest.raises(Conflict) as error:
        await services.events.update(agent, record.id, {"participants": "a@b.example"}, record.version)
    assert "Aoki" in error.value.fields["participants"]


async def test_the_history_names_who_was_added(services: Services, agent: Actor) -> None:
    person = await contact(services, agent, "Aoki")
    record = await event(services, agent, participants="a@b.example")
    await services.events.update(agent, record.id, {"participants": [person, "a@b.example"]})
    entry = (await services.audit.history(agent, record.ref))[0]
    (change,) = [one for one in entry.changes if one.field.name == "participants"]
    assert (change.old, change.new) == (("a@b.example",), ("Aoki", "a@b.example"))


async def test_participants_come_back_with_a_new_event_from_the_bin(services: Services, agent: Actor) -> None:
    person = await contact(services, agent, "Aoki")
    record = await event(services, agent, participants=[person])
    await services.undo.undo(agent)
    await services.bin.restore(await services.users.sign_in("root"), [record.id])
    assert names(await services.events.get(agent, record.id)) == ["Aoki"]


async def test_whoever_is_merged_goes_on_taking_part(services: Services, admin: Actor) -> None:
    keeper, loser = await contact(services, admin, "Aoki"), await contact(services, admin, "Aoki")
    record = await event(services, admin, participants=[loser, "a@b.example"])
    await services.merge.merge(admin, Module.CONTACT, [keeper.id, loser.id])
    found = participants_of((await services.events.get(admin, record.id)).values)
    assert [one.ref for one in found] == [keeper, None]


# Whose events


async def guarded(services: Services, admin: Actor, scope: Scope) -> tuple[Actor, Record]:
    """Return me, whose scope is narrow, and somebody else's event in which I take part."""
    await services.profiles.set(admin, "agent", Area.ACTIVITY, Grant(True, True, True, True, scope))
    me = await add_user(services, admin, "me", "agent", team="Tokyo")
    return me, await event(services, admin, participants="user:me")


@pytest.mark.parametrize("scope", [Scope.OWN, Scope.TEAM])
async def test_whoever_takes_part_sees_the_event(services: Services, admin: Actor, scope: Scope) -> None:
    me, record = await guarded(services, admin, scope)
    other = await event(services, admin, participants="a@b.example")
    assert (await services.events.get(me, record.id)).shared
    query, first = ListQuery(("subject",)), PageRequest()
    for service in (services.events, services.activities):
        rows = (await service.list(me, query, first)).rows
        assert [row.id for row in rows] == [record.id]
        assert (await service.count(me, query)).number == 1
    with pytest.raises(NotFound):
        await services.events.get(me, other.id)


def only(record: Record) -> Targets:
    return Targets({record.module: (record.id,)})


DOORS: Mapping[str, Callable[[Services, Actor, Record], Awaitable[object]]] = {
    "update": lambda s, a, r: s.events.update(a, r.id, {"subject": "Mine"}),
    "participants": lambda s, a, r: s.events.update(a, r.id, {"participants": None}),
    "reschedule": lambda s, a, r: s.events.reschedule(a, r.id, "+2d"),
    "complete": lambda s, a, r: s.events.complete(a, r.id),
    "cancel": lambda s, a, r: s.events.cancel(a, r.id),
    "delete": lambda s, a, r: s.events.delete(a, [r.id]),
    "assign": lambda s, a, r: s.bulk.assign(a, only(r), "me"),
    "set_field": lambda s, a, r: s.bulk.set_field(a, only(r), "location", "Mine"),
    "bulk delete": lambda s, a, r: s.bulk.delete(a, only(r)),
}


async def test_whoever_takes_part_does_not_change_the_event(services: Services, admin: Actor) -> None:
    me, record = await guarded(services, admin, Scope.OWN)
    for name, door in DOORS.items():
        with pytest.raises(NotAllowed):
            await door(services, me, record)
        assert await services.events.get(admin, record.id) == record, name


async def test_whoever_may_not_see_activities_does_not_see_theirs_either(
    services: Services, admin: Actor
) -> None:
    me, record = await guarded(services, admin, Scope.OWN)
    await services.profiles.set(admin, "agent", Area.ACTIVITY, Grant())
    me = await services.users.sign_in("me")
    with pytest.raises(NotAllowed):
        await services.events.get(me, record.id)


async def test_a_participant_out_of_sight_is_not_told_and_stays(services: Services, admin: Actor) -> None:
    hidden = await contact(services, admin, "Hidden")
    await services.profiles.set(admin, "agent", Area.CONTACT, Grant(True, True, True, True, Scope.OWN))
    me = await add_user(services, admin, "me", "agent")
    record = await event(services, admin, participants=[hidden, "a@b.example"])
    assert names(await services.events.get(me, record.id)) == ["a@b.example"]
    listed = await services.events.list(me, ListQuery(("participants",)), PageRequest())
    assert [str(one) for one in listed.rows[0].get("participants")] == ["a@b.example"]  # type: ignore[union-attr]
    changed = (await services.events.update(me, record.id, {"participants": "c@d.example"})).record
    assert names(changed) == ["c@d.example"]
    assert names(await services.events.get(admin, record.id)) == ["Hidden", "c@d.example"]
    for entry in await services.audit.history(me, record.ref):
        assert "Hidden" not in repr(entry)
    with pytest.raises(Invalid):
        await services.events.update(me, record.id, {"participants": [hidden]})


async def test_the_activities_of_a_person_have_the_events_they_take_part_in(
    services: Services, agent: Actor
) -> None:
    person, alone = await contact(services, agent, "Aoki"), await contact(services, agent, "Baba")
    with_them = await event(services, agent, who=person)
    taking_part = await event(services, agent, participants=[person, alone], starts_at="2026-11-26 9:00")
    over = await event(services, agent, participants=[person])
    await services.events.complete(agent, over.id)

    async def related(ref: Ref, closed: bool) -> list[str]:
        sort = Sort("due_at")
        page = await services.activities.related(agent, ref, closed, sort, PageRequest())
        return [row.id for row in page.rows]

    assert await related(person, closed=False) == [with_them.id, taking_part.id]
    assert await related(person, closed=True) == [over.id]
    assert await related(alone, closed=False) == [taking_part.id]
    counts = await services.activities.related_counts(agent, person)
    assert (counts.open, counts.closed) == (2, 1)


async def test_a_converted_lead_goes_on_taking_part_as_the_contact(services: Services, agent: Actor) -> None:
    lead = (await services.leads.create(agent, {"last_name": "Mori", "company": "Acme"})).record
    record = await event(services, agent, participants=[lead.ref])
    outcome = await services.conversion.convert(agent, lead.id, new_account=True)
    (one,) = participants_of((await services.events.get(agent, record.id)).values)
    assert one.ref == outcome.contact
    again = await event(services, agent, participants=[lead.ref, outcome.contact])
    assert [one.ref for one in participants_of(again.values)] == [outcome.contact]


async def test_events_tasks_and_calls_are_moved_from_where_they_stand(
    services: Services, agent: Actor
) -> None:
    far = datetime(2027, 3, 1, 5, 0, tzinfo=UTC)
    meeting = await event(services, agent, starts_at=far)
    moved = await services.events.reschedule(agent, meeting.id, "+2h")
    assert moved.get("starts_at") == far + timedelta(hours=2)
    assert moved.get("ends_at") == far + timedelta(hours=3)
    days = await event(services, agent, all_day=True, starts_at="2027-03-01", ends_at="2027-03-02")
    moved = await services.events.reschedule(agent, days.id, "+1d")
    assert (moved.get("starts_at"), moved.get("ends_at")) == (date(2027, 3, 2), date(2027, 3, 3))
    task = (await services.tasks.create(agent, {"subject": "Offer", "due_date": "2027-03-01"})).record
    assert (await services.tasks.reschedule(agent, task.id, "+1w")).get("due_date") == date(2027, 3, 8)
    values = {"who": await contact(services, agent), "subject": "Call back", "starts_at": far}
    call = await services.calls.schedule(agent, values)
    again = await services.calls.reschedule(agent, call.id, "+30m")
    assert again.starts_at == far + timedelta(minutes=30)
