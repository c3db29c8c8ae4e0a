"""Targets for hours of random input. What they find becomes a case of an ordinary test."""
