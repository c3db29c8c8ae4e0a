"""Record ids: UUID version 7 (RFC 9562), sortable by the time they were made."""

import os
import re
import threading

from crm_tui.clock import clock

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
_COUNTER_BITS = 12


class _Sequence:
    """Millisecond and counter in one number that only grows (RFC 9562 section 6.2, method 1)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        milliseconds = int(clock().now().timestamp() * 1000)
        # A full counter, or a wall clock that was set back, carries on from the last value.
        with self._lock:
            self._last = max(milliseconds << _COUNTER_BITS, self._last + 1)
            return self._last


_sequence = _Sequence()


def _renew_sequence() -> None:
    global _sequence
    _sequence = _Sequence()


# A forked process must not wait for a lock that another thread of its parent held.
os.register_at_fork(after_in_child=_renew_sequence)


def new_id() -> str:
    """Return a new id in the usual form of a UUID, lower case, greater than all before in this process."""
    moment = _sequence.next()
    milliseconds, counter = moment >> _COUNTER_BITS, moment & (1 << _COUNTER_BITS) - 1
    # From the operating system: forked sessions share the state of Python's own generator.
    random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    number = milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_id(text: str) -> bool:
    """Return whether ``text`` has exactly the form that ``new_id`` gives."""
    return _ID.fullmatch(text) is not None
