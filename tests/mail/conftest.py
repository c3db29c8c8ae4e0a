"""Mail servers for the tests."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.services.container import Services
from crm_tui.store import maintenance
from crm_tui.store.url import parse_store_url
from tests.mail.dovecot import Dovecot, Mailbox, require_dovecot, running_dovecot
from tests.store.conftest import open_services


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot of this session."""
    require_dovecot()
    # Not tmp_path: the names of its sockets would be too long, and other accounts couldn't read it.
    base = Path(tempfile.mkdtemp(prefix="crm-dovecot-", dir="/tmp"))
    base.chmod(0o755)
    try:
        with running_dovecot(base) as server:
            yield server
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    """An empty mailbox."""
    return dovecot.new_mailbox()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose administrator is ``root``, to be copied."""
    path = tmp_path_factory.mktemp("template") / "crm.db"

    async def make() -> None:
        url = parse_store_url(f"sqlite:///{path}")
        await maintenance.upgrade(url)
        services = await open_services(url, FrozenClock())
        await services.users.set_up("root")
        await services.close()

    asyncio.run(make())
    return path


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the test; it moves when the test says so."""
    return FrozenClock()


@pytest.fixture
async def services(template: Path, tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Services]:
    """The services on a new store, with keys of its own."""
    path = tmp_path / "crm.db"
    shutil.copyfile(template, path)
    opened = await open_services(parse_store_url(f"sqlite:///{path}"), clock)
    opened.core.key_file = tmp_path / "mail.key"
    yield opened
    await opened.close()


@pytest.fixture
async def agent(services: Services) -> Actor:
    """The owner of the accounts."""
    return await services.users.sign_in("root")
