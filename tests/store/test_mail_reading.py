"""What an agent has read of their own mail, and the views of the list of all mail."""

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import MailQuery, MailView, Sharing
from crm_tui.domain.mail_folders import FolderCursor
from crm_tui.mail.intake import FolderBatch
from crm_tui.services.container import Services
from tests.store.conftest import add_user
from tests.store.mailbox import HOLDER, Mailbox, Written, connect

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""The statements are those of the other tests."""

SEEN = frozenset({"\\Seen"})


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent)


async def unread(services: Services, actor: Actor) -> list[str]:
    """Return the subjects of what is unread, which the number in the module bar has to fit."""
    page = await services.mail_messages.list(actor, MailQuery(view=MailView.UNREAD))
    assert await services.mail_messages.unread(actor) == len(page.rows)
    assert not any(row.is_seen for row in page.rows)
    return [row.subject for row in page.rows]


async def told(box: Mailbox, uid: int, flags: frozenset[str], vanished: tuple[int, ...] = ()) -> None:
    """Let the server tell of changed flags, or of what it no longer has."""
    cursor = FolderCursor(7, box.last["INBOX"] + 1, 1)
    await box.services.mail_accounts.take_lease(box.account.id, HOLDER)
    batch = FolderBatch(cursor, flags={uid: flags} if not vanished else {}, vanished=vanished)
    await box.intake.take(box.folders["INBOX"], batch)


async def test_what_is_read_here_stays_read_and_can_be_marked_as_unread_again(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await box.receive(Written(message_id="a@x", subject="a"), Written(message_id="b@x", subject="b"))
    await box.receive(Written(message_id="c@x", subject="c"), flags=SEEN)
    assert sorted(await unread(services, agent)) == ["a", "b"]
    ids = {row.subject: row.id for row in (await services.mail_messages.list(agent)).rows}
    assert await services.mail_messages.mark(agent, [ids["a"]], read=True) == 1
    assert await unread(services, agent) == ["b"]
    # The same mail once more, as after a renumbering or in another folder: the server never heard of it.
    await box.receive(Written(message_id="a@x", subject="a"), folder="Sent")
    assert await unread(services, agent) == ["b"]
    await services.mail_messages.mark(agent, [ids["c"]], read=False)
    assert sorted(await unread(services, agent)) == ["b", "c"]


@ON_SQLITE
async def test_reading_with_another_program_counts_here_too(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await box.receive(Written(message_id="a@x", subject="a"), Written(message_id="b@x", subject="b"))
    await told(box, 1, SEEN)
    assert await unread(services, agent) == ["b"]
    await told(box, 1, SEEN | {"\\Flagged"})
    await told(box, 1, frozenset({"\\Flagged"}))
    assert sorted(await unread(services, agent)) == ["a", "b"]
    await told(box, 2, frozenset(), vanished=(2,))
    assert await unread(services, agent) == ["a"], "what was deleted there needs no reading"


@ON_SQLITE
async def test_each_agent_reads_for_themselves_and_a_colleagues_mail_has_no_such_mark(
    services: Services, clock: FrozenClock, box: Mailbox, agent: Actor, admin: Actor
) -> None:
    other = await add_user(services, admin, "suzuki", "agent")
    second = await connect(services, clock, other, "suzuki@ours.example")
    mail = Written(message_id="a@x", subject="a", to="me@ours.example, suzuki@ours.example")
    await box.receive(mail)
    await second.receive(mail)
    await box.receive(Written(message_id="b@x", subject="b"))
    first, both = (await services.mail_messages.list(agent)).rows
    await services.mail_messages.mark(other, [both.id], read=True)
    assert await unread(services, other) == []
    assert sorted(await unread(services, agent)) == ["a", "b"]
    assert await services.mail_messages.mark(other, [first.id], read=True) == 0
    assert sorted(await unread(services, agent)) == ["a", "b"]


@ON_SQLITE
async def test_what_a_colleague_wrote_is_unread_but_not_what_one_wrote_oneself(
    services: Services, clock: FrozenClock, box: Mailbox, agent: Actor, admin: Actor
) -> None:
    other = await add_user(services, admin, "suzuki", "agent")
    await connect(services, clock, other, "suzuki@ours.example")
    await box.receive(Written(message_id="a@x", subject="from a colleague", sender="suzuki@ours.example"))
    await box.receive(Written(message_id="b@x", subject="mine", sender="ME@ours.example"), folder="Sent")
    assert await unread(services, agent) == ["from a colleague"]


async def test_each_view_holds_what_its_name_says_in_the_order_that_is_wanted(
    services: Services, clock: FrozenClock, box: Mailbox, agent: Actor, admin: Actor
) -> None:
    contact = (
        await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    await services.deals.create(
        agent, {"name": "D", "contact": contact.id, "stage": "qualification", "closing_date": "2027-01-01"}
    )
    other = await add_user(services, admin, "suzuki", "agent")
    shared = await connect(services, clock, other, "suzuki@ours.example")
    hidden = await connect(services, clock, other, "private@ours.example", Sharing.PRIVATE)
    clock.advance(60)
    await box.receive(Written(message_id="a@x", subject="with a deal"))
    clock.advance(60)
    await box.receive(Written(message_id="b@x", subject="unknown", sender="x@y.example"), flags=SEEN)
    sent = Written(message_id="c@x", subject="sent", sender="me@ours.example", to="x@y.example")
    clock.advance(60)
    await box.receive(sent, folder="Sent", flags=SEEN)
    clock.advance(60)
    await shared.receive(Written(message_id="d@x", subject="shared", sender="x@y.example"))
    await hidden.receive(Written(message_id="e@x", subject="private", sender="x@y.example"))

    async def view(one: MailView, *, oldest_first: bool = False) -> list[str]:
        query = MailQuery(view=one, oldest_first=oldest_first)
        page = await services.mail_messages.list(agent, query)
        assert (await services.mail_messages.count(agent, query)).number == len(page.rows)
        return [row.subject for row in page.rows]

    assert await view(MailView.ALL) == ["shared", "sent", "unknown", "with a deal"]
    assert await view(MailView.ALL, oldest_first=True) == ["with a deal", "unknown", "sent", "shared"]
    assert await view(MailView.INBOX) == ["unknown", "with a deal"]
    assert await view(MailView.SENT) == ["sent"]
    assert await view(MailView.UNREAD) == ["with a deal"]
    assert await view(MailView.NO_DEAL) == ["shared", "sent", "unknown"]
    assert await view(MailView.SHARED) == ["shared"]


@ON_SQLITE
async def test_the_person_at_the_other_end_is_the_first_of_those_whose_mail_it_is(
    services: Services, box: Mailbox, agent: Actor
) -> None:
    await services.contacts.create(agent, {"last_name": "Abe", "email": "Copied@x.example"})
    await services.leads.create(agent, {"last_name": "Zoe", "company": "Z", "email": "sender@x.example"})
    me, sender, copied = "me@ours.example", "sender@x.example", "copied@x.example"
    await box.receive(Written(message_id="a@x", subject="in", sender=sender, to=me, cc=copied))
    await box.receive(Written(message_id="b@x", subject="out", sender=me, to=copied, cc=sender))
    found = {}
    for row in (await services.mail_messages.list(agent)).rows:
        message = await services.mail_messages.get(agent, row.id)
        found[row.subject] = [one.name for one in message.people]
    assert found == {"in": ["Zoe", "Abe"], "out": ["Abe", "Zoe"]}
