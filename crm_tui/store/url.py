"""Where a store is: ``sqlite:////path/crm.db`` or ``postgresql://…``."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from crm_tui.errors import Misconfigured
from crm_tui.i18n import _


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """A parsed store address.

    Attributes:
        url: With the asynchronous driver of the product.
        path: The file of an SQLite store, None for PostgreSQL.
    """

    url: URL
    path: Path | None

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is one file."""
        return self.path is not None

    def shown(self) -> str:
        """Return the address without its password."""
        return self.url.set(drivername=self.url.get_backend_name()).render_as_string(hide_password=True)


def parse_store_url(text: str) -> StoreUrl:
    """Parse a store address.

    Raises:
        Misconfigured: It is no address of a SQLite file or a PostgreSQL database.
    """
    hint = _("Give sqlite:////path/crm.db or postgresql://user@host/database.")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise Misconfigured(_("The store address can't be read."), hint) from error
    backend = url.drivername.split("+")[0]
    if backend == "sqlite":
        return _sqlite(url, hint)
    if backend in ("postgresql", "postgres"):
        return StoreUrl(url.set(drivername="postgresql+asyncpg"), None)
    raise Misconfigured(_("The store address can't be read."), hint)


def _sqlite(url: URL, hint: str) -> StoreUrl:
    name = url.database or ""
    if not name or name == ":memory:" or name.startswith("file:") or "\0" in name:
        raise Misconfigured(_("The store must be a file."), hint)
    path = Path(name).expanduser().absolute()
    return StoreUrl(URL.create("sqlite+aiosqlite", database=str(path)), path)
