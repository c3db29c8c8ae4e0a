"""Connections of agents to other programs, their tokens and their runs."""
