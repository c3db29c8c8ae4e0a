"""The schema, step by step. Alembic runs these through `crm_tui.store.maintenance`."""
