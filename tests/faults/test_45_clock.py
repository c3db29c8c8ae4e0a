"""Fault 45: whatever happens to the clock during a call, its duration is right or said to be doubtful."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock, elapsed, local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.call import StartCall
from crm_tui.domain.when import parse_when
from crm_tui.formats import clock_warning
from crm_tui.services.container import Services

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TALK = 754
"""Seconds that pass between start and stop in every case."""


def wall(clock: FrozenClock, by: timedelta) -> None:
    clock.set_wall(clock.now() + by)


def boot_at(clock: FrozenClock, by: timedelta) -> None:
    clock.reboot()
    wall(clock, by)


def half_way(change: Callable[[FrozenClock], None]) -> Callable[[FrozenClock], None]:
    def happen(clock: FrozenClock) -> None:
        clock.advance(TALK // 2)
        change(clock)
        clock.advance(TALK - TALK // 2)

    return happen


CASES: dict[str, tuple[Callable[[FrozenClock], None], int, bool]] = {
    "nothing": (half_way(lambda clock: None), TALK, True),
    "an hour back": (half_way(lambda clock: wall(clock, -HOUR)), TALK, True),
    "a day on": (half_way(lambda clock: wall(clock, DAY)), TALK, True),
    "back to 1970": (half_way(lambda clock: clock.set_wall(datetime(1970, 1, 1, tzinfo=UTC))), TALK, True),
    "corrected by a second": (half_way(lambda clock: wall(clock, timedelta(seconds=1))), TALK, True),
    "asleep for an hour": (half_way(lambda clock: clock.advance(HOUR)), TALK + 3600, True),
    "a new boot": (half_way(lambda clock: clock.reboot()), TALK, True),
    "a new boot, an hour back": (
        half_way(lambda clock: boot_at(clock, -HOUR)),
        0,
        False,
    ),
    "a new boot, two days on": (
        half_way(lambda clock: boot_at(clock, 2 * DAY)),
        TALK + 2 * 86_400,
        False,
    ),
}


WARNED = {
    "an hour back": "set back by 1:00:00",
    "a day on": "set forward by 24:00:00",
    "back to 1970": "set back",
    "a new boot, an hour back": "can't be trusted",
    "a new boot, two days on": "can't be trusted",
}
"""The cases in which the two clocks disagree, and what is said of them."""


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", CASES)
async def test_the_duration_of_a_call(
    services: Services, agent: Actor, clock: FrozenClock, case: str
) -> None:
    happen, expected, reliable = CASES[case]
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    started = clock.now()
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    happen(clock)

    seen = elapsed(call.started_mark, call.starts_at or started, clock)
    stopped = await services.calls.stop(agent, call.id)

    assert (seen.seconds, seen.reliable) == (expected, reliable)
    assert stopped.duration_seconds == expected
    assert stopped.starts_at == started
    assert WARNED.get(case, "") in clock_warning(stopped)
    assert bool(clock_warning(stopped)) == (case in WARNED)
    assert (seen.shift != 0 or not seen.reliable) == (case in WARNED)
    clock.set_wall(clock.now() - HOUR)
    clock.advance(20)
    saved = await services.calls.save(agent, call.id, {})
    assert (saved.duration_seconds, saved.wrap_up_seconds) == (expected, 20)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "label"),
    [
        (datetime(2026, 3, 8, 10, 0, tzinfo=UTC), "spring"),
        (datetime(2026, 11, 1, 9, 0, tzinfo=UTC), "autumn"),
    ],
)
async def test_a_call_over_the_change_of_the_local_hour(
    services: Services, agent: Actor, clock: FrozenClock, change: datetime, label: str
) -> None:
    """Los Angeles changes at these moments; the agent's clock jumps, the duration doesn't."""
    zone = local_zone("America/Los_Angeles")
    before, after = (change - timedelta(minutes=5)), (change + timedelta(minutes=5))
    jump = after.astimezone(zone).replace(tzinfo=None) - before.astimezone(zone).replace(tzinfo=None)
    assert jump != timedelta(minutes=10), label
    contact = (await services.contacts.create(agent, {"last_name": "Sato"})).record
    clock.set_wall(before)
    call = await services.calls.start(agent, StartCall(who=contact.ref))
    clock.advance(600)
    saved = await services.calls.save(agent, call.id, {})
    assert (saved.duration_seconds, saved.starts_at, clock.now()) == (600, before, after)


def test_a_start_typed_in_the_hour_that_comes_twice_is_no_error_and_lies_in_it() -> None:
    now = datetime(2026, 11, 1, 12, 0, tzinfo=local_zone("America/Los_Angeles"))
    start = parse_when("2026-11-01 01:30", now=now, past=True).astimezone(UTC)
    assert start in (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), datetime(2026, 11, 1, 9, 30, tzinfo=UTC))
