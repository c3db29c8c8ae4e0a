"""Taking in records from files and organisations: deciding, writing, batches, undoing."""
