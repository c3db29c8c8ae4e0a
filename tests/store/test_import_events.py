"""Events that are over come in as completed, and their source may still correct them."""

from datetime import date, datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import RowAction
from crm_tui.domain.imports.rules import ImportRules
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.items import OutlookItem
from crm_tui.domain.queries import Criterion, ListQuery, Op
from crm_tui.domain.records import Record
from crm_tui.errors import Immutable
from crm_tui.services.container import Services
from tests.store import outlook_items, taking
from tests.store.outlook_items import actions, event
from tests.store.taking import incoming

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

NOW = FrozenClock().now()
HOUR = timedelta(hours=1)
PAST, AHEAD = NOW - timedelta(days=3), NOW + timedelta(days=3)
OPEN = ListQuery(criteria=(Criterion("is_closed", Op.EQ, value=False),))
EVENTS = ImportRules(Module.EVENT)


def held(start: datetime, location: str = "") -> OutlookItem:
    return event(starts_at=start, ends_at=start + HOUR, location=location)


async def take(services: Services, actor: Actor, item: OutlookItem) -> tuple[RowAction, Record]:
    (outcome,) = await outlook_items.run(services, actor, item)
    assert outcome.ref is not None
    return outcome.action, await services.events.get(actor, outcome.ref.id)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"starts_at": "2026-11-20 10:00", "ends_at": "2026-11-20 11:00"}, "completed"),
        ({"starts_at": "2026-11-21 13:30", "ends_at": "2026-11-21 15:00"}, "scheduled"),
        ({"starts_at": "2026-11-20", "ends_at": "2026-11-21", "all_day": "yes"}, "scheduled"),
        ({"starts_at": "2026-11-19", "ends_at": "2026-11-20", "all_day": "yes"}, "completed"),
        ({"starts_at": "2026-11-20 10:00", "status": "scheduled"}, "scheduled"),
        ({"starts_at": "2026-11-20 10:00", "status": "cancelled"}, "cancelled"),
    ],
)
async def test_what_is_over_is_no_open_event(
    services: Services, agent: Actor, values: dict[str, object], status: str
) -> None:
    rows = incoming(Module.EVENT, [{"subject": "定例", **values}])
    _batch, (outcome,) = await taking.run(services, agent, EVENTS, rows)
    assert outcome.ref is not None
    assert (await services.events.get(agent, outcome.ref.id)).text("status") == status
    open_events = (await services.activities.count(agent, OPEN)).number
    assert open_events == (status == "scheduled")
    assert (await taking.dry(services, agent, EVENTS, rows)).unchanged == 1


async def test_outlook_may_correct_what_was_over_when_it_came(services: Services, admin: Actor) -> None:
    _action, made = await take(services, admin, held(PAST))
    assert made.text("status") == "completed"
    with pytest.raises(Immutable):
        await services.events.complete(admin, made.id)
    action, corrected = await take(services, admin, held(PAST, location="会議室"))
    assert (action, corrected.text("location")) == (RowAction.UPDATE, "会議室")
    assert corrected.text("status") == "completed"


async def test_what_is_held_again_is_open_again(services: Services, admin: Actor) -> None:
    await take(services, admin, held(PAST))
    action, moved = await take(services, admin, held(AHEAD))
    assert (action, moved.text("status")) == (RowAction.UPDATE, "scheduled")
    assert (await services.activities.count(admin, OPEN)).number == 1
    assert (await take(services, admin, held(AHEAD)))[0] is RowAction.UNCHANGED


async def test_what_was_completed_here_stays_as_it_is(
    services: Services, admin: Actor, clock: FrozenClock
) -> None:
    _action, made = await take(services, admin, held(AHEAD))
    clock.advance(timedelta(days=7).total_seconds())
    await services.events.complete(admin, made.id)
    (outcome,) = await outlook_items.run(services, admin, held(AHEAD, location="会議室"))
    assert actions([outcome]) == [RowAction.SKIP]


async def test_corrections_of_a_file_are_taken_back(services: Services, admin: Actor) -> None:
    row = {"subject": "定例", "starts_at": "2026-11-20 10:00", "ends_at": "2026-11-20 11:00"}
    await taking.run(services, admin, EVENTS, incoming(Module.EVENT, [row]))
    corrected = incoming(Module.EVENT, [{**row, "location": "会議室"}])
    batch, (outcome,) = await taking.run(services, admin, EVENTS, corrected)
    assert outcome.action is RowAction.UPDATE
    undone = await services.imports.undo(admin, batch.id)
    assert (undone.restored, undone.left_out) == (1, 0)


async def test_an_event_of_whole_days_is_over_by_the_readers_day(services: Services, admin: Actor) -> None:
    today = services.core.now_for(admin).date()
    days: list[tuple[date, str]] = [(today, "scheduled"), (today - timedelta(days=1), "completed")]
    for place, (day, status) in enumerate(days):
        item = event(starts_at=day, ends_at=day, all_day=True, remote_id=f"e{place}")
        _action, made = await take(services, admin, item)
        assert made.text("status") == status
