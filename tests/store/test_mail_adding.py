"""Sent mail that is added to records by itself."""

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailQuery
from crm_tui.domain.records import Record, Ref
from crm_tui.services.container import Services
from crm_tui.services.mail_adding import MOST_NEW
from tests.store.mailbox import HOLDER, Mailbox, Written, connect, long_ago, only

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent)


async def contact(services: Services, actor: Actor, name: str, email: str = "") -> Record:
    return (await services.contacts.create(actor, {"last_name": name, "email": email})).record


async def mail_of(services: Services, actor: Actor, ref: Ref) -> list[str]:
    return [row.subject for row in (await services.mail_messages.list(actor, MailQuery(ref))).rows]


async def test_sent_mail_is_added_by_itself_where_the_settings_say_so(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    tanaka = await contact(services, agent, "田中", "tanaka@example.jp")
    to = "田中 <tanaka@example.jp>, 高橋 健 <ken@takahashi.example>, no-reply@shop.example, boss@ours.example"
    mine = "me@ours.example"
    await box.receive(Written(message_id="0@x", sender=mine, to=to, text="before"), folder="Sent")
    await services.mail_records.set_settings(agent, {"add_sent": True, "unknown": "lead"})
    await box.receive(
        Written(message_id="1@x", sender=mine, to=to, subject="ご案内", text="one"), folder="Sent"
    )
    mail = await only(services, agent, "one")
    (lead,) = mail.leads
    assert lead.name == "高橋 健"
    assert (await services.leads.get(agent, lead.id)).get("company") == "takahashi.example"
    (made,) = await services.audit.list(agent, record=lead)
    assert (made.action, made.user_name) == ("create", "sato")
    # The lead has the mail of its address, what was sent before included.
    assert set(await mail_of(services, agent, lead)) == {"ご案内", "見積もり"}
    # What is added stays, whatever becomes of the address.
    await services.contacts.update(agent, tanaka.id, {"email": None})
    assert (await only(services, agent, "one")).contacts == (tanaka.ref,)
    # Again in another folder, or under new numbers, it makes nobody anew.
    await services.leads.delete(await services.users.sign_in("root"), [lead.id])
    box.last["Sent"] = 0
    await services.mail_accounts.take_lease(box.account.id, HOLDER)
    again = [box.arrival("Sent", Written(message_id="1@x", sender=mine, to=to, subject="ご案内", text="one"))]
    await box.take("Sent", again, validity=8)
    assert (await only(services, agent, "one")).leads == ()


@ON_SQLITE
async def test_nobody_is_made_of_old_mail_of_round_mail_and_of_what_others_sent(
    services: Services, box: Mailbox, agent: Actor, clock: FrozenClock
) -> None:
    await services.mail_records.set_settings(agent, {"add_sent": True, "unknown": "contact"})
    mine, to = "me@ours.example", "a@one.example"
    many = ", ".join(f"p{n}@one.example" for n in range(MOST_NEW + 1))
    await box.receive(Written(message_id="1@x", sender=mine, to=many, text="round"), folder="Sent")
    old = Written(message_id="2@x", sender=mine, to=to, text="old", received_at=long_ago(clock))
    await box.receive(old, folder="Sent")
    await box.receive(Written(message_id="3@x", sender=mine, to=to, text="forged"))
    for text in ("round", "old", "forged"):
        assert (await only(services, agent, text)).contacts == ()
    await box.receive(Written(message_id="4@x", sender=mine, to=to, text="new"), folder="Sent")
    assert [one.name for one in (await only(services, agent, "new")).contacts] == ["a"]


@ON_SQLITE
async def test_mail_that_is_sent_from_here_is_added_by_itself_too(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await services.mail_records.set_settings(agent, {"add_sent": True, "unknown": "lead"})
    written = Written(
        message_id="1@x", sender="me@ours.example", to="高橋 健 <ken@takahashi.example>", text="one"
    )
    async with services.core.store.write(agent) as uow:
        await services.mail_intake.sent(uow, box.account, box.arrival("Sent", written))
        await uow.commit()
    (lead,) = (await only(services, agent, "one")).leads
    assert lead.name == "高橋 健"
    # The copy in the folder of sent mail is the same mail.
    await services.mail_records.remove(agent, (await only(services, agent, "one")).row.id, lead)
    box.last["Sent"] = 0
    await box.receive(written, folder="Sent")
    assert await services.mail_records.added_to(agent, (await only(services, agent, "one")).row.id) == ()


@ON_SQLITE
async def test_of_several_addressees_a_colleague_comes_last(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await services.mail_records.set_settings(agent, {"unknown": "lead"})
    to = "boss@ours.example, 高橋 健 <ken@takahashi.example>"
    await box.receive(Written(message_id="1@x", sender="me@ours.example", to=to, text="one"), folder="Sent")
    mail = await only(services, agent, "one")
    (lead,) = (await services.mail_records.add_to_sender(agent, mail.row.id)).records
    assert lead.name == "高橋 健"
