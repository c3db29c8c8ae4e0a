"""The tables of the first schema, one module per subject, in the order of their references."""
