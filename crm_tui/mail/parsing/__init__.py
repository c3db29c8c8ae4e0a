"""From the bytes of a message to what an agent reads. Everything is bounded, nothing raises."""
