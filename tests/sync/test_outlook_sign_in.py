"""Connecting a mailbox: a code on a page of Microsoft, sealed tokens, and words for what goes wrong."""

import sys
from pathlib import Path

import pytest

from crm_tui.domain.actor import Actor, Grant
from crm_tui.domain.modules import Area
from crm_tui.domain.sync.accounts import OutlookSettings
from crm_tui.errors import CrmError, Misconfigured, NotAllowed
from crm_tui.services.container import Services
from crm_tui.store.url import StoreUrl
from crm_tui.sync.errors import SignInRefused
from crm_tui.sync.outlook.connecting import TokenKeeper, begin, finish
from tests.sync.mailbox import Connected, use_graph


async def test_a_mailbox_is_connected_by_a_code(unconnected: Connected) -> None:
    unconnected.graph.sign_in.pending = 2
    connecting = await begin(unconnected.services, unconnected.actor)
    assert (connecting.url, connecting.code) == ("https://microsoft.com/devicelogin", "GUDT5XQ9Z")
    account = await finish(unconnected.services, unconnected.actor, connecting, pause=unconnected.pause)
    assert (account.address, account.remote_id) == ("hanako@contoso.example", "oid-1")
    asked = unconnected.graph.asked_tokens
    assert asked[0]["path"] == "/common/oauth2/v2.0/devicecode"
    assert {"Contacts.Read", "Tasks.Read", "Calendars.ReadWrite", "offline_access"} <= set(
        asked[0]["scope"].split()
    )
    assert len(unconnected.pauses) == 3, "two answers that the agent hasn't agreed yet, then tokens"


async def test_tokens_are_sealed(outlook: Connected, store_url: StoreUrl) -> None:
    await outlook.run()
    assert store_url.path is not None
    for file in Path(store_url.path).parent.glob("crm.db*"):
        content = file.read_bytes()
        assert b"refresh-1" not in content
        assert b"access-1" not in content


async def test_a_server_that_tells_no_names_is_asked_for_them(unconnected: Connected) -> None:
    unconnected.graph.sign_in.names = False
    account = await unconnected.connect()
    assert (account.address, account.remote_id) == ("hanako@contoso.example", "oid-1")
    unconnected.box.contact()
    assert (await unconnected.run()).counts.created == 1


async def test_connecting_again_renews_the_sign_in_alone(outlook: Connected) -> None:
    outlook.box.contact()
    await outlook.run()
    settings = OutlookSettings(what=("contact",)).as_settings()
    first = await outlook.services.sync_accounts.change(
        outlook.actor, outlook.account_id, settings=settings, interval_minutes=60
    )
    again = await outlook.connect()
    assert (again.id, again.settings, again.interval_minutes) == (first.id, first.settings, 60)
    assert (await outlook.run()).counts.created == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": "authorization_declined"}, "not permitted"),
        ({"error": "expired_token"}, "expired"),
        (
            {
                "error": "invalid_client",
                "error_description": "AADSTS7000218: The request body must…\r\nTrace: 1",
            },
            "AADSTS7000218: The request body must… Ask your administrator to allow the device code flow",
        ),
        (
            {
                "error": "access_blocked",
                "error_description": "AADSTS53003: \x1b]0;x\x07Access has been blocked.",
            },
            "Access has been blocked. Ask your administrator",
        ),
    ],
)
async def test_a_refusal_is_told_in_microsofts_words(
    unconnected: Connected, answer: dict[str, str], words: str
) -> None:
    connecting = await begin(unconnected.services, unconnected.actor)
    unconnected.graph.sign_in.error = answer
    with pytest.raises(SignInRefused) as refused:
        await finish(unconnected.services, unconnected.actor, connecting, pause=unconnected.pause)
    assert words in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert await unconnected.services.sync_accounts.list(unconnected.actor) == ()


async def test_a_code_that_nobody_types_ends(unconnected: Connected) -> None:
    unconnected.graph.sign_in.pending = 1000
    clock = unconnected.services.clock
    connecting = await begin(unconnected.services, unconnected.actor)

    async def later(_seconds: float) -> None:
        clock.advance(300)  # type: ignore[attr-defined]

    with pytest.raises(SignInRefused, match="expired"):
        await finish(unconnected.services, unconnected.actor, connecting, pause=later)


async def test_a_token_is_renewed_when_it_ends(outlook: Connected) -> None:
    outlook.graph.sign_in.lasts = 10
    await outlook.connect()
    keeper = TokenKeeper(outlook.services, await outlook.account())
    first = await keeper.token()
    assert outlook.graph.asked_tokens[-1]["grant_type"] == "refresh_token"
    outlook.graph.sign_in.lasts = 3600
    second = await keeper.token()
    assert first != second
    assert await TokenKeeper(outlook.services, await outlook.account()).token() == second, "it was kept"


async def test_a_permission_that_was_taken_back_stops_the_account(outlook: Connected) -> None:
    outlook.graph.sign_in.lasts = 10
    await outlook.connect()
    outlook.graph.sign_in.error = {"error": "invalid_grant", "error_description": "AADSTS50173: Revoked."}
    with pytest.raises(SignInRefused, match="AADSTS50173"):
        await outlook.run()
    account = await outlook.account()
    assert account.state.value == "refused"
    assert "AADSTS50173" in account.state_detail
    assert account.next_run_at is None


async def test_without_a_registration_files_are_pointed_to(unconnected: Connected) -> None:
    use_graph(unconnected.services, unconnected.graph, client_id="")
    with pytest.raises(Misconfigured, match="crm-tui sync file"):
        await begin(unconnected.services, unconnected.actor)


async def test_without_the_library_an_administrator_is_told(
    unconnected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "msal", None)
    with pytest.raises(Misconfigured, match=r"crm-tui\[outlook\]"):
        await begin(unconnected.services, unconnected.actor)


async def test_who_may_create_nothing_is_asked_for_no_code(
    services: Services, admin: Actor, unconnected: Connected
) -> None:
    for area in Area:
        await services.profiles.set(admin, "agent", area, Grant(view=True))
    with pytest.raises(NotAllowed):
        await begin(services, unconnected.actor)
    assert unconnected.graph.asked_tokens == []


async def test_a_server_without_encryption_elsewhere_gets_nothing(unconnected: Connected) -> None:
    use_graph(unconnected.services, unconnected.graph, login_url="http://192.0.2.1:9")
    unconnected.services.core.allow_hosts = ("192.0.2.1",)
    with pytest.raises(CrmError, match="encryption"):
        await begin(unconnected.services, unconnected.actor)


@pytest.mark.parametrize(
    "answer",
    [{"access_token": "a", "id_token": "x.y.z"}, {"access_token": 5}, {"error": []}, {}],
    ids=["identity", "number", "error", "nothing"],
)
async def test_an_answer_that_makes_no_sense_connects_nothing(
    unconnected: Connected, answer: dict[str, object]
) -> None:
    connecting = await begin(unconnected.services, unconnected.actor)
    unconnected.graph.sign_in.error = answer  # type: ignore[assignment]
    clock = unconnected.services.clock

    async def later(_seconds: float) -> None:
        clock.advance(300)  # type: ignore[attr-defined]

    with pytest.raises(CrmError):
        await finish(unconnected.services, unconnected.actor, connecting, pause=later)
    assert await unconnected.services.sync_accounts.list(unconnected.actor) == ()
