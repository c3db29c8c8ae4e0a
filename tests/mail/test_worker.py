"""The worker with a real server and a real store: mail comes by itself, and what goes wrong is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import func, select

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, MailAccount, NewMailAccount, Sharing, Tls
from crm_tui.errors import Conflict
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.sign_in import Server
from crm_tui.mail.sync import Pace
from crm_tui.mail.worker import MailWorker, Rhythm, server_of
from crm_tui.net.errors import LineDown
from crm_tui.services.container import Services
from crm_tui.store.models.mail import mail_messages, mail_places
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.mail.proxy import Proxy

ALLOWED = ["localhost"]
QUICK = Rhythm(poll=60, look=0.05, first_pause=0.01, longest_pause=0.02, reported_after=2)


@pytest.fixture
async def actor(services: Services) -> Actor:
    """The owner of the accounts."""
    return await services.users.sign_in("root")


async def connect(
    services: Services, actor: Actor, mailbox: Mailbox, password: str = PASSWORD, port: int = 0
) -> MailAccount:
    """Connect the account of a mailbox."""
    new = NewMailAccount(
        f"{mailbox.user}@example.com",
        "localhost",
        Sharing.PRIVATE,
        port=port or mailbox.server.tls_port,
        tls=Tls.IMPLICIT,
        login=mailbox.user,
        password=password,
    )
    return await services.mail_accounts.add(actor, new)


def worker(
    services: Services,
    actor: Actor,
    mailbox: Mailbox,
    name: str = "worker 1",
    port: int = 0,
    rhythm: Rhythm = QUICK,
) -> MailWorker:
    """Return a worker that trusts the server of the tests, and perhaps reaches it through a proxy."""

    def make_server(account: MailAccount, allowed: Sequence[str]) -> Server:
        plain = server_of(account, allowed)
        trusted = mailbox.server.certificate.client_context()
        return Server(plain.host, port or plain.port, plain.tls, allowed, trusted, 5, 20)

    return MailWorker(
        services, actor, name, ALLOWED, rhythm=rhythm, pace=Pace(first=2, batch=3), make_server=make_server
    )


@asynccontextmanager
async def running(one: MailWorker) -> AsyncIterator[None]:
    """Let a worker work."""
    task = asyncio.create_task(one.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  # the server is the one who changes it
            await asyncio.sleep(0.02)


async def count(services: Services, account: MailAccount) -> int:
    """Return how many mails lie in all folders of an account."""
    intake = services.mail_intake.of(account.id, "reader")
    return sum(
        [
            await intake.count(folder.id, folder.cursor.uid_validity)
            for folder in await intake.folders()
            if folder.cursor
        ]
    )


async def state(services: Services, actor: Actor, account: MailAccount) -> AccountState:
    """Return where an account stands."""
    return (await services.mail_accounts.get(actor, account.id)).state


async def test_one_pass_fetches_all_folders(services: Services, actor: Actor, mailbox: Mailbox) -> None:
    mailbox.append(*"abcdefgh")
    mailbox.append(*"ij", folder="日本語")
    account = await connect(services, actor, mailbox)
    one = worker(services, actor, mailbox)
    assert await one.once(account) == 10
    assert await count(services, account) == 10
    assert await one.once(account) == 0
    assert await state(services, actor, account) is AccountState.CONNECTED
    assert await services.mail_accounts.lease_holder(account.id) == ""


async def test_mail_appears_by_itself(services: Services, actor: Actor, mailbox: Mailbox) -> None:
    mailbox.append("a")
    account = await connect(services, actor, mailbox)

    async def has(number: int) -> bool:
        return await count(services, account) == number

    async with running(worker(services, actor, mailbox)):
        await until(lambda: has(1))
        await asyncio.to_thread(mailbox.append, "b", "c")
        await until(lambda: has(3))
        await asyncio.to_thread(mailbox.expunge, [1])
        await until(lambda: has(2))
    assert await services.mail_accounts.lease_holder(account.id) == "", "others may take over at once"


async def test_a_wrong_password_is_tried_once_and_told(
    services: Services, actor: Actor, mailbox: Mailbox
) -> None:
    mailbox.append("a")
    account = await connect(services, actor, mailbox, "wrong")
    with pytest.raises(AuthFailed):
        await worker(services, actor, mailbox).once(account)

    async def is_in(wanted: AccountState) -> bool:
        return await state(services, actor, account) is wanted

    async with running(worker(services, actor, mailbox)):
        await until(lambda: is_in(AccountState.REFUSED))
        await asyncio.sleep(4 * QUICK.look)
        refused = mailbox.server.log().count(f"user=<{mailbox.user}>, method=PLAIN")
        assert refused == 2, "once by each worker"
        await services.mail_accounts.set_password(actor, account.id, PASSWORD)
        await until(lambda: is_in(AccountState.CONNECTED))
    assert await count(services, account) == 1


async def test_a_server_that_is_away_is_told_and_waited_for(
    services: Services, actor: Actor, mailbox: Mailbox
) -> None:
    account = await connect(services, actor, mailbox, port=1)

    async def waits() -> bool:
        return await state(services, actor, account) is AccountState.WAITING

    async with running(worker(services, actor, mailbox)):
        await until(waits)
    assert "localhost" in (await services.mail_accounts.get(actor, account.id)).state_detail


async def test_cut_anywhere_the_real_store_has_each_mail_once(
    services: Services, actor: Actor, mailbox: Mailbox
) -> None:
    account = await connect(services, actor, mailbox)
    intake = services.mail_intake.of(account.id, "reader")
    cuts = 0
    older: list[int] = []
    for step in range(9):
        uids = mailbox.append(f"{step} a", f"{step} b")
        mailbox.flag(uids[:1], "\\Seen")
        if step in (3, 5):
            mailbox.expunge(older[1:])
        if step == 6:
            mailbox.renumber(4715)
        older = uids
        with Proxy(mailbox.server.tls_port, after_bytes=3000 + 337 * step) as proxy:
            through = worker(services, actor, mailbox, port=proxy.port)
            with suppress(LineDown):
                await through.once(account)
            cuts += proxy.was_cut
        await worker(services, actor, mailbox).once(account)
        folder = next(one for one in await intake.folders() if one.name == "INBOX")
        assert folder.cursor is not None
        assert await intake.places(folder.id, folder.cursor.uid_validity) == mailbox.flags()
    assert cuts > 5
    async with services.core.store.read() as connection:
        messages = (await connection.execute(select(func.count()).select_from(mail_messages))).scalar_one()
        alive = mail_places.c.expunged_at.is_(None)
        places = (await connection.execute(select(func.count()).where(alive))).scalar_one()
    assert messages == 18
    assert places == len(mailbox.flags())


async def test_two_workers_never_read_one_account(services: Services, actor: Actor, mailbox: Mailbox) -> None:
    mailbox.append(*"abc")
    account = await connect(services, actor, mailbox)

    async def is_there() -> bool:
        return await count(services, account) == 3

    async with running(worker(services, actor, mailbox)):
        await until(is_there)
        with pytest.raises(Conflict):
            await worker(services, actor, mailbox, "worker 2").once(account)
        assert await services.mail_accounts.lease_holder(account.id) == "worker 1"


async def test_an_account_that_is_switched_off_is_left_alone(
    services: Services, actor: Actor, mailbox: Mailbox
) -> None:
    mailbox.append("a")
    account = await connect(services, actor, mailbox)

    async def is_there() -> bool:
        return await count(services, account) == 1

    one = worker(services, actor, mailbox)

    async def has_let_go() -> bool:
        return not one.has_work

    async with running(one):
        await until(is_there)
        await services.mail_accounts.disable(actor, account.id)
        await asyncio.to_thread(mailbox.append, "b")
        one.sync_now(account.id)
        await until(has_let_go)
        assert await count(services, account) == 1
        assert await state(services, actor, account) is AccountState.DISABLED
