"""When a recurring event takes place, within bounds: rules may be endless, and some never come true."""

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import FrameType
from typing import Final

from crm_tui.sync.files.dates import Bad, When

MOST: Final = 1_000
"""Occurrences within the days that are asked for."""

CPU_SECONDS: Final = 0.5
"""Processor time that working out one event may take."""

_LONGEST_RULE: Final = 2_000
_UNTIL: Final = re.compile(r"UNTIL=(\d{8})(T\d{6})?(Z)?", re.ASCII | re.IGNORECASE)


def occurrences(
    start: When,
    rules: Sequence[str],
    also: Sequence[When],
    excepted: Sequence[When],
    days: tuple[date, date],
) -> list[When]:
    """Return the beginnings of an event within some days.

    Args:
        start: The first one; a day for an event of whole days.
        rules: RRULE values.
        also: RDATE values.
        excepted: EXDATE values.
        days: The first and the last day, in UTC.

    Raises:
        Bad: A rule can't be read, never comes true, or yields too much.
    """
    zone = start.tzinfo if isinstance(start, datetime) else None
    with cpu_limit(CPU_SECONDS):
        found = {_wall(one, zone) for one in also}
        for rule in rules:
            found |= set(_by_rule(_wall(start, zone), rule, zone, days))
    if not rules:
        found.add(_wall(start, zone))
    found -= {_wall(one, zone) for one in excepted}
    typed = [_typed(one, start, zone) for one in sorted(found)]
    return [one for one in typed if days[0] <= _day(one) <= days[1]]


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Limit the processor time of what runs here.

    Raises:
        Bad: It took longer.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Bad("item_rule_long")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _by_rule(start: datetime, rule: str, zone: tzinfo | None, days: tuple[date, date]) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr

    if len(rule) > _LONGEST_RULE:
        raise Bad("item_rule", value=rule[:80])
    text = _UNTIL.sub(lambda found: _local_until(found, zone), rule)
    try:
        source = iter(rrulestr(text, dtstart=start))
        first = next(source, None)
    except Bad:
        raise
    except Exception as error:
        # It raises much more than it says, from broken rules.
        raise Bad("item_rule", value=rule[:80]) from error
    if first is None:
        raise Bad("item_rule_never")
    # A day more on both sides: the days are those of UTC.
    begin = datetime.combine(days[0] - timedelta(days=1), time.min)
    end = datetime.combine(days[1] + timedelta(days=2), time.min)
    number = 0
    one: datetime | None = first
    while one is not None and one < end:
        if one >= begin:
            number += 1
            if number > MOST:
                raise Bad("item_many", limit=MOST)
            yield one
        one = next(source, None)


def _local_until(found: re.Match[str], zone: tzinfo | None) -> str:
    """Return UNTIL by the clock of the event: the rule is worked out by it."""
    day, clock, is_utc = found.groups()
    if clock is None:
        return f"UNTIL={day}T235959"
    if not is_utc or zone is None:
        return f"UNTIL={day}{clock}"
    try:
        moment = datetime.strptime(f"{day}{clock}", "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return f"UNTIL={moment.astimezone(zone):%Y%m%dT%H%M%S}"
    except (ValueError, OverflowError):
        return f"UNTIL={day}{clock}"


def _wall(moment: When, zone: tzinfo | None) -> datetime:
    """Return a moment by the clock of the event, without its zone."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min)
    if moment.tzinfo is not None:
        moment = moment.astimezone(zone or UTC)
    return moment.replace(tzinfo=None)


def _typed(wall: datetime, start: When, zone: tzinfo | None) -> When:
    return wall.replace(tzinfo=zone) if isinstance(start, datetime) else wall.date()


def _day(moment: When) -> date:
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
