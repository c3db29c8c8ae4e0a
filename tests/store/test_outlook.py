"""Outlook's items become records: by link, by the rules for duplicates, or anew; twice changes nothing."""

from datetime import date, timedelta

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import RowAction
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery
from crm_tui.services.container import Services
from tests.store.outlook_items import END, START, actions, contact, event, run, task


async def test_a_second_run_changes_nothing(services: Services, admin: Actor) -> None:
    items = (
        contact(email="t@a.example", account="青空商事", birthday=date(1980, 2, 29), phone="03-1234-5678"),
        task(number=2, status="in_progress", priority="high", description="至急"),
        event("t@a.example", "x@b.example", number=3, location="会議室"),
    )
    first = await run(services, admin, *items)
    again = await run(services, admin, *items)
    assert actions(first) == [RowAction.CREATE] * 3
    assert actions(again) == [RowAction.UNCHANGED] * 3


# Duplicates


async def test_contacts_are_told_by_their_mail_address(services: Services, admin: Actor) -> None:
    kept = (await services.contacts.create(admin, {"last_name": "Old", "email": "Taro@A.example"})).record
    same_name = (await services.contacts.create(admin, {"last_name": "田中", "first_name": "太郎"})).record
    outcome = (await run(services, admin, contact(email="ＴＡＲＯ@a.example", first_name="太郎")))[0]
    assert outcome.action is RowAction.UPDATE
    assert outcome.ref is not None
    assert outcome.ref.id == kept.id
    assert (await services.contacts.get(admin, same_name.id)).version == 1


async def test_contacts_without_an_address_are_told_by_their_names(services: Services, admin: Actor) -> None:
    kept = await services.contacts.create(
        admin, {"last_name": "田中", "first_name": "太郎", "email": "t@a.example", "last_name_kana": "タナカ"}
    )
    outcomes = await run(
        services,
        admin,
        contact(first_name="太郎", title="課長"),
        contact(2, "c2", first_name="次郎"),
        contact(3, "c3", last_name="", account="青空商事"),
    )
    assert actions(outcomes) == [RowAction.UPDATE, RowAction.CREATE, RowAction.REJECT]
    assert outcomes[0].ref is not None
    assert outcomes[0].ref.id == kept.record.id
    assert "mail address" in outcomes[2].reasons[""]


async def test_of_two_contacts_with_one_address_the_first_made_is_meant(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    first = (await services.contacts.create(admin, {"last_name": "A", "email": "x@a.example"})).record
    clock.advance(60)
    await services.contacts.create(admin, {"last_name": "B", "email": "x@a.example"})
    outcome = (await run(services, admin, contact(email="x@a.example")))[0]
    assert outcome.ref is not None
    assert outcome.ref.id == first.id


async def test_tasks_are_told_by_subject_and_due_date(services: Services, admin: Actor) -> None:
    kept = (
        await services.tasks.create(admin, {"subject": "Ｑｕｏｔｅ", "due_date": date(2026, 8, 20)})
    ).record
    undated = (await services.tasks.create(admin, {"subject": "quote"})).record
    outcomes = await run(
        services,
        admin,
        task(subject="quote", priority="high"),
        task(2, "t2", subject="Quote", due_date=date(2026, 8, 21)),
        task(3, "t3", subject="QUOTE", due_date=None, priority="low"),
    )
    assert actions(outcomes) == [RowAction.UPDATE, RowAction.CREATE, RowAction.UPDATE]
    assert [one.ref.id for one in outcomes if one.ref] == [kept.id, outcomes[1].ref.id, undated.id]  # type: ignore[union-attr]


async def test_events_are_told_by_subject_times_and_addresses(services: Services, admin: Actor) -> None:
    values = {"subject": "定例", "starts_at": START, "ends_at": END}
    kept = (await services.events.create(admin, {**values, "participants": ["x@b.example"]})).record
    outcomes = await run(
        services,
        admin,
        event("X@b.example", location="会議室"),
        event("y@b.example", number=2, remote_id="e2"),
        event("x@b.example", number=3, remote_id="e3", ends_at=END + timedelta(minutes=5)),
    )
    assert actions(outcomes) == [RowAction.UPDATE, RowAction.CREATE, RowAction.CREATE]
    assert outcomes[0].ref is not None
    assert outcomes[0].ref.id == kept.id


async def test_what_outlook_has_twice_is_one_record(services: Services, admin: Actor) -> None:
    twice = (contact(email="t@a.example"), contact(2, "c2", email="T@a.example", title="課長"))
    assert actions(await run(services, admin, *twice)) == [RowAction.CREATE, RowAction.SKIP]
    assert actions(await run(services, admin, *twice)) == [RowAction.UNCHANGED] * 2
    page = await services.contacts.list(admin, ListQuery(), PageRequest())
    assert len(page.rows) == 1
