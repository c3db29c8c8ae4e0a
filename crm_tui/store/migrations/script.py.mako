"""${message}."""

import sqlalchemy as sa
from alembic import op

from crm_tui.store.models import types
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Make the schema of this step."""
    ${upgrades if upgrades else "pass"}
