"""Lists and lookups through the services, against the same statement on a bare connection."""

import math
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from crm_tui.bootstrap import os_login
from crm_tui.clock import SystemClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import Page, PageRequest, Seek
from crm_tui.domain.queries import ListQuery, Sort
from crm_tui.domain.records import ListRow
from crm_tui.domain.views import standard_view
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store.sqlite_driver import sqlite
from crm_tui.store.store import Store
from crm_tui.store.url import parse_store_url
from screens.activity_rows import COLUMNS as ACTIVITY_COLUMNS
from screens.activity_rows import asked_of_activities
from screens.list_columns import COLUMNS
from screens.list_source import asked_columns
from tests.bench.measuring import Row, interleaved

_FINDS = (
    ("two Japanese characters", "田中"),
    ("the last four digits of a number", "2529"),
    ("something nobody has", "zzqqxx"),
)
_POINT = "SELECT id, display_name, email FROM contacts WHERE id = ?"


class Bench:
    """Services on one store, and what they send to the database."""

    def __init__(self, services: Services, actor: Actor, path: Path) -> None:
        self.services, self.actor = services, actor
        self.raw: Any = sqlite.connect(path)
        self.statements: list[tuple[str, Any]] = []

    def sending(self, connection: Any, cursor: Any, statement: str, parameters: Any, *_more: object) -> None:
        """Note a statement that is being sent."""
        self.statements.append((statement, parameters))

    async def sent_by(self, work: Any) -> list[tuple[str, Any]]:
        """Return the statements that a work sends, the second time it is done."""
        await work()
        self.statements.clear()
        await work()
        return list(self.statements)

    async def again(self, statements: Sequence[tuple[str, Any]]) -> None:
        """Do the same statements on the bare connection."""
        for statement, parameters in statements:
            self.raw.execute(statement, parameters).fetchall()


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Bench]:
    """Open a store as the owner of its first records."""
    store = Store(parse_store_url(f"sqlite:///{path}"), SystemClock())
    services = Services.on(Core(store, store.clock))
    try:
        await services.settings.load()
        bench = Bench(services, await services.users.sign_in(os_login()), path)
        event.listen(Engine, "before_cursor_execute", bench.sending)
        yield bench
        event.remove(Engine, "before_cursor_execute", bench.sending)
        bench.raw.close()
    finally:
        await store.close()


async def rows(path: Path, people: int, *, quick: bool) -> list[Row]:
    """Measure on a store of so many people."""
    rounds = 20 if quick else 100
    found: list[Row] = []
    async with opened(path) as bench:
        for name, work in lists(bench):
            sent = await bench.sent_by(work)
            ratio, ours, theirs = await interleaved(work, partial(bench.again, sent), rounds)
            detail = f"{ours * 1000:.1f} ms against {theirs * 1000:.2f} ms; {len(sent)} statement"
            found.append(Row(f"{name} of {people:,} ÷ raw sqlite3", ratio, 2, detail))
        point = [(_POINT, (_an_id(bench),))]
        for name, text in _FINDS:
            hits = await bench.services.search.find(bench.actor, text)
            work = partial(bench.services.search.find, bench.actor, text)
            ratio, ours, theirs = await interleaved(work, partial(_fifty, bench, point), rounds)
            detail = f"{len(hits)} found; {ours * 1000:.1f} ms against {theirs * 20:.3f} ms"
            found.append(Row(f"find {name} among {people:,} ÷ raw point lookup", ratio * 50, 10, detail))
            sent = await bench.sent_by(work)
            ratio, ours, theirs = await interleaved(work, partial(bench.again, sent), rounds)
            detail = f"{ours * 1000:.1f} ms against {theirs * 1000:.2f} ms; {len(sent)} statements"
            found.append(Row(f"find {name} among {people:,} ÷ raw sqlite3", ratio, None, detail))
    return found


async def growth(paths: Sequence[tuple[int, Path]], *, quick: bool) -> list[Row]:
    """Measure how first page and lookup grow with the number of people: the slope on log–log axes."""
    rounds = 20 if quick else 60
    costs: dict[str, list[tuple[int, float]]] = {}
    for people, path in paths:
        async with opened(path) as bench:
            works = [*lists(bench), ("find two Japanese characters", _find(bench))]
            for name, work in works:
                _ratio, ours, _theirs = await interleaved(work, work, rounds)
                costs.setdefault(name, []).append((people, ours))
    return [
        Row(
            f"growth of “{name}”, {points[0][0]:,} to {points[-1][0]:,} (slope)",
            _slope(points),
            0.1,
            ", ".join(f"{cost * 1000:.1f} ms" for _people, cost in points),
        )
        for name, points in costs.items()
    ]


def lists(bench: Bench) -> Iterator[tuple[str, Any]]:
    """Return the lists that agents open most, each as a work."""
    columns = asked_columns(Module.CONTACT, COLUMNS[Module.CONTACT])
    contacts, page = ListQuery(columns, Sort()), PageRequest(limit=50)
    mine = standard_view(Area.ACTIVITY).query(asked_of_activities(ACTIVITY_COLUMNS), Sort("due_at"))
    yield "first page of 50 contacts", lambda: bench.services.contacts.list(bench.actor, contacts, page)
    yield "my open activities", lambda: bench.services.activities.list(bench.actor, mine, page)


async def keys(path: Path) -> list[Row]:
    """Count statements while a cursor goes down a list that reads pages of 64 rows."""
    async with opened(path) as bench:
        columns = asked_columns(Module.CONTACT, COLUMNS[Module.CONTACT])
        query = ListQuery(columns, Sort())
        bench.statements.clear()
        page: Page[ListRow] = await bench.services.contacts.list(bench.actor, query, PageRequest())
        passed = len(page.rows)
        for _page in range(9):
            request = PageRequest(Seek.AFTER, page.rows[-1].position)
            page = await bench.services.contacts.list(bench.actor, query, request)
            passed += len(page.rows)
        number = len(bench.statements)
    return [Row("statements per 64 rows passed", number * 64 / passed, 1, f"{number} for {passed} rows")]


def _find(bench: Bench) -> Any:
    return lambda: bench.services.search.find(bench.actor, _FINDS[0][1])


async def _fifty(bench: Bench, point: Sequence[tuple[str, Any]]) -> None:
    for _each in range(50):
        await bench.again(point)


def _an_id(bench: Bench) -> str:
    found: str = bench.raw.execute("SELECT id FROM contacts LIMIT 1 OFFSET 500").fetchone()[0]
    return found


def _slope(points: Sequence[tuple[int, float]]) -> float:
    xs = [math.log(size) for size, _cost in points]
    ys = [math.log(max(cost, 1e-6)) for _size, cost in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    if not spread:
        return 0.0
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread
