"""The stores, services and users of the store tests, for what goes wrong with them."""

from pathlib import Path

import pytest

from crm_tui.config import Config, load_config
from tests.mail.conftest import dovecot, mailbox
from tests.store.conftest import (
    admin,
    agent,
    clock,
    postgres_server,
    services,
    sqlite_template,
    sqlite_templates,
    store_url,
)

__all__ = [
    "admin",
    "agent",
    "clock",
    "dovecot",
    "mailbox",
    "postgres_server",
    "services",
    "sqlite_template",
    "sqlite_templates",
    "store_url",
]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The configuration of an agent with a store of their own."""
    return load_config(overrides={"store.url": f"sqlite:///{tmp_path / 'crm.db'}", "locale.region": "JP"})
