"""Mail: parsing, the IMAP worker and sending. Nothing here runs in the process of a console's keys."""
