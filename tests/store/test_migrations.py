"""The migrations make exactly the schema that the program's tables say, on both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.services.container import Services
from crm_tui.store import engine, maintenance
from crm_tui.store.models import metadata
from crm_tui.store.url import StoreUrl, parse_store_url
from crm_tui.store.version import CURRENT, STEPS


def differences(connection: Connection) -> list[Any]:
    """Return what a migration would still have to change."""
    options = {
        "compare_type": True,
        # SQLite gives an empty text back in another notation.
        "compare_server_default": connection.dialect.name != "sqlite",
        "target_metadata": metadata,
        "include_name": lambda name, kind, _parents: (
            not (kind == "table" and str(name).startswith(("search_index", "mail_index", "commits")))
        ),
        "include_object": lambda _object, name, kind, reflected, _other: (
            not (
                # Indexes that plain tables can't say; the migration writes them itself.
                kind == "index" and reflected and name in WRITTEN_BY_HAND
            )
        ),
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


WRITTEN_BY_HAND = {"uq_users_name_folded", "ix_search_documents_terms", "ix_mail_documents_terms"}


async def on(url: StoreUrl, work: Any) -> Any:
    opened = engine.make_engine(url)
    try:
        async with opened.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await opened.dispose()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection", "ignore:autogenerate skipping")
async def test_the_migrated_schema_is_that_of_the_tables(store_url: StoreUrl) -> None:
    assert await on(store_url, differences) == []


async def test_a_check_of_a_fresh_store_finds_nothing(store_url: StoreUrl) -> None:
    assert await maintenance.check(store_url) == []
    assert await maintenance.current(store_url) == (CURRENT, CURRENT)


async def test_upgrading_a_current_store_changes_nothing(
    services: Services, store_url: StoreUrl, agent: Actor, clock: FrozenClock
) -> None:
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    assert await maintenance.upgrade(store_url) == CURRENT
    assert await services.contacts.get(agent, contact.id) == contact


async def test_every_rule_of_the_schema_is_there(store_url: StoreUrl) -> None:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if store_url.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    names = set(await on(store_url, lambda connection: list(connection.scalars(text(query)))))
    own = (
        {"audit_no_update", "audit_no_delete"}
        if store_url.is_sqlite
        else {"audit_no_change", "audit_no_truncate"}
    )
    assert names >= {"activities_completed_call", *own}


def test_the_program_knows_every_step() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "crm_tui:store/migrations")
    config.set_main_option("path_separator", "os")
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(steps)) == STEPS


def test_a_new_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    assert asyncio.run(maintenance.upgrade(parse_store_url(f"sqlite:///{path}"))) is None
    assert path.stat().st_mode & 0o777 == 0o600


async def test_every_table_is_there_and_has_a_primary_key(
    store_url: StoreUrl,
) -> None:
    def keys(connection: Connection) -> dict[str, Any]:
        found = inspect(connection)
        others = ("search_index", "mail_index", "commits", "alembic")
        names = [name for name in found.get_table_names() if not name.startswith(others)]
        return {name: found.get_pk_constraint(name)["constrained_columns"] for name in names}

    found = await on(store_url, keys)
    assert set(found) == set(metadata.tables)
    assert all(found.values())
