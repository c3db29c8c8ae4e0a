"""Taking in items of Outlook by its own rules."""
