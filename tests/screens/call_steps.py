"""What the tests of calls share: a clock that stands still, and the first keys of a call."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crm_tui.clock import FrozenClock, use_clock
from crm_tui.domain.call import Call
from crm_tui.domain.paging import PageRequest
from crm_tui.domain.queries import ListQuery, Sort
from screens.call_logger import CallLoggerScreen
from screens.record_list import RecordListScreen
from tests.screens.conftest import Console

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenClock]:
    """A clock that moves only when told to, for the console and its services."""
    frozen = FrozenClock(NOW)
    old = use_clock(frozen)
    yield frozen
    use_clock(old)


async def focus_contact(console: Console, name: str) -> None:
    """Put the cursor of the contact list on a person."""
    await console.press("3")
    await console.until_on(RecordListScreen)
    await console.press("slash")
    await console.type_text(name)
    await console.press("enter")
    await console.until(lambda: (ref := console.app.record_in_focus()) is not None and name in ref.name)


async def start_call(console: Console, name: str = "田中") -> CallLoggerScreen:
    """Start a call to a contact with one key and return its form."""
    await focus_contact(console, name)
    await console.press("f2")
    await console.until_on(CallLoggerScreen)
    await console.until(lambda: console.app.running_call is not None)
    screen = console.app.screen
    assert isinstance(screen, CallLoggerScreen)
    return screen


async def calls_in_store(console: Console) -> list[Call]:
    """Return all calls, the latest first."""
    query = ListQuery(("status",), Sort("created_at", descending=True))
    page = await console.services.calls.list(console.actor, query, PageRequest())
    return [await console.services.calls.get(console.actor, row.id) for row in page.rows]


async def stored_text(console: Console, key: str, text: str) -> None:
    while (await console.services.drafts.load(console.actor, key) or {}).get("description") != text:
        await console.pilot.pause(0.05)


def notices(console: Console) -> str:
    return "\n".join(str(note.message) for note in console.app._notifications)
