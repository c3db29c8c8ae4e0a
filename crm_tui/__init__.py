"""crm-tui: a full-screen terminal CRM for call centres."""

__version__ = "0.1.0"
