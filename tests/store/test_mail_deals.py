"""Which deal a mail belongs to: predicted, decided by hand, and what becomes of it later."""

import pytest
from sqlalchemy import insert

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.mail import (
    DealScope,
    Decision,
    MailQuery,
    MailSource,
    Sharing,
    Source,
)
from crm_tui.domain.mail_prediction import Outcome
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Record
from crm_tui.errors import Conflict, Invalid, NotFound
from crm_tui.services.container import Services
from crm_tui.store.models.records import deal_contacts
from tests.store.conftest import add_user
from tests.store.mailbox import HOLDER, Mailbox, Written, begin, belongs, connect, deal, long_ago, only

WON, LOST = "closed_won", "closed_lost"


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent)


@pytest.fixture
async def tanaka(services: Services, agent: Actor) -> Record:
    return (await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})).record


async def test_the_deal_modified_last_gets_the_mail_whatever_hangs_on_the_others(
    services: Services, box: Mailbox, agent: Actor, tanaka: Record
) -> None:
    first = await deal(services, agent, tanaka, "first")
    second = await deal(services, agent, tanaka, "second")
    box.clock.advance(60)
    await services.deals.update(agent, first.id, {"next_step": "call"})
    box.clock.advance(60)
    await services.notes.create(agent, {"body": "n", "parent": f"deal:{second.id}"})
    await services.tasks.create(agent, {"subject": "t", "related_to": f"deal:{second.id}"})
    await box.receive(Written(message_id="a@x"))
    message = await only(services, agent)
    assert belongs(message) == ("first", Decision.AUTO, Outcome.LATEST_OPEN_DEAL)
    assert message.row.association.reason == "latest of 2 open deals"
    assert [one.ref.name for one in await services.mail_deals.offered(agent, message.row.id)] == [
        "first",
        "second",
    ]


async def test_mail_from_before_the_connection_waits_for_an_agent(
    services: Services, clock: FrozenClock, agent: Actor, tanaka: Record
) -> None:
    await deal(services, agent, tanaka, "old")
    clock.advance(3600)
    later = clock.now()
    await deal(services, agent, tanaka, "new")
    box = await connect(services, clock, agent)
    await box.receive(Written(message_id="a@x", received_at=later, text="then"))
    await box.receive(Written(message_id="b@x", received_at=long_ago(clock), text="longago"))
    await box.receive(Written(message_id="c@x", date=clock.now(), text="present"))
    assert belongs(await only(services, agent, "then"))[::2] == ("old", Outcome.ONE_DEAL_THEN)
    assert belongs(await only(services, agent, "longago"))[::2] == (None, Outcome.NO_DEAL_THEN)
    assert belongs(await only(services, agent, "present"))[::2] == ("new", Outcome.LATEST_OPEN_DEAL)


async def test_an_agent_decides_and_nothing_overrules_it(
    services: Services, box: Mailbox, agent: Actor, tanaka: Record
) -> None:
    won = await deal(services, agent, tanaka, "won", WON)
    written_at = box.clock.now()
    arrival = box.arrival("INBOX", Written(message_id="a@x"))
    await box.take("INBOX", [arrival])
    message = await only(services, agent)
    assert belongs(message) == ("won", Decision.AUTO, Outcome.ONLY_WON_DEAL)
    other = await deal(services, agent, tanaka, "other")
    changed = await services.mail_deals.associate(agent, message.row.id, other.id)
    assert belongs(changed) == ("other", Decision.MANUAL, None)
    removed = await services.mail_deals.dissociate(agent, message.row.id)
    assert belongs(removed) == (None, Decision.MANUAL, None)
    assert removed.row.association.reason == "removed by hand"
    await services.mail_accounts.take_lease(box.account.id, HOLDER)
    assert await box.take("INBOX", [arrival]) == 0
    assert await box.receive(Written(message_id="a@x", date=written_at), folder="Sent") == 0
    assert belongs(await only(services, agent)) == (None, Decision.MANUAL, None)
    with pytest.raises(Conflict):
        await services.mail_deals.dissociate(agent, message.row.id)
    await services.undo.undo(agent)
    assert belongs(await only(services, agent)) == ("other", Decision.MANUAL, None)
    await services.undo.undo(agent)
    assert belongs(await only(services, agent)) == ("won", Decision.AUTO, Outcome.ONLY_WON_DEAL)
    await services.deals.update(agent, won.id, {"stage": LOST})
    assert belongs(await only(services, agent))[0] == "won"


async def test_a_reply_follows_what_an_agent_decided_about_its_thread(
    services: Services, box: Mailbox, agent: Actor, tanaka: Record
) -> None:
    chosen = await deal(services, agent, tanaka, "chosen")
    await deal(services, agent, tanaka, "latest")
    await box.receive(Written(message_id="a@x"))
    await services.mail_deals.associate(agent, (await only(services, agent)).row.id, chosen.id)
    await box.receive(Written(message_id="b@x", references=("a@x",), text="answer"))
    assert belongs(await only(services, agent, "answer"))[::2] == ("chosen", Outcome.SAME_THREAD)
    await services.deals.update(agent, chosen.id, {"stage": LOST})
    await box.receive(Written(message_id="c@x", references=("b@x",), text="again"))
    assert belongs(await only(services, agent, "again"))[::2] == ("latest", Outcome.ONLY_OPEN_DEAL)


async def test_only_deals_of_its_contacts_are_offered_and_taken(
    services: Services, box: Mailbox, agent: Actor, tanaka: Record
) -> None:
    suzuki = (await services.contacts.create(agent, {"last_name": "鈴木"})).record
    foreign = await deal(services, agent, suzuki, "foreign")
    await box.receive(Written(message_id="a@x"))
    message = await only(services, agent)
    assert await services.mail_deals.offered(agent, message.row.id) == ()
    with pytest.raises(Invalid):
        await services.mail_deals.associate(agent, message.row.id, foreign.id)
    with pytest.raises(NotFound):
        await services.mail_deals.associate(agent, message.row.id, message.row.id)
    with pytest.raises(Invalid):
        await services.mail_deals.associate_new(agent, message.row.id, {"name": "x"}, suzuki.id)
    changed, made = await services.mail_deals.associate_new(agent, message.row.id, {"name": "made"})
    assert belongs(changed) == ("made", Decision.MANUAL, None)
    assert made.ref_to("contact") == tanaka.ref
    await services.undo.undo(agent)
    assert belongs(await only(services, agent))[0] is None
    assert await services.mail_deals.offered(agent, message.row.id) == ()


async def test_a_deleted_deal_loses_its_mail(
    services: Services, box: Mailbox, admin: Actor, agent: Actor, tanaka: Record
) -> None:
    only_one = await deal(services, agent, tanaka, "gone")
    await box.receive(Written(message_id="a@x"))
    await services.deals.delete(admin, [only_one.id])
    assert belongs(await only(services, agent)) == (None, Decision.NONE, None)
    await services.bin.restore(admin, [only_one.id])
    assert belongs(await only(services, agent))[0] == "gone"
    await services.deals.delete(admin, [only_one.id])
    await services.bin.purge(admin, [only_one.id])
    assert belongs(await only(services, agent)) == (None, Decision.NONE, None)


async def test_a_mailbox_that_is_switched_off_lets_go_of_its_mail(
    services: Services, clock: FrozenClock, box: Mailbox, admin: Actor, agent: Actor, tanaka: Record
) -> None:
    first = await deal(services, agent, tanaka, "first")
    for name in ("auto", "manual", "removed", "both"):
        await box.receive(Written(message_id=f"{name}@x", text=name, date=clock.now()))
    other = await connect(
        services, clock, await add_user(services, admin, "kato", "agent"), "kato@ours.example"
    )
    await other.receive(Written(message_id="both@x", text="both", date=clock.now()))
    manual = (await only(services, agent, "manual")).row.id
    await services.mail_deals.associate(agent, manual, first.id)
    await services.mail_deals.dissociate(agent, (await only(services, agent, "removed")).row.id)
    latest = await deal(services, agent, tanaka, "latest")

    await services.mail_accounts.disable(agent, box.account.id)
    assert belongs(await only(services, agent, "auto")) == (None, Decision.NONE, None)
    assert belongs(await only(services, agent, "manual")) == (None, Decision.NONE, None)
    assert belongs(await only(services, agent, "removed")) == (None, Decision.MANUAL, None)
    assert belongs(await only(services, agent, "both"))[0] == "first"
    with pytest.raises(Conflict):
        await services.mail_deals.associate(agent, manual, latest.id)
    with pytest.raises(Conflict):
        await box.receive(Written(message_id="late@x"))

    await services.mail_accounts.enable(agent, box.account.id, restore_manual=True)
    assert belongs(await only(services, agent, "auto"))[0] == "latest"
    assert belongs(await only(services, agent, "manual")) == ("first", Decision.MANUAL, None)
    assert belongs(await only(services, agent, "removed")) == (None, Decision.MANUAL, None)
    await services.mail_accounts.disable(agent, box.account.id)
    await services.mail_accounts.enable(agent, box.account.id)
    assert belongs(await only(services, agent, "manual")) == (
        "latest",
        Decision.AUTO,
        Outcome.LATEST_OPEN_DEAL,
    )
    again = await begin(services, clock, agent, box.account)
    assert again.account.connected_at == box.account.connected_at


async def test_mail_of_a_private_mailbox_belongs_to_no_deal(
    services: Services, clock: FrozenClock, agent: Actor, tanaka: Record
) -> None:
    box = await connect(services, clock, agent, sharing=Sharing.PRIVATE)
    made = await deal(services, agent, tanaka, "d")
    await box.receive(Written(message_id="a@x"))
    message = await only(services, agent)
    assert belongs(message) == (None, Decision.NONE, Outcome.NOT_SHARED)
    with pytest.raises(Conflict):
        await services.mail_deals.associate(agent, message.row.id, made.id)
    await services.mail_accounts.share(agent, box.account.id, Sharing.SHARED)
    assert belongs(await only(services, agent))[::2] == ("d", Outcome.ONLY_OPEN_DEAL)
    await services.mail_accounts.share(agent, box.account.id, Sharing.PRIVATE)
    assert belongs(await only(services, agent))[0] == "d"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_undo_puts_no_mail_to_a_deal_where_an_agent_could_not(
    services: Services, box: Mailbox, agent: Actor, admin: Actor, tanaka: Record
) -> None:
    made = await deal(services, agent, tanaka, "d")
    kato = await add_user(services, admin, "kato", "agent")
    await box.receive(Written(message_id="a@x"))
    mail_id = (await only(services, agent)).row.id
    for actor in (kato, agent):
        await services.mail_deals.associate(actor, mail_id, made.id)
        await services.mail_deals.dissociate(actor, mail_id)
    await services.mail_accounts.disable(agent, box.account.id)
    with pytest.raises(Conflict, match="switched off"):
        await services.undo.undo(agent)
    await services.mail_accounts.share(agent, box.account.id, Sharing.PRIVATE)
    await services.mail_accounts.enable(agent, box.account.id)
    with pytest.raises(Conflict, match="private"):
        await services.undo.undo(agent)
    with pytest.raises(NotFound):
        await services.undo.undo(kato)
    assert belongs(await only(services, agent)) == (None, Decision.MANUAL, None)
    await services.mail_accounts.share(agent, box.account.id, Sharing.SHARED)
    await services.undo.undo(agent)
    assert belongs(await only(services, agent)) == ("d", Decision.MANUAL, None)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_only_what_an_agent_could_still_decide_comes_back_with_a_mailbox(
    services: Services, box: Mailbox, agent: Actor, tanaka: Record
) -> None:
    chosen = await deal(services, agent, tanaka, "chosen")
    later = await deal(services, agent, tanaka, "later")
    await box.receive(Written(message_id="a@x"))
    mail_id = (await only(services, agent)).row.id
    await services.mail_deals.associate(agent, mail_id, chosen.id)

    async def off_and_on() -> tuple[str | None, Decision, Outcome | None]:
        await services.mail_accounts.disable(agent, box.account.id)
        await services.mail_accounts.enable(agent, box.account.id, restore_manual=True)
        return belongs(await only(services, agent))

    assert await off_and_on() == ("chosen", Decision.MANUAL, None)
    suzuki = (await services.contacts.create(agent, {"last_name": "鈴木"})).record
    await services.deals.update(agent, chosen.id, {"contact": suzuki.id})
    assert await off_and_on() == ("later", Decision.AUTO, Outcome.ONLY_OPEN_DEAL)
    await services.mail_deals.associate(agent, mail_id, later.id)
    await services.mail_accounts.share(agent, box.account.id, Sharing.PRIVATE)
    assert await off_and_on() == (None, Decision.NONE, Outcome.NOT_SHARED)


async def test_mail_sent_from_here_belongs_to_deals_whatever_becomes_of_the_mailbox(
    services: Services, clock: FrozenClock, agent: Actor, tanaka: Record
) -> None:
    box = await connect(services, clock, agent, sharing=Sharing.PRIVATE)
    await deal(services, agent, tanaka, "d")
    written = Written(sender="me@ours.example", to="tanaka@example.jp", message_id="a@x", date=clock.now())
    arrival = box.arrival("Sent", written)
    async with services.core.store.write(agent) as uow:
        sent = await services.mail_intake.sent(uow, box.account, arrival)
        await uow.commit()
    assert await box.take("Sent", [arrival]) == 0
    await services.mail_accounts.disable(agent, box.account.id)
    message = await services.mail_messages.get(agent, sent)
    assert belongs(message) == ("d", Decision.AUTO, Outcome.ONLY_OPEN_DEAL)
    assert (message.row.source, message.row.direction) == ("crm", "sent")
    only_crm = MailQuery(source=MailSource(Source.CRM))
    assert [row.id for row in (await services.mail_messages.list(agent, only_crm)).rows] == [sent]


async def test_belonging_follows_addresses_merging_and_conversion(
    services: Services, box: Mailbox, admin: Actor, agent: Actor, tanaka: Record
) -> None:
    async def people() -> tuple[set[str], set[str]]:
        message = await only(services, agent)
        return {one.id for one in message.contacts}, {one.id for one in message.leads}

    await box.receive(Written(message_id="a@x", to="me@ours.example, Lead@Example.jp"))
    assert await people() == ({tanaka.id}, set())
    await services.contacts.update(agent, tanaka.id, {"email": "other@example.jp"})
    assert await people() == (set(), set())
    await services.undo.undo(agent)
    assert await people() == ({tanaka.id}, set())
    lead = (
        await services.leads.create(agent, {"last_name": "L", "company": "C", "email": "lead@example.jp"})
    ).record
    assert await people() == ({tanaka.id}, {lead.id})
    became = (await services.conversion.convert(agent, lead.id)).contact
    assert await people() == ({tanaka.id, became.id}, set())
    await services.merge.merge(admin, Module.CONTACT, [tanaka.id, became.id])
    assert await people() == ({tanaka.id}, set())
    assert (await services.mail_messages.count(agent, MailQuery(of=tanaka.ref))).number == 1


async def test_mail_that_came_while_somebody_lay_in_the_bin_is_theirs_again(
    services: Services, box: Mailbox, admin: Actor, agent: Actor, tanaka: Record
) -> None:
    lead = (
        await services.leads.create(agent, {"last_name": "L", "company": "C", "email": "lead@example.jp"})
    ).record
    await box.receive(Written(message_id="a@x", cc="lead@example.jp", text="before"))
    await services.contacts.delete(admin, [tanaka.id])
    await services.leads.delete(admin, [lead.id])
    await box.receive(Written(message_id="b@x", cc="lead@example.jp", text="meanwhile"))
    assert (await only(services, agent, "meanwhile")).contacts == ()
    await services.undo.undo(admin)
    await services.bin.restore(admin, [tanaka.id])
    for text in ("before", "meanwhile"):
        message = await only(services, agent, text)
        assert (message.contacts, message.leads) == ((tanaka.ref,), (lead.ref,))


async def test_who_has_a_role_in_a_deal_is_one_of_its_contacts(
    services: Services, box: Mailbox, agent: Actor, tanaka: Record
) -> None:
    suzuki = (await services.contacts.create(agent, {"last_name": "鈴木"})).record
    shared = await deal(services, agent, suzuki, "shared")
    role = {"id": new_id(), "deal_id": shared.id, "contact_id": tanaka.id, "role": "decision_maker"}
    async with services.core.store.write(agent) as uow:
        await uow.connection.execute(insert(deal_contacts).values(**role))
        await uow.commit()
    await box.receive(Written(message_id="a@x"))
    message = await only(services, agent)
    assert belongs(message) == ("shared", Decision.AUTO, Outcome.ONLY_OPEN_DEAL)
    assert [one.ref for one in await services.mail_deals.choices(agent, [message.row.id])] == [shared.ref]
    of_contacts = MailQuery(of=shared.ref, scope=DealScope.CONTACTS)
    assert (await services.mail_messages.count(agent, of_contacts)).number == 1
