"""Mail goes out once: with real servers, a real store, and a line that breaks wherever it can."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import Decision, Sharing, Source, Tls
from crm_tui.domain.mail_outgoing import CopyState, OutgoingState
from crm_tui.domain.mail_prediction import Outcome
from crm_tui.domain.mail_writing import reply_to
from crm_tui.mail.attachments import contents
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.holder import this_process
from crm_tui.mail.outgoing import composed
from crm_tui.mail.parsing.message import parse
from crm_tui.mail.sign_in import Password, Server, Token
from crm_tui.mail.smtp import dotted, open_smtp
from crm_tui.mail.worker import MailWorker
from crm_tui.net.errors import Refused
from crm_tui.services.container import Services
from crm_tui.store.repositories.users import UserRepository
from tests.mail.desk import ALLOWED, SUBJECT, Desk, connect
from tests.mail.dovecot import PASSWORD, Dovecot, Mailbox
from tests.mail.proxy import Proxy
from tests.mail.smtp_server import Postbox, running_smtp


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with running_smtp(Postbox()) as running:
        yield running


@pytest.fixture
async def desk(
    services: Services, agent: Actor, clock: FrozenClock, mailbox: Mailbox, postbox: Postbox
) -> Desk:
    return Desk(services, agent, clock, await connect(services, agent, mailbox, postbox), mailbox, postbox)


async def test_a_mail_is_sent_stored_put_to_its_deal_and_copied(desk: Desk) -> None:
    services, actor = desk.services, desk.actor
    contact = (
        await services.contacts.create(actor, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    lead = (await services.leads.create(actor, {"last_name": "森", "company": "森商事"})).record
    await services.deals.create(actor, {"name": "predicted", "contact": contact.id})
    desk.clock.advance(60)
    chosen = (
        await services.deals.create(actor, {"name": "chosen", "contact": contact.id, "stage": "closed_lost"})
    ).record
    to = '"田中, 一郎" <Tanaka@example.jp>; hanako@example.jp'
    one = await desk.queue(
        to, bcc="secret@example.com", deal_id=chosen.id, add_to=(lead.ref,), cc="山田 <yamada@example.jp>"
    )
    done = await desk.sender().once(one.id)
    assert (done.state, done.reason, done.copy) == (OutgoingState.SENT, "", CopyState.DONE)
    (taken,) = desk.postbox.taken
    assert set(taken.to) == {
        "Tanaka@example.jp",
        "hanako@example.jp",
        "yamada@example.jp",
        "secret@example.com",
    }
    assert b"secret" not in taken.raw
    assert taken.raw.isascii()
    assert desk.postbox.hello == ["[127.0.0.1]"]
    mail = parse(taken.raw)
    assert (mail.subject, mail.text.strip()) == (SUBJECT, "よろしくお願いします。\n.")
    assert [one.name for one in mail.to] == ["田中, 一郎", ""]
    stored = await services.mail_messages.get(actor, done.mail_id or "")
    association = stored.row.association
    assert (stored.row.source, association.decision) == (Source.CRM, Decision.MANUAL)
    assert association.deal is not None
    assert association.deal.id == chosen.id
    assert [one.id for one in stored.leads] == [lead.id]
    assert [one.id for one in stored.contacts] == [contact.id]
    assert [parse(raw).message_id for raw in desk.copies()] == [done.message_id]
    assert done.message_id.endswith("@example.com")


async def test_an_answer_stays_in_its_thread_and_quotes(desk: Desk) -> None:
    first = await desk.sender().once((await desk.queue()).id)
    message = await desk.services.mail_messages.get(desk.actor, first.mail_id or "")
    draft = reply_to(message, ["agent@example.com"])
    assert draft.to == "tanaka@example.jp"
    second = await desk.queue(draft.to, subject=draft.subject, text=draft.text, answers=draft.answers)
    done = await desk.sender().once(second.id)
    mail = parse(desk.postbox.taken[-1].raw)
    assert (mail.in_reply_to, mail.references) == (first.message_id, (first.message_id,))
    assert mail.subject == f"Re: {SUBJECT}"
    assert "> よろしくお願いします。" in mail.text
    thread = await desk.services.mail_messages.thread(desk.actor, done.mail_id or "")
    assert [row.id for row in thread] == [first.mail_id, done.mail_id]


async def test_a_name_that_can_stand_in_no_mail_is_named_as_the_cause(desk: Desk) -> None:
    one = await desk.queue()
    async with desk.services.core.store.write(None) as uow:
        await UserRepository(uow.connection).change(
            desk.actor.id, {"display_name": "Mal\r\nBcc: x@inj.example"}
        )
        await uow.commit()
    done = await desk.sender().once(one.id)
    assert (done.state, desk.postbox.taken) == (OutgoingState.FAILED, [])
    assert "name of your user" in done.reason


async def test_what_a_dead_process_was_at_is_due_at_once(desk: Desk) -> None:
    one = await desk.queue()
    sending = desk.services.mail_sending
    dead = str(replace(this_process(), pid=2**22 + 1))
    job = await sending.take(one.id, dead)
    assert job is not None
    await sending.begin(job, dead)
    await sending.ending(job, dead)
    assert await sending.due(desk.actor.id) == ()
    assert await desk.sender().due() == (one.id,)


async def test_who_does_not_get_it_is_told(desk: Desk) -> None:
    desk.postbox.refused["gone@example.jp"] = "550 5.1.1 no such person\x1b[2J"
    done = await desk.sender().once((await desk.queue("tanaka@example.jp, gone@example.jp")).id)
    assert done.state is OutgoingState.SENT
    assert [(one.email, one.reason) for one in done.refused] == [
        ("gone@example.jp", "550 5.1.1 no such person[2J")
    ]
    assert [one.id for one in await desk.services.mail_outbox.list(desk.actor, open_only=True)] == [done.id]


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 4.3.0 later", OutgoingState.QUEUED), ("554 5.6.0 never", OutgoingState.FAILED)],
)
async def test_a_refused_mail_is_tried_again_or_fails(desk: Desk, answer: str, state: OutgoingState) -> None:
    desk.postbox.answer = answer
    one = await desk.queue()
    done = await desk.sender().once(one.id)
    assert (done.state, answer in done.reason) == (state, True)
    desk.postbox.answer = "250 taken"
    if state is OutgoingState.QUEUED:
        assert await desk.services.mail_sending.due(desk.actor.id) == ()
        desk.clock.advance(120)
        assert await desk.services.mail_sending.due(desk.actor.id) == (one.id,)
    else:
        await desk.services.mail_outbox.retry(desk.actor, one.id)
    done = await desk.sender().once(one.id)
    assert (done.state, len(desk.postbox.taken)) == (OutgoingState.SENT, 1)
    assert parse(desk.postbox.taken[0].raw).message_id == one.message_id


async def test_after_a_day_of_tries_it_fails(desk: Desk) -> None:
    desk.postbox.answer = "451 later"
    one = await desk.queue()
    await desk.sender().once(one.id)
    desk.clock.advance(25 * 3600)
    assert (await desk.sender().once(one.id)).state is OutgoingState.FAILED


async def test_the_line_is_cut_after_every_reply_and_no_mail_goes_out_twice(desk: Desk) -> None:
    sizes: list[int] = []

    def measure(piece: bytes) -> bytes:
        sizes.append(len(piece))
        return piece

    with Proxy(desk.postbox.port, rewrite=measure) as proxy:
        await desk.sender(port=proxy.port).once((await desk.queue()).id)
    desk.postbox.taken.clear()
    ends = [sum(sizes[:number]) for number in range(len(sizes))]
    states = []
    for end in ends:
        one = await desk.queue()
        with Proxy(desk.postbox.port, after_bytes=end) as proxy:
            done = await desk.sender(port=proxy.port).once(one.id)
        states.append(done.state)
        taken = [mail for mail in desk.postbox.taken if one.message_id.encode() in mail.raw]
        # Where the mail has come whole, and only there, its answer is missed.
        if done.state is OutgoingState.UNKNOWN:
            assert len(taken) == 1
            continue
        if done.state is OutgoingState.QUEUED:
            assert taken == []
            done = await desk.sender().once(one.id)
        taken = [mail for mail in desk.postbox.taken if one.message_id.encode() in mail.raw]
        assert (done.state, len(taken)) == (OutgoingState.SENT, 1)
    assert states.count(OutgoingState.UNKNOWN) == 1
    # Nobody sends what is unknown, however much time passes, until the agent has said what happened.
    (unknown,) = [
        one for one in await desk.services.mail_outbox.list(desk.actor) if one.state is OutgoingState.UNKNOWN
    ]
    desk.clock.advance(3 * 24 * 3600)
    assert await desk.services.mail_sending.due(desk.actor.id) == ()
    await desk.services.mail_outbox.resolve_unknown(desk.actor, unknown.id, was_sent=True)
    done = await desk.sender().once(unknown.id)
    assert (done.state, done.copy) == (OutgoingState.SENT, CopyState.DONE)
    assert (await desk.services.mail_messages.get(desk.actor, done.mail_id or "")).row.source is Source.CRM
    assert len(desk.postbox.taken) == len(ends)


async def test_a_worker_killed_before_the_end_leaves_it_to_another_and_after_it_to_the_agent(
    desk: Desk,
) -> None:
    sending = desk.services.mail_sending
    before, after = await desk.queue(), await desk.queue()
    for one, is_after in ((before, False), (after, True)):
        job = await sending.take(one.id, "killed")
        assert job is not None
        await sending.begin(job, "killed")
        if is_after:
            await sending.ending(job, "killed")
    assert await sending.take(before.id, "worker 2") is None
    desk.clock.advance(180)
    assert (await desk.sender("worker 2").once(before.id)).state is OutgoingState.SENT
    assert (await desk.sender("worker 2").once(after.id)).state is OutgoingState.UNKNOWN
    assert len(desk.postbox.taken) == 1


@pytest.mark.parametrize(("whole", "state"), [(True, OutgoingState.SENT), (False, OutgoingState.QUEUED)])
async def test_a_process_that_has_to_end_writes_down_what_is_certain(
    desk: Desk, whole: bool, state: OutgoingState
) -> None:
    one = await desk.queue()
    sending = asyncio.create_task(desk.sender().once(one.id))
    loop = asyncio.get_running_loop()

    def end() -> None:
        ended = threading.Event()
        loop.call_soon_threadsafe(sending.cancel)
        loop.call_soon_threadsafe(ended.set)
        ended.wait(10)

    if whole:
        desk.postbox.before_answer = end
    else:
        desk.postbox.before_addressee = end
    with pytest.raises(asyncio.CancelledError):
        await sending
    done = await desk.services.mail_outbox.get(desk.actor, one.id)
    assert (done.state, len(desk.postbox.taken)) == (state, int(whole))


async def test_two_workers_send_each_mail_once(desk: Desk) -> None:
    queued = [await desk.queue() for _each in range(6)]
    senders = [desk.sender("worker 1"), desk.sender("worker 2")]
    done = await asyncio.gather(*(sender.once(one.id) for one in queued for sender in senders))
    assert {(one.state, one.copy) for one in done} == {(OutgoingState.SENT, CopyState.DONE)}
    ids = [parse(mail.raw).message_id for mail in desk.postbox.taken]
    assert sorted(ids) == sorted(one.message_id for one in queued)
    assert len(desk.copies()) == len(queued)


async def test_a_running_sender_sends_what_is_queued(desk: Desk) -> None:
    running = asyncio.create_task(desk.sender().run())
    one = await desk.queue()
    async with asyncio.timeout(20):
        while (done := await desk.services.mail_outbox.get(desk.actor, one.id)).copy is not CopyState.DONE:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (done.state, len(desk.postbox.taken)) == (OutgoingState.SENT, 1)


async def test_a_copy_that_is_there_already_is_not_made_again(desk: Desk) -> None:
    one = await desk.queue()
    with Proxy(desk.mailbox.server.plain_port, before=b"Append completed") as proxy:
        done = await desk.sender(imap_port=proxy.port).once(one.id)
    assert proxy.was_cut
    assert (done.state, done.copy) == (OutgoingState.SENT, CopyState.WAITING)
    assert "couldn't be copied" in done.reason
    desk.clock.advance(120)
    done = await desk.sender().once(one.id)
    assert (done.copy, len(desk.copies()), len(desk.postbox.taken)) == (CopyState.DONE, 1, 1)


async def test_a_server_that_files_sent_mail_itself_gets_no_copy(desk: Desk) -> None:
    gmail = Proxy(
        desk.mailbox.server.plain_port, rewrite=lambda piece: piece.replace(b"NAMESPACE", b"X-GM-EXT-1")
    )
    with gmail as proxy:
        done = await desk.sender(imap_port=proxy.port).once((await desk.queue()).id)
    assert (done.copy, desk.copies()) == (CopyState.BY_SERVER, [])


async def test_the_copy_that_the_mailbox_gives_back_is_the_same_mail(desk: Desk) -> None:
    services, actor = desk.services, desk.actor
    contact = (
        await services.contacts.create(actor, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    deal = (await services.deals.create(actor, {"name": "only", "contact": contact.id})).record
    path = Path(desk.services.core.store.url.path or "").with_name("提案.txt")
    path.write_text("提案", "utf-8")
    done = await desk.sender().once((await desk.queue(attachments=(str(path),))).id)
    worker = MailWorker(desk.services, desk.actor, "worker 1", ALLOWED)
    assert await worker.once(desk.account) == 0
    (row,) = (await desk.services.mail_messages.list(desk.actor)).rows
    assert (row.id, row.source) == (done.mail_id, Source.CRM)
    assert (row.association.deal, row.association.decision) == (deal.ref, Decision.AUTO)
    (held,) = await contents(desk.services, desk.actor, row.id)
    assert held.data.decode() == "提案"


async def test_a_copy_that_is_fetched_before_the_answer_came_is_the_same_mail(desk: Desk) -> None:
    services, actor = desk.services, desk.actor
    await services.mail_accounts.share(actor, desk.account.id, Sharing.PRIVATE)
    contact = (
        await services.contacts.create(actor, {"last_name": "田中", "email": "tanaka@example.jp"})
    ).record
    deal = (await services.deals.create(actor, {"name": "only", "contact": contact.id})).record
    one = await desk.queue()
    job = await services.mail_sending.take(one.id, "worker 1")
    assert job is not None
    desk.mailbox.deliver([await composed(services, job, "worker 1", ALLOWED)], "Sent")
    assert await MailWorker(services, actor, "worker 1", ALLOWED).once(desk.account) == 1
    (row,) = (await services.mail_messages.list(actor)).rows
    assert row.association.outcome is Outcome.NOT_SHARED
    done = await desk.sender().once(one.id)
    (row,) = (await services.mail_messages.list(actor)).rows
    assert (row.id, row.source, row.association.deal) == (done.mail_id, Source.CRM, deal.ref)
    assert (done.copy, len(desk.copies())) == (CopyState.DONE, 1)


async def test_killed_between_the_last_byte_and_the_answer_it_is_unknown(desk: Desk) -> None:
    services, path = desk.services, desk.services.core.store.url.path
    services.core.key_file = None
    await services.mail_accounts.set_password(desk.actor, desk.account.id, PASSWORD)
    command = [sys.executable, "-m", "crm_tui", "mail", "send", "--from", desk.account.address]
    command += ["--to", "tanaka@example.jp", "--subject", "x", "--user", "root"]
    environment = {
        **os.environ,
        "CRM_TUI_STORE": f"sqlite:///{path}",
        "CRM_TUI_MAIL_ALLOW_HOSTS": "127.0.0.1",
    }
    child = await asyncio.create_subprocess_exec(*command, stdin=subprocess.DEVNULL, env=environment)
    desk.postbox.before_answer = child.kill
    assert await child.wait() == -9
    desk.postbox.before_answer = lambda: None
    (one,) = await services.mail_outbox.list(desk.actor)
    assert one.state is OutgoingState.SENDING
    # The process is known to be gone: nobody waits for the end of its claim.
    done = await desk.sender("worker 2").once(one.id)
    assert (done.state, len(desk.postbox.taken)) == (OutgoingState.UNKNOWN, 1)


@pytest.mark.parametrize("stripped", ["offer", "answer"])
async def test_without_the_encryption_that_was_asked_for_nothing_is_said(desk: Desk, stripped: str) -> None:
    await desk.services.mail_accounts.change(
        desk.actor, desk.account.id, {"smtp_tls": Tls.STARTTLS, "password": PASSWORD}
    )
    context = desk.mailbox.server.certificate.server_context()
    with running_smtp(Postbox(options={"tls_context": context})) as postbox:
        swap = {"offer": (b"STARTTLS", b"XXXXXXXX"), "answer": (b"220 Ready", b"454 Ready")}[stripped]
        with Proxy(postbox.port, rewrite=lambda piece: piece.replace(*swap)) as proxy:
            done = await desk.sender(port=proxy.port, trusted=True).once((await desk.queue()).id)
        assert done.state is OutgoingState.FAILED
        assert "encrypt" in done.reason
        assert (postbox.taken, postbox.logins) == ([], [])
        assert not any(b"AUTH" in piece or b"MAIL" in piece for piece in proxy.said)


async def test_a_refused_login_fails_and_says_so(desk: Desk) -> None:
    await desk.services.mail_accounts.set_password(desk.actor, desk.account.id, "wrong")
    done = await desk.sender().once((await desk.queue()).id)
    assert done.state is OutgoingState.FAILED
    assert "Check login and password" in done.reason


def test_encryption_and_ways_of_signing_in(dovecot: Dovecot) -> None:
    """Implicit TLS and STARTTLS, password and token; nothing is said to a server with another certificate."""
    served, trusted = dovecot.certificate.server_context(), dovecot.certificate.client_context()
    shown = (Password("agent", PASSWORD), Token("agent", "token"))
    for tls in (Tls.IMPLICIT, Tls.STARTTLS):
        postbox = Postbox(options={"tls_context": served} if tls is Tls.STARTTLS else {})
        with running_smtp(postbox, served if tls is Tls.IMPLICIT else None):
            for credentials in shown:
                server = Server("localhost", postbox.port, tls, ALLOWED, trusted, 5, 5)
                open_smtp(server, credentials).close()
            with pytest.raises(Refused, match="certificate"):
                open_smtp(Server("localhost", postbox.port, tls, ALLOWED, None, 5, 5), shown[0])
            with pytest.raises(AuthFailed):
                open_smtp(server, Token("agent", "old"))
        assert postbox.logins == ["agent", "agent", "agent"]


def test_no_line_of_a_mail_ends_it_early() -> None:
    raw = b"a\r\n.\r\nb\n.\nc\r.\rd\n.\r\n..e"
    assert dotted(raw) == b"a\r\n..\r\nb\r\n..\r\nc\r\n..\r\nd\r\n..\r\n...e\r\n"
