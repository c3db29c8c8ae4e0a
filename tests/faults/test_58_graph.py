"""Fault 58: Microsoft Graph throttles, forgets, repeats itself, breaks off: nothing lost, nothing doubled."""

from typing import Any

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.modules import Module
from crm_tui.domain.sync.accounts import SyncState
from crm_tui.errors import CrmError
from crm_tui.net.errors import LineDown, Refused
from crm_tui.sync.errors import NotPermitted, ServerRefuses, SignInRefused, Throttled
from tests.fakes.graph import FakeGraph, Trouble
from tests.fakes.graph_answers import Answer, gone, throttled
from tests.fakes.graph_mailbox import CONTACTS, example
from tests.sync.conftest import (
    admin,
    agent,
    clock,
    graph,
    outlook,
    services,
    sqlite_templates,
    store_url,
    unconnected,
)
from tests.sync.mailbox import Connected, changed

__all__ = [
    "admin",
    "agent",
    "clock",
    "graph",
    "outlook",
    "services",
    "sqlite_templates",
    "store_url",
    "unconnected",
]

DELTA = "/contacts/delta"


def fill(outlook: Connected, number: int = 7) -> list[str]:
    """Put contacts into the mailbox."""
    return [
        outlook.box.contact(emailAddresses=[{"address": f"a{one}@contoso.example"}]) for one in range(number)
    ]


async def addresses(outlook: Connected) -> list[str]:
    """Return the addresses of all contacts here."""
    return sorted(str(one.get("email")) for one in await outlook.records(Module.CONTACT))


async def test_it_waits_as_long_as_it_is_asked_to(outlook: Connected) -> None:
    fill(outlook)
    await outlook.connect()
    outlook.pauses.clear()
    outlook.graph.troubles += [Trouble(DELTA, throttled(17)), Trouble("$skiptoken", throttled(3, 503))]
    assert (await outlook.run("contact")).counts.created == 7
    assert outlook.pauses == [17, 3]


async def test_without_a_time_it_waits_longer_and_longer(outlook: Connected) -> None:
    fill(outlook)
    outlook.pauses.clear()
    outlook.graph.troubles.append(Trouble(DELTA, throttled(None), times=4))
    assert (await outlook.run("contact")).counts.created == 7
    assert [low <= one <= 2 * low for one, low in zip(outlook.pauses, (0.5, 1, 2, 4), strict=True)] == [
        True
    ] * 4


async def test_a_long_wait_is_left_to_a_later_run(outlook: Connected, clock: FrozenClock) -> None:
    fill(outlook)
    outlook.graph.troubles.append(Trouble("$skiptoken", throttled(3600)))
    await outlook.services.sync_accounts.change(outlook.actor, outlook.account_id, interval_minutes=5)
    with pytest.raises(Throttled):
        await outlook.run("contact")
    account = await outlook.account()
    assert account.state is SyncState.WAITING
    assert account.next_run_at is not None
    assert (account.next_run_at - clock.now()).total_seconds() == 3600
    assert changed((await outlook.run("contact")).counts) == (4, 0, 3)


@pytest.mark.parametrize(
    "answer",
    [
        gone("https://graph.microsoft.com/v1.0/me/contacts/delta?$deltatoken="),
        (400, {}, example("error")),
    ],
    ids=["410", "syncStateNotFound"],
)
async def test_a_forgotten_round_is_begun_anew(
    outlook: Connected, clock: FrozenClock, answer: Answer
) -> None:
    ids = fill(outlook)
    await outlook.run("contact")
    clock.advance(60)
    outlook.box.remove(CONTACTS, ids[0])
    outlook.box.contact(ids[1], emailAddresses=[{"address": "a1@contoso.example"}], jobTitle="Chief")
    outlook.graph.troubles.append(Trouble("$deltatoken", answer))
    run = await outlook.run("contact")
    assert changed(run.counts) == (0, 1, 5)
    assert run.counts.removed == 1, "what a full round doesn't bring is gone"
    assert len(await addresses(outlook)) == 7
    assert (await outlook.run("contact")).counts.rows == 0


async def test_a_server_that_always_forgets_is_given_up(outlook: Connected) -> None:
    fill(outlook)
    outlook.graph.troubles.append(Trouble(DELTA, gone("x"), times=99))
    with pytest.raises(CrmError, match="forgotten"):
        await outlook.run("contact")
    assert outlook.graph.count(DELTA) == 3


async def test_pages_and_items_that_come_twice_count_once(outlook: Connected) -> None:
    fill(outlook)

    def doubled(answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"value": answer["value"] * 2}

    outlook.graph.troubles.append(Trouble(DELTA, times=99, change=doubled))
    run = await outlook.run("contact")
    assert changed(run.counts) == (7, 0, 0)
    assert run.counts.rows == 7


async def test_a_run_that_breaks_off_goes_on(outlook: Connected) -> None:
    fill(outlook)
    cut: Answer = (0, {}, None)
    outlook.graph.troubles.append(Trouble("$skiptoken", cut, times=99))
    with pytest.raises(LineDown):
        await outlook.run("contact")
    assert len(await addresses(outlook)) == 3
    account = await outlook.account()
    assert (account.cursors, account.state) == ({}, SyncState.WAITING)
    (run,) = await outlook.services.sync_runs.list(outlook.actor)
    assert (run.state.value, run.counts.created) == ("failed", 3)
    outlook.graph.troubles.clear()
    assert changed((await outlook.run("contact")).counts) == (4, 0, 3)
    assert await addresses(outlook) == [f"a{number}@contoso.example" for number in range(7)]


async def test_a_line_that_is_lost_once_is_opened_again(outlook: Connected) -> None:
    fill(outlook)
    outlook.graph.troubles.append(Trouble("$skiptoken", (0, {}, None)))
    assert (await outlook.run("contact")).counts.created == 7


async def test_a_token_is_shown_to_no_other_server(outlook: Connected) -> None:
    fill(outlook)
    with FakeGraph() as thief:

        def elsewhere(answer: dict[str, Any]) -> dict[str, Any]:
            return answer | {"@odata.nextLink": f"{thief.url}/v1.0/me/contacts/delta?$skiptoken=1"}

        outlook.graph.troubles.append(Trouble(DELTA, change=elsewhere))
        with pytest.raises(Refused, match="another server"):
            await outlook.run("contact")
        assert thief.asked == []
    assert (await outlook.account()).state is SyncState.REFUSED


@pytest.mark.parametrize("kind", ["@odata.nextLink", "@odata.deltaLink"])
@pytest.mark.parametrize("link", ["https://else.example/v1.0/x", "http://[::1"])
async def test_a_link_that_leads_elsewhere_is_not_kept_for_later(
    outlook: Connected, kind: str, link: str
) -> None:
    fill(outlook, 1)
    outlook.graph.troubles.append(
        Trouble(DELTA, change=lambda answer: {"value": answer["value"], kind: link})
    )
    with pytest.raises(Refused):
        await outlook.run("contact")
    assert (await outlook.run("contact")).state.value == "done"


async def test_links_that_lead_in_circles_end(outlook: Connected) -> None:
    fill(outlook, 1)

    def circle(answer: dict[str, Any]) -> dict[str, Any]:
        link = f"{outlook.graph.url}/v1.0/me/contactFolders/{CONTACTS}/contacts/delta?$skiptoken=0.1.0"
        return {"value": answer["value"], "@odata.nextLink": link}

    outlook.graph.troubles.append(Trouble(DELTA, times=99, change=circle))
    with pytest.raises(LineDown):
        await outlook.run("contact")
    assert outlook.graph.count(DELTA) == 2


@pytest.mark.parametrize(
    ("answer", "error", "state"),
    [
        (
            (403, {}, {"error": {"code": "ErrorAccessDenied", "message": "No \x1b[2J"}}),
            NotPermitted,
            "refused",
        ),
        ((401, {}, {"error": {"code": "InvalidAuthenticationToken"}}), SignInRefused, "refused"),
        ((418, {}, b"<html>teapot</html>"), LineDown, "waiting"),
        ((500, {}, b"<html>"), ServerRefuses, "waiting"),
        ((302, {"Location": "http://127.0.0.1:1/"}, {}), ServerRefuses, "waiting"),
        ((200, {}, b"[" * 100_000), LineDown, "waiting"),
        ((200, {}, b"[]"), LineDown, "waiting"),
    ],
    ids=["403", "401", "418", "500", "redirect", "nested", "list"],
)
async def test_other_answers_end_the_run_with_a_sentence(
    outlook: Connected, answer: Answer, error: type[CrmError], state: str
) -> None:
    outlook.graph.troubles.append(Trouble("contactFolders/", answer, times=99))
    fill(outlook, 1)
    with pytest.raises(error) as refused:
        await outlook.run("contact")
    assert "\x1b" not in str(refused.value)
    account = await outlook.account()
    assert account.state.value == state
    assert account.state_detail


async def test_a_token_that_is_refused_is_renewed_once(outlook: Connected) -> None:
    fill(outlook)
    outlook.graph.sign_in.valid.clear()
    assert (await outlook.run("contact")).counts.created == 7
    assert outlook.graph.asked_tokens[-1]["grant_type"] == "refresh_token"


@pytest.mark.parametrize(
    "page",
    [
        {"value": None},
        {"value": {"id": "x"}},
        {"value": [None, 1, "x", [], {}, {"id": None}, {"id": 5}, {"id": "ü"}, {"id": "x" * 5000}]},
        {
            "value": [
                {"id": "AAMk=", "surname": 5, "emailAddresses": [1], "businessAddress": [], "birthday": 3}
            ]
        },
        {
            "value": [
                {"id": "AAMk=", "surname": "\ud800\x00x", "categories": "Zoho", "birthday": "0000-99-99"}
            ]
        },
    ],
)
async def test_pages_of_another_shape_do_no_harm(outlook: Connected, page: dict[str, Any]) -> None:
    fill(outlook, 1)
    outlook.graph.troubles.append(Trouble(DELTA, change=lambda answer: answer | page))
    run = await outlook.run("contact")
    assert run.state.value == "done"
