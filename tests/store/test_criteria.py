"""Every comparison on every type of field gives the records that plain Python picks, on both stores."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Value
from crm_tui.errors import Invalid
from crm_tui.services.container import Services
from tests.store.conftest import add_user

DEALS: tuple[Mapping[str, object], ...] = (
    {
        "name": "one",
        "amount": "10",
        "probability": 5,
        "closing_date": "2026-11-21",
        "next_step": "Call Smith",
    },
    {"name": "two", "amount": "20.50", "probability": 0, "closing_date": "2026-11-20", "stage": "closed_won"},
    {"name": "three", "closing_date": "2026-11-16", "next_step": "100% call_back"},
    {"name": "four", "amount": "10", "probability": 90, "stage": "closed_lost", "next_step": "電話する"},
    {"name": "five", "amount": "-3", "closing_date": "2026-12-01", "stage": "negotiation_review"},
)

Values = Mapping[str, Value]
Test = Callable[[Any, Any], bool]

COMPARE: Mapping[Op, Test] = {
    Op.EQ: lambda a, b: a is not None and a == b,
    Op.NE: lambda a, b: a != b,
    Op.LT: lambda a, b: a is not None and a < b,
    Op.LE: lambda a, b: a is not None and a <= b,
    Op.GT: lambda a, b: a is not None and a > b,
    Op.GE: lambda a, b: a is not None and a >= b,
    Op.IN: lambda a, b: a is not None and a in b,
    Op.NOT_IN: lambda a, b: a is None or a not in b,
    Op.EMPTY: lambda a, _b: a is None,
    Op.NOT_EMPTY: lambda a, _b: a is not None,
    Op.CONTAINS: lambda a, b: b.lower() in (a or "").lower(),
    Op.NOT_CONTAINS: lambda a, b: b.lower() not in (a or "").lower(),
    Op.STARTS: lambda a, b: (a or "").lower().startswith(b.lower()),
}
ORDER = (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE)
SETS = (Op.IN, Op.NOT_IN)
GIVEN = (Op.EMPTY, Op.NOT_EMPTY)
TEXTS = (Op.CONTAINS, Op.NOT_CONTAINS, Op.STARTS)


@pytest.fixture
async def deals(services: Services, admin: Actor) -> dict[str, Values]:
    """The values of some deals, by id."""
    made = {}
    for values in DEALS:
        saved = await services.deals.create(admin, {"stage": "qualification", **values})
        made[saved.record.id] = saved.record.values
    return made


def cases() -> list[tuple[str, Op, object, object]]:
    """Return field, operator, the value as typed, and as Python compares it."""
    found: list[tuple[str, Op, object, object]] = []
    for op in ORDER:
        found += [("amount", op, text, Decimal(text)) for text in ("10", "20.5", "0")]
        found += [("probability", op, text, int(text)) for text in ("5", "0")]
        found += [
            ("closing_date", op, text, date.fromisoformat(text)) for text in ("2026-11-20", "2026-12-01")
        ]
    for op in SETS:
        found.append(("amount", op, ("10", "-3"), (Decimal(10), Decimal(-3))))
        found.append(("stage", op, ("closed_won", "Closed lost"), ("closed_won", "closed_lost")))
        found.append(("next_step", op, ("Call Smith",), ("Call Smith",)))
    for op in GIVEN:
        found += [
            (name, op, None, None)
            for name in ("amount", "probability", "closing_date", "next_step", "account")
        ]
    for op in TEXTS:
        found += [("next_step", op, text, text) for text in ("call", "%", "_", "電話", "100")]
    found += [("stage", op, "closed_won", "closed_won") for op in (Op.EQ, Op.NE)]
    found += [("next_step", op, "Call Smith", "Call Smith") for op in (Op.EQ, Op.NE)]
    return found


async def test_comparisons(services: Services, admin: Actor, deals: dict[str, Values]) -> None:
    for name, op, typed, value in cases():
        found = await ids(services, admin, Criterion(name, op, typed))  # type: ignore[arg-type]
        expected = {key for key, values in deals.items() if COMPARE[op](values[name], value)}
        assert found == expected, (name, op, typed)


async def test_relative_days(
    services: Services, admin: Actor, deals: dict[str, Values], clock: FrozenClock
) -> None:
    """It is a Saturday, 2026-11-21, in Tokyo."""
    assert clock.now().date() == date(2026, 11, 21)
    monday = date(2026, 11, 16)
    spans = {
        "today": (date(2026, 11, 21), date(2026, 11, 22)),
        "yesterday": (date(2026, 11, 20), date(2026, 11, 21)),
        "this week": (monday, monday + timedelta(days=7)),
        "next month": (date(2026, 12, 1), date(2027, 1, 1)),
        "last 2 days": (date(2026, 11, 20), date(2026, 11, 22)),
    }
    within: Mapping[Op, Test] = {
        Op.EQ: lambda day, span: day is not None and span[0] <= day < span[1],
        Op.NE: lambda day, span: day is None or not span[0] <= day < span[1],
        Op.LT: lambda day, span: day is not None and day < span[0],
        Op.LE: lambda day, span: day is not None and day < span[1],
        Op.GT: lambda day, span: day is not None and day >= span[1],
        Op.GE: lambda day, span: day is not None and day >= span[0],
    }
    for text, span in spans.items():
        for op, fits in within.items():
            found = await ids(services, admin, Criterion("closing_date", op, text))
            expected = {key for key, values in deals.items() if fits(values["closing_date"], span)}
            assert found == expected, (text, op)
    both = await ids(services, admin, Criterion("closing_date", Op.IN, ("today", "next month")))
    assert both == {key for key, values in deals.items() if values["name"] in ("one", "five")}
    overdue = await ids(services, admin, Criterion("closing_date", Op.EQ, "overdue"))
    assert overdue == {key for key, values in deals.items() if values["name"] == "three"}, (
        "won and lost are done"
    )


async def test_one_of_several_is_enough_and_others_hold_besides(
    services: Services, admin: Actor, deals: dict[str, Values]
) -> None:
    either = (Criterion("name", Op.EQ, "one"), Criterion("closing_date", Op.EQ, "this week"))
    query = ListQuery(criteria=either, match_any=True)
    assert await names(services, admin, query) == ["one", "three", "two"]
    assert await names(services, admin, query.narrowed(Criterion("amount", Op.NOT_EMPTY))) == ["one", "two"]


async def test_a_day_is_that_of_whoever_reads(services: Services, admin: Actor, clock: FrozenClock) -> None:
    """Half past one at night in Tokyo is still the day before in New York."""
    west = await add_user(services, admin, "west", "agent", time_zone="America/New_York")
    east = await add_user(services, admin, "east", "agent", time_zone="Asia/Tokyo")
    starts = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    values = {"subject": "Night", "starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    await services.events.create(admin, values)
    for actor, day in ((east, "2026-11-22"), (west, "2026-11-21")):
        for op, expected in ((Op.EQ, 1), (Op.LT, 0), (Op.LE, 1), (Op.GT, 0), (Op.GE, 1), (Op.NE, 0)):
            query = ListQuery(criteria=(Criterion("starts_at", op, day),))
            assert (await services.events.count(actor, query)).number == expected, (actor.name, op)


async def test_people_and_tags(services: Services, admin: Actor, agent: Actor) -> None:
    await services.cases.create(admin, {"subject": "A", "status": "open", "tags": ("東京", "vip")})
    await services.cases.create(agent, {"subject": "B", "status": "open", "tags": ("osaka",)})
    await services.cases.create(agent, {"subject": "C", "status": "open"})

    async def cases_with(*criteria: Criterion) -> list[str]:
        page = await services.cases.list(admin, ListQuery((), Sort(), criteria), PageRequest())
        return [row.name for row in page.rows]

    assert await cases_with(Criterion("tags", Op.CONTAINS, "東京")) == ["A"]
    assert await cases_with(Criterion("tags", Op.NOT_CONTAINS, "vip")) == ["B", "C"]
    assert await cases_with(Criterion("tags", Op.EMPTY)) == ["C"]
    assert await cases_with(Criterion("owner", Op.EQ, "me")) == ["A"]
    assert await cases_with(Criterion("owner", Op.NE, "me")) == ["B", "C"]
    assert await cases_with(Criterion("owner", Op.IN, ("me", agent.name))) == ["A", "B", "C"]
    assert await cases_with(Criterion("owner", Op.NOT_IN, (agent.name,))) == ["A"]


@pytest.mark.parametrize(
    "criterion",
    [
        Criterion("closing_date", Op.EQ, "me"),
        Criterion("owner", Op.LT, "me"),
        Criterion("amount", Op.CONTAINS, "1"),
        Criterion("amount", Op.EQ, "much"),
        Criterion("stage", Op.EQ, "won"),
        Criterion("closing_date", Op.EQ, "someday"),
    ],
)
async def test_what_does_not_fit_a_field_is_told(
    services: Services, admin: Actor, criterion: Criterion
) -> None:
    with pytest.raises(Invalid) as caught:
        await ids(services, admin, criterion)
    assert set(caught.value.fields) == {criterion.field}


async def ids(services: Services, actor: Actor, criterion: Criterion) -> set[str]:
    page = await services.deals.list(actor, ListQuery(criteria=(criterion,)), PageRequest(limit=100))
    assert all(isinstance(row.id, str) for row in page.rows)
    return {row.id for row in page.rows}


async def names(services: Services, actor: Actor, query: ListQuery) -> list[str]:
    page = await services.records(Module.DEAL).list(actor, query, PageRequest(limit=100))
    return [row.name for row in page.rows]
