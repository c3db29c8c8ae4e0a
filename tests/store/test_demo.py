"""The sample data: complete, consistent, the same for the same number, and ready to work with."""

from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.demo import fill
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailQuery
from crm_tui.domain.mail_prediction import Outcome
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.domain.views import built_in
from crm_tui.errors import Invalid, NotAllowed, NotFound
from crm_tui.services.bulk import NewRecord, add_records
from crm_tui.services.container import Services
from crm_tui.store import maintenance
from crm_tui.store.url import StoreUrl

PEOPLE = 60


@pytest.fixture
async def filled(services: Services, admin: Actor) -> Services:
    """Services on a store with sample data."""
    await fill(services, admin, records=PEOPLE)
    return services


async def test_every_module_has_records_and_the_store_is_sound(
    filled: Services, admin: Actor, store_url: StoreUrl
) -> None:
    modules = [m for m in Module if m not in (Module.MAIL, Module.USER)]
    counts = {m: (await filled.records(m).count(admin, ListQuery())).number for m in modules}
    assert all(counts.values()), counts
    assert counts[Module.LEAD] + counts[Module.CONTACT] == PEOPLE
    assert await maintenance.check(store_url) == []
    assert (await filled.audit.verify(admin)).broken_at is None
    await _assert_mail_of_all_kinds(filled, admin)


async def _assert_mail_of_all_kinds(filled: Services, admin: Actor) -> None:
    rows = (await filled.mail_messages.list(admin, MailQuery(), PageRequest(limit=100))).rows
    assert len(rows) > 30
    reasons = {row.association.outcome for row in rows if row.association.outcome is not None}
    assert {
        Outcome.ONLY_OPEN_DEAL,
        Outcome.LATEST_OPEN_DEAL,
        Outcome.ONLY_WON_DEAL,
        Outcome.ONLY_LOST_DEALS,
        Outcome.SAME_THREAD,
        Outcome.ONE_DEAL_THEN,
        Outcome.SEVERAL_DEALS_THEN,
        Outcome.NO_DEALS,
    } <= reasons
    assert {row.association.deal is None for row in rows if row.association.decision == "manual"} == {
        True,
        False,
    }, "one was put to a deal by hand, one taken away"
    assert await filled.mail_messages.unread(admin)
    for account in await filled.mail_accounts.list(admin):
        assert not account.has_credentials, "nothing connects to a server that doesn't exist"


async def test_a_number_finds_everybody_who_has_it_however_it_is_written(
    filled: Services, admin: Actor
) -> None:
    names = {hit.name for hit in await filled.search.find(admin, "0312345678")}
    assert {"田中 太郎", "田中 花子", "山本 健一", "株式会社青山製作所"} <= names


async def test_work_waits_for_the_agent_today(filled: Services, admin: Actor) -> None:
    for code in ("my_open", "overdue", "closed"):
        view = next(view for view in built_in(Area.ACTIVITY) if view.code == code)
        page = await filled.activities.list(admin, view.query((), Sort("due_at")), PageRequest(limit=5))
        assert page.rows, code
    kinds = {row.module for row in await _all_activities(filled, admin)}
    assert kinds == {Module.TASK, Module.EVENT, Module.CALL}


async def test_nothing_completed_lies_ahead_and_every_status_of_a_call_occurs(
    filled: Services, admin: Actor, clock: FrozenClock
) -> None:
    query = ListQuery(("status", "starts_at", "result", "duration_seconds", "created_at"), Sort("due_at"))
    page = await filled.calls.list(admin, query, PageRequest(limit=500))
    assert all(row.values["created_at"] <= clock.now() for row in page.rows)  # type: ignore[operator]
    statuses = {row.values["status"] for row in page.rows}
    assert {"completed", "scheduled", "overdue"} <= statuses
    late = clock.now() + timedelta(seconds=1)
    done = [row.values["starts_at"] for row in page.rows if row.values["status"] == "completed"]
    assert all(start is not None and start < late for start in done)  # type: ignore[operator]


async def test_the_same_number_makes_the_same_people(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    await fill(services, admin, seed=7, records=30)
    first = await _lead_names(services, admin)
    await fill(services, admin, seed=7, records=30)
    assert sorted(first * 2) == sorted(await _lead_names(services, admin))
    await fill(services, admin, seed=8, records=30)
    assert sorted(first * 3) != sorted(await _lead_names(services, admin))


async def test_only_an_administrator_may_fill(services: Services, agent: Actor) -> None:
    with pytest.raises(NotAllowed):
        await fill(services, agent, records=10)
    assert (await services.contacts.count(agent, ListQuery())).number == 0


# The door that the sample data and imports go through


async def test_many_records_are_what_single_ones_would_be(services: Services, admin: Actor) -> None:
    firm = (await services.accounts.create(admin, {"name": "青山製作所"})).record.ref
    values: dict[str, Value] = {
        "last_name": "田中",
        "first_name": "太郎",
        "account": firm,
        "phone": "03-1234-5678",
    }
    alone = (await services.contacts.create(admin, values)).record
    (ref,) = await add_records(services.core, services.contacts, admin, [NewRecord(values)])
    together = await services.contacts.get(admin, ref.id)
    assert (together.name, together.values, together.owner) == (alone.name, alone.values, alone.owner)
    assert await _associated(services, admin, together) == await _associated(services, admin, alone)
    hits = await services.search.find(admin, "5678")
    assert {hit.id for hit in hits} == {alone.id, together.id}
    actions = [(row.action, row.changes) for row in await services.audit.list(admin, record=together.ref)]
    assert actions == [
        (row.action, row.changes) for row in await services.audit.list(admin, record=alone.ref)
    ]


async def test_one_bad_record_saves_none(services: Services, admin: Actor) -> None:
    good, bad = NewRecord({"last_name": "Smith"}), NewRecord({"first_name": "Mary"})
    with pytest.raises(Invalid) as refused:
        await add_records(services.core, services.contacts, admin, [good, bad])
    assert "last_name" in refused.value.fields
    assert (await services.contacts.count(admin, ListQuery())).number == 0


async def test_a_link_to_a_record_that_is_gone_saves_nothing(services: Services, admin: Actor) -> None:
    firm = (await services.accounts.create(admin, {"name": "Gone"})).record.ref
    await services.accounts.delete(admin, [firm.id])
    new = [NewRecord({"last_name": "Smith", "account": firm})]
    with pytest.raises(NotFound):
        await add_records(services.core, services.contacts, admin, new)


async def test_only_an_administrator_gives_records_to_others(
    services: Services, admin: Actor, agent: Actor
) -> None:
    new = [NewRecord({"last_name": "Smith"}, owner=admin.user)]
    with pytest.raises(NotAllowed):
        await add_records(services.core, services.contacts, agent, new)
    (ref,) = await add_records(
        services.core, services.contacts, admin, [NewRecord(new[0].values, agent.user)]
    )
    assert (await services.contacts.get(admin, ref.id)).owner == agent.user


async def _lead_names(services: Services, actor: Actor) -> list[str]:
    page = await services.leads.list(actor, ListQuery((), Sort("name")), PageRequest(limit=500))
    return [row.name for row in page.rows]


async def _all_activities(services: Services, actor: Actor) -> list[Ref]:
    query = ListQuery(("kind",), Sort("due_at"), (Criterion("is_closed", Op.EQ, False),))
    page = await services.activities.list(actor, query, PageRequest(limit=500))
    return [Ref(row.module, row.id, row.name) for row in page.rows]


async def _associated(services: Services, actor: Actor, contact: Record) -> list[tuple[str, bool]]:
    return [(one.name, one.primary) for one in await services.contacts.accounts(actor, contact.id)]
