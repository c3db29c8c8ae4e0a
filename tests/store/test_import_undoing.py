"""Taking an import back: what somebody changed or used since stays, and the import doesn't go on."""

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import BatchState
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.participants import participants_of
from crm_tui.errors import Conflict, NotFound
from crm_tui.services.container import Services
from crm_tui.store.repositories.imports import ImportRepository
from tests.store.taking import HOLDER, begun, incoming, run
from tests.store.test_imports import CONTACTS, ON_SQLITE, actions


async def test_an_import_is_taken_back_but_for_what_was_changed_since(
    services: Services, admin: Actor
) -> None:
    old = (await services.contacts.create(admin, {"last_name": "Old", "email": "o@example.jp"})).record
    kept = (await services.contacts.create(admin, {"last_name": "Kept", "email": "k@example.jp"})).record
    rows = incoming(
        Module.CONTACT,
        [
            {"last_name": "Renamed", "email": "o@example.jp", "account": "Acme"},
            {"last_name": "Twice", "email": "k@example.jp"},
            {"last_name": "New", "email": "n@example.jp"},
            {"last_name": "New", "email": "n@example.jp", "title": "filled"},
            {"last_name": "Edited", "email": "e@example.jp"},
        ],
    )
    rules = ImportRules(Module.CONTACT, adds_accounts=True)
    batch, outcomes = await run(services, admin, rules, rows)
    assert actions(outcomes) == ["update", "update", "create", "update", "create"]
    acme = await services.accounts.resolve(admin, "Acme")
    edited = outcomes[4].ref
    assert edited is not None
    await services.contacts.update(admin, edited.id, {"title": "x"})
    await services.contacts.update(admin, kept.id, {"last_name": "By hand"})
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        told.append((done, total))
        return False

    undone = await services.imports.undo(admin, batch.id, stop)
    assert (undone.removed, undone.restored, undone.left_out) == (2, 1, 2)
    assert told == [(5, 5)]
    back = await services.contacts.get(admin, old.id)
    assert (back.name, back.ref_to("account")) == ("Old", None)
    assert (await services.contacts.get(admin, kept.id)).name == "By hand"
    assert (await services.contacts.get(admin, edited.id)).name == "Edited"
    for gone in (acme.id, str(outcomes[2].ref and outcomes[2].ref.id)):
        with pytest.raises(NotFound):
            await services.records(Module.CONTACT if gone != acme.id else Module.ACCOUNT).get(admin, gone)
    await services.imports.undo(admin, batch.id)
    assert (await services.import_batches.get(admin, batch.id)).state is BatchState.UNDONE
    with pytest.raises(Conflict):
        await services.imports.undo(admin, batch.id)


async def test_the_last_records_come_first_however_many_rows_are_about_one(
    services: Services, admin: Actor
) -> None:
    rows: list[dict[str, object]] = [
        {"last_name": name, "email": f"{name}@example.jp"} for name in ("first", "second", "third")
    ]
    rows += [
        {"email": "third@example.jp", name: "x"}
        for name in ("title", "department", "assistant", "mailing_city")
    ]
    batch, outcomes = await run(services, admin, ImportRules(Module.CONTACT), incoming(Module.CONTACT, rows))
    assert actions(outcomes) == ["create"] * 3 + ["update"] * 4
    _first, second, third = (str(one.ref and one.ref.id) for one in outcomes[:3])
    async with services.core.store.read() as connection:
        found = await ImportRepository(connection).last_records(batch.id, 2)
    assert [row.record_id for row in found] == [second, *[third] * 5]


async def test_what_others_stand_with_by_now_is_not_taken_back(services: Services, admin: Actor) -> None:
    people = [{"last_name": name, "account": "Acme"} for name in ("Called", "Noted", "Alone")]
    people += [{"last_name": "Beside", "account": "Other"}]
    rules = ImportRules(Module.CONTACT, adds_accounts=True)
    batch, outcomes = await run(services, admin, rules, incoming(Module.CONTACT, people))
    called, noted, alone, beside = (str(one.ref and one.ref.id) for one in outcomes)
    await services.notes.create(admin, {"parent": f"contact:{noted}", "body": "agreed"})
    await services.tasks.create(admin, {"subject": "Offer", "who": f"contact:{called}"})
    other = await services.accounts.resolve(admin, "Other")
    by_hand = (await services.contacts.create(admin, {"last_name": "Hand", "account": other.id})).record
    undone = await services.imports.undo(admin, batch.id)
    assert (undone.removed, undone.left_out) == (2, 4)
    for kept in (called, noted, by_hand.id):
        assert (await services.contacts.get(admin, kept)).ref_to("account") is not None
    for gone in (alone, beside):
        with pytest.raises(NotFound):
            await services.contacts.get(admin, gone)


async def test_what_took_in_another_record_stands_for_it_and_stays(services: Services, admin: Actor) -> None:
    old = (await services.contacts.create(admin, {"last_name": "Old"})).record
    rows = incoming(Module.CONTACT, [{"last_name": name} for name in ("Keeper", "Unmerged", "Alone")])
    batch, outcomes = await run(services, admin, CONTACTS, rows)
    keeper, unmerged, alone = (str(one.ref and one.ref.id) for one in outcomes)
    other = (await services.contacts.create(admin, {"last_name": "Other"})).record
    await services.merge.merge(admin, Module.CONTACT, [unmerged, other.id])
    await services.undo.undo(admin)
    await services.merge.merge(admin, Module.CONTACT, [keeper, old.id])
    undone = await services.imports.undo(admin, batch.id)
    assert (undone.removed, undone.left_out) == (2, 1)
    assert (await services.contacts.get(admin, keeper)).version == 1
    for gone in (unmerged, alone):
        with pytest.raises(NotFound):
            await services.contacts.get(admin, gone)


@ON_SQLITE
async def test_an_import_whose_undo_was_begun_can_only_be_undone_further(
    services: Services, admin: Actor
) -> None:
    batch = await begun(services, admin)
    taking = await services.imports.taking(admin, CONTACTS, batch)
    await taking.take(incoming(Module.CONTACT, [{"last_name": f"N{number}"} for number in range(201)]))
    await services.import_batches.stop(admin, batch.id)
    undone = await services.imports.undo(admin, batch.id, lambda done, total: False)
    assert undone.removed == 200
    with pytest.raises(Conflict, match="undone in part"):
        await services.import_batches.start(admin, batch.id, HOLDER)
    assert (await begun(services, admin)).id != batch.id
    assert (await services.imports.undo(admin, batch.id)).removed == 1
    assert (await services.import_batches.get(admin, batch.id)).state is BatchState.UNDONE


@ON_SQLITE
async def test_what_was_stopped_or_undone_does_not_become_done_or_failed(
    services: Services, admin: Actor
) -> None:
    batches = services.import_batches
    batch = await begun(services, admin)
    await batches.stop(admin, batch.id)
    assert (await batches.finish(admin, batch.id)).state is BatchState.CANCELLED
    await services.imports.undo(admin, batch.id)
    for late in (batches.finish(admin, batch.id), batches.stop(admin, batch.id)):
        assert (await late).state is BatchState.UNDONE
    assert (await batches.fail(admin, batch.id, "late")).state is BatchState.UNDONE


@ON_SQLITE
async def test_who_takes_part_by_address_is_the_person_and_comes_back(
    services: Services, admin: Actor
) -> None:
    anna = await services.contacts.create(admin, {"last_name": "Anna", "email": "anna@example.jp"})
    await services.contacts.create(admin, {"last_name": "Later", "email": "anna@example.jp"})
    await services.leads.create(admin, {"last_name": "Lea", "company": "L", "email": "lea@example.jp"})
    event = {"subject": "Visit", "starts_at": "2030-12-01 10:00", "ends_at": "2030-12-01 11:00"}
    rules = ImportRules(Module.EVENT)
    first = incoming(
        Module.EVENT, [{**event, "participants": "ANNA@example.jp, b@example.jp, lea@example.jp"}]
    )
    _batch, (made,) = await run(services, admin, rules, first)
    assert made.ref is not None
    before = participants_of((await services.events.get(admin, made.ref.id)).values)
    assert {one.name for one in before} == {"Anna", "b@example.jp", "Lea"}
    assert anna.record.ref in {one.ref for one in before}
    assert actions((await run(services, admin, rules, first))[1]) == ["unchanged"]
    more = incoming(Module.EVENT, [{**event, "participants": "c@example.jp, anna@example.jp"}])
    changed, _outcomes = await run(services, admin, rules, more)
    undone = await services.imports.undo(admin, changed.id)
    assert (undone.restored, undone.left_out) == (1, 0)
    after = participants_of((await services.events.get(admin, made.ref.id)).values)
    assert set(after) == set(before)
