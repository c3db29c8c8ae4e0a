"""Widgets that several screens share, one per file."""
