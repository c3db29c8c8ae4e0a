"""``crm-tui sync outlook`` and its connection, on a fake Microsoft Graph."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Cli, put_store
from tests.fakes.graph import FakeGraph, Trouble
from tests.fakes.graph_answers import throttled


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch, cli: Cli, new_store: bytes) -> Iterator[FakeGraph]:
    """A mailbox that the program is pointed to as `docs/configuration.md` says."""
    put_store(cli, new_store)
    with FakeGraph() as server:
        server.sign_in.pending = 0
        monkeypatch.setenv("CRM_TUI_OUTLOOK_CLIENT_ID", "any")
        monkeypatch.setenv("CRM_TUI_OUTLOOK_GRAPH_URL", server.url)
        monkeypatch.setenv("CRM_TUI_OUTLOOK_LOGIN_URL", server.url)
        monkeypatch.setenv("CRM_TUI_MAIL_ALLOW_HOSTS", "127.0.0.1")
        yield server


def test_a_mailbox_is_connected_and_taken_over(cli: Cli, graph: FakeGraph) -> None:
    result = cli("sync", "connect", "outlook", "--interval", "30", "--what", "tasks,contacts")
    assert "https://microsoft.com/devicelogin" in result.err
    assert "GUDT5XQ9Z" in result.err
    assert result.data["address"] == "hanako@contoso.example"
    assert (result.data["interval_minutes"], result.data["what"]) == (30, ["contacts", "tasks"])
    assert cli("sync", "categories").data["rows"] == ["Zoho", "個人"]
    graph.mailbox.contact(categories=["Zoho"], surname="田中", givenName="花子")
    graph.mailbox.contact(categories=[], surname="Other", emailAddresses=[])
    dry = cli("sync", "outlook", "--dry-run", "--category", "Zoho").data
    assert (dry["dry_run"], dry["created"], dry["skipped"]) == (True, 1, 1)
    assert [one["name"] for one in dry["changes"]] == ["田中 花子"]
    assert cli("sync", "accounts").data["rows"][0]["category"] == "", "a dry run keeps nothing"
    done = cli("sync", "outlook", "--category", "Zoho").data
    assert (done["dry_run"], done["created"], done["by_kind"]["contact"]["created"]) == (False, 1, 1)
    again = cli("sync", "outlook").data
    assert (again["rows"], again["account"]["category"]) == (0, "Zoho")
    assert cli("sync", "disconnect", "outlook").data["disconnected"] is True
    assert len(cli("contact", "list").data["rows"]) == 1, "records stay"
    assert cli("sync", "outlook").error["code"] == "not_found"


def test_codes_of_what_goes_wrong(cli: Cli, graph: FakeGraph) -> None:
    graph.sign_in.error = {"error": "unauthorized_client", "error_description": "AADSTS700016: Not found."}
    refused = cli("sync", "connect", "outlook")
    assert (refused.code, refused.error["code"]) == (5, "sign_in")
    assert "AADSTS700016: Not found." in refused.error["message"]
    graph.sign_in.error = None
    assert cli("sync", "connect", "outlook", "--interval", "1").error["code"] == "invalid"
    assert cli("sync", "accounts").data["rows"] == [], "nobody was asked to sign in for nothing"
    cli("sync", "connect", "outlook")
    graph.troubles.append(Trouble("/me/todo/lists", throttled(3600)))
    busy = cli("sync", "outlook")
    assert (busy.code, busy.error["code"]) == (7, "unavailable")
    assert cli("sync", "set", "outlook", "--what", "mails").code == 2
    assert cli("sync", "set", "outlook", "--interval", "1").error["code"] == "invalid"
    assert cli("sync", "set", "outlook", "--disable").data["state"] == "disabled"
    assert cli("sync", "outlook").error["code"] == "conflict"


def test_without_a_registration_nothing_is_asked(
    cli: Cli, graph: FakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_TUI_OUTLOOK_CLIENT_ID")
    refused = cli("sync", "connect", "outlook")
    assert (refused.code, refused.error["code"]) == (3, "configuration")
    assert graph.asked_tokens == []


def test_an_event_goes_out(cli: Cli, graph: FakeGraph) -> None:
    cli("sync", "connect", "outlook")
    given = ("subject=打ち合わせ", "starts_at=2026-12-01 10:00", "participants=a@b.example")
    cli("event", "add", *(word for one in given for word in ("--set", one)))
    sent = cli("event", "to-outlook", "打ち合わせ").data
    assert (sent["created"], sent["updated"], sent["participants_left_out"]) == (1, 0, 0)
    (there,) = graph.mailbox.places["calendar"].values()
    assert there["attendees"][0]["emailAddress"]["address"] == "a@b.example"
