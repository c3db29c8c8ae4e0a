"""Numbers that must not be called, flags of call results and what follows from them, on the command line."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture
def lead(cli: Cli, new_store: bytes) -> Cli:
    """A store with a lead that has two numbers."""
    put_store(cli, new_store)
    args = ["--set", "company=Roe Ltd", "--set", "phone=03-1234-5678", "--set", "mobile=090-1111-2222"]
    assert cli("lead", "add", "--set", "last_name=Roe", *args).code == 0
    return cli


def test_a_flagged_number_is_listed_refused_and_overridden(lead: Cli) -> None:
    flagged = lead("number", "flag", "+81312345678", "--invalid", "--reason", "disconnected").data
    assert (flagged["number"], flagged["invalid"]["reason"]) == ("+81312345678", "disconnected")
    assert flagged["do_not_call"] is None
    assert lead("number", "show", "０３－１２３４－５６７８").data == flagged
    assert lead("number", "list").data == {"rows": [flagged], "next": None}

    refused = lead("call", "start", "--who", "Roe")
    assert (refused.code, refused.error["code"]) == (5, "not_allowed")
    assert refused.envelope["data"]["others"] == ["090-1111-2222"]
    assert lead("call", "stop").error["code"] == "not_found"
    started = lead("call", "start", "--who", "Roe", "--override", "new line today")
    assert started.data["phone"] == "03-1234-5678"
    trail = lead("audit", started.data["id"]).data["rows"]
    assert "new line today" in [row["reason"] for row in trail]

    cleared = lead("number", "clear", "03-1234-5678", "--invalid", "--reason", "repaired").data
    assert cleared["invalid"] is None
    assert lead("number", "flag", "03-1234-5678", "--reason", "why").code == 2


def test_a_number_too_long_to_be_read_to_its_end_is_none(lead: Cli) -> None:
    number = "0312345678" + " " * 91 + "9"
    refused = lead("number", "flag", number, "--invalid", "--reason", "disconnected")
    assert (refused.code, refused.error["code"]) == (1, "invalid")
    assert lead("number", "list").data["rows"] == []
    assert lead("number", "show", number).data["number"] is None


def test_what_follows_stands_in_the_answer_with_the_call_back(lead: Cli) -> None:
    saved = lead(
        "call", "log", "--who", "Roe", "--subject", "Offer", "--duration", "60s", "--result", "interested",
        "--call-back", "tomorrow 14:00",
    )  # fmt: skip
    status, back = saved.data["follow_ups"]
    assert (status["kind"], status["record"]["name"], status["value"]) == ("lead_status", "Roe", "contacted")
    assert (back["kind"], back["done"], back["at"][11:16]) == ("call_back", True, "14:00")
    shown = lead("call", "show", back["record"]["id"]).data
    assert (shown["status"], shown["reminder"]) == ("scheduled", "5_minutes")
    assert lead("lead", "show", "Roe").data["status"] == "contacted"
    wrong = lead(
        "call", "log", "--who", "Roe", "--subject", "Offer", "--duration", "60s", "--call-back", "some day"
    )
    assert "call_back" in wrong.error["fields"]


def test_an_administrator_changes_what_follows(lead: Cli) -> None:
    args = ("picklist", "edit", "call_result", "interested")
    changed = lead(*args, "--flag", "lead_status=pre_qualified", "--flag", "response_status=", "--flag",
                   "follow_up=yes")  # fmt: skip
    (interested,) = [value for value in changed.data["values"] if value["code"] == "interested"]
    assert interested["attributes"] == {"lead_status": "pre_qualified", "follow_up": True}
    for flag in ("lead_status=nowhere", "bad_number=perhaps", "retry_minutes=-1", "colour=red"):
        refused = lead(*args, "--flag", flag)
        assert list(refused.error["fields"]) == [flag.split("=")[0]]


def test_a_missed_call_of_an_unknown_number_is_logged_and_planning_a_blocked_one_warns(lead: Cli) -> None:
    missed = lead("call", "log", "--type", "missed", "--phone", "03-9999-0000").data
    assert (missed["who"], missed["phone"], missed["follow_ups"]) == (None, "03-9999-0000", [])
    lead("number", "flag", "03-1234-5678", "--do-not-call", "--reason", "asked for it")
    planned = lead("call", "schedule", "--who", "Roe", "--subject", "Ask", "--at", "tomorrow 10:00")
    assert planned.code == 0
    assert "must not be called" in planned.err
