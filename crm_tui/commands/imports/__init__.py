"""``crm-tui import``."""
