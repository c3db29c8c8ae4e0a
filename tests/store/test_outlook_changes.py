"""What Outlook and an agent change meanwhile, who takes part, what is gone, and what runs keep."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import RowAction
from crm_tui.domain.outlook.items import Attendee, ItemKind, OutlookItem
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.participants import participants_of
from crm_tui.domain.queries import ListQuery
from crm_tui.domain.sync.runs import RunState
from crm_tui.errors import Unavailable
from crm_tui.services.container import Services
from crm_tui.store.models.synchronisation import sync_links
from crm_tui.store.uow import UnitOfWork
from tests.store.conftest import add_user
from tests.store.outlook_items import END, SOURCE, START, actions, contact, event, run, task

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


# What each side says


async def test_what_was_changed_here_stays_until_outlook_changes_it(services: Services, admin: Actor) -> None:
    await run(services, admin, contact(email="t@a.example", title="課長", department="営業部"))
    record = await services.contacts.resolve(admin, "t@a.example")
    await services.contacts.update(admin, record.id, {"title": "部長", "department": "総務部"})
    same = await run(services, admin, contact(email="t@a.example", title="課長", department="営業部"))
    assert actions(same) == [RowAction.UNCHANGED]
    moved = await run(services, admin, contact(email="t@a.example", title="課長", department="企画部"))
    assert dict(moved[0].before) == {"department": "総務部"}
    assert dict(moved[0].after) == {"department": "企画部"}
    assert (await services.contacts.get(admin, record.id)).get("title") == "部長"


async def test_outlook_empties_only_what_it_filled(services: Services, admin: Actor) -> None:
    await run(services, admin, contact(email="t@a.example", title="課長", department="営業部", fax=""))
    record = await services.contacts.resolve(admin, "t@a.example")
    await services.contacts.update(admin, record.id, {"fax": "03-1234-5678", "department": "総務部"})
    empty = contact(email="t@a.example", title="", department="", fax="", last_name="")
    assert dict((await run(services, admin, empty))[0].after) == {"title": None}
    left = await services.contacts.get(admin, record.id)
    assert [left.get(name) for name in ("last_name", "department", "fax", "title")] == [
        "田中",
        "総務部",
        "03-1234-5678",
        None,
    ]


async def test_a_moved_event_moves_as_a_whole(services: Services, admin: Actor) -> None:
    first = (await run(services, admin, event()))[0]
    assert first.ref is not None
    await services.events.reschedule(admin, first.ref.id, START + timedelta(days=3))
    moved = event(starts_at=START, ends_at=END + timedelta(hours=1))
    assert actions(await run(services, admin, moved)) == [RowAction.UPDATE]
    record = await services.events.get(admin, first.ref.id)
    assert (record.get("starts_at"), record.get("ends_at")) == (START, END + timedelta(hours=1))
    whole = event(starts_at=date(2026, 8, 4), ends_at=date(2026, 8, 5), all_day=True)
    assert actions(await run(services, admin, whole)) == [RowAction.UPDATE]
    record = await services.events.get(admin, first.ref.id)
    assert (record.get("all_day"), record.get("ends_at")) == (True, date(2026, 8, 5))


async def test_an_item_in_one_chunk_twice_ends_as_its_last_state(services: Services, admin: Actor) -> None:
    outcomes = await run(services, admin, task(), task(2, priority="high"), task(3, priority="high"))
    assert actions(outcomes) == [RowAction.CREATE, RowAction.UPDATE, RowAction.UNCHANGED]


# Removed, recategorised, deleted here


async def test_a_removed_item_leaves_its_record(services: Services, admin: Actor) -> None:
    await run(services, admin, task())
    gone = await run(services, admin, removed=[(ItemKind.TASK, "t1"), (ItemKind.TASK, "never")])
    assert actions(gone) == [RowAction.REMOVE]
    assert await run(services, admin, removed=[(ItemKind.TASK, "t1")]) == []
    record = await services.tasks.resolve(admin, "見積もり")
    back = await run(services, admin, task(priority="high"))
    assert actions(back) == [RowAction.UPDATE]
    assert back[0].ref == record.ref


async def test_a_task_that_gets_another_id_stays_one_record(services: Services, admin: Actor) -> None:
    await run(services, admin, task())
    changed = task(remote_id="t9", description="new")
    moved = await run(services, admin, changed, removed=[(ItemKind.TASK, "t1")])
    assert actions(moved) == [RowAction.UPDATE, RowAction.REMOVE]
    assert actions(await run(services, admin, task(remote_id="t9", priority="low"))) == [RowAction.UPDATE]
    page = await services.tasks.list(admin, ListQuery(), PageRequest())
    assert len(page.rows) == 1


async def test_only_items_of_the_category_are_followed(services: Services, admin: Actor) -> None:
    zoho = replace(task(), categories=("Red", "ｚｏｈｏ "))
    plain = task(2, "t2", subject="other")
    first = await run(services, admin, zoho, plain, category="Zoho")
    assert actions(first) == [RowAction.CREATE, RowAction.SKIP]
    left = await run(services, admin, replace(zoho, categories=("Red",)), plain, category="Zoho")
    assert actions(left) == [RowAction.REMOVE, RowAction.SKIP]
    assert (await services.tasks.resolve(admin, "見積もり")).get("status") == "not_started"


async def test_what_was_deleted_here_does_not_come_back(services: Services, admin: Actor) -> None:
    first = (await run(services, admin, task()))[0]
    assert first.ref is not None
    await services.tasks.delete(admin, [first.ref.id])
    again = await run(services, admin, task(priority="high"))
    assert actions(again) == [RowAction.SKIP]
    assert "deleted" in again[0].reasons[""]


async def test_what_did_not_come_in_a_whole_round_is_told(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    await run(services, admin, task(), task(2, "t2", subject="b"))
    clock.advance(60)
    begun = await services.sync_runs.start(admin, SOURCE)
    taking = await services.outlook.taking(admin, SOURCE, begun)
    await taking.take([task()])
    assert await taking.unseen(ItemKind.TASK) == ["t2"]
    assert await taking.unseen(ItemKind.CONTACT) == []


# Participants and accounts


async def test_participants_are_contacts_then_leads_then_users_then_addresses(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    first = (await services.contacts.create(admin, {"last_name": "First", "email": "a@x.example"})).record
    clock.advance(60)
    await services.contacts.create(admin, {"last_name": "Second", "email": "A@x.example"})
    await services.leads.create(admin, {"last_name": "L", "company": "C", "email": "a@x.example"})
    lead = (
        await services.leads.create(admin, {"last_name": "M", "company": "C", "email": "b@x.example"})
    ).record
    user = await add_user(services, admin, "kato", "agent", email="c@x.example")
    outcome = (await run(services, admin, event("a@x.example", "B@x.example", "c@x.example", "d@x.example")))[
        0
    ]
    assert outcome.ref is not None
    found = participants_of((await services.events.get(admin, outcome.ref.id)).values)
    assert [one.ref.id if one.ref else one.email for one in found] == [
        first.id,
        lead.id,
        user.id,
        "d@x.example",
    ]


async def test_who_is_no_longer_invited_goes_and_who_was_added_here_stays(
    services: Services, admin: Actor
) -> None:
    first = (await run(services, admin, event("a@x.example", "b@x.example")))[0]
    assert first.ref is not None
    await services.events.update(
        admin, first.ref.id, {"participants": ["a@x.example", "b@x.example", "mine@x.example"]}
    )
    await run(services, admin, event("b@x.example", "c@x.example"))
    found = participants_of((await services.events.get(admin, first.ref.id)).values)
    assert {one.email for one in found} == {"b@x.example", "mine@x.example", "c@x.example"}


async def test_an_attendee_without_an_address_stands_in_the_description(
    services: Services, admin: Actor
) -> None:
    people = (Attendee("", "名無し"), Attendee("/o=x", ""), Attendee("d@x.example", "D"))
    outcome = (await run(services, admin, replace(event(description="議題"), attendees=people)))[0]
    assert outcome.ref is not None
    record = await services.events.get(admin, outcome.ref.id)
    assert record.get("description") == "議題\n\n出席者: 名無し; /o=x"
    assert [one.email for one in participants_of(record.values)] == ["d@x.example"]


async def test_a_company_is_found_or_becomes_an_account(services: Services, admin: Actor) -> None:
    known = (await services.accounts.create(admin, {"name": "青空商事"})).record
    outcomes = await run(
        services,
        admin,
        contact(email="a@x.example", account="青空 商事"),
        contact(2, "c2", email="b@x.example", account="青空商事"),
        contact(3, "c3", email="c@x.example", account="新しい会社", account_kana="アタラシイカイシャ"),
        contact(4, "c4", email="d@x.example", account="新しい会社"),
    )
    assert actions(outcomes) == [RowAction.CREATE] * 4
    page = await services.accounts.list(admin, ListQuery(("name", "name_kana")), PageRequest())
    assert {row.name for row in page.rows} == {"青空商事", "青空 商事", "新しい会社"}
    second = await services.contacts.resolve(admin, "b@x.example")
    assert second.ref_to("account") == known.ref
    own = await services.contacts.accounts(admin, second.id)
    assert [(one.account_id, one.primary) for one in own] == [(known.id, True)]


async def test_an_item_that_is_too_long_is_cut_and_kept_whole_beside_its_link(
    services: Services, admin: Actor
) -> None:
    outcome = (await run(services, admin, task(subject="長" * 300)))[0]
    assert [(one.field, one.length, one.limit) for one in outcome.shortened] == [("subject", 300, 255)]
    async with services.core.store.read() as connection:
        kept = (await connection.execute(select(sync_links.c.raw))).scalar_one()
    assert kept == {"whole": {"subject": "長" * 300}}
    assert actions(await run(services, admin, task(subject="長" * 300))) == [RowAction.UNCHANGED]


async def test_what_is_wrong_with_an_item_rejects_it_alone(services: Services, admin: Actor) -> None:
    outcomes = await run(
        services,
        admin,
        event(ends_at=START - timedelta(hours=1)),
        OutlookItem(ItemKind.TASK, 2, problem="broken", cells=("x",)),
        task(3, "t3", status="unheard of"),
        event(number=4, remote_id="e4", starts_at=None),
    )
    assert actions(outcomes) == [RowAction.REJECT, RowAction.REJECT, RowAction.CREATE, RowAction.REJECT]
    assert "before the start" in outcomes[0].reasons["ends_at"]
    assert outcomes[1].cells == ("x",)
    assert "status" in outcomes[2].reasons


async def test_a_record_that_was_sent_to_outlook_does_not_come_back_as_another(
    services: Services, admin: Actor
) -> None:
    record = (
        await services.events.create(admin, {"subject": "Ours", "starts_at": START, "ends_at": END})
    ).record
    await services.outlook.link(admin, SOURCE, event(remote_id="e7", subject="Ours"), record.ref)
    assert await services.outlook.remote_id(admin, SOURCE, ItemKind.EVENT, record.ref) == "e7"
    back = await run(services, admin, event(remote_id="e7", subject="Ours", number=1))
    assert actions(back) == [RowAction.UNCHANGED]
    moved = await run(services, admin, event(remote_id="e7", subject="Ours, moved"))
    assert moved[0].ref is not None
    assert moved[0].ref.id == record.id


async def test_what_our_own_exports_wrote_is_the_record_it_was(services: Services, admin: Actor) -> None:
    values = {"subject": "Ours", "starts_at": START, "ends_at": END}
    record = (await services.events.create(admin, values)).record
    source = f"outlook_file:{admin.id}"
    moved = event(remote_id=f"{record.id}@crm-tui", subject="Ours, moved", ends_at=END + timedelta(hours=1))
    outcome = (await run(services, admin, moved, source=source))[0]
    assert (outcome.action, outcome.ref and outcome.ref.id) == (RowAction.UPDATE, record.id)
    unknown = event(remote_id="01890000-0000-7000-8000-000000000000@crm-tui", subject="Theirs")
    assert actions(await run(services, admin, unknown, source=source)) == [RowAction.CREATE]


# Runs


async def test_a_run_that_never_ended_was_interrupted(services: Services, admin: Actor) -> None:
    left = await services.sync_runs.start(admin, SOURCE)
    await run(services, admin, task())
    states = {one.id: one.state for one in await services.sync_runs.list(admin)}
    assert states.pop(left.id) is RunState.INTERRUPTED
    assert list(states.values()) == [RunState.DONE]


async def test_the_cursor_is_written_with_its_chunk_or_not_at_all(services: Services, admin: Actor) -> None:
    async def fail(_uow: UnitOfWork) -> None:
        raise Unavailable("no")

    begun = await services.sync_runs.start(admin, SOURCE)
    taking = await services.outlook.taking(admin, SOURCE, begun)
    with pytest.raises(Unavailable):
        await taking.take([task()], also=fail)
    page = await services.tasks.list(admin, ListQuery(), PageRequest())
    assert page.rows == []
    assert (await services.sync_runs.get(admin, begun.id)).counts.rows == 0
