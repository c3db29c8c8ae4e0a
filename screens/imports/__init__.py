"""Screens of imports: the file, its columns, the dry run, the report, and the list of imports."""
