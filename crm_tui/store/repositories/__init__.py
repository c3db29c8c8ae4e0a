"""All statements, one file per subject. Repositories take a connection and never commit."""
