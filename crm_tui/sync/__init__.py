"""Data from elsewhere: files, Outlook and Zoho CRM. It saves through services, which know nothing of it."""
