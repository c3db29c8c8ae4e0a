"""A worker hears of what is changed and does it at once; it never waits for its next look."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, Sharing
from crm_tui.errors import NotSignedIn
from crm_tui.mail.holder import this_process
from crm_tui.mail.worker import Rhythm
from crm_tui.services.container import Services
from tests.mail.dovecot import PASSWORD, Mailbox
from tests.mail.test_worker import connect, count, running, state, until, worker

DEAF = Rhythm(poll=3600, look=3600)
"""Who only looked would find nothing for an hour."""


async def is_free(services: Services, account_id: str) -> bool:
    """Return whether nobody works for an account."""
    return await services.mail_accounts.lease_holder(account_id) == ""


async def test_accounts_passwords_and_folders(services: Services, agent: Actor, mailbox: Mailbox) -> None:
    mailbox.append("a")
    mailbox.append("b", folder="Old")
    async with running(worker(services, agent, mailbox, rhythm=DEAF)):
        account = await connect(services, agent, mailbox, "wrong")

        async def is_in(wanted: AccountState) -> bool:
            return await state(services, agent, account) is wanted

        async def has(number: int) -> bool:
            return await count(services, account) == number

        await until(lambda: is_in(AccountState.REFUSED))
        await until(lambda: is_free(services, account.id))
        await services.mail_accounts.set_password(agent, account.id, PASSWORD)
        await until(lambda: has(2))

        await services.mail_accounts.choose_folders(agent, account.id, ["INBOX"])
        mailbox.append("c", folder="Old")
        mailbox.append("d")
        await until(lambda: has(3))
        await services.mail_accounts.choose_folders(agent, account.id, ["INBOX", "Old"])
        await until(lambda: has(4))

        await services.mail_accounts.disable(agent, account.id)
        mailbox.append("e")
        await services.mail_accounts.enable(agent, account.id)
        await until(lambda: has(5))


async def test_the_lease_of_a_killed_worker_is_no_obstacle(
    services: Services, agent: Actor, mailbox: Mailbox
) -> None:
    mailbox.append("a")
    account = await connect(services, agent, mailbox)
    child = await asyncio.create_subprocess_exec("true")
    await child.wait()
    dead = str(replace(this_process(), pid=child.pid))
    assert await services.mail_accounts.take_lease(account.id, dead)

    async def has_one() -> bool:
        return await count(services, account) == 1

    async with running(worker(services, agent, mailbox, rhythm=DEAF)):
        await until(has_one)


async def test_a_worker_takes_over_when_another_one_ends(
    services: Services, agent: Actor, mailbox: Mailbox
) -> None:
    account = await connect(services, agent, mailbox)

    async def is_held_by(name: str) -> bool:
        return await services.mail_accounts.lease_holder(account.id) == name

    second = worker(services, agent, mailbox, "second", rhythm=DEAF)
    async with AsyncExitStack() as stack:
        async with running(worker(services, agent, mailbox, "first", rhythm=DEAF)):
            await until(lambda: is_held_by("first"))
            await stack.enter_async_context(running(second))
            await services.mail_accounts.share(agent, account.id, Sharing.SHARED)
            assert not second.has_work
        await until(lambda: is_held_by("second"))


async def test_nobody_fetches_for_a_user_who_was_disabled(
    services: Services, agent: Actor, mailbox: Mailbox
) -> None:
    await services.users.add(agent, {"name": "sato", "profile": "agent"})
    sato = await services.users.sign_in("sato")
    account = await connect(services, sato, mailbox)
    working = asyncio.create_task(worker(services, sato, mailbox, rhythm=DEAF).run())

    async def is_connected() -> bool:
        return await state(services, sato, account) is AccountState.CONNECTED

    await until(is_connected)
    await services.users.disable(agent, "sato")
    with pytest.raises(NotSignedIn):
        await working
    assert await is_free(services, account.id)
