"""Fault 34: keys that are missing, wrong or damaged, secrets that were moved: refused; all else goes on."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, MailAccount, NewMailAccount, Provider
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.worker import MailWorker
from crm_tui.net.errors import Refused
from crm_tui.services.container import Services
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.url import StoreUrl
from tests.mail.scripted import ScriptedServer, Talk

Harm = Callable[[Services, MailAccount, MailAccount], Awaitable[None]]


async def _sealed(services: Services, account: MailAccount) -> str:
    async with services.core.store.read() as connection:
        return await MailAccountRepository(connection).secret(account.id)


async def _put(services: Services, account: MailAccount, sealed: str) -> None:
    async with services.core.store.write(None) as uow:
        await MailAccountRepository(uow.connection).set(account.id, {"sealed_secret": sealed})
        await uow.commit()


async def lost(services: Services, account: MailAccount, other: MailAccount) -> None:
    services.mail_accounts.secrets.key_file.path.unlink()


async def wrong(services: Services, account: MailAccount, other: MailAccount) -> None:
    await lost(services, account, other)
    services.mail_accounts.secrets.key_file.read()


async def damaged(services: Services, account: MailAccount, other: MailAccount) -> None:
    services.mail_accounts.secrets.key_file.path.write_text('{"current": "x", "keys": {}}')


async def moved(services: Services, account: MailAccount, other: MailAccount) -> None:
    await _put(services, account, await _sealed(services, other))


async def changed(services: Services, account: MailAccount, other: MailAccount) -> None:
    sealed = await _sealed(services, account)
    await _put(services, account, sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:])


async def shortened(services: Services, account: MailAccount, other: MailAccount) -> None:
    await _put(services, account, (await _sealed(services, account))[:24])


async def taken_away(services: Services, account: MailAccount, other: MailAccount) -> None:
    await _put(services, account, "")


@pytest.mark.parametrize("harm", [lost, wrong, damaged, moved, changed, shortened, taken_away])
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_what_does_not_open_is_shown_to_nobody_and_stops_mail_alone(
    services: Services, store_url: StoreUrl, agent: Actor, tmp_path: Path, harm: Harm
) -> None:
    services.core.key_file = tmp_path / "mail.key"

    def greets(talk: Talk) -> None:
        talk.say(b"* OK hello")

    with ScriptedServer(greets) as server:
        new = NewMailAccount("a@ours.example", "localhost", port=server.port, password="s3cret")
        account = await services.mail_accounts.add(agent, new)
        other = await services.mail_accounts.add(
            agent, NewMailAccount("b@ours.example", "mail.example", password="another")
        )
        await harm(services, account, other)
        account = await services.mail_accounts.get(agent, account.id)
        with pytest.raises((AuthFailed, Refused)) as caught:
            await MailWorker(services, agent, "worker 1", ["localhost"]).once(account)
        assert server.heard == [], "nothing was sent"
    assert "s3cret" not in str(caught.value)
    stopped = await services.mail_accounts.get(agent, account.id)
    assert stopped.state is AccountState.REFUSED
    assert stopped.state_detail == caught.value.message
    # Everything else goes on, and typing the password anew is all that is needed.
    assert (await services.contacts.create(agent, {"last_name": "Sato"})).record.id
    if harm is damaged:
        services.mail_accounts.secrets.key_file.path.unlink()
    again = await services.mail_accounts.set_password(agent, account.id, "typed again")
    assert again.state is AccountState.NEW
    assert await services.mail_accounts.secrets.open(again) == "typed again"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        {"tls": "starttls"},
        {"smtp_host": "evil.example"},
        {"smtp_port": 2525},
        {"smtp_tls": "none"},
        {"provider": Provider.GOOGLE},
        {"login": "x", "address": "x@ours.example"},
    ],
)
async def test_a_secret_goes_nowhere_it_was_not_typed_for(
    services: Services, store_url: StoreUrl, agent: Actor, tmp_path: Path, change: dict[str, object]
) -> None:
    """Fault 33, for what tests/store doesn't try: the way to the server, and the server that sends."""
    services.core.key_file = tmp_path / "mail.key"
    new = NewMailAccount("a@ours.example", "mail.example", password="s3cret")
    account = await services.mail_accounts.add(agent, new)
    assert (await services.mail_accounts.change(agent, account.id, {"address": "b@ours.example"})).has_secret
    after = await services.mail_accounts.change(agent, account.id, change)
    assert not after.has_secret
    assert await _sealed(services, after) == ""
