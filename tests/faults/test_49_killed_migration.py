"""Fault 49: a migration killed at any of its statements leaves the old schema or the new one."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from crm_tui.store import maintenance
from crm_tui.store.url import StoreUrl, parse_store_url
from crm_tui.store.version import CURRENT
from tests.store import postgres
from tests.store.conftest import execute

NEVER = 10**9


def upgrade_until(url: StoreUrl, last: int) -> int | None:
    """Upgrade in a process that is killed before statement ``last``.

    Returns:
        None if it was killed, else how many statements there are.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _upgrade_and_die(url, last, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        answer = answers.read()
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    assert os.WEXITSTATUS(status) == 0
    return int(answer)


def _upgrade_and_die(url: StoreUrl, last: int, writer: int) -> None:
    done = 0

    def count(*_arguments: object) -> None:
        nonlocal done
        done += 1
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)

    status = 1
    try:
        event.listen(Engine, "before_cursor_execute", count)
        asyncio.run(maintenance.upgrade(url))
        os.write(writer, str(done).encode())
        status = 0
    finally:
        os._exit(status)


def check_every_point(url: StoreUrl, points: list[int]) -> None:
    for point in points:
        assert upgrade_until(url, point) is None, point
        found, _needed = asyncio.run(maintenance.current(url))
        assert found in (None, CURRENT), point
    assert upgrade_until(url, NEVER) is not None
    assert asyncio.run(maintenance.check(url)) == []
    assert asyncio.run(maintenance.upgrade(url)) == CURRENT


def spread(total: int, number: int) -> list[int]:
    """Return about ``number`` statements out of ``total``, with the first and last few in any case."""
    return sorted({*range(1, 5), *range(5, total - 4, max(total // number, 1)), *range(total - 4, total + 1)})


@pytest.mark.slow
def test_on_sqlite(tmp_path: Path) -> None:
    total = upgrade_until(parse_store_url(f"sqlite:///{tmp_path / 'whole.db'}"), NEVER)
    assert total is not None
    assert total > 100
    check_every_point(parse_store_url(f"sqlite:///{tmp_path / 'crm.db'}"), spread(total, 20))


@pytest.mark.slow
@pytest.mark.postgres
def test_on_postgresql(postgres_server: str) -> None:
    urls = []
    for name in ("killed_whole", "killed"):
        asyncio.run(execute(postgres_server, f"CREATE DATABASE {name}"))
        urls.append(parse_store_url(postgres.address(postgres_server, name)))
    total = upgrade_until(urls[0], NEVER)
    assert total is not None
    check_every_point(urls[1], spread(total, 4))


@pytest.mark.postgres
def test_two_that_upgrade_at_once_take_turns(postgres_server: str) -> None:
    asyncio.run(execute(postgres_server, "CREATE DATABASE upgraded_twice"))
    url = parse_store_url(postgres.address(postgres_server, "upgraded_twice"))

    async def both() -> list[str | None]:
        return list(await asyncio.gather(maintenance.upgrade(url), maintenance.upgrade(url)))

    assert set(asyncio.run(both())) == {None, CURRENT}
