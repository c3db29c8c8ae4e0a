"""A lead becomes a contact, an account and a deal; everything that hung on it goes along."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.associations import NewMember
from crm_tui.domain.fields import FieldType
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.records import Record, Ref
from crm_tui.errors import Ambiguous, Conflict, Immutable, Invalid, NotAllowed, NotFound
from crm_tui.services.bulk import add_members
from crm_tui.services.container import Services
from crm_tui.store.models.activities import activities
from crm_tui.store.models.records import campaign_members
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services

LEAD = {
    "last_name": "田中",
    "first_name": "太郎",
    "last_name_kana": "タナカ",
    "company": "株式会社田中商事",
    "phone": "03-1234-5678",
    "mobile": "090-1111-2222",
    "email": "taro@tanaka.example",
    "website": "https://tanaka.example",
    "source": "trade_show",
    "city": "大阪市",
    "do_not_call": True,
    "description": "展示会で会った",
}


async def _add(services: Services, actor: Actor, module: Module, **values: object) -> Record:
    return (await services.records(module).create(actor, values)).record


async def _completed_call(services: Services, actor: Actor, who: Ref, clock: FrozenClock) -> Ref:
    call = await services.calls.log(
        actor,
        {
            "type": "outbound",
            "who": who,
            "subject": "初回",
            "starts_at": clock.now(),
            "duration_seconds": 60,
            "result": "interested",
        },
    )
    return Ref(Module.CALL, call.id, call.subject)


async def test_each_value_goes_where_the_mapping_says(services: Services, agent: Actor) -> None:
    lead = await _add(services, agent, Module.LEAD, **LEAD)

    preview = await services.conversion.preview(agent, lead.id)
    became = await services.conversion.convert(
        agent, lead.id, deal={"amount": "1000", "stage": "qualification"}
    )

    contact = await services.contacts.get(agent, became.contact.id)
    account = await services.accounts.get(agent, became.account.id)
    assert became.deal is not None
    deal = await services.deals.get(agent, became.deal.id)
    assert [field.name for field in preview.mapped.unmapped] == ["status"]
    assert contact.name == "田中 太郎"
    assert contact.get("mobile") == "090-1111-2222"
    assert contact.get("mailing_city") == account.get("billing_city") == "大阪市"
    assert contact.get("phone") == account.get("phone") == "03-1234-5678"
    assert contact.get("do_not_call") is True
    assert contact.get("source") == deal.get("source") == "trade_show"
    assert contact.ref_to("account") == deal.ref_to("account") == account.ref
    assert deal.ref_to("contact") == contact.ref
    assert deal.name == account.name == "株式会社田中商事"
    assert account.get("website") == "https://tanaka.example"
    assert {contact.owner, account.owner, deal.owner} == {lead.owner}
    found = await services.search.find(agent, "0312345678", (Module.CONTACT,))
    assert [hit.id for hit in found] == [contact.id]


async def test_calls_notes_and_campaigns_move_to_the_contact(
    services: Services, agent: Actor, admin: Actor, clock: FrozenClock
) -> None:
    lead = await _add(services, agent, Module.LEAD, **LEAD)
    call = await _completed_call(services, agent, lead.ref, clock)
    task = await _add(services, agent, Module.TASK, subject="送付", who=lead.ref)
    note = await _add(services, agent, Module.NOTE, body="急ぎ", parent=lead.ref)
    campaign = await _add(services, admin, Module.CAMPAIGN, name="春の展示会")
    await add_members(services.core, admin, campaign.ref, [NewMember(lead.ref, "responded")])
    preview = await services.conversion.preview(agent, lead.id)
    assert preview.campaigns == (campaign.ref,)
    assert preview.moves == {"activities": 2, "notes": 1, "campaign_members": 1}

    became = await services.conversion.convert(agent, lead.id, new_account=True)

    counts = await services.activities.related_counts(agent, became.contact)
    assert (counts.open, counts.closed, counts.notes) == (1, 1, 1)
    assert (await services.activities.get(agent, call.id)).ref_to("who") == became.contact
    assert (await services.activities.get(agent, task.id)).ref_to("who") == became.contact
    assert (await services.notes.get(agent, note.id)).ref_to("parent") == became.contact
    async with services.core.store.read() as connection:
        members = (await connection.execute(select(campaign_members))).all()
    assert [(one.lead_id, one.contact_id, one.response_status) for one in members] == [
        (None, became.contact.id, "responded")
    ]
    history = await services.audit.list(admin, record=call)
    assert history[0].action == "convert"


async def test_a_converted_lead_is_final_and_says_what_it_became(services: Services, agent: Actor) -> None:
    lead = await _add(services, agent, Module.LEAD, **LEAD)
    became = await services.conversion.convert(agent, lead.id)

    now = await services.leads.get(agent, lead.id)
    assert now.ref_to("converted_contact") == became.contact
    assert now.ref_to("converted_account") == became.account
    assert now.ref_to("converted_deal") is None
    [hit] = await services.search.find(agent, "タナカ", (Module.LEAD,))
    assert hit.detail == "=> 株式会社田中商事"
    for change in (
        services.leads.update(agent, lead.id, {"title": "x"}),
        services.conversion.convert(agent, lead.id),
    ):
        with pytest.raises(Immutable, match="田中 太郎, 株式会社田中商事"):
            await change


async def test_an_account_of_the_same_name_is_used_only_when_asked_for(
    services: Services, agent: Actor
) -> None:
    account = await _add(services, agent, Module.ACCOUNT, name="(株)田中商事", name_kana="タナカショウジ")
    lead = await _add(services, agent, Module.LEAD, **LEAD)

    assert [one.ref for one in (await services.conversion.preview(agent, lead.id)).accounts] == [account.ref]
    with pytest.raises(Ambiguous, match=account.id):
        await services.conversion.convert(agent, lead.id)
    became = await services.conversion.convert(agent, lead.id, account=account.ref)

    assert became.account == account.ref
    assert (await services.accounts.get(agent, account.id)).get("phone") is None
    assert (await services.contacts.get(agent, became.contact.id)).ref_to("account") == account.ref


async def test_nothing_is_converted_when_anything_is_refused(
    services: Services, admin: Actor, agent: Actor
) -> None:
    everything = Grant(view=True, create=True, edit=True)
    for profile, contacts in (("narrow", everything), ("onlooker", Grant(view=True))):
        await services.profiles.set(admin, profile, Area.LEAD, everything)
        await services.profiles.set(admin, profile, Area.ACCOUNT, replace(everything, scope=Scope.OWN))
        await services.profiles.set(admin, profile, Area.CONTACT, contacts)
    narrow = await add_user(services, admin, "ueda", "narrow")
    onlooker = await add_user(services, admin, "ito", "onlooker")
    lead = await _add(services, agent, Module.LEAD, **LEAD)
    foreign = await _add(services, admin, Module.ACCOUNT, name="他社")

    with pytest.raises(NotFound):
        await services.conversion.convert(narrow, lead.id, account=foreign.ref)
    for actor, deal in ((onlooker, None), (narrow, {"name": "x"})):
        with pytest.raises(NotAllowed):
            await services.conversion.convert(actor, lead.id, deal=deal)
    with pytest.raises(Invalid) as refused:
        await services.conversion.convert(agent, lead.id, deal={"stage": "nonsense", "closing_date": "never"})
    with pytest.raises(Conflict):
        await services.conversion.convert(agent, lead.id, version=lead.version + 1)

    assert set(refused.value.fields) == {"stage", "closing_date"}
    assert (await services.leads.get(agent, lead.id)).get("converted_at") is None
    assert await services.search.find(agent, "田中", (Module.CONTACT, Module.ACCOUNT, Module.DEAL)) == ()


async def test_a_conversion_is_undone_until_something_builds_on_it(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    lead = await _add(services, agent, Module.LEAD, **LEAD)
    call = await _completed_call(services, agent, lead.ref, clock)
    became = await services.conversion.convert(agent, lead.id, deal={})
    task = await _add(services, agent, Module.TASK, subject="次", who=became.contact)

    await services.undo.undo(agent)  # the task
    await services.undo.undo(agent)

    now = await services.leads.get(agent, lead.id)
    assert now.get("converted_at") is None
    assert (await services.activities.get(agent, call.id)).ref_to("who") == lead.ref
    assert await services.search.find(agent, "田中", (Module.CONTACT, Module.ACCOUNT, Module.DEAL)) == ()
    with pytest.raises(NotFound):
        await services.activities.get(agent, task.id)

    again = await services.conversion.convert(agent, lead.id)
    stored = await services.undo.peek(agent)
    assert stored is not None
    other = await add_user(services, await services.users.sign_in("root"), "ito", "agent")
    await _add(services, other, Module.DEAL, name="更新", contact=again.contact)
    with pytest.raises(Conflict):
        await services.undo.undo(agent)
    assert (await services.leads.get(agent, lead.id)).get("converted_at") is not None


async def test_the_content_of_a_moved_call_stays_final(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    lead = await _add(services, agent, Module.LEAD, **LEAD)
    call = await _completed_call(services, agent, lead.ref, clock)
    await services.conversion.convert(agent, lead.id)

    with pytest.raises(Conflict):
        async with services.core.store.write(agent) as uow:
            await uow.connection.execute(
                update(activities).where(activities.c.id == call.id).values(result="not_interested")
            )


async def test_two_administrators_choose_where_fields_go_and_both_choices_stay(
    services: Services, admin: Actor, store_url: StoreUrl, clock: FrozenClock
) -> None:
    for name in ("size", "colour"):
        await services.custom_fields.add(admin, Module.LEAD, name, FieldType.TEXT)
    other = await open_services(store_url, clock)
    await other.custom_fields.refresh()

    await services.conversion.send_field(admin, "size", [(Module.CONTACT, "department")])
    await other.conversion.send_field(admin, "colour", [])
    await other.close()

    await services.settings.load()
    goes = services.conversion.destinations()
    assert [(module, field.name) for module, field in goes["size"]] == [(Module.CONTACT, "department")]
    assert goes["colour"] == ()
