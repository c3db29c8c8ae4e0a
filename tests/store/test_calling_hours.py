"""When a call back is proposed: inside the calling hours of the number and of the organisation."""

from datetime import UTC, datetime

import pytest

from crm_tui.domain.actor import Actor, Grant, Scope
from crm_tui.domain.modules import Area
from crm_tui.services.container import Services

TOKYO, ARKANSAS, NOBODY = "03-1234-5678", "+1 501 555 0123", ""


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phone", "wanted", "proposed"),
    [
        (TOKYO, _at(24, 5, 30), _at(24, 5, 30)),
        (TOKYO, _at(23, 17, 45), _at(24, 0)),
        (NOBODY, _at(23, 17, 45), _at(24, 0)),
        # 9:00 there is midnight in Tokyo; 9:00 in Tokyo is 18:00 there, which suits both.
        (ARKANSAS, _at(23, 15), _at(24, 0)),
        (ARKANSAS, _at(24, 1, 15), _at(24, 1, 15)),
    ],
)
async def test_a_moment_outside_the_hours_moves_to_the_next_inside(
    services: Services, admin: Actor, phone: str, wanted: datetime, proposed: datetime
) -> None:
    await services.settings.set_option(admin, "time_zone", "Asia/Tokyo")
    assert services.calling_hours.next_inside(phone, wanted) == proposed


async def test_without_hours_in_common_the_clock_of_the_callee_counts(
    services: Services, admin: Actor
) -> None:
    await services.settings.set_option(admin, "time_zone", "Asia/Tokyo")
    await services.settings.set_option(admin, "call_window", "9:00-17:00")
    assert services.calling_hours.next_inside(ARKANSAS, _at(24, 1)) == _at(24, 15)
    await services.settings.set_option(admin, "call_window", "always")
    assert services.calling_hours.next_inside(ARKANSAS, _at(24, 1)) == _at(24, 1)


async def test_the_clock_of_somebody_is_told_outside_their_hours_and_of_nobody_out_of_sight(
    services: Services, admin: Actor, agent: Actor
) -> None:
    lead = (
        await services.leads.create(admin, {"last_name": "Roe", "company": "Roe Ltd", "phone": ARKANSAS})
    ).record
    there = await services.calling_hours.time_outside(agent, lead.ref, _at(24, 5))
    assert there is not None
    assert f"{there:%H:%M}" == "23:00"
    assert await services.calling_hours.time_outside(agent, lead.ref, _at(24, 16)) is None

    await services.profiles.set(admin, "agent", Area.LEAD, Grant(True, True, True, False, Scope.OWN))
    agent = await services.users.sign_in("sato")
    assert await services.calling_hours.time_outside(agent, lead.ref, _at(24, 5)) is None
