"""The audit trail and the history of records tell nothing of mail that somebody may not see."""

import json
from dataclasses import asdict

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailQuery, Sharing
from crm_tui.domain.mail_writing import MailDraft
from crm_tui.domain.modules import Module
from crm_tui.services.container import Services
from crm_tui.store.uow import AuditEntry
from tests.store.conftest import add_user
from tests.store.mailbox import Written, connect

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

ADDRESSEES = ("geheim", "to@example.jp", "cc@example.jp", "bcc@example.jp")


async def trail(services: Services, actor: Actor) -> str:
    return json.dumps([asdict(row) for row in await services.audit.list(actor)], default=str)


async def test_mail_on_its_way_out_is_told_to_its_sender_alone(
    services: Services, clock: FrozenClock, admin: Actor, agent: Actor
) -> None:
    chief = await add_user(services, admin, "chief", "supervisor")
    box = await connect(services, clock, agent, "own@private.example", sharing=Sharing.PRIVATE)
    draft = MailDraft(box.account.id, "to@example.jp", "cc@example.jp", "bcc@example.jp", "geheim", "text")
    one = await services.mail_outbox.queue(agent, draft)
    for actor in (chief, admin):
        assert not [word for word in ADDRESSEES if word in await trail(services, actor)]
        (row,) = [row for row in await services.audit.list(actor) if row.action == "queue outgoing"]
        assert (row.user_id, row.record_name, row.changes["to"]) == (agent.id, "?", [None, "?"])
    assert "own@private.example" not in await trail(services, chief)
    assert "own@private.example" in await trail(services, admin)
    await services.mail_outbox.cancel(agent, one.id)
    own = json.dumps([asdict(row) for row in await services.audit.list(agent, by=agent.user)], default=str)
    assert [word in own for word in ADDRESSEES] == [True, True, True, False]
    assert (await services.audit.verify(admin)).broken_at is None


async def test_mail_that_was_made_private_is_named_no_more_not_even_in_what_was_undone(
    services: Services, clock: FrozenClock, admin: Actor, agent: Actor
) -> None:
    chief = await add_user(services, admin, "chief", "supervisor")
    values = {"last_name": "田中", "email": "tanaka@example.jp"}
    tanaka = (await services.contacts.create(agent, values)).record
    deal = (await services.deals.create(agent, {"name": "Maschine", "contact": tanaka.id})).record
    suzuki = (await services.contacts.create(agent, {"last_name": "鈴木"})).record
    box = await connect(services, clock, agent)
    await box.receive(Written(message_id="a@x", subject="geheim"))
    (row,) = (await services.mail_messages.list(agent, MailQuery())).rows
    await services.mail_deals.associate(agent, row.id, deal.id)
    await services.mail_records.add(agent, row.id, suzuki.ref)
    await services.undo.undo(agent)
    await services.undo.undo(agent)
    for actor in (chief, admin):
        assert "geheim" in await trail(services, actor)
    await services.mail_accounts.share(agent, box.account.id, Sharing.PRIVATE)
    for actor in (chief, admin):
        assert "geheim" not in await trail(services, actor)
        for record in (deal, suzuki):
            assert "geheim" not in str(await services.audit.history(actor, record.ref))
        of_mail = [one for one in await services.audit.list(actor) if one.record_id == row.id]
        assert {one.action for one in of_mail} == {"associate", "add mail"}
        assert not [one for one in of_mail if "Maschine" in str(one) or "鈴木" in str(one)]
    assert "geheim" in str(await services.audit.history(agent, deal.ref))
    assert (await services.audit.verify(admin)).broken_at is None


async def test_what_is_about_no_mail_in_particular_is_told(services: Services, admin: Actor) -> None:
    chief = await add_user(services, admin, "chief", "supervisor")
    async with services.core.store.write(admin) as uow:
        uow.record(AuditEntry("renew key", Module.MAIL, "", "", {"accounts": [None, 3]}))
        await uow.commit()
    (row,) = [row for row in await services.audit.list(chief) if row.module == "mail"]
    assert row.changes == {"accounts": [None, 3]}
