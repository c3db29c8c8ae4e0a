"""Mail accounts: whose they are, what becomes of their secrets, one worker at a time."""

import asyncio
from dataclasses import replace

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, Auth, MailAccount, NewMailAccount, Sharing
from crm_tui.errors import Conflict, CrmError, Invalid, NotAllowed, NotFound, Unavailable
from crm_tui.mail.first_contact import try_and_tell
from crm_tui.sealing import KeyFile
from crm_tui.services.container import Services
from crm_tui.services.mail_accounts import LEASE
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from crm_tui.store.url import StoreUrl
from tests.store.conftest import add_user, open_services
from tests.store.mailbox import connect

NEW = NewMailAccount("hanako@ours.example", "imap.ours.example", Sharing.PRIVATE, password="s3cret")


@pytest.fixture(autouse=True)
def keys(services: Services, tmp_path_factory: pytest.TempPathFactory) -> None:
    services.core.key_file = tmp_path_factory.mktemp("keys") / "mail.key"


async def test_a_password_is_sealed_and_never_shown(services: Services, agent: Actor, admin: Actor) -> None:
    account = await services.mail_accounts.add(agent, NEW)
    assert account.has_secret
    assert account.login == "hanako@ours.example"
    assert account.smtp_host == "imap.ours.example"
    assert await services.mail_accounts.secrets.open(account) == "s3cret"
    async with services.core.store.read() as connection:
        assert "s3cret" not in await MailAccountRepository(connection).secret(account.id)
    assert "s3cret" not in repr(account) + repr(NEW) + repr(await services.audit.list(admin))


@pytest.mark.parametrize("change", [{"host": "evil.example"}, {"port": 994}, {"login": "other"}])
async def test_a_secret_goes_to_no_other_server_than_it_was_typed_for(
    services: Services, agent: Actor, change: dict[str, object]
) -> None:
    account = await services.mail_accounts.add(agent, NEW)
    changed = await services.mail_accounts.change(agent, account.id, change)
    assert not changed.has_secret
    with pytest.raises(Unavailable):
        await services.mail_accounts.secrets.open(changed)
    again = await services.mail_accounts.set_password(agent, account.id, "new")
    assert await services.mail_accounts.secrets.open(again) == "new"
    kept = await services.mail_accounts.change(agent, account.id, {"address": "h@ours.example"})
    assert kept.has_secret


async def test_a_command_tells_the_password(services: Services, agent: Actor) -> None:
    account = await services.mail_accounts.add(
        agent,
        NewMailAccount("a@b.example", "b.example", Sharing.SHARED, password_command=("echo", "from; it")),
    )
    assert account.auth is Auth.COMMAND
    assert await services.mail_accounts.secrets.open(account) == "from; it"
    with pytest.raises(Invalid) as refused:
        await services.mail_accounts.change(agent, account.id, {"password": "typed"})
    assert set(refused.value.fields) == {"password"}, "it would be kept and never shown to anybody"


async def test_what_makes_no_account_is_refused_with_reasons(services: Services, agent: Actor) -> None:
    with pytest.raises(Invalid) as caught:
        await services.mail_accounts.add(agent, NewMailAccount("nobody", "a b/c", Sharing.SHARED, port=0))
    assert set(caught.value.fields) == {"address", "host", "smtp_host", "port"}
    await services.mail_accounts.add(agent, NEW)
    with pytest.raises(Conflict):
        await services.mail_accounts.add(agent, NEW)
    other = await services.mail_accounts.add(agent, replace(NEW, host="other.example"))
    with pytest.raises(Conflict):
        await services.mail_accounts.change(agent, other.id, {"host": NEW.host})
    assert await services.mail_accounts.get(agent, other.id) == other


async def test_who_tries_the_account_of_another_changes_nothing(
    services: Services, agent: Actor, admin: Actor
) -> None:
    account = await services.mail_accounts.add(agent, NEW)
    with pytest.raises(NotAllowed):
        await try_and_tell(services, admin, account)
    assert await services.mail_accounts.get(agent, account.id) == account


async def test_nobody_reaches_the_account_of_another(services: Services, agent: Actor, admin: Actor) -> None:
    account = await services.mail_accounts.add(agent, NEW)
    other = await add_user(services, admin, "kato", "agent")
    assert await services.mail_accounts.list(other) == ()
    for door in (
        services.mail_accounts.get(other, account.id),
        services.mail_accounts.change(other, account.id, {"host": "evil.example"}),
        services.mail_accounts.share(other, account.id, Sharing.SHARED),
        services.mail_accounts.disable(other, account.id),
        services.mail_accounts.fetch_now(other, account.id),
    ):
        with pytest.raises(NotFound):
            await door
    for refused in (
        services.mail_accounts.share(admin, account.id, Sharing.SHARED),
        services.mail_accounts.set_password(admin, account.id, "x"),
        services.mail_accounts.fetch_now(admin, account.id),
    ):
        with pytest.raises(NotAllowed):
            await refused
    asked = await services.mail_accounts.fetch_now(agent, account.id)
    assert (asked.state, asked.version > account.version) == (AccountState.NEW, True)
    disabled = await services.mail_accounts.disable(admin, account.id)
    assert await services.mail_accounts.fetch_now(agent, account.id) == disabled
    assert (disabled.is_enabled, disabled.state) == (False, AccountState.DISABLED)
    assert (await services.mail_accounts.enable(agent, account.id)).is_enabled


async def test_when_it_was_connected_is_kept(services: Services, clock: FrozenClock, agent: Actor) -> None:
    box = await connect(services, clock, agent)
    first = box.account.connected_at
    assert first == clock.now()
    clock.advance(30)
    await services.mail_accounts.set_state(box.account.id, "worker 1", AccountState.CONNECTED, synced=True)
    account = await services.mail_accounts.get(agent, box.account.id)
    assert (account.connected_at, account.last_sync_at) == (first, clock.now())


async def test_one_worker_at_a_time(
    services: Services, clock: FrozenClock, agent: Actor, store_url: StoreUrl
) -> None:
    account = await services.mail_accounts.add(agent, NEW)
    other = await open_services(store_url, clock)
    try:
        taken = await asyncio.gather(
            *(
                doors.mail_accounts.take_lease(account.id, f"worker {number}")
                for number, doors in enumerate((services, other) * 3)
            )
        )
        assert taken.count(True) == 1
        holder = f"worker {taken.index(True)}"
        assert await other.mail_accounts.lease_holder(account.id) == holder
        assert await services.mail_accounts.take_lease(account.id, holder)
        clock.advance(LEASE.total_seconds() + 1)
        assert await other.mail_accounts.take_lease(account.id, "late")
        with pytest.raises(Conflict):
            await services.mail_accounts.set_state(account.id, holder, AccountState.SYNCING)
        await other.mail_accounts.release_leases("late")
        # A clock that goes back by an hour mustn't keep a lease of another machine for an hour.
        assert await other.mail_accounts.take_lease(account.id, "ahead")
        clock.advance(-3600)
        assert await services.mail_accounts.lease_holder(account.id) == ""
        assert await services.mail_accounts.take_lease(account.id, "late")
        await services.mail_accounts.release_leases("late")
        assert await services.mail_accounts.take_lease(account.id, holder)
        await services.mail_accounts.disable(agent, account.id)
        assert not await services.mail_accounts.take_lease(account.id, holder)
    finally:
        await other.close()


class Killed(Exception):
    """The process ends here."""


async def test_a_change_of_keys_that_is_interrupted_leaves_every_secret_readable(
    services: Services, admin: Actor, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = services.mail_accounts
    with pytest.raises(NotAllowed):
        await doors.secrets.renew_key(agent)
    accounts: list[MailAccount] = []
    for number in range(4):
        new = NewMailAccount(f"a{number}@b.example", "b.example", Sharing.SHARED, password=f"secret {number}")
        accounts.append(await doors.add(agent, new))
    stored = MailAccountRepository.set

    for allowed in range(5):
        left = allowed

        async def dying(self: MailAccountRepository, *args: object, **named: object) -> bool:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return await stored(self, *args, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(MailAccountRepository, "set", dying)
        try:
            await doors.secrets.renew_key(admin)
        except Killed:
            assert allowed < 4
        monkeypatch.setattr(MailAccountRepository, "set", stored)
        assert [await doors.secrets.open(one) for one in accounts] == [f"secret {n}" for n in range(4)]
    assert await doors.secrets.renew_key(admin) == 4
    assert [await doors.secrets.open(one) for one in accounts] == [f"secret {n}" for n in range(4)]
    assert services.core.key_file is not None
    assert len(KeyFile(services.core.key_file).read().keys) == 1


async def test_folders_are_chosen(services: Services, clock: FrozenClock, agent: Actor) -> None:
    box = await connect(services, clock, agent)
    await services.mail_accounts.choose_folders(agent, box.account.id, ["Sent"])
    chosen = await services.mail_accounts.folders(agent, box.account.id)
    assert [(one.name, one.is_selected) for one in chosen] == [("INBOX", False), ("Sent", True)]
    with pytest.raises(CrmError):
        await services.mail_accounts.choose_folders(agent, box.account.id, ["Nowhere"])
