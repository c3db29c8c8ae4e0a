"""Each test gets a store of its own, copied from one that the migrations made: SQLite and PostgreSQL."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.services.container import Services
from crm_tui.services.core import Core
from crm_tui.store import maintenance
from crm_tui.store.store import Store
from crm_tui.store.url import StoreUrl, parse_store_url
from tests.store import postgres

_numbers = itertools.count(1)

EMPTY, SET_UP = "template_empty", "template_set_up"


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """SQLite stores with the current schema: one with nothing in it, one whose administrator is ``root``."""
    folder = tmp_path_factory.mktemp("template")
    templates = {EMPTY: folder / f"{EMPTY}.db", SET_UP: folder / f"{SET_UP}.db"}
    asyncio.run(_make_templates(*(parse_store_url(f"sqlite:///{path}") for path in templates.values())))
    return templates


@pytest.fixture(scope="session")
def sqlite_template(sqlite_templates: dict[str, Path]) -> Path:
    """An SQLite store with the current schema and nothing in it."""
    return sqlite_templates[EMPTY]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server with databases that have the current schema, as `sqlite_templates` has them."""
    with postgres.server() as uri:
        for name in (EMPTY, SET_UP):
            asyncio.run(execute(uri, f"CREATE DATABASE {name}"))
        asyncio.run(
            _make_templates(*(parse_store_url(postgres.address(uri, name)) for name in (EMPTY, SET_UP)))
        )
        yield uri


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> StoreUrl:
    """A store with the current schema, on each database in turn; empty unless the test uses `services`."""
    template = SET_UP if "services" in request.fixturenames else EMPTY
    if request.param == "sqlite":
        path = tmp_path / "crm.db"
        shutil.copyfile(request.getfixturevalue("sqlite_templates")[template], path)
        return parse_store_url(f"sqlite:///{path}")
    uri = request.getfixturevalue("postgres_server")
    number = next(_numbers)
    name = f"crm_{number}"
    # The database of the test before goes first: hundreds of them are gigabytes to be written to the disk.
    drop = f"DROP DATABASE IF EXISTS crm_{number - 1} WITH (FORCE)"
    asyncio.run(execute(uri, drop, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    return parse_store_url(postgres.address(uri, name))


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the test; it moves when the test says so."""
    return FrozenClock()


@pytest.fixture
async def services(store_url: StoreUrl, clock: FrozenClock) -> AsyncIterator[Services]:
    """The services on a new store whose first administrator is ``root``."""
    opened = await open_services(store_url, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def admin(services: Services) -> Actor:
    """The first administrator."""
    return await services.users.sign_in("root")


@pytest.fixture
async def agent(services: Services, admin: Actor) -> Actor:
    """An agent with the standard profile: everything but deleting."""
    return await add_user(services, admin, "sato", "agent", full_name="佐藤 花子")


async def add_user(services: Services, admin: Actor, name: str, profile: str, **values: str) -> Actor:
    """Add a user and sign in as them."""
    await services.users.add(admin, {"name": name, "profile": profile, **values})
    return await services.users.sign_in(name)


async def open_services(url: StoreUrl, clock: FrozenClock) -> Services:
    """Open a second session on a store, as another process would."""
    store = Store(url, clock)
    services = Services.on(Core(store, clock))
    await services.settings.load()
    return services


async def _make_templates(empty: StoreUrl, set_up: StoreUrl) -> None:
    await maintenance.upgrade(empty)
    await maintenance.upgrade(set_up)
    services = await open_services(set_up, FrozenClock())
    await services.users.set_up("root")
    await services.close()


async def execute(uri: str, *statements: str) -> None:
    """Run statements one after the other, each in a transaction of its own."""
    import asyncpg

    connection = await asyncpg.connect(uri)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
