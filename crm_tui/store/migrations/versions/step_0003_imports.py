"""Imports and synchronisation; mailboxes can be removed."""

from crm_tui.store.migrations.imports_schema import imports, mail, synchronisation

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the schema of this step."""
    imports.create()
    synchronisation.create()
    imports.create_remarks()
    mail.create()
