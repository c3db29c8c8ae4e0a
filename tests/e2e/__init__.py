"""The installed program in a real terminal, from the first start to the logged call."""
