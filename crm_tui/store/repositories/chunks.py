"""Long lists of values in statements: a part at a time, since stores take only so many."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

T = TypeVar("T")

AT_ONCE: Final = 500
"""Values that one statement names at most."""


def chunks(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Give ``values``, each once, in lists of at most ``size``."""
    listed = list(dict.fromkeys(values))
    for start in range(0, len(listed), size):
        yield listed[start : start + size]
