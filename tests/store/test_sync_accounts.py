"""Connections with Outlook and Zoho CRM: whose they are, who works on them, how far they are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.sync.accounts import NewSyncAccount, OutlookSettings, SyncAccount, SyncKind, SyncState
from crm_tui.errors import Conflict, Invalid, NotFound
from crm_tui.sealing import KeyFile
from crm_tui.services.container import Services
from crm_tui.services.sync.secrets import NoSyncSecret
from crm_tui.store.models.synchronisation import sync_accounts
from crm_tui.store.repositories.sync_accounts import SyncAccountRepository
from crm_tui.store.store import Store
from tests.store.conftest import add_user


async def connected(services: Services, actor: Actor, **more: object) -> SyncAccount:
    """Connect a mailbox."""
    values = {"address": "a@contoso.example", "remote_id": "oid-1", "secret": "token-1"} | more
    return await services.sync_accounts.connect(actor, NewSyncAccount(SyncKind.OUTLOOK, **values))  # type: ignore[arg-type]


async def test_nobody_else_finds_a_connection(services: Services, admin: Actor, agent: Actor) -> None:
    account = await connected(services, agent)
    accounts = services.sync_accounts
    assert await accounts.list(admin) == ()
    for name in (account.id, account.address, "outlook"):
        assert (await accounts.get(agent, name)).id == account.id
        with pytest.raises(NotFound):
            await accounts.get(admin, name)
    for work in (accounts.enable, accounts.disable, accounts.disconnect):
        with pytest.raises(NotFound):
            await work(admin, account.id)
    with pytest.raises(NotFound):
        await accounts.change(admin, account.id, interval_minutes=5)
    assert (await accounts.get(agent, account.id)).version == account.version


async def test_the_same_mailbox_of_two_agents_is_two_connections(
    services: Services, admin: Actor, agent: Actor
) -> None:
    other = await add_user(services, admin, "tanaka", "agent")
    first, second = await connected(services, agent), await connected(services, other)
    assert first.id != second.id
    assert first.source != second.source


async def test_several_of_a_kind_have_to_be_named(services: Services, agent: Actor) -> None:
    await connected(services, agent)
    await connected(services, agent, address="b@contoso.example", remote_id="oid-2")
    with pytest.raises(Conflict):
        await services.sync_accounts.get(agent, "outlook")
    assert (await services.sync_accounts.get(agent, "B@contoso.example")).remote_id == "oid-2"


async def test_settings_begin_with_a_full_round(services: Services, agent: Actor) -> None:
    account = await connected(services, agent)
    accounts, holder = services.sync_accounts, "here"
    assert await accounts.take_lease(account.id, holder)
    async with services.core.store.write(None) as uow:
        await accounts.save_cursors(uow, account.id, holder, {"contact": "c1", "task": "t1"})
        await uow.commit()
    async with services.core.store.write(None) as uow:
        await accounts.save_cursors(uow, account.id, holder, {"contact": "c2", "task": None})
        await uow.commit()
    assert (await accounts.get(agent, account.id)).cursors == {"contact": "c2"}
    await accounts.change(agent, account.id, interval_minutes=30)
    assert (await accounts.get(agent, account.id)).cursors == {"contact": "c2"}
    settings = OutlookSettings("Zoho", ("task",))
    changed = await accounts.change(agent, account.id, settings=settings.as_settings())
    assert (changed.cursors, OutlookSettings.of(changed.settings)) == ({}, settings)


@pytest.mark.parametrize("store_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_settings_that_change_meanwhile_wait_for_the_cursors(
    services: Services, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, holder, write = await connected(services, agent), "here", SyncAccountRepository.set
    refused = []

    async def looked(self: SyncAccountRepository, account_id: str, columns: Any, **more: Any) -> bool:
        async with services.core.store.read() as other:
            try:
                await other.execute(select(sync_accounts.c.id).with_for_update(nowait=True))
            except DBAPIError:
                refused.append(account_id)
        return await write(self, account_id, columns, **more)

    assert await services.sync_accounts.take_lease(account.id, holder)
    monkeypatch.setattr(SyncAccountRepository, "set", looked)
    async with services.core.store.write(None) as uow:
        await services.sync_accounts.save_cursors(uow, account.id, holder, {"contact": "c1"})
        await uow.commit()
    assert refused == [account.id]


async def test_only_the_holder_of_the_lease_writes(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    account = await connected(services, agent)
    accounts = services.sync_accounts
    assert await accounts.take_lease(account.id, "one")
    assert await accounts.take_lease(account.id, "one")
    assert not await accounts.take_lease(account.id, "two")
    assert (await accounts.get(agent, account.id)).holder == "one"
    with pytest.raises(Conflict):
        await accounts.set_state(account.id, "two", SyncState.READY)
    async with services.core.store.write(None) as uow:
        with pytest.raises(Conflict):
            await accounts.save_cursors(uow, account.id, "two", {"contact": "c"})
    await accounts.set_state(account.id, "one", SyncState.RUNNING)
    clock.advance(timedelta(minutes=3))
    now = await accounts.get(agent, account.id)
    assert (now.holder, now.state) == ("", SyncState.INTERRUPTED), "its process was killed"
    assert await accounts.take_lease(account.id, "two")


async def test_switched_off_nobody_works_on_it(services: Services, agent: Actor) -> None:
    account = await connected(services, agent, interval_minutes=5)
    accounts = services.sync_accounts
    assert await accounts.take_lease(account.id, "one")
    off = await accounts.disable(agent, account.id)
    assert (off.state, off.next_run_at) == (SyncState.DISABLED, None)
    with pytest.raises(Conflict):
        await accounts.set_state(account.id, "one", SyncState.READY)
    assert not await accounts.take_lease(account.id, "one")
    assert (await accounts.enable(agent, account.id)).next_run_at is not None


async def test_the_next_run_is_known(services: Services, agent: Actor, clock: FrozenClock) -> None:
    account = await connected(services, agent, interval_minutes=30)
    accounts = services.sync_accounts
    assert account.next_run_at == clock.now(), "at once, the first time"
    await accounts.take_lease(account.id, "one")
    await accounts.set_state(account.id, "one", SyncState.READY)
    assert (await accounts.get(agent, account.id)).next_run_at == clock.now() + timedelta(minutes=30)
    later = clock.now() + timedelta(hours=2)
    await accounts.set_state(account.id, "one", SyncState.WAITING, "Busy.", retry_at=later)
    assert (await accounts.get(agent, account.id)).next_run_at == later
    await accounts.set_state(account.id, "one", SyncState.REFUSED, "No.")
    assert (await accounts.get(agent, account.id)).next_run_at is None


@pytest.mark.parametrize("minutes", [-1, 1, 4, 7 * 24 * 60 + 1])
async def test_odd_intervals_are_refused(services: Services, agent: Actor, minutes: int) -> None:
    account = await connected(services, agent)
    with pytest.raises(Invalid):
        await services.sync_accounts.change(agent, account.id, interval_minutes=minutes)
    assert (await services.sync_accounts.get(agent, account.id)).interval_minutes == 0


async def test_a_version_that_was_changed_is_refused(services: Services, agent: Actor) -> None:
    account = await connected(services, agent)
    await services.sync_accounts.change(agent, account.id, interval_minutes=10)
    with pytest.raises(Conflict):
        await services.sync_accounts.change(agent, account.id, interval_minutes=20, version=account.version)


async def test_disconnected_its_token_is_gone(services: Services, agent: Actor) -> None:
    account = await connected(services, agent)
    await services.sync_accounts.disconnect(agent, account.id)
    assert await services.sync_accounts.list(agent) == ()
    with pytest.raises(NoSyncSecret):
        await services.sync_accounts.secret(account)


async def test_tokens_are_sealed_for_one_connection_and_keys_are_renewed(
    services: Services, admin: Actor, agent: Actor, tmp_path: Path
) -> None:
    services.core.key_file = tmp_path / "keys"
    account = await connected(services, agent)
    other = await connected(services, agent, address="b@x.jp", remote_id="oid-2", secret="token-2")
    secrets = services.sync_accounts.secrets
    assert await secrets.open(account) == "token-1"
    assert not await secrets.replace(account, "token-0", "token-x"), "somebody connected anew meanwhile"
    assert await secrets.replace(account, "token-1", "token-3")
    assert await services.mail_accounts.secrets.renew_key(admin) == 2
    assert len(KeyFile(tmp_path / "keys").read().keys) == 1
    assert [await secrets.open(one) for one in (account, other)] == ["token-3", "token-2"]
    await _swap_secrets(services.core.store, account.id, other.id)
    with pytest.raises(NoSyncSecret):
        await secrets.open(account)


async def _swap_secrets(store: Store, one: str, other: str) -> None:
    async with store.write(None) as uow:
        repository = SyncAccountRepository(uow.connection, uow.at)
        await repository.set(one, {"sealed_secret": await repository.secret(other)})
        await uow.commit()
