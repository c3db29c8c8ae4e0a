"""What is overdue: the sign of a row and the condition of a view go by the end of an activity."""

from datetime import datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock, local_zone
from crm_tui.domain.actor import Actor
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import Criterion, ListQuery, Op, Sort
from crm_tui.domain.relative import Relative, Word
from crm_tui.services.container import Services
from screens.activity_rows import asked_of_activities, is_overdue

OVERDUE = Criterion("due_at", Op.EQ, Relative(Word.OVERDUE))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def now(services: Services, agent: Actor, clock: FrozenClock) -> datetime:
    """An event before, one around and one after this moment, and such of whole days; in the agent's zone."""
    clock.set_wall(clock.now().replace(hour=3, minute=30))
    now = clock.now().astimezone(local_zone(agent.zone))
    today = now.date()
    for name, start, end in (
        ("over", now - 2 * HOUR, now - HOUR),
        ("on", now - HOUR, now + HOUR),
        ("ahead", now + HOUR, now + 2 * HOUR),
        ("today", today, today),
        ("until today", today - DAY, today),
        ("yesterday", today - DAY, today - DAY),
    ):
        whole = not isinstance(start, datetime)
        await services.events.create(
            agent, {"subject": name, "starts_at": start, "ends_at": end, "all_day": whole}
        )
    await services.tasks.create(agent, {"subject": "task today", "due_date": today})
    await services.tasks.create(agent, {"subject": "task yesterday", "due_date": today - DAY})
    return now


async def overdue(services: Services, actor: Actor, now: datetime) -> set[str]:
    """Return what the condition finds, which is also what has the sign."""
    columns = asked_of_activities(())
    everything = await services.activities.list(actor, ListQuery(columns, Sort("due_at")), PageRequest())
    found = await services.activities.list(
        actor, ListQuery(columns, Sort("due_at"), (OVERDUE,)), PageRequest()
    )
    signed = {row.name for row in everything.rows if is_overdue(row, now)}
    assert {row.name for row in found.rows} == signed
    return signed


async def test_an_event_is_overdue_after_its_end(services: Services, agent: Actor, now: datetime) -> None:
    assert await overdue(services, agent, now) == {"over", "yesterday", "task yesterday"}


async def test_whole_days_are_overdue_on_the_day_after(
    services: Services, agent: Actor, now: datetime, clock: FrozenClock
) -> None:
    clock.set_wall(clock.now() + DAY)
    found = await overdue(services, agent, now + DAY)
    assert {"today", "until today", "on", "ahead", "task today"} <= found


async def test_a_list_is_in_the_order_in_which_things_begin(
    services: Services, agent: Actor, now: datetime
) -> None:
    query = ListQuery(("subject",), Sort("due_at"), (Criterion("kind", Op.EQ, "event"),))
    rows = (await services.activities.list(agent, query, PageRequest())).rows
    timed = [row.name for row in rows if row.name in ("over", "on", "ahead")]
    assert timed == ["over", "on", "ahead"]
