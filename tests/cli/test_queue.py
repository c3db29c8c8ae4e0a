"""Call queues from the command line: start, next, skip, done, status."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture(name="cli")
def cli_with_leads(cli: Cli, new_store: bytes) -> Cli:
    """A command line with three leads whom one may call at any hour."""
    put_store(cli, new_store)
    cli("setting", "set", "call_window", "always")
    for place, name in enumerate(("Abe", "Baba", "Chiba")):
        values = (f"last_name={name}", "company=Acme", f"phone=03-1234-500{place}")
        cli("lead", "add", *(part for value in values for part in ("--set", value)))
    return cli


def test_a_queue_is_worked_record_by_record(cli: Cli) -> None:
    started = cli("queue", "start", "--module", "lead", "--view", "all").data
    assert (started["queue"]["kind"], started["left"], started["joined"]) == ("view", 3, False)
    taken = cli("queue", "next").data
    assert taken["record"]["name"] == "Abe"
    assert taken["numbers"][0]["number"] == "03-1234-5000"
    assert taken["numbers"][0]["callable"] is True
    assert (taken["attempts"], taken["last_result"]) == (0, None)
    assert taken["locked_until"]
    assert cli("queue", "next").data["record"] == taken["record"], "it is still with the same agent"

    call = cli("call", "start", "--who", taken["record"]["id"]).data["id"]
    assert cli("queue", "skip").error["code"] == "conflict", "the call isn't saved"
    cli("call", "save", call, "--result", "no_response_busy")
    following = cli("queue", "next").data
    assert following["record"]["name"] == "Baba"
    assert following["waiting"] == {"retry": 1}
    assert cli("queue", "skip", "--reason", "unsuitable").data["skipped"] == {"unsuitable": 1}
    assert cli("queue", "next").data["record"]["name"] == "Chiba"
    assert cli("queue", "done").data["done"] == 1

    empty = cli("queue", "next")
    assert empty.data["record"] is None
    assert "Nobody" in empty.err
    assert cli("queue", "release").error["code"] == "not_found"
    status = cli("queue", "status").data
    assert status["results"] == {"no_response_busy": 1}
    assert status["next_at"]
    assert [row["queue"]["id"] for row in cli("queue", "list").data["rows"]] == [started["queue"]["id"]]
    assert cli("queue", "start", "--module", "lead", "--view", "all", "--new-round").data["left"] == 3


def test_a_campaign_is_a_queue_and_nonsense_is_refused(cli: Cli) -> None:
    assert cli("queue", "next").error["code"] == "not_found"
    cli("campaign", "add", "--set", "name=Autumn")
    cli("campaign", "add-members", "Autumn", "--leads", "Baba")
    started = cli("queue", "start", "--campaign", "Autumn").data
    assert started["queue"]["campaign"]["name"] == "Autumn"
    assert cli("queue", "next").data["record"]["name"] == "Baba"
    assert cli("queue", "release").data["agents"] == []
    assert cli("queue", "start", "--view", "all").code == 2
    assert cli("queue", "start").code == 2
    assert cli("queue", "status", "--queue", "nonsense").error["code"] == "not_found"
    assert cli("setting", "set", "call_window", "9-20").error["fields"].keys() == {"call_window"}
    assert cli("setting", "show").data["call_window"] is None
