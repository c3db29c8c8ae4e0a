"""Text of one agent in several consoles: none is overwritten, none that is being typed is given away."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.services import draft_holders
from crm_tui.services.container import Services
from crm_tui.services.drafts import HELD
from crm_tui.store.url import StoreUrl
from tests.store.conftest import open_services

KEY = "contact:new"


@pytest.fixture
async def other(store_url: StoreUrl, services: Services, clock: FrozenClock) -> AsyncIterator[Services]:
    """Another console of the same agent."""
    opened = await open_services(store_url, clock)
    yield opened
    await opened.close()


async def test_what_is_being_typed_elsewhere_is_not_offered(
    services: Services, other: Services, agent: Actor
) -> None:
    await other.drafts.save(agent, KEY, {"last_name": "B"})
    assert await services.drafts.take(agent, KEY) is None
    await services.drafts.discard(agent, KEY)
    await services.drafts.save(agent, KEY, {"last_name": "A"})
    assert {
        (draft.payload["last_name"], draft.is_live) for draft in await services.drafts.pending(agent)
    } == {
        ("A", False),
        ("B", True),
    }
    await services.drafts.discard(agent, KEY)
    await other.drafts.release(agent, KEY)
    assert await services.drafts.take(agent, KEY) == {"last_name": "B"}
    assert await other.drafts.take(agent, KEY) is None
    await services.drafts.discard(agent, KEY)
    assert await other.drafts.pending(agent) == ()


async def test_the_text_of_a_killed_console_is_offered_at_once(
    services: Services, other: Services, agent: Actor
) -> None:
    await other.drafts.save(agent, KEY, {"last_name": "B"})
    other.drafts.end()
    assert await services.drafts.take(agent, KEY) == {"last_name": "B"}


async def test_a_console_on_another_machine_is_believed_for_a_while(
    services: Services, other: Services, agent: Actor, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await other.drafts.save(agent, KEY, {"last_name": "B"})
    other.drafts.end()
    monkeypatch.setattr(draft_holders, "_place", lambda: "elsewhere")
    clock.advance(int(HELD / timedelta(seconds=2)))
    await other.drafts.hold(agent, KEY)
    clock.advance(int(HELD / timedelta(seconds=1)) - 1)
    assert await services.drafts.take(agent, KEY) is None
    clock.advance(1)
    assert await services.drafts.take(agent, KEY) == {"last_name": "B"}


def test_a_process_that_is_gone_holds_nothing() -> None:
    place = draft_holders.new_holder().partition(":")[0]
    assert draft_holders.has_ended(f"{place}:{2**22 + 1}:x")
    assert not draft_holders.has_ended(f"{place}:1:x")
    assert draft_holders.has_ended("left")
