"""What Outlook has and what becomes of it here: items, fields, words, lengths, duplicates."""
