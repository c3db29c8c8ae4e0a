"""How much of a terminal is painted: no real one is larger, a hostile one would keep the console busy."""

from textual import events
from textual.geometry import Size

MOST_COLUMNS = 500
MOST_ROWS = 200


def bounded(size: Size) -> Size:
    """Return ``size``, in each direction no larger than what is painted at most."""
    return Size(min(size.width, MOST_COLUMNS), min(size.height, MOST_ROWS))


def bounded_resize(event: events.Resize) -> events.Resize:
    """Return a resize of the terminal to what is painted of it."""
    size = bounded(event.size)
    return event if size == event.size else events.Resize(size, size)
