"""Which schema this program reads and writes, without importing the migrations."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.errors import StoreUnavailable
from crm_tui.i18n import _

STEPS = ("0002", "0003")
"""All migration steps in order; the last is the schema of this program. Below the first is too old."""

CURRENT = STEPS[-1]


async def stored_version(connection: AsyncConnection) -> str | None:
    """Return the step a store is at, None if it has no schema of this product."""
    try:
        found = await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    except DBAPIError as error:
        if "alembic_version" not in str(error):
            raise
        return None
    row = found.first()
    return None if row is None else str(row[0])


def check_version(found: str | None) -> None:
    """Refuse a store of another version.

    Raises:
        StoreUnavailable: The store is empty, older, or newer than this program.
    """
    if found == CURRENT:
        return
    if found is None:
        raise StoreUnavailable(
            _("This is no store of crm-tui yet. Nothing was changed."), _("Run “crm-tui db upgrade”.")
        )
    if found in STEPS:
        raise StoreUnavailable(
            _("The store is older than this program. Nothing was changed."), _("Run “crm-tui db upgrade”.")
        )
    if found < STEPS[0]:
        raise StoreUnavailable(
            _("The store is older than any that this program can upgrade. Nothing was changed."),
            _("Begin a new one with “crm-tui init”, or use the crm-tui that made it."),
        )
    raise StoreUnavailable(
        _("The store is newer than this program. Nothing was changed."), _("Install the current crm-tui.")
    )
