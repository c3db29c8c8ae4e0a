"""Calls from the command line: start, stop, save, log, schedule, and that a completed call stays as it is."""

from datetime import datetime, timedelta

import pytest

from crm_tui.clock import FrozenClock, use_clock
from tests.cli.conftest import Cli, put_store


@pytest.fixture
def people(cli: Cli, new_store: bytes) -> Cli:
    """A store with a contact, an account and a lead."""
    put_store(cli, new_store)
    for args in (
        ["account", "add", "--set", "name=Acme"],
        ["contact", "add", "--set", "last_name=田中", "--set", "phone=03-1234-5678", "--set", "account=Acme"],
        ["lead", "add", "--set", "last_name=Roe", "--set", "company=Roe Ltd"],
    ):
        assert cli(*args).code == 0
    return cli


def test_start_stop_save_and_it_stands_in_the_closed_activities(people: Cli) -> None:
    started = people("call", "start", "--who", "田中", "--related-to", "Acme").data
    assert started["status"] == "in_progress"
    assert started["type"] == "outbound"
    assert started["who"]["name"] == "田中"
    stopped = people("call", "stop").data
    assert stopped["id"] == started["id"]
    assert stopped["duration_seconds"] is not None
    saved = people("call", "save", "--result", "interested", "--description", "wants a quote").data
    assert (saved["status"], saved["result"], saved["description"]) == (
        "completed", "interested", "wants a quote",
    )  # fmt: skip
    assert saved["wrap_up_seconds"] is not None
    related = people("contact", "show", "田中").data["related"]
    assert [row["id"] for row in related["closed_activities"]] == [started["id"]]
    assert related["open_activities"] == []
    assert people("call", "list").data["rows"][0]["id"] == started["id"]


def test_only_one_call_runs_at_a_time(people: Cli) -> None:
    assert people("call", "start", "--who", "田中").code == 0
    assert people("call", "start", "--who", "Roe").error["code"] == "conflict"


def test_without_a_running_call_stop_and_save_say_so(people: Cli) -> None:
    assert people("call", "stop").error["code"] == "not_found"
    assert people("call", "save", "--result", "interested").error["code"] == "not_found"


def test_a_logged_call_has_what_was_given(people: Cli) -> None:
    call = people(
        "call", "log", "--type", "inbound", "--who", "田中", "--subject", "Question", "--purpose", "desk",
        "--result", "requested_more_info", "--started-at", "2026-11-20 9:30", "--duration", "3:20",
    ).data  # fmt: skip
    assert call["duration_seconds"] == 200
    assert call["starts_at"] == "2026-11-20T09:30:00+09:00"
    assert (call["type"], call["purpose"], call["status"]) == ("inbound", "desk", "completed")


def test_a_completed_call_can_not_be_changed(people: Cli) -> None:
    call = people(
        "call", "log", "--type", "outbound", "--who", "田中", "--subject", "Done", "--started-at",
        "2026-11-20 9:30", "--duration", "60s",
    ).data  # fmt: skip
    for args in (
        ["edit", call["id"], "--set", "subject=Other"],
        ["reschedule", call["id"], "--at", "tomorrow 14:00"],
        ["cancel", call["id"]],
        ["save", call["id"], "--result", "interested"],
    ):
        result = people("call", *args)
        assert result.code == 1, args
        assert result.error["code"] in ("immutable", "conflict"), args
    assert people("call", "show", call["id"]).data["subject"] == "Done"


def test_a_lead_can_not_be_related_to_an_account(people: Cli) -> None:
    result = people("call", "start", "--who", "Roe", "--related-to", "Acme")
    assert result.error["code"] == "invalid"
    assert "related_to" in result.error["fields"]


def test_a_planned_call_is_moved_completed_and_cancelled(people: Cli) -> None:
    def plan(subject: str) -> str:
        call = people(
            "call", "schedule", "--type", "outbound", "--who", "田中", "--subject", subject,
            "--at", "2030-01-02 14:00", "--reminder", "15_minutes",
        ).data  # fmt: skip
        assert (call["status"], call["reminder"]) == ("scheduled", "15_minutes")
        return str(call["id"])

    first, second = plan("First"), plan("Second")
    moved = people("call", "reschedule", first, "--at", "2030-01-03 9:00").data
    assert moved["starts_at"] == "2030-01-03T09:00:00+09:00"
    done = people(
        "call", "complete", first, "--duration", "1:00", "--result", "interested", "--purpose", "demo"
    ).data
    assert (done["status"], done["duration_seconds"], done["result"]) == ("completed", 60, "interested")
    assert people("call", "cancel", second).data["status"] == "cancelled"
    closed = people("contact", "show", "田中").data["related"]["closed_activities"]
    assert {row["id"] for row in closed} == {first, second}


def test_a_wrong_value_names_its_field(people: Cli) -> None:
    wrong = people(
        "call", "log", "--type", "outbound", "--who", "田中", "--subject", "S", "--duration", "soon"
    )
    assert wrong.code == 1
    assert wrong.error["code"] == "invalid"
    assert "duration_seconds" in wrong.error["fields"]


def test_a_lead_and_a_contact_of_one_name_are_told_apart_by_their_module(people: Cli) -> None:
    assert people("lead", "add", "--set", "last_name=田中", "--set", "company=X").code == 0
    assert people("call", "start", "--who", "田中").error["code"] == "ambiguous"
    assert people("call", "start", "--who", "contact:田中").data["who"]["module"] == "contact"
    assert people("call", "cancel", people("call", "stop").data["id"]).data["status"] == "cancelled"


def test_a_call_past_its_time_shows_as_overdue(people: Cli) -> None:
    made = people(
        "call", "schedule", "--type", "outbound", "--who", "田中", "--subject", "Late",
        "--at", "2020-01-02 14:00",
    ).data  # fmt: skip
    assert made["status"] == "overdue"
    assert [row["status"] for row in people("call", "list", "--view", "overdue").data["rows"]] == ["overdue"]
    assert [row["id"] for row in people("call", "list", "--where", "status = overdue").data["rows"]] == [
        made["id"]
    ]


def test_a_logged_call_without_a_start_has_ended_just_now(people: Cli) -> None:
    call = people(
        "call", "log", "--type", "outbound", "--who", "田中", "--subject", "S", "--duration", "1:00:00"
    ).data
    start = datetime.fromisoformat(call["starts_at"])
    ended = start + timedelta(seconds=call["duration_seconds"])
    assert abs(datetime.fromisoformat(call["created_at"]) - ended) <= timedelta(seconds=1)


def test_a_planned_call_is_started(people: Cli) -> None:
    planned = people(
        "call", "schedule", "--type", "outbound", "--who", "田中", "--subject", "Later",
        "--at", "tomorrow 14:00",
    ).data  # fmt: skip
    assert people("call", "start", planned["id"], "--subject", "Other").code == 2
    started = people("call", "start", planned["id"]).data
    assert (started["id"], started["status"], started["subject"]) == (planned["id"], "in_progress", "Later")
    assert people("call", "save").data["status"] == "completed"


def test_a_clock_that_was_set_during_a_call_is_told(people: Cli) -> None:
    """The answer is the same for programs; people read the warning on standard error."""
    clock = FrozenClock()
    old = use_clock(clock)
    try:
        assert people("call", "start", "--who", "田中").code == 0
        clock.advance(200)
        clock.set_wall(clock.now() - timedelta(hours=1))
        stopped = people("call", "stop")
    finally:
        use_clock(old)
    assert stopped.data["duration_seconds"] == 200
    assert "set back by 1:00:00" in stopped.err


def test_who_stops_or_saves_second_is_told(people: Cli) -> None:
    call = people("call", "start", "--who", "田中").data
    first = people("call", "stop", call["id"])
    second = people("call", "stop", call["id"])
    assert (first.code, second.code, second.error["code"]) == (0, 1, "conflict")
    assert "stopped before" in second.error["message"]
    assert people("call", "save", call["id"]).data["duration_seconds"] == first.data["duration_seconds"]
    again = people("call", "save", call["id"], "--result", "interested")
    assert (again.code, again.error["code"]) == (1, "conflict")


@pytest.mark.parametrize(
    ("args", "code", "field"),
    [
        (["--at", "whenever"], "invalid", "starts_at"),
        (["--at", "tomorrow 14:00", "--owner", "nobody"], "invalid", "owner"),
        (["--at", "tomorrow 14:00", "--reminder", "soon"], "invalid", "reminder"),
        (["--at", "tomorrow 14:00", "--type", "shouted"], "invalid", "type"),
    ],
)
def test_a_plan_with_a_wrong_value_names_its_field(
    people: Cli, args: list[str], code: str, field: str
) -> None:
    error = people("call", "schedule", "--type", "outbound", "--who", "田中", "--subject", "S", *args).error
    assert (error["code"], list(error["fields"])) == (code, [field])
    assert people("call", "list", "--view", "all").data["rows"] == []


def test_a_plan_without_a_time_is_wrong_usage(people: Cli) -> None:
    assert people("call", "schedule", "--type", "outbound", "--who", "田中", "--subject", "S").code == 2


def test_a_plan_of_a_colleague_with_a_result(people: Cli) -> None:
    """What is planned is the colleague's; completing it asks for no more than the duration."""
    assert people("user", "add", "suzuki", "--profile", "agent").code == 0
    planned = people(
        "call", "schedule", "--type", "inbound", "--who", "田中", "--subject", "S", "--at", "tomorrow 14:00",
        "--owner", "suzuki", "--result", "requested_call_back", "--purpose", "demo",
    ).data  # fmt: skip
    assert (planned["owner"]["name"], planned["result"]) == ("suzuki", "requested_call_back")
    assert people("call", "complete", planned["id"]).error["fields"].keys() == {"duration_seconds"}
    done = people("call", "complete", planned["id"], "--duration", "2:00").data
    began, saved = datetime.fromisoformat(done["starts_at"]), datetime.fromisoformat(done["modified_at"])
    assert abs(saved - began - timedelta(minutes=2)) <= timedelta(seconds=1)


@pytest.mark.parametrize("seconds", ["360000", "99999999999999999999"])
def test_a_duration_that_no_call_can_have_is_refused(people: Cli, seconds: str) -> None:
    pairs = ("subject=Question", "type=inbound", "who=田中", "result=interested", "starts_at=2026-11-20 9:30")
    given = [part for pair in (*pairs, f"duration_seconds={seconds}") for part in ("--set", pair)]
    error = people("call", "add", *given).error
    assert (error["code"], list(error["fields"])) == ("invalid", ["duration_seconds"])
    error = people("call", "list", "--where", f"duration_seconds > {seconds}").error
    assert error["code"] == "invalid"


def test_a_call_for_a_colleague_out_of_sight_is_told_as_saved(people: Cli) -> None:
    for area in ("lead", "activity"):
        assert (
            people("profile", "set", "lone", area, "--view", "y", "--create", "y", "--scope", "own").code == 0
        )
    assert people("user", "add", "lone", "--profile", "lone").code == 0
    assert people("user", "add", "mate", "--profile", "agent").code == 0
    as_lone = ("--user", "lone")
    lead = people("lead", "add", "--set", "last_name=Own", "--set", "company=Own Ltd", *as_lone).data
    planned = ("--who", lead["id"], "--subject", "Yours", "--at", "tomorrow 14:00", "--owner", "mate")
    made = people("call", "schedule", "--type", "outbound", *planned, *as_lone).data
    assert (made["name"], made["status"], made["owner"]["name"]) == ("Yours", "scheduled", "mate")
    assert people("call", "show", made["id"]).data["subject"] == "Yours"
    assert people("call", "show", made["id"], *as_lone).error["code"] == "not_found"
