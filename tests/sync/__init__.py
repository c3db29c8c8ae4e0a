"""Synchronisation with Outlook and Zoho CRM."""
