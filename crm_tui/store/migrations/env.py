"""Runs the steps on the connection that `crm_tui.store.maintenance` hands over.

The caller begins and commits the one transaction around all steps: a process that is killed in
the middle leaves the old schema, and the next run starts from there.
"""

from alembic import context

from crm_tui.store.models import metadata


def _belongs(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the tables in which FTS5 keeps its index, and that of the latest commits."""
    return not (kind == "table" and name is not None and name.startswith(("search_index", "commits")))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
    include_name=_belongs,
    user_module_prefix="types.",
)
context.run_migrations()
