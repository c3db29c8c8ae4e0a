"""Automatic runs: when they are due, once, and not where somebody else works or nothing would help."""

from datetime import timedelta

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.sync.accounts import NewSyncAccount, SyncAccount, SyncKind, SyncState
from crm_tui.errors import Conflict, Unavailable
from crm_tui.services.container import Services
from crm_tui.sync.worker import SyncWorker
from tests.sync.mailbox import Connected


class Runs:
    """Runs that only say that they ended, or fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.of: list[str] = []

    async def run(self, services: Services, _actor: Actor, account: SyncAccount) -> None:
        self.of.append(account.address)
        if self.error is not None:
            raise self.error
        await services.sync_accounts.take_lease(account.id, "here")
        await services.sync_accounts.set_state(account.id, "here", SyncState.READY)
        await services.sync_accounts.release_leases("here", account.id)


async def connect(services: Services, actor: Actor, address: str, minutes: int) -> SyncAccount:
    """Connect a mailbox that is synchronised so often."""
    new = NewSyncAccount(SyncKind.OUTLOOK, address, address, "token", interval_minutes=minutes)
    return await services.sync_accounts.connect(actor, new)


async def test_what_is_due_is_synchronised(services: Services, agent: Actor, clock: FrozenClock) -> None:
    await connect(services, agent, "often", 5)
    await connect(services, agent, "seldom", 60)
    await connect(services, agent, "by hand", 0)
    runs = Runs()
    worker = SyncWorker(services, agent, runs.run)
    assert await worker.once() == clock.now() + timedelta(minutes=5)
    assert runs.of == ["often", "seldom"]
    assert worker.has_work
    clock.advance(timedelta(minutes=5))
    await worker.once()
    assert runs.of == ["often", "seldom", "often"]


async def test_nothing_automatic_is_no_work(services: Services, agent: Actor) -> None:
    await connect(services, agent, "by hand", 0)
    worker = SyncWorker(services, agent, Runs().run)
    assert await worker.once() is None
    assert not worker.has_work


async def test_a_failure_is_not_tried_again_and_again(
    services: Services, agent: Actor, clock: FrozenClock
) -> None:
    await connect(services, agent, "x", 5)
    for error in (Conflict("Somebody else."), Unavailable("No line.")):
        runs = Runs(error)
        assert await SyncWorker(services, agent, runs.run).once() == clock.now() + timedelta(seconds=60)
        assert runs.of == ["x"]


async def test_where_somebody_works_it_waits(services: Services, agent: Actor, clock: FrozenClock) -> None:
    account = await connect(services, agent, "x", 5)
    await services.sync_accounts.take_lease(account.id, "elsewhere/1///x")
    runs = Runs()
    next_at = await SyncWorker(services, agent, runs.run).once()
    assert runs.of == []
    assert next_at is not None
    assert next_at > clock.now()


async def test_a_mailbox_is_taken_over_by_itself(outlook: Connected) -> None:
    outlook.box.contact()
    await outlook.services.sync_accounts.change(outlook.actor, outlook.account_id, interval_minutes=30)
    await SyncWorker(outlook.services, outlook.actor).once()
    (run,) = await outlook.services.sync_runs.list(outlook.actor)
    assert (run.state.value, run.counts.created) == ("done", 1)
