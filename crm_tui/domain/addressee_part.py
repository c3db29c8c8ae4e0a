"""The part of a line of addressees that is being typed."""

from collections.abc import Iterator
from typing import Final

_SEPARATORS: Final = frozenset(",;，；、")
_QUOTES: Final = frozenset('"“”')


def part_at(text: str, cursor: int) -> tuple[int, int]:
    """Return where the part of a line that the cursor stands in begins and ends, empty or not.

    Args:
        text: Addressees as `addressees.read_addressees` reads them.
        cursor: Characters before the cursor.
    """
    start, end = next((span for span in _spans(text) if cursor <= span[1]), (len(text), len(text)))
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start, is_quoted = 0, False
    for place, character in enumerate(text):
        if character in _QUOTES:
            is_quoted = not is_quoted
        elif character in _SEPARATORS and not is_quoted:
            yield start, place
            start = place + 1
    yield start, len(text)
