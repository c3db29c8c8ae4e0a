"""Agents who decide about mail: several at once, in vain, at the same time."""

import asyncio

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import (
    Decision,
    Sharing,
)
from crm_tui.domain.records import Record
from crm_tui.errors import Conflict, CrmError
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services
from tests.store.mailbox import Mailbox, Written, belongs, connect, deal, only


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent)


@pytest.fixture
async def tanaka(services: Services, agent: Actor) -> Record:
    return (await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})).record


async def test_several_mails_go_to_a_deal_and_back_in_one_step(
    services: Services, clock: FrozenClock, box: Mailbox, agent: Actor, tanaka: Record
) -> None:
    lost = await deal(services, agent, tanaka, "lost", "closed_lost")
    private = await connect(services, clock, agent, "own@ours.example", Sharing.PRIVATE)
    await box.receive(Written(message_id="a@x", text="first"), Written(message_id="b@x", text="second"))
    await box.receive(Written(message_id="c@x", text="stranger", sender="x@example.jp"))
    await private.receive(Written(message_id="d@x", text="secret"))
    texts = ("first", "second", "stranger", "secret")
    ids = [(await only(services, agent, text)).row.id for text in texts]

    async def deals() -> list[str | None]:
        return [belongs(await only(services, agent, text))[0] for text in texts]

    assert [one.ref for one in await services.mail_deals.choices(agent, ids)] == [lost.ref]
    assert await services.mail_deals.associate_all(agent, ids, lost.id) == 2
    assert await deals() == ["lost", "lost", None, None]
    assert await services.mail_deals.dissociate_all(agent, ids) == 2
    assert await deals() == [None] * 4
    await services.undo.undo(agent)
    await services.undo.undo(agent)
    assert [belongs(await only(services, agent, text))[1] for text in texts] == [Decision.NONE] * 4
    with pytest.raises(Conflict):
        await services.mail_deals.dissociate_all(agent, ids)


async def test_who_asks_in_vain_is_told_what_to_do(
    services: Services, clock: FrozenClock, box: Mailbox, admin: Actor, agent: Actor, tanaka: Record
) -> None:
    kato = await add_user(services, admin, "kato", "agent")
    await deal(services, agent, tanaka, "d")
    private = await connect(services, clock, agent, "own@ours.example", Sharing.PRIVATE)
    await private.receive(Written(message_id="a@x", text="private"))
    await box.receive(Written(message_id="b@x", text="disabled"))
    await box.receive(Written(message_id="c@x", text="nobody", sender="x@example.jp"))

    async def told(actor: Actor, text: str) -> str:
        message = await only(services, actor, text)
        with pytest.raises(CrmError) as caught:
            await services.mail_deals.choices(actor, [message.row.id])
        return str(caught.value)

    assert "own@ours.example is private" in await told(agent, "private")
    assert "Add it to a contact first" in await told(agent, "nobody")
    await services.mail_accounts.disable(agent, box.account.id)
    assert "Enable it in the mail settings" in await told(agent, "disabled")
    assert f"Ask {agent.user.name} to enable it" in await told(kato, "disabled")


async def test_two_agents_who_decide_at_once_both_succeed(
    services: Services, clock: FrozenClock, box: Mailbox, admin: Actor, agent: Actor, store_url: StoreUrl
) -> None:
    for number in range(4):
        await box.receive(Written("new@example.jp", message_id=f"{number}@x"))
    ids = [row.id for row in (await services.mail_messages.list(agent)).rows]
    values = {"last_name": "New", "email": "new@example.jp"}
    contact = (await services.contacts.create(agent, values)).record
    made = [await deal(services, agent, contact, name) for name in ("first", "second")]
    other = await open_services(store_url, clock)
    try:
        for message_id in ids:
            await asyncio.gather(
                services.mail_deals.associate(agent, message_id, made[0].id),
                other.mail_deals.associate(admin, message_id, made[1].id),
            )
    finally:
        await other.close()
    for message_id in ids:
        found = await services.mail_messages.get(agent, message_id)
        assert belongs(found)[0] in ("first", "second")
