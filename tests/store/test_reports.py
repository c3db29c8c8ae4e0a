"""Call reports on both stores: the same figures as counting call by call."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area
from crm_tui.domain.reports import By, Figures, Period, Report
from crm_tui.errors import Invalid, NotAllowed
from crm_tui.services.container import Services
from crm_tui.store.models.activities import activities
from tests.store.conftest import add_user
from tests.store.made_calls import Made, columns, person, random_calls

LONDON = "Europe/London"
AUTUMN = Period(date(2026, 10, 20), date(2026, 11, 20))
"""Clocks go back on 25 October."""


async def test_the_figures_are_those_of_counting_call_by_call(services: Services, admin: Actor) -> None:
    ayse = await add_user(services, admin, "ayse", "agent", team="North")
    bela = await add_user(services, admin, "bela", "agent", team="North")
    actor = replace(admin, zone=LONDON)
    made = await random_calls(services, admin, [admin.id, ayse.id, bela.id], 250)
    names = {admin.id: "root", ayse.id: "ayse", bela.id: "bela"}
    keys: dict[By, Callable[[Made], str | None]] = {
        By.DAY: lambda call: call.saved.astimezone(ZoneInfo(LONDON)).date().isoformat(),
        By.MONTH: lambda call: f"{call.saved.astimezone(ZoneInfo(LONDON)):%Y-%m}",
        By.HOUR: lambda call: f"{call.saved.astimezone(ZoneInfo(LONDON)):%H}",
        By.AGENT: lambda call: names[call.owner],
        By.TEAM: lambda call: None if call.owner == admin.id else "North",
        By.TYPE: lambda call: call.type,
        By.PURPOSE: lambda call: call.purpose or None,
        By.RESULT: lambda call: call.result or None,
    }
    for by, key in keys.items():
        report = await services.reports.calls(actor, AUTUMN, by)
        found = {row.key: row.figures for row in report.rows}
        assert found == _slowly(made, made, key), by
        assert {None: report.total} == _slowly(made, made, lambda _call: None), by
    assert report.total.followed > 5, "the sample has callers who called again"
    limits: list[dict[By, str]] = [
        {By.AGENT: "bela"},
        {By.TEAM: "north", By.TYPE: "inbound"},
        {By.TEAM: "", By.RESULT: ""},
        {By.HOUR: "1", By.PURPOSE: "", By.AGENT: "AYSE"},
        {By.HOUR: "23"},
        {By.TEAM: "North", By.AGENT: "root"},
    ]
    for filters in limits:
        wanted = {by: key or None for by, key in filters.items()}
        wanted.update({By.HOUR: f"{int(filters[By.HOUR]):02d}"} if By.HOUR in filters else {})
        wanted.update({By.TEAM: "North"} if filters.get(By.TEAM) == "north" else {})
        wanted.update({By.AGENT: filters[By.AGENT].lower()} if By.AGENT in filters else {})
        counted = [call for call in made if all(keys[by](call) == key for by, key in wanted.items())]
        for by in (By.DAY, By.AGENT, By.HOUR):
            report = await services.reports.calls(actor, AUTUMN, by, filters)
            found = {row.key: row.figures for row in report.rows}
            assert found == _slowly(counted, made, keys[by]), (filters, by)
        listed = await services.reports.call_ids(actor, AUTUMN, filters)
        assert len(listed) == report.total.calls == len(set(listed)), filters
    own = replace(actor, grants={**actor.grants, Area.ACTIVITY: Grant(view=True, scope=Scope.OWN)})
    mine = [call for call in made if call.owner == admin.id]
    assert await _total(services, own) == _slowly(mine, mine, lambda _call: None)[None]
    team = replace(
        ayse, zone=LONDON, grants={**ayse.grants, Area.ACTIVITY: Grant(view=True, scope=Scope.TEAM)}
    )
    north = [call for call in made if call.owner != admin.id]
    assert await _total(services, team) == _slowly(north, north, lambda _call: None)[None]


# Days on which clocks change in London, New York and, by half an hour, Lord Howe.
CHANGES = (date(2026, 10, 24), date(2026, 10, 31), date(2026, 10, 3), date(2026, 3, 28))
MOMENTS = st.builds(
    lambda day, more: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=more),
    st.sampled_from(CHANGES) | st.dates(date(2026, 9, 1), date(2026, 11, 30)),
    st.integers(0, 2 * 86_400),
)
CALLS = st.builds(
    Made,
    owner=st.just(""),
    type=st.sampled_from(("outbound", "inbound", "inbound", "missed")),
    purpose=st.sampled_from(("", "desk", "demo")),
    result=st.sampled_from(("", "interested")),
    person=st.sampled_from(("", "contact", "lead")),
    talk=st.none() | st.integers(0, 9_000),
    wrap_up=st.integers(0, 600),
    start=MOMENTS,
    saved=st.just(datetime(2026, 1, 1, tzinfo=UTC)),
)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@given(
    calls=st.lists(st.tuples(CALLS, st.integers(0, 100_000)), max_size=30),
    zone=st.sampled_from((LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "Asia/Kathmandu")),
    by=st.sampled_from(By),
    hour=st.none() | st.integers(0, 23),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_calls_in_any_zone(
    services: Services,
    admin: Actor,
    calls: list[tuple[Made, int]],
    zone: str,
    by: By,
    hour: int | None,
) -> None:
    """Whatever the calls are: the report is what counting them one by one gives."""
    people = {"contact": "contact_id", "lead": "lead_id"}
    ids = {name: await person(services, admin, name) for name in people}
    made = [
        replace(call, owner=admin.id, saved=call.start + timedelta(seconds=later)) for call, later in calls
    ]
    rows = [columns(call, people) for call in made]
    for each in rows:
        each.update({column: ids[name] for name, column in people.items() if each[column]})
    async with services.core.store.write(admin) as uow:
        await uow.connection.execute(delete(activities))
        if rows:
            await uow.connection.execute(insert(activities), rows)
        await uow.commit()
    local = ZoneInfo(zone)
    forms = {By.DAY: "%Y-%m-%d", By.MONTH: "%Y-%m", By.HOUR: "%H"}

    def key(call: Made) -> str | None:
        if by in forms:
            return call.saved.astimezone(local).strftime(forms[by])
        if by is By.AGENT:
            return "root"
        return None if by is By.TEAM else getattr(call, by.value) or None

    period = Period(date(2026, 3, 29), date(2026, 11, 1))
    within = [call for call in made if period.first <= call.saved.astimezone(local).date() <= period.last]
    counted = [call for call in within if hour is None or call.saved.astimezone(local).hour == hour]
    filters = {} if hour is None else {By.HOUR: str(hour)}
    report = await services.reports.calls(replace(admin, zone=zone), period, by, filters)
    assert {row.key: row.figures for row in report.rows} == _counted(counted, made, key)
    assert report.total == sum((row.figures for row in report.rows), Figures())


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_what_a_report_cannot_be_limited_to_is_told(services: Services, admin: Actor) -> None:
    await add_user(services, admin, "ayse", "agent", team="North")
    wrong = {
        By.AGENT: "nobody",
        By.TEAM: "South",
        By.TYPE: "sideways",
        By.PURPOSE: "weather",
        By.RESULT: "?",
        By.HOUR: "24",
    }
    for by, key in wrong.items():
        with pytest.raises(Invalid) as refused:
            await services.reports.calls(admin, AUTUMN, By.DAY, {by: key})
        assert by.value in refused.value.fields
    report = await services.reports.calls(admin, AUTUMN, None, {By.PURPOSE: "Desk", By.TYPE: "受信"})
    assert {by: key for by, (key, _label) in report.filters.items()} == {
        By.PURPOSE: "desk",
        By.TYPE: "inbound",
    }


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_long_period_is_read_in_pieces_and_says_how_far_it_is(
    services: Services, admin: Actor
) -> None:
    made = await random_calls(services, admin, [admin.id], 40)
    heard: list[tuple[int, int]] = []
    years = Period(date(2026, 1, 1), date(2026, 12, 31))
    report = await services.reports.calls(
        admin, years, By.MONTH, progress=lambda done, total: heard.append((done, total))
    )
    assert report.total.calls == len(made)
    assert len(heard) > 1
    assert heard[-1] == (365, 365)
    assert heard == sorted(heard)


async def test_what_agents_do_counts_when_it_is_saved(
    services: Services, admin: Actor, agent: Actor, clock: FrozenClock
) -> None:
    """Nothing but completed calls counts, each on the day it was saved, none that was deleted."""
    clock.set_wall(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    tokyo = replace(agent, zone="Asia/Tokyo")
    who = (await services.contacts.create(agent, {"last_name": "田中"})).record.ref
    given = {"type": "inbound", "who": who, "subject": "Question", "purpose": "desk"}
    for days, result in ((40, "interested"), (9, "not_interested"), (2, "not_interested")):
        start = clock.now() - timedelta(days=days)
        values = {**given, "starts_at": start, "duration_seconds": 100, "result": result}
        await services.calls.log(tokyo, values)
    deleted = await services.calls.log(tokyo, {**values, "type": "outbound"})
    await services.calls.delete(admin, [deleted.id])
    await services.calls.schedule(tokyo, {**given, "starts_at": clock.now() + timedelta(days=1)})
    of_tokyo, of_utc = (
        Period(date(2026, 11, 21), date(2026, 11, 21)),
        Period(date(2026, 11, 20), date(2026, 11, 20)),
    )
    report = await services.reports.calls(tokyo, of_tokyo, By.RESULT)
    assert [(row.key, row.label, row.figures.calls) for row in report.rows] == [
        ("not_interested", "Not interested", 2),
        ("interested", "Interested", 1),
    ]
    # Of three calls one was followed within 30 days, the oldest wasn't.
    assert (report.total.inbound, report.total.followed, report.total.talk_seconds) == (3, 1, 300)
    assert (await services.reports.calls(replace(agent, zone="UTC"), of_utc)).total.calls == 3
    assert (await services.reports.calls(tokyo, of_utc)).total == Figures()


async def test_who_may_not_see_activities_gets_no_report(services: Services, admin: Actor) -> None:
    blind = replace(admin, grants={**admin.grants, Area.ACTIVITY: Grant()})
    with pytest.raises(NotAllowed):
        await services.reports.calls(blind, AUTUMN)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_period_that_cannot_be(services: Services, admin: Actor) -> None:
    for period in (Period(AUTUMN.last, AUTUMN.first), Period(AUTUMN.first, date.max)):
        with pytest.raises(Invalid) as refused:
            await services.reports.calls(admin, period)
        assert "to" in refused.value.fields


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_an_hour_of_the_last_days_of_the_calendar(services: Services, admin: Actor) -> None:
    last_days = Period(date(9999, 12, 29), date(9999, 12, 30))
    for zone in ("Asia/Tokyo", "America/New_York"):
        report = await services.reports.calls(replace(admin, zone=zone), last_days, By.DAY, {By.HOUR: "9"})
        assert report.total.calls == 0


async def _total(services: Services, actor: Actor) -> Figures:
    report: Report = await services.reports.calls(actor, AUTUMN)
    return report.total


def _slowly(
    made: Sequence[Made], seen: Sequence[Made], key: Callable[[Made], str | None]
) -> dict[str | None, Figures]:
    """Count call by call the calls of `AUTUMN`."""
    days = ((call, call.saved.astimezone(ZoneInfo(LONDON)).date()) for call in made)
    return _counted([call for call, day in days if AUTUMN.first <= day <= AUTUMN.last], seen, key)


def _counted(
    made: Sequence[Made], seen: Sequence[Made], key: Callable[[Made], str | None]
) -> dict[str | None, Figures]:
    """Count call by call, as the formulas say."""
    found: dict[str | None, Figures] = {}
    for call in made:
        handled, inbound = call.type != "missed", call.type == "inbound"
        again = [
            other
            for other in seen
            if inbound and call.person and (other.person, other.type) == (call.person, "inbound")
            if other.purpose == call.purpose and timedelta(0) < other.start - call.start <= timedelta(days=30)
        ]
        one = Figures(
            1, int(not handled), int(inbound), int(bool(again)), *(
                (call.talk or 0, call.wrap_up) if handled else (0, 0)
            )
        )  # fmt: skip
        found[key(call)] = found.get(key(call), Figures()) + one
    return found
