"""Items of Outlook for tests, and taking them over."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import RowAction, RowOutcome
from crm_tui.domain.outlook.items import Attendee, ItemKind, OutlookItem
from crm_tui.domain.sync.runs import RunState
from crm_tui.services.container import Services

SOURCE = "outlook:mine"
START = datetime(2026, 8, 3, 5, 0, tzinfo=UTC)
END = datetime(2026, 8, 3, 6, 0, tzinfo=UTC)


def contact(number: int = 1, remote_id: str = "c1", **values: object) -> OutlookItem:
    return OutlookItem(ItemKind.CONTACT, number, {"last_name": "田中", **values}, remote_id=remote_id)


def task(number: int = 1, remote_id: str = "t1", **values: object) -> OutlookItem:
    given = {"subject": "見積もり", "due_date": date(2026, 8, 20), **values}
    return OutlookItem(ItemKind.TASK, number, given, remote_id=remote_id)


def event(*addresses: str, number: int = 1, remote_id: str = "e1", **values: object) -> OutlookItem:
    given = {"subject": "定例", "starts_at": START, "ends_at": END, **values}
    people = tuple(Attendee(address) for address in addresses)
    return OutlookItem(ItemKind.EVENT, number, given, people, remote_id=remote_id)


async def run(
    services: Services,
    actor: Actor,
    *items: OutlookItem,
    removed: Sequence[tuple[ItemKind, str]] = (),
    category: str = "",
    source: str = SOURCE,
) -> Sequence[RowOutcome]:
    """Take items over in a run of their own, after a dry run that must have promised the same."""
    dry = await services.outlook.taking(actor, source, None, category)
    promised = await dry.take(items, removed)
    begun = await services.sync_runs.start(actor, source)
    taking = await services.outlook.taking(actor, source, begun, category)
    outcomes = await taking.take(items, removed)
    done = await services.sync_runs.finish(actor, begun.id)
    assert [one.action for one in promised] == [one.action for one in outcomes]
    assert dry.counts == taking.counts == done.counts
    assert done.state is RunState.DONE
    return outcomes


def actions(outcomes: Sequence[RowOutcome]) -> list[RowAction]:
    return [one.action for one in outcomes]
