"""Fault 44: a store that can't be written to says so; reading goes on, and nothing is half done."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.errors import CrmError, StoreUnavailable
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl, parse_store_url
from tests.store.conftest import open_services

NOBODY = 65534


def as_somebody_else(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run ``work`` in a process that has no special rights, and return what it found, as JSON.

    Permissions bind everybody but root, so root becomes somebody else first.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            os.write(writer, json.dumps(asyncio.run(work())).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return json.loads(answer)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can reach."""
    path = Path(tempfile.mkdtemp(prefix="crm-read-only-"))
    path.chmod(0o755)
    yield path
    path.chmod(0o755)
    shutil.rmtree(path)


async def attempt(url: StoreUrl) -> list[str]:
    """Open a store, read and write; return what came of it."""
    found = []
    try:
        services = await open_services(url, FrozenClock())
        actor = await services.users.sign_in("root")
        found.append(actor.name)
        try:
            await services.contacts.create(actor, {"last_name": "Sato"})
            found.append("written")
        finally:
            await services.close()
    except CrmError as error:
        found.append(f"{error.code}: {error}")
    return found


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o755), (0o444, 0o555), (0o000, 0o755)])
def test_a_file_without_the_right_to_write(
    sqlite_template: Path, folder: Path, file_mode: int, folder_mode: int
) -> None:
    path = folder / "crm.db"
    shutil.copyfile(sqlite_template, path)
    url = parse_store_url(f"sqlite:///{path}")
    asyncio.run(prepare(url))
    content = path.read_bytes()
    path.chmod(file_mode)
    folder.chmod(folder_mode)

    found = as_somebody_else(lambda: attempt(url))

    assert found[-1].startswith("store_unavailable: The store can't be written to. Nothing was saved.")
    assert "Traceback" not in found[-1]
    assert path.read_bytes() == content
    path.chmod(0o644)
    assert asyncio.run(attempt(url)) == ["root", "written"]


async def prepare(url: StoreUrl) -> None:
    services = await open_services(url, FrozenClock())
    await services.users.set_up("root")
    await services.close()


@pytest.mark.postgres
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_a_server_that_only_reads(
    services: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock
) -> None:
    async with services.core.store.read() as connection:
        name = store_url.url.database
        await connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        await connection.commit()
    standby = await open_services(store_url, clock)
    actor = await standby.users.sign_in("sato")
    with pytest.raises(StoreUnavailable) as refused:
        await standby.contacts.create(actor, {"last_name": "Sato"})
    assert "can't be written to. Nothing was saved" in refused.value.message
    await standby.close()
