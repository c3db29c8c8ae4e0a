"""A store, an agent and a fake Microsoft Graph."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.sync.servers import ZohoServer
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl, parse_store_url
from tests.fakes.graph import FakeGraph
from tests.fakes.zoho import FakeZoho
from tests.store.conftest import SET_UP, admin, agent, clock, open_services, sqlite_templates
from tests.sync.mailbox import Connected, use_graph
from tests.sync.organisation import Organisation

__all__ = ["admin", "agent", "clock", "sqlite_templates"]


@pytest.fixture
def store_url(sqlite_templates: dict[str, Path], tmp_path: Path) -> StoreUrl:
    """A store of one kind: what differs between the two is tested below the services."""
    path = tmp_path / "crm.db"
    path.touch(mode=0o600)
    shutil.copyfile(sqlite_templates[SET_UP], path)
    return parse_store_url(f"sqlite:///{path}")


@pytest.fixture
async def services(store_url: StoreUrl, clock: FrozenClock) -> AsyncIterator[Services]:
    """The services on that store."""
    opened = await open_services(store_url, clock)
    yield opened
    await opened.close()


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    """A Microsoft Graph with an empty mailbox, which agrees to every sign-in."""
    with FakeGraph() as server:
        server.sign_in.pending = 0
        yield server


@pytest.fixture
def unconnected(services: Services, agent: Actor, graph: FakeGraph) -> Connected:
    """An agent who hasn't connected anything."""
    use_graph(services, graph)
    return Connected(services, agent, graph)


@pytest.fixture
async def outlook(unconnected: Connected) -> Connected:
    """An agent whose mailbox is connected: everything in it, by hand."""
    await unconnected.connect()
    return unconnected


@pytest.fixture
def zoho() -> Iterator[FakeZoho]:
    """An organisation of Zoho CRM without records."""
    with FakeZoho() as server:
        yield server


@pytest.fixture
async def unconnected_zoho(services: Services, admin: Actor, zoho: FakeZoho) -> Organisation:
    """An agent who hasn't connected it."""
    services.core.allow_hosts = ("127.0.0.1",)
    services.core.zoho = ZohoServer(zoho.url, zoho.url)
    return Organisation(services, admin, zoho)


@pytest.fixture
async def organisation(unconnected_zoho: Organisation) -> Organisation:
    """An agent who has."""
    await unconnected_zoho.connect()
    return unconnected_zoho
