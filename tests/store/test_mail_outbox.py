"""The outbox: who may put what in, what is read of files, and what becomes of mail that isn't sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.mail import Sharing
from crm_tui.domain.mail_outgoing import CopyState, OutgoingState, Refusal
from crm_tui.domain.mail_writing import MailDraft
from crm_tui.domain.modules import Area, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import Conflict, Invalid, NotAllowed, NotFound
from crm_tui.mail.outgoing import arrival_of, composed
from crm_tui.services.container import Services
from crm_tui.services.mail_sending import Work
from crm_tui.store.repositories.mail_outbox import MailOutboxRepository
from tests.store.conftest import add_user
from tests.store.mailbox import Mailbox, Written, connect

WORKER = "worker 1"

one_store = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For rules that both stores serve with the same statements."""


@pytest.fixture
async def box(services: Services, clock: FrozenClock, agent: Actor) -> Mailbox:
    return await connect(services, clock, agent, sharing=Sharing.PRIVATE)


@pytest.fixture
def draft(box: Mailbox) -> MailDraft:
    return MailDraft(box.account.id, "tanaka@example.jp", subject="見積もり", text="添付します。")


async def test_files_are_read_when_the_mail_is_put_in(
    services: Services, agent: Actor, draft: MailDraft, tmp_path: Path
) -> None:
    path = tmp_path / "見積\n書.pdf"
    path.write_bytes(b"%PDF")
    one = await services.mail_outbox.queue(agent, replace(draft, attachments=(str(path),)))
    path.unlink()
    job = await services.mail_sending.take(one.id, WORKER)
    assert job is not None
    assert [(file.name, file.content_type, file.content) for file in job.files] == [
        ("見積 書.pdf", "application/pdf", b"%PDF")
    ]


async def test_what_no_store_takes_is_left_out(services: Services, agent: Actor, draft: MailDraft) -> None:
    odd = replace(draft, to="a\u202e <a@x.jp>", subject="a\udc80b", text="c\udcff\0d")
    one = await services.mail_outbox.queue(agent, odd)
    assert (one.draft.to, one.draft.subject, one.draft.text) == ("a <a@x.jp>", "ab", "cd")


@one_store
async def test_what_is_no_file_is_refused(services: Services, agent: Actor, draft: MailDraft) -> None:
    for path in ("missing.txt", ".", "/dev/zero", "\0"):
        with pytest.raises(Invalid) as refused:
            await services.mail_outbox.queue(agent, replace(draft, attachments=(path,)))
        assert "attachments" in refused.value.fields
    assert await services.mail_outbox.list(agent) == ()


@one_store
async def test_too_much_is_refused(
    services: Services, agent: Actor, draft: MailDraft, tmp_path: Path
) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(26 * 1024 * 1024)
    with pytest.raises(Invalid, match="too large"):
        await services.mail_outbox.queue(agent, replace(draft, attachments=(str(path),)))


@one_store
async def test_one_sends_from_an_account_of_ones_own_that_is_switched_on(
    services: Services, admin: Actor, agent: Actor, draft: MailDraft, box: Mailbox
) -> None:
    for actor in (admin, await add_user(services, admin, "beta", "agent")):
        with pytest.raises(NotFound):
            await services.mail_outbox.queue(actor, draft)
    await services.mail_accounts.disable(agent, box.account.id)
    with pytest.raises(Conflict, match="switched off"):
        await services.mail_outbox.queue(agent, draft)


@one_store
async def test_who_may_not_create_mail_sends_none(
    services: Services, admin: Actor, agent: Actor, draft: MailDraft
) -> None:
    one = await services.mail_outbox.queue(agent, draft)
    await services.profiles.set(admin, "agent", Area.MAIL, Grant(view=True, scope=Scope.ALL))
    with pytest.raises(NotAllowed):
        await services.mail_outbox.queue(agent, draft)
    with pytest.raises(NotAllowed):
        await services.mail_outbox.retry(agent, one.id)


@one_store
async def test_nobody_reaches_the_outbox_of_another(
    services: Services, admin: Actor, agent: Actor, draft: MailDraft
) -> None:
    one = await services.mail_outbox.queue(agent, draft)
    other = admin
    assert await services.mail_outbox.list(other) == ()
    outbox = services.mail_outbox
    for call in (outbox.get, outbox.cancel, outbox.retry):
        with pytest.raises(NotFound):
            await call(other, one.id)
    with pytest.raises(NotFound):
        await outbox.resolve_unknown(other, one.id, was_sent=False)


@one_store
async def test_only_what_is_in_sight_can_be_named(
    services: Services, clock: FrozenClock, admin: Actor, agent: Actor, draft: MailDraft
) -> None:
    beta = await add_user(services, admin, "beta", "agent")
    theirs = await connect(services, clock, beta, "beta@ours.example", Sharing.PRIVATE)
    await theirs.receive(Written(message_id="a@x"))
    (row,) = (await services.mail_messages.list(beta)).rows
    contact = (
        await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    other = (await services.contacts.create(agent, {"last_name": "森"})).record
    of_other = (await services.deals.create(agent, {"name": "d", "contact": other.id})).record
    fine = (await services.deals.create(agent, {"name": "e", "contact": contact.id})).record
    nobody = Ref(Module.LEAD, "01890000-0000-7000-8000-000000000000", "")
    with pytest.raises(NotFound):
        await services.mail_outbox.queue(agent, replace(draft, answers=row.id))
    with pytest.raises(NotFound):
        await services.mail_outbox.queue(agent, replace(draft, add_to=(nobody,)))
    with pytest.raises(Invalid, match="None of the contacts"):
        await services.mail_outbox.queue(agent, replace(draft, deal_id=of_other.id))
    with pytest.raises(Invalid, match="one deal"):
        await services.mail_outbox.queue(agent, replace(draft, deal_id=fine.id, add_to=(of_other.ref,)))
    with pytest.raises(Invalid, match="leads, contacts and deals"):
        await services.mail_outbox.queue(agent, replace(draft, add_to=(Ref(Module.CASE, nobody.id, ""),)))
    with pytest.raises(Invalid, match="no such attachment"):
        await services.mail_outbox.queue(agent, replace(draft, attachments=(nobody.id,)))
    assert (await services.mail_outbox.queue(agent, replace(draft, deal_id=fine.id))).draft.deal_id == fine.id


async def test_mail_is_taken_back_only_before_it_is_sent(
    services: Services, agent: Actor, draft: MailDraft, clock: FrozenClock
) -> None:
    outbox, sending = services.mail_outbox, services.mail_sending
    one = await outbox.queue(agent, draft)
    assert (await outbox.cancel(agent, one.id)).draft == draft
    assert await outbox.list(agent) == ()
    one = await outbox.queue(agent, draft)
    job = await sending.take(one.id, WORKER)
    assert job is not None
    with pytest.raises(Conflict, match="just being sent"):
        await outbox.cancel(agent, one.id)
    await sending.begin(job, WORKER)
    await sending.ending(job, WORKER)
    await sending.unknown(job, WORKER, "lost")
    for call in (outbox.cancel, outbox.retry):
        with pytest.raises(Conflict, match="nobody knows"):
            await call(agent, one.id)
    again = await outbox.resolve_unknown(agent, one.id, was_sent=False)
    assert (again.state, again.message_id) == (OutgoingState.QUEUED, one.message_id)
    with pytest.raises(Conflict):
        await outbox.resolve_unknown(agent, one.id, was_sent=False)


async def test_a_mail_that_is_edited_is_not_sent_until_it_is_put_back_or_replaced(
    services: Services, agent: Actor, draft: MailDraft
) -> None:
    outbox, sending = services.mail_outbox, services.mail_sending
    one = await outbox.queue(agent, draft)
    assert (await outbox.hold(agent, one.id)).state is OutgoingState.FAILED
    assert await sending.due(agent.id) == ()
    await outbox.retry(agent, one.id)
    assert await sending.due(agent.id) == (one.id,)
    other = await outbox.queue(agent, draft, instead_of=one.id)
    assert [left.id for left in await outbox.list(agent)] == [other.id]
    job = await sending.take(other.id, WORKER)
    assert job is not None
    await sending.begin(job, WORKER)
    with pytest.raises(Conflict):
        await outbox.queue(agent, draft, instead_of=other.id)
    assert [left.id for left in await outbox.list(agent)] == [other.id]


async def test_what_a_server_took_is_stored_and_told_at_once(
    services: Services, agent: Actor, draft: MailDraft, clock: FrozenClock, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a")
    contact = (
        await services.contacts.create(agent, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    deal = (await services.deals.create(agent, {"name": "d", "contact": contact.id})).record
    sending = services.mail_sending
    one = await services.mail_outbox.queue(agent, replace(draft, attachments=(str(path),)))
    assert await sending.seconds_left(agent.id) == 0
    job = await sending.take(one.id, WORKER)
    assert job is not None
    await sending.begin(job, WORKER)
    await sending.ending(job, WORKER)
    raw = await composed(services, job, WORKER, ())
    refused = [Refusal("gone@example.jp", "550 no")]
    mail_id = await sending.sent(job, await arrival_of(raw, clock.now()), refused)
    await sending.release(WORKER)
    (told,) = await services.mail_outbox.list(agent, open_only=True)
    assert (told.state, told.mail_id, list(told.refused)) == (OutgoingState.SENT, mail_id, refused)
    assert (await services.mail_messages.get(agent, mail_id)).row.association.deal == deal.ref
    job = await sending.take(one.id, WORKER)
    assert job is not None
    assert (job.work, job.files[0].content) == (Work.COPY, b"a")
    await sending.not_copied(job, WORKER, "later")
    assert await sending.seconds_left(agent.id) == 60
    clock.advance(60)
    job = await sending.take(one.id, WORKER)
    assert job is not None
    await sending.copied(job, WORKER, CopyState.DONE)
    assert await sending.seconds_left(agent.id) is None
    # What is attached isn't kept twice; a mail that didn't reach everybody is shown for a week.
    async with services.core.store.read() as connection:
        assert [file.content for file in await MailOutboxRepository(connection).files(one.id)] == [None]
    clock.advance(8 * 24 * 3600)
    assert await services.mail_outbox.list(agent, open_only=True) == ()


async def test_who_lost_the_claim_says_and_sends_nothing_more(
    services: Services, agent: Actor, draft: MailDraft, clock: FrozenClock
) -> None:
    sending = services.mail_sending
    one = await services.mail_outbox.queue(agent, draft)
    first = await sending.take(one.id, WORKER)
    assert first is not None
    assert await sending.take(one.id, "worker 2") is None
    await sending.begin(first, WORKER)
    clock.advance(180)
    second = await sending.take(one.id, "worker 2")
    assert second is not None
    for step in (sending.renew(first, WORKER), sending.ending(first, WORKER)):
        with pytest.raises(Conflict):
            await step
    await sending.ending(second, "worker 2")
    clock.advance(-3600)
    assert await sending.holder(one.id) == "", "a clock that goes back keeps no claim"
    assert one.id in await sending.due(agent.id)
    assert await sending.take(one.id, "worker 3") is None, "nobody knows whether it was sent"
    assert (await services.mail_outbox.get(agent, one.id)).state is OutgoingState.UNKNOWN


@one_store
async def test_an_account_that_is_switched_off_meanwhile_sends_nothing(
    services: Services, agent: Actor, draft: MailDraft, box: Mailbox
) -> None:
    one = await services.mail_outbox.queue(agent, draft)
    await services.mail_accounts.disable(agent, box.account.id)
    assert await services.mail_sending.take(one.id, WORKER) is None
    assert (await services.mail_outbox.get(agent, one.id)).state is OutgoingState.FAILED
