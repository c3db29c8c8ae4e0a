"""Outlook's items from its files and from Microsoft Graph."""
