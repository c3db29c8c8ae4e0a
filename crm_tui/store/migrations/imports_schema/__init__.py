"""The tables that imports and synchronisation brought, one file per subject."""
