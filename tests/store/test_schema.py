"""The migrations make exactly the tables that the statements are written for."""

import warnings
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from crm_tui.services.container import Services
from crm_tui.store.models import metadata


async def test_the_migrations_and_the_models_agree(services: Services) -> None:
    async with services.core.store.read() as connection:
        assert await connection.run_sync(_differences) == []


def _differences(connection: Connection) -> list[Any]:
    options = {"include_object": _is_ours, "compare_type": True}
    with warnings.catch_warnings(category=UserWarning, action="ignore"):
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Leave out what the guards make by hand, full-text search and commits, and the table of alembic."""
    if kind == "index":
        return name is None or not name.endswith(("_folded", "_terms"))
    return not (
        kind == "table"
        and name is not None
        and name.startswith(("search_index", "mail_index", "commits", "alembic_version"))
    )
