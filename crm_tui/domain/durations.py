"""Durations as agents type and read them."""

import re
import unicodedata

from crm_tui.i18n import _

LONGEST_DURATION = 99 * 3600 + 59 * 60 + 59
"""Seconds of the longest duration that can be typed."""

_CLOCK = re.compile(r"(?:([0-9]{1,2}):([0-5]?[0-9])|([0-9]{1,4})):([0-5][0-9])")
_UNITS = re.compile(
    r"(?:pt)?"
    r"(?:([0-9]{1,6}) ?(?:h|hrs?|hours?|時間) ?)?"
    r"(?:([0-9]{1,6}) ?(?:m|min|mins|minutes?|分) ?)?"
    r"(?:([0-9]{1,6}) ?(?:s|secs?|seconds?|秒))?",
)
_MINUTES = re.compile(r"[0-9]{1,4}")


class DurationError(ValueError):
    """A text is no duration; the message says what is accepted.

    Args:
        reason: ``empty``, ``unknown`` or ``out_of_range``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(_("This isn't a duration. Examples: 3:20, 1:02:03, 200s, 5m, 3m20s."))
        self.reason = reason


def parse_duration(text: str) -> int:
    """Return the seconds that ``text`` stands for.

    Accepts ``3:20`` (minutes and seconds), ``1:02:03``, numbers with units in English or Japanese
    (``3m20s``, ``200s``, ``3分20秒``) and a bare number, which means minutes.

    Raises:
        DurationError: Nothing of this fits, or it is longer than ``LONGEST_DURATION``.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text[:100]).casefold().split())
    if not plain:
        raise DurationError("empty")
    seconds = _seconds(plain)
    if seconds is None:
        raise DurationError("unknown")
    if seconds > LONGEST_DURATION:
        raise DurationError("out_of_range")
    return seconds


def format_duration(seconds: int) -> str:
    """Return ``3:20``, or ``1:02:03`` from an hour on; a negative number counts as none."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _seconds(plain: str) -> int | None:
    if match := _CLOCK.fullmatch(plain):
        hours, minutes, only_minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + (minutes + only_minutes) * 60 + seconds
    if _MINUTES.fullmatch(plain):
        return int(plain) * 60
    match = _UNITS.fullmatch(plain)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
