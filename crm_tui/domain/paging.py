"""Keyset pages: how every list is read, forwards and backwards, without OFFSET."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")

Position = tuple[str | int | float | None, ...]
"""Where a row stands in a sorted list: its sort values, then its id. Opaque to a screen."""

PAGE_SIZE = 64
"""Rows per page that a list reads at once; about three screens of a 24-row terminal."""


class Seek(Enum):
    """From where a page is read."""

    FIRST = "first"
    LAST = "last"
    AFTER = "after"
    BEFORE = "before"
    FROM = "from"
    """Like AFTER, with the row at the position itself when it still stands there."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page to read.

    Attributes:
        seek: Which end, or which side of ``position``.
        position: The row to continue from; None for FIRST and LAST.
        limit: Rows at most.
    """

    seek: Seek = Seek.FIRST
    position: Position | None = None
    limit: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in list order.

    Attributes:
        rows: The rows, always in the order of the list, also when read backwards.
        at_start: No row stands before the first of these.
        at_end: No row stands after the last of these.
    """

    rows: Sequence[T]
    at_start: bool
    at_end: bool
