"""What one process commits, another one hears of: which records, once, and nothing of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.domain.picklists import Choice
from crm_tui.errors import NotAllowed
from crm_tui.services.container import Services
from crm_tui.store import news, watcher
from crm_tui.store.announcing import MOST_KEYS, decoded, encoded
from crm_tui.store.bell import Bell
from crm_tui.store.changes import EVERYTHING, Changed
from crm_tui.store.news import merged
from crm_tui.store.url import StoreUrl
from tests.store.conftest import execute, open_services

PATIENCE = 15.0


class Ear:
    """What the screens of a process are told."""

    def __init__(self, services: Services) -> None:
        self.heard: list[Changed] = []
        self._news = asyncio.Event()
        services.changes.subscribe(self._hear)

    def _hear(self, changed: Changed) -> None:
        self.heard.append(changed)
        self._news.set()

    async def until(self, wanted: Changed) -> None:
        """Wait until ``wanted`` was told."""
        async with asyncio.timeout(PATIENCE):
            while wanted not in self.heard:
                await self._news.wait()
                self._news.clear()


@pytest.fixture(autouse=True)
def no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two announcements, nor for a store that is away."""
    monkeypatch.setattr(watcher, "GAP", 0.0)
    monkeypatch.setattr(watcher, "FIRST_RETRY", 0.01)


@pytest.fixture
async def other(store_url: StoreUrl, services: Services, clock: FrozenClock) -> AsyncIterator[Services]:
    """Another session that watches the store."""
    opened = await open_services(store_url, clock)
    await opened.watch()
    yield opened
    await opened.close()


async def add(services: Services, actor: Actor, name: str) -> tuple[Module, str]:
    saved = await services.contacts.create(actor, {"last_name": name})
    return Module.CONTACT, saved.record.id


async def test_others_hear_which_record_was_changed(
    services: Services, other: Services, admin: Actor
) -> None:
    ear = Ear(other)
    key = await add(services, admin, "Sato")
    await ear.until(frozenset({key}))
    ear.heard.clear()
    await services.contacts.update(admin, key[1], {"title": "部長"})
    await ear.until(frozenset({key}))


async def test_a_name_that_others_show_concerns_every_screen(
    services: Services, other: Services, admin: Actor
) -> None:
    key = await add(services, admin, "Sato")
    ear = Ear(other)
    await services.contacts.update(admin, key[1], {"last_name": "Suzuki"})
    await ear.until(EVERYTHING)


async def test_a_session_hears_of_its_own_commit_once(
    services: Services, other: Services, admin: Actor
) -> None:
    ear = Ear(other)
    own = await add(other, admin, "Own")
    foreign = await add(services, admin, "Foreign")
    await ear.until(frozenset({foreign}))
    assert ear.heard == [frozenset({own}), frozenset({foreign})]


async def test_what_shows_nothing_to_others_wakes_nobody(
    services: Services, other: Services, admin: Actor, agent: Actor
) -> None:
    """Drafts, refusals and sealing the audit trail are no news."""
    ear = Ear(other)
    key = await add(services, admin, "Sato")
    await ear.until(frozenset({key}))
    with pytest.raises(NotAllowed):
        await services.contacts.delete(agent, [key[1]])
    await services.drafts.save(admin, "contact:new", {"last_name": "S"})
    await services.audit.seal()
    later = await add(services, admin, "Suzuki")
    await ear.until(frozenset({later}))
    assert ear.heard[-2:] == [frozenset({key}), frozenset({later})]


async def test_a_new_pick_list_value_is_there_in_other_sessions(
    services: Services, other: Services, admin: Actor
) -> None:
    ear = Ear(other)
    await services.picklists.add(admin, "lead_source", Choice("space_travel", "Space travel", "宇宙旅行"))
    await ear.until(EVERYTHING)
    assert "space_travel" in [choice.code for choice in other.picklists.values("lead_source")]


async def test_a_session_that_fell_far_behind_reads_everything(
    services: Services, other: Services, admin: Actor, store_url: StoreUrl
) -> None:
    if not store_url.is_sqlite:
        pytest.skip("notifications of PostgreSQL wait for their listeners")
    key = await add(services, admin, "Sato")
    ear = Ear(other)
    async with services.core.store.write(admin) as uow:
        for number in range(2_500):
            statement = "INSERT INTO commits (origin, changed) VALUES ('x', ?)"
            await uow.connection.exec_driver_sql(statement, (f"contact:{number}",))
        uow.touched(*key)
        await uow.commit()
    await ear.until(EVERYTHING)


async def test_without_inotify_the_store_is_looked_at(
    store_url: StoreUrl,
    services: Services,
    clock: FrozenClock,
    admin: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not store_url.is_sqlite:
        pytest.skip("concerns SQLite")

    def refuse(self: Bell, path: object) -> None:
        raise OSError("no inotify")

    monkeypatch.setattr(Bell, "__init__", refuse)
    monkeypatch.setattr(news, "LOOK_EVERY", 0.001)
    other = await open_services(store_url, clock)
    try:
        await other.watch()
        ear = Ear(other)
        await ear.until(frozenset({await add(services, admin, "Sato")}))
    finally:
        await other.close()


async def test_after_a_lost_connection_everything_is_read_again(
    services: Services, other: Services, admin: Actor, store_url: StoreUrl
) -> None:
    if store_url.is_sqlite:
        pytest.skip("a file has no connection")
    ear = Ear(other)
    address = store_url.url.set(drivername="postgresql").render_as_string(hide_password=False)
    await execute(
        address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    )
    await ear.until(EVERYTHING)
    await ear.until(frozenset({await add(services, admin, "Sato")}))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the file is looked at")
async def test_an_idle_watcher_never_wakes_up(services: Services, other: Services, admin: Actor) -> None:
    """A pause or a look at the store would be due in the event loop; nothing is."""
    ear = Ear(other)
    await ear.until(frozenset({await add(services, admin, "Sato")}))
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    timers: list[asyncio.TimerHandle] = loop._scheduled  # type: ignore[attr-defined]
    due = [timer for timer in timers if not timer.cancelled() and timer.when() < loop.time() + 60]
    assert due == []


def test_many_keys_become_everything() -> None:
    few = frozenset((Module.LEAD, f"{number:036}") for number in range(MOST_KEYS))
    assert decoded(encoded(few)) == few
    assert len(encoded(few)) < 7_900
    assert decoded(encoded(few | {(Module.CONTACT, "1")})) == EVERYTHING


def test_what_a_newer_program_announces_counts_as_everything() -> None:
    assert decoded("contact:1 starship:2") == EVERYTHING


def test_everything_stays_everything_with_more_keys() -> None:
    key: Changed = frozenset({(Module.LEAD, "1")})
    assert merged(EVERYTHING, key) == EVERYTHING
    assert merged(None, key) == key
    other: Changed = frozenset({(Module.LEAD, "2")})
    assert merged(key, other) == key | other
