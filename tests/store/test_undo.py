"""What a user changed last can be undone by them, with everything that hangs on it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.call import Call
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.records import Record
from crm_tui.errors import Conflict, NotAllowed, NotFound
from crm_tui.services.container import Services
from crm_tui.store.repositories.undo import CHANGES_KEPT, PRUNED_EVERY


async def test_an_edit_is_undone_with_index_names_and_audit(services: Services, agent: Actor) -> None:
    contact = await _contact(services, agent, last_name="Suzuki", phone="03-1234-5678")
    await services.contacts.update(agent, contact.id, {"last_name": "Tanaka", "phone": "06-9999-0000"})

    undone = await services.undo.undo(agent)

    assert [ref.id for ref in undone.records] == [contact.id]
    assert undone.label == "Contact changed: Suzuki"
    now = await services.contacts.get(agent, contact.id)
    assert (now.name, now.text("phone"), now.version) == ("Suzuki", "03-1234-5678", 3)
    assert await _found(services, agent, "03-1234-5678") == [contact.id]
    assert await _found(services, agent, "Tanaka") == []
    line = (await services.audit.list(agent, record=contact.ref))[0]
    assert line.action == "undo"
    assert line.changes["last_name"] == ["Tanaka", "Suzuki"]


async def test_dates_amounts_and_empty_values_come_back_as_they_were(
    services: Services, agent: Actor
) -> None:
    given = {"name": "Boots", "amount": "1234.56", "closing_date": "2026-12-24", "probability": "35"}
    deal = (await services.deals.create(agent, given)).record
    await services.deals.update(
        agent, deal.id, {"amount": "", "closing_date": "2027-01-31", "stage": "closed_won"}
    )

    await services.undo.undo(agent)

    now = await services.deals.get(agent, deal.id)
    assert now.get("amount") == Decimal("1234.56")
    assert now.get("closing_date") == date(2026, 12, 24)
    assert now.values == deal.values


async def test_tags_and_custom_fields_come_back_and_other_custom_fields_stay(
    services: Services, admin: Actor, agent: Actor
) -> None:
    for name in ("mark", "group"):
        await services.custom_fields.add(admin, Module.CASE, name, FieldType.TEXT)
    case = (await services.cases.create(agent, {"subject": "Broken", "tags": "a, b", "mark": "x"})).record
    await services.cases.update(agent, case.id, {"tags": "c", "mark": ""})
    await services.cases.update(admin, case.id, {"group": "north"})

    await services.undo.undo(agent)

    now = await services.cases.get(agent, case.id)
    assert now.get("tags") == ("a", "b")
    assert now.custom == {"mark": "x", "group": "north"}


async def test_changes_are_undone_one_after_the_other_and_each_user_has_their_own(
    services: Services, admin: Actor, agent: Actor
) -> None:
    contact = await _contact(services, agent, last_name="Suzuki")
    await services.contacts.update(agent, contact.id, {"title": "Head"})
    await services.accounts.create(admin, {"name": "Acme"})

    await services.undo.undo(agent)
    await services.undo.undo(agent)

    with pytest.raises(NotFound):
        await services.contacts.get(agent, contact.id)
    assert await services.undo.peek(agent) is None
    with pytest.raises(NotFound, match="nothing to undo"):
        await services.undo.undo(agent)
    change = await services.undo.peek(admin)
    assert change is not None
    assert change.label == "Account added: Acme"


async def test_a_change_somebody_built_on_is_refused_whole_and_says_who(
    services: Services, admin: Actor, agent: Actor
) -> None:
    contact = await _contact(services, agent, last_name="Suzuki")
    await services.contacts.update(agent, contact.id, {"title": "Head", "email": "a@example.com"})
    await services.contacts.update(admin, contact.id, {"title": "Chief"})

    with pytest.raises(Conflict, match=r"“Suzuki” has been changed since by root \(Title\)"):
        await services.undo.undo(agent)

    now = await services.contacts.get(agent, contact.id)
    assert (now.text("title"), now.text("email")) == ("Chief", "a@example.com")
    assert await services.undo.skip(agent) == "Contact changed: Suzuki"
    change = await services.undo.peek(agent)
    assert change is not None
    assert change.label == "Contact added: Suzuki"


async def test_another_field_changed_by_somebody_else_stays(
    services: Services, admin: Actor, agent: Actor
) -> None:
    contact = await _contact(services, agent, first_name="Ken", last_name="Suzuki")
    await services.contacts.update(agent, contact.id, {"last_name": "Tanaka"})
    await services.contacts.update(admin, contact.id, {"first_name": "Aya"})

    await services.undo.undo(agent)

    assert (await services.contacts.get(agent, contact.id)).name == "Aya Suzuki"


async def test_what_is_used_by_others_is_not_taken_away(
    services: Services, admin: Actor, agent: Actor
) -> None:
    contact = await _contact(services, agent, last_name="Suzuki")
    await services.cases.create(admin, {"subject": "Broken", "contact": contact.ref})

    with pytest.raises(Conflict, match=r"“Suzuki” is used by other records now \(Cases: 1\)"):
        await services.undo.undo(agent)

    assert (await services.contacts.get(agent, contact.id)).name == "Suzuki"


async def test_a_deletion_is_undone_with_notes_and_a_final_call(services: Services, admin: Actor) -> None:
    contact = await _contact(services, admin, last_name="Suzuki", phone="03-1234-5678")
    await services.notes.create(admin, {"title": "Likes tea", "body": "Green", "parent": contact.ref})
    call = await _logged(services, admin, contact)
    await services.calls.delete(admin, [call.id])
    await services.contacts.delete(admin, [contact.id])

    await services.undo.undo(admin)
    await services.undo.undo(admin)

    notes = await services.notes.of(admin, contact.ref, PageRequest())
    assert [note.name for note in notes.rows] == ["Likes tea"]
    assert await _found(services, admin, "03-1234-5678") == [contact.id]
    again = await services.calls.get(admin, call.id)
    assert (again.status, again.duration_seconds, again.who) == (call.status, 200, contact.ref)


async def test_a_logged_call_is_no_change_that_can_be_undone(services: Services, agent: Actor) -> None:
    contact = await _contact(services, agent, last_name="Suzuki")
    await _logged(services, agent, contact)

    change = await services.undo.peek(agent)

    assert change is not None
    assert change.label == "Contact added: Suzuki"


async def test_a_moved_call_gets_its_old_time_and_reminder_back(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    contact = await _contact(services, agent, last_name="Suzuki")
    given = {"type": "outbound", "subject": "Later", "who": contact.ref, "reminder": "15_minutes"}
    call = await services.calls.schedule(agent, {**given, "starts_at": "+2h"})
    await services.calls.reschedule(agent, call.id, "+5h")
    await services.calls.cancel(agent, call.id)

    await services.undo.undo(agent)
    await services.undo.undo(agent)

    again = await services.calls.get(agent, call.id)
    assert (again.status, again.starts_at) == (call.status, call.starts_at)


async def test_the_primary_account_goes_back_with_its_association(services: Services, agent: Actor) -> None:
    first = (await services.accounts.create(agent, {"name": "First"})).record
    second = (await services.accounts.create(agent, {"name": "Second"})).record
    contact = await _contact(services, agent, last_name="Suzuki", account=first.ref)
    before = await services.contacts.accounts(agent, contact.id)
    await services.contacts.update(agent, contact.id, {"account": second.ref})

    await services.undo.undo(agent)

    assert await services.contacts.accounts(agent, contact.id) == before
    assert (await services.contacts.get(agent, contact.id)).ref_to("account") == first.ref


async def test_the_rights_of_this_moment_count(services: Services, admin: Actor, agent: Actor) -> None:
    contact = await _contact(services, agent, last_name="Suzuki")
    await services.contacts.update(agent, contact.id, {"title": "Head"})
    reading = Grant(view=True, create=False, edit=False, delete=False, scope=Scope.ALL)
    await services.profiles.set(admin, "agent", Area.CONTACT, reading)

    with pytest.raises(NotAllowed):
        await services.undo.undo(agent)

    assert (await services.contacts.get(admin, contact.id)).text("title") == "Head"


async def test_a_record_out_of_sight_is_not_put_back(services: Services, admin: Actor, agent: Actor) -> None:
    contact = await _contact(services, admin, last_name="Suzuki")
    await services.contacts.update(agent, contact.id, {"title": "Head"})
    own = Grant(view=True, create=True, edit=True, delete=False, scope=Scope.OWN)
    await services.profiles.set(admin, "agent", Area.CONTACT, own)

    with pytest.raises(NotFound):
        await services.undo.undo(agent)

    assert (await services.contacts.get(admin, contact.id)).text("title") == "Head"


async def test_a_locked_record_stays_locked(services: Services, agent: Actor) -> None:
    event = (
        await services.events.create(agent, {"subject": "Fair", "starts_at": "+1h", "ends_at": "+2h"})
    ).record
    await services.events.update(agent, event.id, {"location": "Osaka"})
    await services.events.complete(agent, event.id)
    await services.undo.skip(agent)

    with pytest.raises(Conflict, match="closed"):
        await services.undo.undo(agent)


async def test_a_bulk_action_is_undone_as_one_and_leaves_out_what_was_changed_since(
    services: Services, admin: Actor, agent: Actor
) -> None:
    contacts = [await _contact(services, agent, last_name=f"Suzuki {n}") for n in range(4)]
    for some in (contacts[:2], contacts[2:]):
        async with services.core.store.write(agent) as uow:
            for contact in some:
                values = {"department": "Sales"}
                await services.contacts.change(uow, agent, contact, values, None)
            uow.undoable("Field changed", group="01980000-0000-7000-8000-000000000001")
            await uow.commit()
    await services.contacts.update(admin, contacts[0].id, {"department": "Support"})

    change = await services.undo.peek(agent)
    undone = await services.undo.undo(agent, change.id if change else None)

    assert change is not None
    assert (change.records, change.in_parts) == (4, True)
    assert len(undone.records) == 3
    assert [(one.record.id if one.record else "") for one in undone.left_out] == [contacts[0].id]
    departments = [
        (await services.contacts.get(agent, contact.id)).text("department") for contact in contacts
    ]
    assert departments == ["Support", "", "", ""]


async def test_old_changes_are_forgotten(services: Services, agent: Actor, clock: FrozenClock) -> None:
    contact = await _contact(services, agent, last_name="Suzuki")
    clock.advance(timedelta(days=8))
    for n in range(60):
        await services.contacts.update(agent, contact.id, {"title": f"Title {n}"})

    undone = 0
    while await services.undo.peek(agent) is not None:
        await services.undo.undo(agent)
        undone += 1

    assert CHANGES_KEPT <= undone < CHANGES_KEPT + PRUNED_EVERY


async def _contact(services: Services, actor: Actor, **values: object) -> Record:
    return (await services.contacts.create(actor, values)).record


async def _found(services: Services, actor: Actor, text: str) -> list[str]:
    return [hit.ref.id for hit in await services.search.find(actor, text)]


async def _logged(services: Services, actor: Actor, contact: Record) -> Call:
    values = {
        "type": "outbound",
        "subject": "Offer",
        "who": contact.ref,
        "starts_at": "yesterday 14:00",
        "duration_seconds": "3:20",
        "result": "interested",
    }
    return await services.calls.log(actor, values)
