"""The only source of time: the wall clock for records, a boot-wide counter for durations.

A duration is measured between two marks of the counter that runs on while the machine sleeps, so that a
changed wall clock can't spoil it and a restarted program can go on measuring.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import NewType, Protocol
from zoneinfo import ZoneInfo

from crm_tui.errors import Misconfigured
from crm_tui.i18n import _

ClockMark = NewType("ClockMark", str)
"""``<boot id>:<seconds since boot>``; to be stored and handed back, not to be read."""

PLAUSIBLE = timedelta(hours=24)
"""A call that seems longer, going by the wall clock alone, was more likely forgotten or the clock set."""

NOTICEABLE = 5.0
"""Seconds by which the wall clock and the counter may part: time servers correct clocks all the time."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LOCALTIME = Path("/etc/localtime")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def mark(self) -> ClockMark:
        """Return a mark to measure a duration from, good until the machine is started anew."""
        ...


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A measured duration.

    Attributes:
        seconds: Whole seconds, never negative.
        reliable: False when only the wall clock was left to go by and its answer can't be trusted.
        shift: Seconds by which the wall clock was set meanwhile, negative for back; see `clock_shift`.
    """

    seconds: int
    reliable: bool
    shift: int = 0


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        self._boot = _boot_id()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def mark(self) -> ClockMark:
        return ClockMark(f"{self._boot}:{_seconds_since_boot():.3f}")


class FrozenClock:
    """A clock that moves only when told to, for tests and reproducible sample data.

    Args:
        at: The moment it shows, aware.
        boot: Name of the boot that its marks belong to.
    """

    def __init__(self, at: datetime = datetime(2026, 11, 21, 5, 0, tzinfo=UTC), boot: str = "boot-1") -> None:
        self._now = at.astimezone(UTC)
        self._boot = boot
        self._seconds = 1000.0

    def now(self) -> datetime:
        return self._now

    def mark(self) -> ClockMark:
        return ClockMark(f"{self._boot}:{self._seconds:.3f}")

    def advance(self, by: timedelta | float) -> None:
        """Let time pass, in seconds or as a timedelta."""
        delta = by if isinstance(by, timedelta) else timedelta(seconds=by)
        self._now += delta
        self._seconds += delta.total_seconds()

    def set_wall(self, at: datetime) -> None:
        """Set the wall clock, as an administrator or a time server does; no time passes."""
        self._now = at.astimezone(UTC)

    def reboot(self, boot: str = "boot-2") -> None:
        """Start the machine anew: marks made before can't be compared with later ones."""
        self._boot = boot
        self._seconds = 0.0


def elapsed(since_mark: str | None, started_at: datetime, clock: Clock) -> Elapsed:
    """Return how long something has been running.

    Args:
        since_mark: The mark made at its start; None if there is none.
        started_at: Its start by the wall clock, aware; used when the mark is of another boot or machine.
        clock: The clock that made the mark.
    """
    between, wall = _between(since_mark, clock.mark()), clock.now() - started_at
    if between is not None:
        return Elapsed(int(between), reliable=True, shift=clock_shift(wall, between))
    seconds = max(int(wall.total_seconds()), 0)
    return Elapsed(seconds, reliable=timedelta(0) <= wall <= PLAUSIBLE)


def clock_shift(wall: timedelta, measured: float) -> int:
    """Return the seconds by which the wall clock was set while something lasted, 0 if it wasn't.

    Args:
        wall: How long it lasted by the wall clock.
        measured: How many seconds it lasted by the counter, which nobody can set.
    """
    shift = wall.total_seconds() - measured
    return round(shift) if abs(shift) > NOTICEABLE else 0


def same_boot(earlier: str, later: str) -> bool:
    """Return whether the time between two marks was measured by the counter."""
    return _between(earlier, later) is not None


def local_zone(name: str) -> tzinfo:
    """Return the time zone ``name`` of the IANA database; an empty name means the system's zone.

    Raises:
        Misconfigured: There is no such zone.
    """
    if not name:
        return _system_zone()
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise Misconfigured(
            _("There is no time zone %(name)r.") % {"name": name},
            _("Use a name such as Asia/Tokyo or Europe/London."),
        ) from error


def _between(earlier: str | None, later: str) -> float | None:
    """Return the seconds between two marks of the same boot, or None if they can't be compared."""
    boot, _sep, seconds = (earlier or "").rpartition(":")
    later_boot, _sep, later_seconds = later.rpartition(":")
    if not boot or boot != later_boot:
        return None
    with suppress(ValueError):
        difference = float(later_seconds) - float(seconds)
        # A counter that went back belongs to another time namespace; infinity and NaN to nobody.
        if 0 <= difference < float("inf"):
            return difference
    return None


def _boot_id() -> str:
    with suppress(OSError):
        return _BOOT_ID.read_text("ascii").strip()
    # Without a boot id a mark is worth nothing to another process, which then goes by the wall clock.
    return f"process-{os.getpid()}-{time.time_ns()}"


def _seconds_since_boot() -> float:
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


def _system_zone() -> tzinfo:
    """Return the zone of TZ or /etc/localtime with its whole history, not just today's offset."""
    sources: tuple[Callable[[], tzinfo], ...] = (_zone_of_link, _zone_of_file)
    name = os.environ.get("TZ", "").lstrip(":")
    if name:
        sources = (lambda: ZoneInfo(name),)
    for source in sources:
        with suppress(LookupError, ValueError, OSError):
            return source()
    return datetime.now().astimezone().tzinfo or UTC


def _zone_of_link() -> tzinfo:
    return ZoneInfo(os.path.realpath(_LOCALTIME).split("zoneinfo/", 1)[1])


def _zone_of_file() -> tzinfo:
    with _LOCALTIME.open("rb") as file:
        return ZoneInfo.from_file(file)


def until_next_second(since_mark: str | None, clock: Clock) -> float:
    """Return the seconds until the whole seconds since ``since_mark`` go up by one, for a display.

    One whole second if the mark is of another boot or machine.
    """
    between = _between(since_mark, clock.mark())
    return 1.0 if between is None else 1.0 - between % 1.0


_current: Clock = SystemClock()


def clock() -> Clock:
    """Return the clock of this process."""
    return _current


def use_clock(new: Clock) -> Clock:
    """Make ``new`` the clock of this process and return the one it replaces."""
    global _current
    old, _current = _current, new
    return old
