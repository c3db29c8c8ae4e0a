"""Members of campaigns from the command line: add, list, response status, remove, show."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture(name="cli")
def cli_with_campaign(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a campaign, three leads and a contact."""
    put_store(cli, new_store)
    cli("campaign", "add", "--set", "name=Autumn mailing")
    for name in ("Abe", "Baba", "Chiba"):
        cli("lead", "add", "--set", f"last_name={name}", "--set", f"company={name}, Inc.")
    cli("contact", "add", "--set", "last_name=Doi", "--set", "email=doi@example.com")
    return cli


def _names(rows: list[dict[str, dict[str, str]]]) -> list[str]:
    return [row["member"]["name"] for row in rows]


def test_options_take_several_people_and_members_arent_doubled(cli: Cli) -> None:
    chiba = cli("lead", "show", "Chiba").data["id"]
    first = cli(
        *("campaign", "add-members", "Autumn mailing", "--leads", "Abe", chiba),
        *("--contacts", "doi@example.com", "--status", "invited"),
    ).data
    assert _names(first["added"]) == ["Abe", "Chiba", "Doi"]
    assert first["already"] == []
    second = cli("campaign", "add-members", "Autumn mailing", "--leads", "Abe", "--leads", "Baba")
    assert _names(second.data["added"]) == ["Baba"]
    assert _names(second.data["already"]) == ["Abe"]
    assert second.data["already"][0]["response_status"] == "invited"
    assert "already" in second.err

    page = cli("campaign", "members", "Autumn mailing", "--sort", "-name", "--limit", "3").data
    assert _names(page["rows"]) == ["Doi", "Chiba", "Baba"]
    assert page["rows"][0].keys() >= {"campaign", "member", "response_status", "added_at"}
    assert page["rows"][0]["member"]["module"] == "contact"
    rest = cli("campaign", "members", "Autumn mailing", "--sort", "-name", "--after", page["next"]).data
    assert (_names(rest["rows"]), rest["next"]) == (["Abe"], None)


def test_a_status_is_changed_shown_and_undone(cli: Cli) -> None:
    cli("campaign", "add-members", "Autumn mailing", "--leads", "Abe", "Baba", "--status", "sent")
    changed = cli("campaign", "set-status", "Autumn mailing", "Abe", "responded", "--version", "1").data
    assert (changed["member"]["name"], changed["response_status"]) == ("Abe", "responded")
    late = cli("campaign", "set-status", "Autumn mailing", "Abe", "bounced", "--version", "1")
    assert late.error["code"] == "conflict"
    assert cli("campaign", "set-status", "Autumn mailing", "Abe", "delighted").error["fields"].keys() == {
        "response_status"
    }

    shown = cli("campaign", "show", "Autumn mailing").data
    assert shown["members_by_status"] == {"sent": 1, "responded": 1}
    assert _names(shown["related"]["members"]) == ["Abe", "Baba"]
    mine = cli("lead", "show", "Abe").data["related"]["campaigns"]
    assert [(row["name"], row["response_status"]) for row in mine] == [("Autumn mailing", "responded")]

    assert cli("campaign", "remove-member", "Autumn mailing", "Abe").data["removed"] == 1
    assert cli("campaign", "remove-member", "Autumn mailing", "Abe").error["code"] == "not_found"
    assert cli("undo").code == 0
    assert cli("campaign", "show", "Autumn mailing").data["members_by_status"] == {"sent": 1, "responded": 1}


def test_without_permission_nobody_is_added(cli: Cli) -> None:
    cli("user", "add", "sato", "--profile", "agent")
    cli("profile", "set", "agent", "campaign", "--edit", "no")
    refused = cli("--user", "sato", "campaign", "add-members", "Autumn mailing", "--leads", "Abe")
    assert (refused.code, refused.error["code"]) == (5, "not_allowed")
    cli("profile", "set", "agent", "campaign", "--edit", "yes")
    cli("profile", "set", "agent", "lead", "--scope", "own")
    refused = cli("--user", "sato", "campaign", "add-members", "Autumn mailing", "--leads", "Abe")
    assert refused.error["code"] == "not_found"
    assert cli("campaign", "members", "Autumn mailing").data["rows"] == []
