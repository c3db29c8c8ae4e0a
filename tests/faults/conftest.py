"""The stores, services and users of the store tests, for what goes wrong with them."""

from tests.store.conftest import (
    admin,
    agent,
    clock,
    postgres_server,
    services,
    sqlite_template,
    store_url,
)

__all__ = ["admin", "agent", "clock", "postgres_server", "services", "sqlite_template", "store_url"]
