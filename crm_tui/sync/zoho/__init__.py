"""Zoho CRM: the files of its data backup, and its REST API."""
