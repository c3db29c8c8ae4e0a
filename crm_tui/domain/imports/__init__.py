"""Rules and types of imports."""
