"""Sets of UIDs as IMAP writes them: ``1:3,7`` (RFC 9051, ``sequence-set``)."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GREATEST = 2**32 - 1
"""A UID is a number of 32 bits."""

_RANGE = re.compile(r"(\d+)(?::(\d+|\*))?")


@dataclass(frozen=True, slots=True)
class UidRanges:
    """UIDs as ranges. A server may name four milliards of them in fifteen characters: they are never listed.

    Attributes:
        ranges: First and last UID of each, ascending, not overlapping.
    """

    ranges: Sequence[tuple[int, int]] = ()

    @classmethod
    def read(cls, text: str) -> "UidRanges":
        """Return the set that a server wrote.

        Raises:
            ValueError: It isn't one.
        """
        found: list[tuple[int, int]] = []
        for part in filter(None, text.strip().split(",")):
            match = _RANGE.fullmatch(part)
            if match is None:
                raise ValueError("not a set of UIDs")
            first = int(match[1])
            last = first if match[2] is None else GREATEST if match[2] == "*" else int(match[2])
            found.append((min(first, last), max(first, last)))
        return cls(tuple(_joined(found)))

    def __contains__(self, uid: object) -> bool:
        if not isinstance(uid, int):
            return False
        at = bisect_right(self.ranges, (uid, GREATEST + 1)) - 1
        return at >= 0 and self.ranges[at][0] <= uid <= self.ranges[at][1]

    def within(self, uids: Iterable[int]) -> list[int]:
        """Return those of ``uids`` that belong to the set."""
        return [uid for uid in uids if uid in self] if self.ranges else []


def uid_set(uids: Iterable[int]) -> bytes:
    """Return UIDs as a command takes them.

    >>> uid_set([7, 1, 2, 3])
    b'1:3,7'
    """
    ranges = _joined([(uid, uid) for uid in uids])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges).encode()


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
