"""The calendar on both stores: what stands on which day, for whom, and what reading it costs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant
from crm_tui.domain.actor import Scope as RowScope
from crm_tui.domain.calendar import Agenda, Scope, Whose
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Area
from crm_tui.domain.records import Ref
from crm_tui.errors import Invalid, NotAllowed
from crm_tui.services.container import Services
from crm_tui.store.models.activities import activities, event_participants
from tests.store.conftest import add_user

DAY = date(2026, 11, 25)
TOKYO = "Asia/Tokyo"


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The statements that were sent."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
async def tokyo(agent: Actor) -> Actor:
    """The agent, in Tokyo."""
    return replace(agent, zone=TOKYO)


async def test_a_day_has_its_events_calls_and_tasks(services: Services, tokyo: Actor) -> None:
    """Each kind stands on the day of the reader's zone, whole days first, then by time."""
    who = (await services.contacts.create(tokyo, {"last_name": "田中"})).record.ref
    await _event(services, tokyo, "Review", "2026-11-25 15:00", "2026-11-25 16:00", location="Room 2")
    call = {"type": "outbound", "who": who, "subject": "Call back"}
    await services.calls.schedule(tokyo, {**call, "starts_at": "2026-11-25 09:00"})
    await services.calls.schedule(tokyo, {**call, "subject": "Next day", "starts_at": "2026-11-26 00:00"})
    await services.tasks.create(
        tokyo, {"subject": "Offer", "due_date": "2026-11-25", "status": "not_started"}
    )
    found = await services.calendar.between(tokyo, DAY, DAY)
    assert _subjects(found) == ["Offer", "Call back", "Review"]
    task, planned, review = found.entries
    assert task.all_day
    assert planned.who == who
    assert (planned.starts_at, planned.ends_at) == (datetime(2026, 11, 25, 0, 0, tzinfo=UTC), None)
    assert (review.location, review.ends_at) == ("Room 2", datetime(2026, 11, 25, 7, 0, tzinfo=UTC))
    assert _subjects(await services.calendar.between(tokyo, DAY, DAY, tasks=False)) == ["Call back", "Review"]


async def test_an_event_that_began_before_reaches_into_the_day(services: Services, tokyo: Actor) -> None:
    """From midnight on it is another day; an end at midnight belongs to the day before."""
    await _event(services, tokyo, "Night shift", "2026-11-24 22:00", "2026-11-25 06:00")
    await _event(services, tokyo, "Fair", "2026-10-01 9:00", "2026-12-24 18:00")
    await _event(services, tokyo, "Evening", "2026-11-24 20:00", "2026-11-25 00:00")
    assert _subjects(await services.calendar.between(tokyo, DAY, DAY)) == ["Fair", "Night shift"]
    before = await services.calendar.between(tokyo, DAY - timedelta(days=1), DAY)
    assert _subjects(before) == ["Fair", "Evening", "Night shift"]
    assert [entry.ref.name for entry in before.on(DAY)] == ["Fair", "Night shift"]


async def test_whole_days_are_the_same_days_everywhere(services: Services, tokyo: Actor) -> None:
    """An event of 25 and 26 November is that in Tokyo and in New York, though the moments differ."""
    await services.events.create(
        tokyo,
        {"subject": "Training", "all_day": True, "starts_at": "2026-11-25", "ends_at": "2026-11-26"},
    )
    for zone in (TOKYO, "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"):
        reader = replace(tokyo, zone=zone)
        found = await services.calendar.between(reader, DAY, DAY)
        assert [(one.ref.name, one.all_day, one.first_day, one.last_day) for one in found.entries] == [
            ("Training", True, DAY, DAY + timedelta(days=1))
        ], zone
        for day, subjects in ((1, ["Training"]), (2, []), (-1, [])):
            other = DAY + timedelta(days=day)
            assert _subjects(await services.calendar.between(reader, other, other)) == subjects, (zone, day)


async def test_completed_and_cancelled_ones_can_be_left_out(services: Services, tokyo: Actor) -> None:
    done = await _event(services, tokyo, "Done", "2026-11-25 9:00", "2026-11-25 10:00")
    off = await _event(services, tokyo, "Off", "2026-11-25 11:00", "2026-11-25 12:00")
    await _event(services, tokyo, "Ahead", "2026-11-25 13:00", "2026-11-25 14:00")
    await services.events.complete(tokyo, done.id)
    await services.events.cancel(tokyo, off.id)
    found = await services.calendar.between(tokyo, DAY, DAY)
    assert [(one.ref.name, one.status) for one in found.entries] == [
        ("Done", "completed"),
        ("Off", "cancelled"),
        ("Ahead", "scheduled"),
    ]
    assert _subjects(await services.calendar.between(tokyo, DAY, DAY, closed=False)) == ["Ahead"]


async def test_a_call_whose_time_has_passed_is_overdue(
    services: Services, tokyo: Actor, clock: FrozenClock
) -> None:
    who = (await services.contacts.create(tokyo, {"last_name": "田中"})).record.ref
    values = {"type": "outbound", "who": who, "subject": "Call", "starts_at": "2026-11-25 09:00"}
    await services.calls.schedule(tokyo, values)
    clock.set_wall(datetime(2026, 11, 25, 1, 0, tzinfo=UTC))
    assert (await services.calendar.between(tokyo, DAY, DAY)).entries[0].status == "overdue"


async def test_two_things_at_one_time_name_each_other(services: Services, tokyo: Actor) -> None:
    """Touching is no overlap, nor is what is cancelled."""
    first = await _event(services, tokyo, "First", "2026-11-25 9:00", "2026-11-25 10:00")
    second = await _event(services, tokyo, "Second", "2026-11-25 9:30", "2026-11-25 11:00")
    await _event(services, tokyo, "Touching", "2026-11-25 11:00", "2026-11-25 12:00")
    off = await _event(services, tokyo, "Off", "2026-11-25 9:00", "2026-11-25 12:00")
    await services.events.cancel(tokyo, off.id)
    found = await services.calendar.between(tokyo, DAY, DAY)
    assert {one.ref.name: one.overlaps for one in found.entries} == {
        "First": (second.id,),
        "Second": (first.id,),
        "Touching": (),
        "Off": (),
    }


async def test_whose_calendar_it_is(services: Services, admin: Actor) -> None:
    """One's own, a colleague's, the team's, everybody's; never more than the profile lets one see."""
    ayse = await add_user(services, admin, "ayse", "agent", team="North")
    bela = await add_user(services, admin, "bela", "agent", team="North")
    cem = await add_user(services, admin, "cem", "agent", team="South")
    for user in (ayse, bela, cem):
        await _event(services, user, user.name, "2026-11-25 9:00", "2026-11-25 10:00")

    async def seen(actor: Actor, whose: Whose, scope: RowScope = RowScope.ALL) -> list[str]:
        reader = replace(actor, grants={**actor.grants, Area.ACTIVITY: Grant(view=True, scope=scope)})
        return sorted(_subjects(await services.calendar.between(reader, DAY, DAY, whose)))

    of_cem = Whose(Scope.USER, cem.user)
    assert await seen(ayse, Whose()) == ["ayse"]
    assert await seen(ayse, Whose(Scope.TEAM)) == ["ayse", "bela"]
    assert await seen(ayse, Whose(Scope.ALL)) == ["ayse", "bela", "cem"]
    assert await seen(ayse, of_cem) == ["cem"]
    assert await seen(ayse, of_cem, RowScope.TEAM) == []
    assert await seen(ayse, Whose(Scope.ALL), RowScope.TEAM) == ["ayse", "bela"]
    assert await seen(ayse, Whose(Scope.TEAM), RowScope.OWN) == ["ayse"]


async def test_an_event_stands_in_the_calendar_of_who_takes_part(services: Services, admin: Actor) -> None:
    """It takes their time too, and is theirs to see although it belongs to somebody else."""
    ayse = await add_user(services, admin, "ayse", "agent")
    cem = await add_user(services, admin, "cem", "agent")
    meeting = await _event(services, cem, "Meeting", "2026-11-25 9:00", "2026-11-25 10:00")
    own = await _event(services, ayse, "Own", "2026-11-25 9:30", "2026-11-25 10:30")
    async with services.core.store.write(cem) as uow:
        columns = {"id": new_id(), "event_id": meeting.id, "user_id": ayse.id}
        await uow.connection.execute(insert(event_participants).values(**columns))
        await uow.commit()
    alone = replace(ayse, grants={**ayse.grants, Area.ACTIVITY: Grant(view=True, scope=RowScope.OWN)})
    found = await services.calendar.between(alone, DAY, DAY)
    assert [(one.ref.name, one.takes_part, one.overlaps) for one in found.entries] == [
        ("Meeting", True, (own.id,)),
        ("Own", False, (meeting.id,)),
    ]
    assert _subjects(await services.calendar.between(alone, DAY - timedelta(days=2), DAY)) == [
        "Meeting",
        "Own",
    ]


async def test_a_month_of_a_busy_team_is_read_in_three_statements(
    services: Services, admin: Actor, sent: list[str]
) -> None:
    """Each day shows its first entries and says how many it has more, however many there are."""
    async with services.core.store.write(admin) as uow:
        await uow.connection.execute(insert(activities), _many(admin))
        await uow.commit()
    reader = replace(admin, zone="UTC")
    sent.clear()
    found = await services.calendar.between(reader, date(2026, 10, 26), date(2026, 12, 6), Whose(Scope.ALL))
    assert len([one for one in sent if "activities" in one]) == 3
    busy = found.on(DAY)
    assert busy
    assert len(busy) + found.more[DAY] == 1_500
    assert len(found.on(date(2026, 11, 27))) == 3
    assert set(found.more) == {DAY}
    sent.clear()
    week = await services.calendar.between(reader, date(2026, 11, 26), date(2026, 12, 2))
    assert len([one for one in sent if "activities" in one]) == 1
    assert not week.more


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_calendar_is_read_from_indexes(services: Services, agent: Actor, sent: list[str]) -> None:
    """Neither the whole table nor all of an agent's activities are looked through."""
    for whose in (Whose(), Whose(Scope.TEAM), Whose(Scope.ALL), Whose(Scope.USER, agent.user)):
        parameters: list[Any] = []

        def note(connection: Any, cursor: Any, statement: str, given: Any, *_more: object) -> None:
            parameters.append((statement, given))  # noqa: B023 (read before the next round)

        event.listen(Engine, "before_cursor_execute", note)
        await services.calendar.between(agent, DAY, DAY, whose)
        event.remove(Engine, "before_cursor_execute", note)
        statement, given = next(one for one in parameters if "UNION ALL" in one[0])
        async with services.core.store.read() as connection:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            plan = [str(row._mapping["detail"]) for row in rows]
        assert not [step for step in plan if step.startswith("SCAN activities")], (whose, plan)


async def test_what_no_calendar_can_show(services: Services, agent: Actor) -> None:
    for first, last in (
        (DAY, DAY - timedelta(days=1)),
        (DAY, DAY + timedelta(days=42)),
        (date.max, date.max),
    ):
        with pytest.raises(Invalid):
            await services.calendar.between(agent, first, last)
    blind = replace(agent, grants={**agent.grants, Area.ACTIVITY: Grant()})
    with pytest.raises(NotAllowed):
        await services.calendar.between(blind, DAY, DAY)


def _many(admin: Actor) -> list[dict[str, Any]]:
    starts = [
        datetime(2026, 11, 25, tzinfo=UTC) + timedelta(minutes=number % 1_400) for number in range(1_500)
    ]
    starts += [datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (9, 10, 11)]
    return [
        {
            "id": new_id(),
            "kind": "call",
            "subject": f"Call {number}",
            "display_name": f"Call {number}",
            "status": "scheduled",
            "starts_at": start,
            "due_at": start,
            "sort_at": start,
            "owner_id": admin.id,
            "created_at": start,
            "modified_at": start,
        }
        for number, start in enumerate(starts)
    ]


async def _event(services: Services, actor: Actor, subject: str, start: str, end: str, **values: str) -> Ref:
    given = {"subject": subject, "starts_at": start, "ends_at": end, **values}
    return (await services.events.create(actor, given)).record.ref


def _subjects(found: Agenda) -> list[str]:
    return [entry.ref.name for entry in found.entries]
