"""Screens of synchronisation: connections of Outlook and Zoho CRM, their settings and their runs."""
