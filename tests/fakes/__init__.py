"""Servers that stand in for those of others, on real sockets."""
