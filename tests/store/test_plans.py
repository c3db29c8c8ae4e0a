"""What agents open all day is read from an index, in its order: no scan, no sort of what was found."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from crm_tui.domain.actor import Actor
from crm_tui.domain.associations import NewMember
from crm_tui.domain.modules import PARENTS, Area, Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.queue_sources import campaign_source, list_source, view_source
from crm_tui.domain.records import Ref
from crm_tui.domain.views import built_in, first_sort, usual_sort
from crm_tui.services.container import Services
from screens.activity_rows import COLUMNS as ACTIVITY_COLUMNS
from screens.activity_rows import asked_of_activities
from screens.list_columns import COLUMNS
from screens.list_source import asked_columns

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

FIRST = PageRequest()
_WHOLE_TABLE = re.compile(r"^SCAN (?!.*USING)(?!search_index VIRTUAL)|AUTOMATIC")
_SORTED = re.compile(r"USE TEMP B-TREE FOR ORDER BY")

Work = Callable[[], Awaitable[object]]
Plan = Callable[[Work], Awaitable[list[str]]]


@pytest.fixture
def sent() -> Iterator[list[tuple[str, Any]]]:
    """The statements that were sent."""
    statements: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_more: object) -> None:
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
async def plan(services: Services, sent: list[tuple[str, Any]]) -> Plan:
    """Says how SQLite reads what a work asks for."""

    async def plan_of(work: Work) -> list[str]:
        sent.clear()
        await work()
        reads = [one for one in sent if one[0].startswith("SELECT")]
        assert reads
        async with services.core.store.read() as connection:
            steps = []
            for statement, parameters in reads:
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps += [str(row._mapping["detail"]) for row in rows]
        return steps

    return plan_of


async def test_standard_lists(services: Services, admin: Actor, plan: Plan) -> None:
    for module in PARENTS:
        service, columns = services.records(module), asked_columns(module, COLUMNS[module])
        standard = usual_sort(module)
        mine = (Criterion("owner", Op.EQ, admin.user),)
        for query in (
            ListQuery(columns, standard),
            ListQuery(columns, standard, mine),
            ListQuery(columns, Sort("modified_at", descending=True)),
            ListQuery(columns, Sort("created_at", descending=True)),
        ):
            for request in (FIRST, PageRequest(Seek.LAST)):
                steps = await plan(lambda s=service, q=query, r=request: s.list(admin, q, r))  # type: ignore[misc]
                assert not _bad(steps, _SORTED), (module, query, steps)


async def test_lists_of_one_state(services: Services, admin: Actor, plan: Plan) -> None:
    for module, name, state in (
        (Module.LEAD, "status", "contacted"),
        (Module.DEAL, "stage", "qualification"),
        (Module.CASE, "status", "open"),
    ):
        service, standard = services.records(module), usual_sort(module)
        query = ListQuery((), standard, (Criterion(name, Op.EQ, state),))
        steps = await plan(lambda s=service, q=query: s.list(admin, q, FIRST))  # type: ignore[misc]
        assert not _bad(steps, _SORTED), (module, steps)


async def test_views_of_activities(services: Services, admin: Actor, agent: Actor, plan: Plan) -> None:
    columns = asked_of_activities(ACTIVITY_COLUMNS)
    for view in built_in(Area.ACTIVITY):
        for actor in (admin, agent):
            query = view.query(columns, first_sort(view, Module.CALL))
            steps = await plan(lambda q=query, a=actor: services.activities.list(a, q, FIRST))  # type: ignore[misc]
            assert not _bad(steps, _SORTED), (view.code, steps)


async def test_related_lists(services: Services, admin: Actor, plan: Plan) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme"})).record.ref
    contact = (await services.contacts.create(admin, {"last_name": "Smith", "account": account})).record.ref
    works: list[Work] = []
    for ref in (account, contact):
        works += [_related(services, admin, ref, closed) for closed in (False, True)]
        works.append(lambda ref=ref: services.notes.of(admin, ref, FIRST))  # type: ignore[misc]
    of_account = ListQuery((), Sort(), (Criterion("account", Op.EQ, account),))
    works.append(lambda: services.contacts.list(admin, of_account, FIRST))
    works.append(lambda: services.calls.recent(admin, contact))
    for number, work in enumerate(works):
        steps = await plan(work)
        assert not _bad(steps, _SORTED), (number, steps)


async def test_lists_by_association(services: Services, admin: Actor, plan: Plan) -> None:
    """They start at the few associations of one record, never at the many records of a module."""
    account = (await services.accounts.create(admin, {"name": "Acme"})).record.ref
    contact = (await services.contacts.create(admin, {"last_name": "Smith", "account": account})).record.ref
    newest = Sort("modified_at", descending=True)
    works: list[Work] = [
        lambda: services.associations.list(admin, account, ("phone", "owner"), Sort(), FIRST),
        lambda: services.associations.list(admin, contact, ("phone",), Sort(), FIRST),
        lambda: services.associations.count(admin, account),
        lambda: services.cases.list_around(admin, account.id, ListQuery(("contact",), newest), FIRST),
        lambda: services.cases.count_around(admin, account.id),
        lambda: services.portal.list(admin, contact.id, Sort("number", descending=True), FIRST, "x"),
        lambda: services.associations.cases_at_stake(admin, account.id, contact.id),
    ]
    for number, work in enumerate(works):
        steps = await plan(work)
        assert not [
            step for step in steps if re.match("SCAN (contacts|accounts|cases|account_contacts)", step)
        ], (
            number,
            steps,
        )


async def test_what_hangs_on_a_record_is_counted_by_index(
    services: Services, admin: Actor, plan: Plan
) -> None:
    account = (await services.accounts.create(admin, {"name": "Acme"})).record.ref
    contact = (await services.contacts.create(admin, {"last_name": "Smith", "account": account})).record.ref
    for ref in (account, contact):
        steps = await plan(lambda ref=ref: services.records(ref.module).consequences(admin, ref.id))  # type: ignore[misc]
        assert not _bad(steps), steps
        counted = [step for step in steps if re.match("(SCAN|SEARCH) (activities|notes|deals|cases) ", step)]
        assert counted
        assert all(f"({ref.module.value}_id=?" in step for step in counted), counted


async def test_undoing_a_new_campaign_looks_up_what_points_to_it(
    services: Services, admin: Actor, plan: Plan
) -> None:
    await services.campaigns.create(admin, {"name": "Autumn"})
    steps = await plan(lambda: services.undo.undo(admin))
    assert not [step for step in steps if step.startswith("SCAN activities")], steps


@pytest.mark.parametrize("typed", ["田中", "1234", "0312345678", "田中 1234", "smith@example.com"])
async def test_lookups(services: Services, admin: Actor, plan: Plan, typed: str) -> None:
    steps = await plan(lambda: services.search.find(admin, typed))
    assert not _bad(steps), steps


async def test_naming_a_record_by_mail_address(services: Services, admin: Actor, plan: Plan) -> None:
    await services.contacts.create(admin, {"last_name": "Smith", "email": "Smith@example.com"})
    steps = await plan(lambda: services.contacts.resolve(admin, "smith@example.com"))
    assert not _bad(steps), steps
    assert not [step for step in steps if step.startswith("SCAN contacts")], steps


async def test_the_text_of_the_plan_is_understood(services: Services) -> None:
    """The other tests would pass with anything if SQLite worded its plans differently."""
    async with services.core.store.read() as connection:
        rows = await connection.execute(text("EXPLAIN QUERY PLAN SELECT * FROM contacts ORDER BY title"))
        steps = [str(row._mapping["detail"]) for row in rows]
    assert _bad(steps), steps
    assert _bad(steps, _SORTED) == steps


def _related(services: Services, actor: Actor, ref: Ref, closed: bool) -> Work:
    return lambda: services.activities.related(actor, ref, closed, Sort("due_at", descending=closed), FIRST)


def _bad(steps: list[str], *more: re.Pattern[str]) -> list[str]:
    return [step for step in steps if any(pattern.search(step) for pattern in (_WHOLE_TABLE, *more))]


async def test_who_comes_next_in_a_call_queue(services: Services, admin: Actor, plan: Plan) -> None:
    lead = (
        await services.leads.create(admin, {"last_name": "Abe", "company": "Acme", "phone": "117"})
    ).record
    campaign = (await services.campaigns.create(admin, {"name": "Autumn"})).record.ref
    await services.members.add(admin, campaign, [NewMember(lead.ref, "")])
    for source in (
        *(view_source(view) for view in built_in(Area.LEAD) if view.code in ("all", "mine", "recent")),
        campaign_source(campaign),
        list_source(Module.LEAD, [lead.id], "one"),
    ):
        run = await services.queue.start(admin, source)
        steps = await plan(lambda r=run: services.queue.peek(admin, r.id))  # type: ignore[misc]
        assert not _bad(steps, _SORTED), (source, steps)
        # Calls with the few who come next, not all calls of the store.
        assert not [step for step in steps if step.startswith("SCAN activities")], (source, steps)
