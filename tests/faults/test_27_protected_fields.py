"""Fault 27: owner, team, role, version and the like in a form or a file are ignored and reported."""

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import PARENTS, Module
from crm_tui.errors import Invalid
from crm_tui.services.container import Services
from tests.store.samples import LEAST

FORGED = {
    "id": "01890000-0000-7000-8000-000000000000",
    "version": "99",
    "created_at": "2001-01-01 00:00",
    "created_by": "root",
    "modified_at": "2001-01-01 00:00",
    "modified_by": "root",
    "deleted_at": "2001-01-01 00:00",
    "owner_id": "root",
    "team": "Osaka",
    "role": "administrator",
    "profile": "administrator",
    "display_name": "Somebody else",
}


@pytest.mark.parametrize("module", [*PARENTS, Module.TASK, Module.EVENT])
async def test_on_a_new_and_on_an_old_record(
    services: Services, admin: Actor, agent: Actor, module: Module
) -> None:
    actor = admin if module is Module.CAMPAIGN else agent
    forged = FORGED if module in (Module.TASK, Module.EVENT) else {**FORGED, "owner": "root"}
    service = services.records(module)
    saved = await service.create(actor, {**LEAST[module], **forged})
    assert saved.ignored == tuple(sorted(forged))
    assert saved.record.id != FORGED["id"]

    changed = await service.update(actor, saved.record.id, forged)
    assert changed.ignored == tuple(sorted(forged))
    again = await service.get(actor, saved.record.id)
    assert (again.version, again.name, again.owner, again.created_by, again.created_at) == (
        1,
        saved.record.name,
        actor.user,
        actor.user,
        saved.record.created_at,
    )


async def test_what_the_program_itself_sets_cannot_be_typed(services: Services, agent: Actor) -> None:
    deal = await services.deals.create(agent, {"name": "Offer", "stage_kind": "won"})
    case = await services.cases.create(agent, {"subject": "Broken", "number": "4711"})
    lead = await services.leads.create(
        agent, {"last_name": "Doe", "company": "Acme", "converted_at": "2001-01-01 00:00"}
    )
    assert (deal.ignored, deal.record.text("stage_kind")) == (("stage_kind",), "open")
    assert (case.ignored, case.record.get("number")) == (("number",), 1)
    assert (lead.ignored, lead.record.get("converted_at")) == (("converted_at",), None)


async def test_on_calls(services: Services, agent: Actor) -> None:
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    values = {
        "subject": "Offer",
        "who": contact.ref,
        "starts_at": "yesterday 9:00",
        "duration_seconds": "1:00",
    }
    forged = {**FORGED, "status": "cancelled", "wrap_up_seconds": "9", "phone": "110", "due_at": "2001-01-01"}
    call = await services.calls.log(agent, {**values, **forged, "owner": "root"})
    assert (call.status.value, call.wrap_up_seconds, call.version) == ("completed", 0, 1)
    assert (call.owner, call.due_at) == (agent.user, call.starts_at)
    assert call.id != FORGED["id"]
    assert call.phone != "110"


async def test_a_field_that_does_not_exist_is_an_error_and_nothing_is_saved(
    services: Services, agent: Actor
) -> None:
    with pytest.raises(Invalid) as refused:
        await services.contacts.create(agent, {"last_name": "Sato", "is_admin": "yes"})
    assert set(refused.value.fields) == {"is_admin"}
