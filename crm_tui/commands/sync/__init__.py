"""``crm-tui sync``."""
