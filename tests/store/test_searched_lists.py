"""Lists that no index answers: the same rows as in one statement, told how far, and few enough for one go."""

import asyncio
from dataclasses import replace

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.relative import Relative, Word
from crm_tui.services.bulk import NewRecord, add_records
from crm_tui.services.container import Services
from crm_tui.store.repositories import scans

ME = Relative(Word.ME)
NUMBER = 41


@pytest.fixture
async def many(services: Services, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Some leads, and a search that takes them for very many."""
    monkeypatch.setattr(scans, "PIECE", 4)
    monkeypatch.setattr(scans, "SEARCHED_FROM", 8)
    monkeypatch.setattr(scans, "PIECES_IN_ORDER", 3)
    new = [
        {
            "last_name": f"L{place % 7}",
            "first_name": f"F{place:02}",
            "company": "Acme" if place % 5 else "Other",
            "title": f"T{place % 3}",
        }
        for place in range(NUMBER)
    ]
    await add_records(services.core, services.leads, admin, [NewRecord(values) for values in new])
    return services


LISTS = [
    pytest.param(Sort("name"), (Criterion("title", Op.EQ, "T1"),), id="along the order"),
    pytest.param(Sort("name", descending=True), (Criterion("title", Op.NE, "T1"),), id="backwards"),
    pytest.param(Sort("title"), (Criterion("first_name", Op.CONTAINS, "2"),), id="order without index"),
    pytest.param(
        Sort("name"), (Criterion("owner", Op.EQ, ME), Criterion("title", Op.EQ, "T2")), id="owner and more"
    ),
    pytest.param(Sort("title", descending=True), (), id="everything in such an order"),
    pytest.param(Sort("name"), (Criterion("title", Op.EQ, "nobody"),), id="nothing"),
]


@pytest.mark.parametrize(("sort", "criteria"), LISTS)
async def test_a_search_finds_what_one_statement_finds(
    many: Services, admin: Actor, sort: Sort, criteria: tuple[Criterion, ...]
) -> None:
    told: list[tuple[int, int]] = []
    plain = ListQuery(("title",), sort, criteria)
    searched = ListQuery(("title",), sort, criteria, report=lambda seen, total: told.append((seen, total)))
    whole = await many.leads.list(admin, plain, PageRequest(limit=100))
    assert await many.leads.is_searched(admin, plain)
    requests = [PageRequest(limit=100), PageRequest(limit=3), PageRequest(Seek.LAST, limit=5)]
    for row in whole.rows[::6]:
        requests += [PageRequest(seek, row.position, 4) for seek in (Seek.AFTER, Seek.BEFORE, Seek.FROM)]
    for request in requests:
        assert await many.leads.list(admin, searched, request) == await many.leads.list(admin, plain, request)
    assert all(0 < seen <= total <= NUMBER for seen, total in told)
    for cap in (3, 100):
        assert await many.leads.count(admin, searched, cap) == await many.leads.count(admin, plain, cap)


async def test_more_than_can_be_put_in_order_by_id(
    many: Services, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "MOST_FOUND", 5)
    told: list[int] = []

    def tell(seen: int, _total: int) -> None:
        told.append(seen)

    for sort in (Sort("title"), Sort("name")):
        told.clear()
        query = ListQuery((), sort, (Criterion("company", Op.CONTAINS, "cm"),))
        first = PageRequest(limit=30)
        found = await many.leads.list(admin, replace(query, report=tell), first)
        assert found == await many.leads.list(admin, query, first)
        assert told


@pytest.mark.parametrize(
    ("sort", "criteria", "match_any"),
    [
        (Sort("name"), (), False),
        (Sort("modified_at", descending=True), (), False),
        (Sort("name"), (Criterion("owner", Op.EQ, ME),), False),
        (Sort("name"), (Criterion("status", Op.EQ, "contacted"),), False),
        (Sort("modified_at"), (Criterion("modified_at", Op.GE, Relative(Word.LAST_WEEK)),), False),
        (Sort("created_at"), (Criterion("created_at", Op.EQ, Relative(Word.TODAY)),), False),
        (Sort("company"), (Criterion("company", Op.EQ, "Other"),), False),
        (Sort("title"), (Criterion("email", Op.EQ, "a@example.com"),), True),
    ],
)
async def test_what_an_index_answers_is_not_searched(
    many: Services, admin: Actor, sort: Sort, criteria: tuple[Criterion, ...], match_any: bool
) -> None:
    query = ListQuery((), sort, criteria, match_any, report=lambda _seen, _total: pytest.fail("searched"))
    assert not await many.leads.is_searched(admin, query)
    await many.leads.list(admin, query, PageRequest())


async def test_conditions_of_which_one_is_enough_are_searched(many: Services, admin: Actor) -> None:
    both = (Criterion("status", Op.EQ, "contacted"), Criterion("company", Op.EQ, "Other"))
    assert await many.leads.is_searched(admin, ListQuery((), Sort(), both, match_any=True))


async def test_a_search_can_be_ended(many: Services, admin: Actor) -> None:
    started = asyncio.Event()
    query = ListQuery(
        (), Sort(), (Criterion("title", Op.EQ, "nobody"),), report=lambda _seen, _total: started.set()
    )
    reading = asyncio.create_task(many.leads.list(admin, query, PageRequest()))
    await started.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert (await many.leads.count(admin, ListQuery(), 100)).number == NUMBER


async def test_a_list_of_all_activities(many: Services, admin: Actor) -> None:
    for place in range(12):
        await many.tasks.create(admin, {"subject": f"S{place}", "due_date": f"2026-12-{place + 1:02}"})
    criteria = (Criterion("subject", Op.CONTAINS, "1"),)
    query = ListQuery(("status",), Sort("due_at"), criteria, report=lambda _seen, _total: None)
    plain = ListQuery(("status",), Sort("due_at"), criteria)
    assert await many.activities.is_searched(admin, plain)
    found = await many.activities.list(admin, query, PageRequest())
    assert [row.name for row in found.rows] == ["S1", "S10", "S11"]
    assert found == await many.activities.list(admin, plain, PageRequest())
    assert found.rows[0].module is Module.TASK
