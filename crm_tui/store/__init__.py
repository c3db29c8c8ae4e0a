"""The store: the only package that speaks SQL. SQLite and PostgreSQL through the same statements."""
