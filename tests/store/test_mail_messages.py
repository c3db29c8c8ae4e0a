"""Mail as agents read it: pages, sources, threads, words; and nothing of what they may not see."""

from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.mail import DealScope, MailQuery, MailSource, Sharing, Source
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.records import Ref
from crm_tui.errors import Invalid, NotAllowed, NotFound
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.mailbox import Mailbox, Written, connect


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent)


async def subjects(services: Services, actor: Actor, query: MailQuery = MailQuery()) -> list[str]:  # noqa: B008
    """Return the subjects of a list, which its count has to fit."""
    page = await services.mail_messages.list(actor, query)
    assert (await services.mail_messages.count(actor, query)).number == len(page.rows)
    return [row.subject for row in page.rows]


async def test_pages_go_forwards_and_backwards(services: Services, box: Mailbox, agent: Actor) -> None:
    for number in range(7):
        at = box.clock.now() + timedelta(minutes=number // 2)
        await box.receive(Written(message_id=f"{number}@x", subject=f"s{number}", date=at))
    first = await services.mail_messages.list(agent, MailQuery(), PageRequest(limit=3))
    rest = PageRequest(Seek.AFTER, first.rows[-1].position, 10)
    second = await services.mail_messages.list(agent, MailQuery(), rest)
    assert [row.subject for row in (*first.rows, *second.rows)] == [f"s{n}" for n in range(6, -1, -1)]
    back = PageRequest(Seek.BEFORE, second.rows[0].position, 10)
    assert (await services.mail_messages.list(agent, MailQuery(), back)).rows == first.rows


async def test_a_message_is_shown_with_all_its_parts(services: Services, box: Mailbox, agent: Actor) -> None:
    contact = (
        await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    written = Written(message_id="a@x", subject="[SPAM] 見積", attachment="見積.pdf", cc="K <k@example.jp>")
    await box.receive(written, flags=frozenset({"\\Seen"}))
    await box.receive(
        Written(message_id="b@x", references=("a@x",), sender="me@ours.example", to="K <k@example.jp>")
    )
    page = await services.mail_messages.list(agent, MailQuery())
    sent, received = page.rows
    assert received.is_seen
    assert sent.is_seen, "what one wrote needs no reading"
    assert sent.counterpart is not None
    assert (sent.counterpart.shown, sent.direction) == ("K", "sent")
    message = await services.mail_messages.get(agent, received.id)
    assert message.row.subject == "[SPAM] 見積"
    assert message.row.has_attachments
    assert [one.name for one in message.attachments] == ["見積.pdf"]
    assert [one.email for one in message.of_role("cc")] == ["k@example.jp"]
    assert message.contacts == (contact.ref,)
    assert message.row.holders == (agent.user,)
    assert [row.id for row in await services.mail_messages.thread(agent, sent.id)] == [received.id, sent.id]


async def test_words_find_mail_however_they_are_written(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await box.receive(
        Written(message_id="a@x", subject="Angebot", text="ミツモリの件 über alles", attachment="plan.pdf")
    )
    await box.receive(
        Written(message_id="b@x", subject="別件", sender="Suzuki Taro <s@example.jp>", text="x")
    )
    for words, found in (
        ("みつもり", ["Angebot"]),
        ("ANGEBOT uber", ["Angebot"]),
        ("plan", ["Angebot"]),
        ("suzuki", ["別件"]),
        ("angebot suzuki", []),
        ("[]()\"'", []),
    ):
        assert await subjects(services, agent, MailQuery(text=words)) == found


async def test_others_see_what_is_shared_and_nothing_else(
    services: Services, clock: FrozenClock, box: Mailbox, admin: Actor, agent: Actor
) -> None:
    contact = (
        await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    kato = await add_user(services, admin, "kato", "agent")
    private = await connect(services, clock, kato, "kato@ours.example", Sharing.PRIVATE)
    await box.receive(Written(message_id="a@x", subject="shared"))
    await private.receive(Written(message_id="b@x", subject="private", references=("a@x",), text="secret"))
    both = MailQuery(of=contact.ref)
    assert sorted(await subjects(services, kato, both)) == ["private", "shared"]
    assert await subjects(services, agent, both) == ["shared"]
    assert await subjects(services, admin) == ["shared"]
    assert await subjects(services, agent, MailQuery(text="secret")) == []
    (row,) = (await services.mail_messages.list(agent)).rows
    assert len(await services.mail_messages.thread(agent, row.id)) == 1
    hidden = (await services.mail_messages.list(kato, MailQuery(text="secret"))).rows[0].id
    for door in (
        services.mail_messages.get(agent, hidden),
        services.mail_messages.thread(agent, hidden),
        services.mail_deals.offered(agent, hidden),
        services.mail_deals.dissociate(agent, hidden),
    ):
        with pytest.raises(NotFound):
            await door
    await services.mail_accounts.share(agent, box.account.id, Sharing.PRIVATE)
    assert await subjects(services, kato, both) == ["private"]


async def test_the_source_is_chosen(
    services: Services, clock: FrozenClock, box: Mailbox, admin: Actor, agent: Actor
) -> None:
    kato = await add_user(services, admin, "kato", "agent")
    other = await connect(services, clock, kato, "kato@ours.example")
    mine = await connect(services, clock, kato, "own@ours.example", Sharing.PRIVATE)
    await box.receive(Written(message_id="a@x", subject="sato"))
    await other.receive(Written(message_id="b@x", subject="kato"))
    await mine.receive(Written(message_id="c@x", subject="own"))

    async def of(source: MailSource) -> list[str]:
        return sorted(await subjects(services, kato, MailQuery(source=source)))

    assert await of(MailSource()) == ["kato", "own", "sato"]
    assert await of(MailSource(Source.IMAP)) == ["kato", "sato"]
    assert await of(MailSource(Source.IMAP, agent.id)) == ["sato"]
    assert await of(MailSource(Source.CRM)) == []
    assert {one.id for one in await services.mail_accounts.sharers(admin)} == {agent.id, kato.id}
    await services.mail_accounts.disable(agent, box.account.id)
    assert await of(MailSource(Source.IMAP)) == ["kato"]
    assert await of(MailSource()) == ["kato", "own", "sato"]


async def test_the_list_of_a_deal_holds_its_own_mail_or_that_of_its_contacts(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    contact = (
        await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    won = (await services.deals.create(agent, {"name": "won", "contact": contact.id})).record
    await box.receive(Written(message_id="a@x", subject="first"))
    box.clock.advance(60)
    later = (await services.deals.create(agent, {"name": "later", "contact": contact.id})).record
    await box.receive(Written(message_id="b@x", subject="second"))
    assert await subjects(services, agent, MailQuery(of=won.ref)) == ["first"]
    assert await subjects(services, agent, MailQuery(of=later.ref)) == ["second"]
    assert await subjects(services, agent, MailQuery(of=later.ref, scope=DealScope.CONTACTS)) == [
        "second",
        "first",
    ]
    with pytest.raises(Invalid):
        await services.mail_messages.list(agent, MailQuery(of=Ref(Module.ACCOUNT, won.id, "")))


async def test_whose_records_are_out_of_sight_so_is_their_mail(
    services: Services, box: Mailbox, admin: Actor, agent: Actor
) -> None:
    for area in (Area.CONTACT, Area.LEAD, Area.DEAL):
        await services.profiles.set(admin, "marketing", area, Grant(True, True, True, False, Scope.OWN))
    await services.profiles.set(admin, "marketing", Area.MAIL, Grant(True, True, True))
    lone = await add_user(services, admin, "lone", "marketing")
    foreign = (
        await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    await services.deals.create(agent, {"name": "foreign", "contact": foreign.id})
    own = (await services.contacts.create(lone, {"last_name": "鈴木", "email": "suzuki@example.jp"})).record
    await box.receive(
        Written(message_id="a@x", subject="foreign"),
        Written(message_id="b@x", subject="both", cc="suzuki@example.jp"),
        Written(message_id="c@x", subject="nobody", sender="x@example.jp"),
    )
    assert sorted(await subjects(services, lone)) == ["both", "nobody"]
    assert await subjects(services, lone, MailQuery(of=own.ref)) == ["both"]
    with pytest.raises(NotFound):
        await services.mail_messages.list(lone, MailQuery(of=foreign.ref))
    (row,) = (await services.mail_messages.list(lone, MailQuery(of=own.ref))).rows
    message = await services.mail_messages.get(lone, row.id)
    assert message.contacts == (own.ref,)
    assert row.association.deal is None
    assert await services.mail_deals.offered(lone, row.id) == ()
    await services.profiles.set(admin, "marketing", Area.MAIL, Grant(True, True, True, False, Scope.OWN))
    lone = await services.users.renewed(lone)
    assert await subjects(services, lone) == []
    await services.profiles.set(admin, "marketing", Area.MAIL, Grant())
    lone = await services.users.renewed(lone)
    with pytest.raises(NotAllowed):
        await services.mail_messages.list(lone)
