"""Several records become one: values by choice, everything that pointed to the others points to it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.associations import NewAssociation, NewMember
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.queries import Criterion, Op
from crm_tui.domain.records import Record
from crm_tui.domain.views import ViewDraft
from crm_tui.errors import Conflict, Immutable, Invalid, NotAllowed, NotFound
from crm_tui.services.bulk import add_associations, add_members
from crm_tui.services.container import Services
from crm_tui.store.models import TABLES, metadata
from crm_tui.store.models.activities import event_participants
from crm_tui.store.models.mail import mail_messages, mail_people
from crm_tui.store.models.records import account_contacts, campaign_members
from crm_tui.store.repositories.consistency import lookup_problems
from crm_tui.store.repositories.relink import Link, links_to
from tests.store.conftest import add_user


async def _add(services: Services, actor: Actor, module: Module, **values: object) -> Record:
    return (await services.records(module).create(actor, values)).record


def test_every_column_that_points_to_a_mergeable_record_is_known() -> None:
    for module in (Module.LEAD, Module.CONTACT, Module.ACCOUNT):
        pointing = {
            (table.name, column.name)
            for table in metadata.tables.values()
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table is TABLES[module]
        }
        assert {(link.table.name, link.column) for link in links_to(module)} == pointing
    # A lead's rows become a contact's, so each of them needs a place for one.
    assert all("contact_id" in link.table.c for link in links_to(Module.LEAD))
    assert Link(campaign_members, "contact_id", "campaign_id") in links_to(Module.CONTACT)


async def test_the_kept_record_takes_what_it_lacks_or_what_was_chosen(
    services: Services, admin: Actor
) -> None:
    keep = await _add(services, admin, Module.CONTACT, last_name="田中", phone="03-1111-2222", title="部長")
    lose = await _add(
        services,
        admin,
        Module.CONTACT,
        last_name="田中",
        first_name="太郎",
        phone="06-3333-4444",
        title="課長",
        do_not_call=True,
    )

    preview = await services.merge.preview(admin, Module.CONTACT, [keep.id, lose.id])
    merged = await services.merge.merge(
        admin,
        Module.CONTACT,
        [keep.id, lose.id],
        take={"title": lose.id},
        values={"department": "営業部"},
    )

    assert [row.field.name for row in preview.rows if row.differs] == [
        "first_name",
        "title",
        "phone",
        "do_not_call",
    ]
    now = await services.contacts.get(admin, keep.id)
    assert (now.name, now.get("phone"), now.get("title")) == ("田中 太郎", "03-1111-2222", "課長")
    assert (now.get("do_not_call"), now.get("department")) == (True, "営業部")
    assert merged.record == now
    with pytest.raises(NotFound):
        await services.contacts.get(admin, lose.id)
    assert [hit.id for hit in await services.search.find(admin, "田中")] == [keep.id]
    assert await services.search.find(admin, "0633334444") == ()
    lines = await services.audit.list(admin, by=admin.user, limit=20)
    gone = next(line for line in lines if line.action == "merge" and line.record_id == lose.id)
    assert gone.changes["merged_into"][1]["id"] == keep.id

    await services.undo.undo(admin)

    assert (await services.contacts.get(admin, keep.id)).get("title") == "部長"
    assert [hit.id for hit in await services.search.find(admin, "0633334444")] == [lose.id]


async def test_everything_that_hung_on_a_contact_hangs_on_the_kept_one_once(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    first, second, third = [
        await _add(services, admin, Module.ACCOUNT, name=name) for name in ("一商事", "二商事", "三商事")
    ]
    keep = await _add(services, admin, Module.CONTACT, last_name="田中", account=first.ref)
    lose = await _add(services, admin, Module.CONTACT, last_name="田中", account=second.ref)
    await add_associations(
        services.core,
        admin,
        [NewAssociation(first.id, lose.id, "顧問"), NewAssociation(third.id, lose.id, "監査役")],
    )
    campaign = await _add(services, admin, Module.CAMPAIGN, name="春")
    await add_members(
        services.core, admin, campaign.ref, [NewMember(keep.ref, "sent"), NewMember(lose.ref, "responded")]
    )
    deal = await _add(services, admin, Module.DEAL, name="更新", contact=lose.ref)
    case = await _add(services, admin, Module.CASE, subject="故障", contact=lose.ref)
    note = await _add(services, admin, Module.NOTE, body="急ぎ", parent=lose.ref)
    now = clock.now()
    event = await _add(
        services, admin, Module.EVENT, subject="訪問", starts_at=now, ends_at=now + timedelta(hours=1)
    )
    await _take_part(services, event, keep, lose)
    await _mail(services, keep, lose)

    merged = await services.merge.merge(admin, Module.CONTACT, [keep.id, lose.id])

    accounts = await services.contacts.accounts(admin, keep.id)
    assert [(one.name, one.primary, one.role) for one in accounts] == [
        ("一商事", True, "顧問"),
        ("三商事", False, "監査役"),
        ("二商事", False, ""),
    ]
    assert (await services.deals.get(admin, deal.id)).ref_to("contact") == merged.record.ref
    assert (await services.cases.get(admin, case.id)).ref_to("contact") == merged.record.ref
    assert (await services.notes.get(admin, note.id)).ref_to("parent") == merged.record.ref
    async with services.core.store.read() as connection:
        members = (await connection.execute(select(campaign_members))).all()
        assert [(one.contact_id, one.response_status) for one in members] == [(keep.id, "responded")]
        for table in (event_participants, mail_people):
            assert list(await connection.scalars(select(table.c.contact_id))) == [keep.id]

    await services.undo.undo(admin)

    assert (await services.deals.get(admin, deal.id)).ref_to("contact") == lose.ref
    assert [one.name for one in await services.contacts.accounts(admin, keep.id)] == ["一商事"]
    back = [(one.name, one.primary) for one in await services.contacts.accounts(admin, lose.id)]
    assert back == [("二商事", True), ("一商事", False), ("三商事", False)]
    async with services.core.store.read() as connection:
        statuses = await connection.scalars(
            select(campaign_members.c.response_status).order_by(campaign_members.c.id)
        )
        assert list(statuses) == ["sent", "responded"]


async def test_accounts_are_merged_with_their_contacts_deals_and_converted_leads(
    services: Services, admin: Actor
) -> None:
    keep = await _add(services, admin, Module.ACCOUNT, name="田中商事")
    lose = await _add(services, admin, Module.ACCOUNT, name="㈱田中商事", phone="03-1234-5678")
    both = await _add(services, admin, Module.CONTACT, last_name="佐藤", account=lose.ref)
    await add_associations(services.core, admin, [NewAssociation(keep.id, both.id, "窓口")])
    lead = await _add(services, admin, Module.LEAD, last_name="鈴木", company="田中商事")
    became = await services.conversion.convert(admin, lead.id, account=lose.ref, deal={"name": "新規"})

    view = await services.views.add(
        admin, Area.CONTACT, ViewDraft("窓口", [Criterion("account", Op.IN, (lose.ref,))])
    )

    await services.merge.merge(admin, Module.ACCOUNT, [keep.id, lose.id])

    [criterion] = (await services.views.get(admin, view.code)).criteria
    assert criterion.value == (keep.ref,)
    assert (await services.contacts.get(admin, both.id)).ref_to("account") == keep.ref
    assert became.deal is not None
    assert (await services.deals.get(admin, became.deal.id)).ref_to("account") == keep.ref
    assert (await services.leads.get(admin, lead.id)).ref_to("converted_account") == keep.ref
    async with services.core.store.read() as connection:
        rows = (await connection.execute(select(account_contacts))).all()
    assert {(one.account_id, one.contact_id, one.is_primary, one.role) for one in rows} == {
        (keep.id, both.id, True, "窓口"),
        (keep.id, became.contact.id, True, ""),
    }
    hits = await services.search.find(admin, "佐藤", (Module.CONTACT,))
    assert [hit.detail for hit in hits] == ["田中商事"]

    await services.undo.undo(admin)

    assert [one.value for one in (await services.views.get(admin, view.code)).criteria] == [(lose.ref,)]
    assert (await services.contacts.get(admin, both.id)).ref_to("account") == lose.ref
    hits = await services.search.find(admin, "佐藤", (Module.CONTACT,))
    assert [hit.detail for hit in hits] == ["㈱田中商事"]


async def test_a_refused_merge_changes_nothing(services: Services, admin: Actor) -> None:
    own = Grant(view=True, create=True, edit=True, delete=True, scope=Scope.OWN)
    await services.profiles.set(admin, "own", Area.LEAD, own)
    await services.profiles.set(admin, "keeper", Area.LEAD, Grant(view=True, create=True, edit=True))
    narrow = await add_user(services, admin, "ueda", "own")
    cautious = await add_user(services, admin, "ito", "keeper")
    mine = [
        await _add(services, narrow, Module.LEAD, last_name="鈴木", company="Acme", title=title)
        for title in ("部長", "課長")
    ]
    foreign = await _add(services, admin, Module.LEAD, last_name="鈴木", company="Acme")
    converted = await _add(services, narrow, Module.LEAD, last_name="鈴木", company="Beta")
    await services.conversion.convert(admin, converted.id)
    ids = [one.id for one in mine]

    for actor, chosen, error in (
        (narrow, [*ids, foreign.id], NotFound),
        (cautious, ids, NotAllowed),
        (narrow, [*ids, converted.id], Immutable),
        (narrow, ids[:1], Invalid),
        (narrow, [ids[0], ids[0]], Invalid),
    ):
        with pytest.raises(error):
            await services.merge.merge(actor, Module.LEAD, chosen)
    with pytest.raises(Invalid):
        await services.merge.merge(narrow, Module.LEAD, ids, take={"title": foreign.id})
    with pytest.raises(Invalid):
        await services.merge.merge(narrow, Module.LEAD, ids, values={"email": "nonsense"})
    await services.leads.update(admin, mine[1].id, {"phone": "03-1234-5678"})
    with pytest.raises(Conflict):
        await services.merge.merge(narrow, Module.LEAD, ids, versions={one.id: one.version for one in mine})

    assert [(await services.leads.get(narrow, one)).get("title") for one in ids] == ["部長", "課長"]


async def _take_part(services: Services, event: Record, *contacts: Record) -> None:
    async with services.core.store.write(None) as uow:
        for contact in contacts:
            await uow.connection.execute(
                insert(event_participants).values(id=new_id(), event_id=event.id, contact_id=contact.id)
            )
        await uow.commit()


async def _mail(services: Services, *contacts: Record) -> None:
    async with services.core.store.write(None) as uow:
        message = new_id()
        await uow.connection.execute(
            insert(mail_messages).values(
                id=message, thread_id=message, content_hash=message, date=uow.at, received_at=uow.at
            )
        )
        for contact in contacts:
            await uow.connection.execute(
                insert(mail_people).values(id=new_id(), message_id=message, contact_id=contact.id)
            )
        await uow.commit()


async def test_a_primary_account_out_of_sight_stays_the_primary_one(services: Services, admin: Actor) -> None:
    await services.profiles.set(admin, "agent", Area.CONTACT, Grant(True, True, True, True, Scope.ALL))
    await services.profiles.set(admin, "agent", Area.ACCOUNT, Grant(True, True, True, True, Scope.OWN))
    narrow = await add_user(services, admin, "ueda", "agent")
    hidden = await _add(services, admin, Module.ACCOUNT, name="Hidden Inc.")
    other = await _add(services, admin, Module.ACCOUNT, name="Other Inc.")
    keep = await _add(services, admin, Module.CONTACT, last_name="Abe", account=hidden.ref)
    lose = await _add(services, admin, Module.CONTACT, last_name="Abe", account=other.ref)

    await services.merge.merge(narrow, Module.CONTACT, [keep.id, lose.id])

    accounts = await services.contacts.accounts(admin, keep.id)
    assert [(one.name, one.primary) for one in accounts] == [("Hidden Inc.", True), ("Other Inc.", False)]
    async with services.core.store.read() as connection:
        assert await lookup_problems(connection) == []


async def test_nothing_is_merged_into_a_record_that_is_deleted_at_that_moment(
    services: Services, admin: Actor
) -> None:
    keep = await _add(services, admin, Module.CONTACT, last_name="Abe")
    lose = await _add(services, admin, Module.CONTACT, last_name="Abe")

    merged, deleted = await asyncio.gather(
        services.merge.merge(admin, Module.CONTACT, [keep.id, lose.id]),
        services.contacts.delete(admin, [keep.id]),
        return_exceptions=True,
    )

    assert deleted == 1
    refused = isinstance(merged, Conflict | NotFound)
    assert refused or not isinstance(merged, BaseException)
    done = [line.action for line in await services.audit.list(admin, record=keep.ref)]
    assert done == (["delete", "create"] if refused else ["delete", "merge", "create"])
    assert len(await services.bin.list(admin)) == (1 if refused else 2)
