"""The first schema that stores are upgraded from."""

from alembic import op

from crm_tui.store.migrations import guards
from crm_tui.store.migrations.first_schema import (
    activities,
    journal,
    mail,
    mail_outbox,
    organisation,
    parties,
    queues,
    sales,
    screen_pops,
    service,
)

revision = "0002"
down_revision = None


def upgrade() -> None:
    """Make the schema of this step."""
    organisation.create()
    parties.create()
    sales.create()
    service.create()
    activities.create()
    mail.create()
    mail_outbox.create()
    journal.create()
    screen_pops.create()
    queues.create()
    guards.create(op.get_bind().dialect.name)
