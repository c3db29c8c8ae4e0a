"""Types of connections to other programs and of their runs."""
