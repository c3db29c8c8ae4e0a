"""What an administrator decides for everybody: the call form, pick-lists, region."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture(name="cli")
def cli_with_store(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store and a lead."""
    put_store(cli, new_store)
    assert cli("lead", "add", "--set", "last_name=Roe", "--set", "company=Roe Ltd").code == 0
    return cli


def _log(cli: Cli, *args: str) -> int:
    return cli("call", "log", "--type", "outbound", "--who", "Roe", "--subject", "S", *args).code


def test_start_and_duration_of_a_logged_call_can_be_made_optional(cli: Cli) -> None:
    assert _log(cli) == 1
    for name in ("call_start_optional", "call_duration_optional"):
        assert cli("setting", "set", name, "yes").data[name] is True
    assert _log(cli) == 0
    assert cli("setting", "set", "call_duration_optional", "no").code == 0
    assert _log(cli) == 1
    assert _log(cli, "--duration", "3:20") == 0


def test_the_reminder_of_a_call_back_is_chosen_for_everybody(cli: Cli) -> None:
    def call_back() -> object:
        args = ("--duration", "60s", "--call-back", "tomorrow 14:00", "--who", "Roe", "--subject", "S")
        logged = cli("call", "log", "--type", "outbound", *args).data
        return cli("call", "show", logged["follow_ups"][-1]["record"]["id"]).data["reminder"]

    assert cli("setting", "show").data["call_back_reminder"] == "5_minutes"
    assert cli("setting", "set", "call_back_reminder", "15_minutes").code == 0
    assert call_back() == "15_minutes"
    assert cli("setting", "set", "call_back_reminder", "none").data["call_back_reminder"] == "none"
    assert call_back() is None


def test_fields_of_the_call_form_are_required_and_hidden(cli: Cli) -> None:
    layout = cli("setting", "call-layout", "--required", "purpose", "--hidden", "reminder").data[
        "call_layout"
    ]
    assert {"subject", "type", "who", "purpose"} <= set(layout["required"])
    assert "reminder" not in layout["fields"]
    refused = cli("call", "log", "--type", "outbound", "--who", "Roe", "--subject", "S", "--duration", "1:00")
    assert "purpose" in refused.error["fields"]


@pytest.mark.parametrize(
    "args",
    [
        ["call-layout", "--hidden", "subject"],
        ["call-layout", "--order", "nonsense"],
        ["set", "region", "Japan"],
        ["set", "time_zone", "Mars/Olympus"],
        ["set", "call_start_optional", "perhaps"],
        ["set", "call_back_reminder", "3_minutes"],
        ["set", "language", "fr"],
    ],
)
def test_a_wrong_setting_is_refused_and_changes_nothing(cli: Cli, args: list[str]) -> None:
    before = cli("setting", "show").data
    result = cli("setting", *args)
    assert result.code == 1
    assert result.error["code"] == "invalid"
    assert cli("setting", "show").data == before


def test_a_value_of_a_pick_list_is_added_used_and_retired(cli: Cli) -> None:
    labels = ["--label-en", "Wrong person", "--label-ja", "人違い"]
    assert cli("picklist", "add", "call_result", "wrong_person", *labels).code == 0
    assert _log(cli, "--duration", "1:00", "--result", "wrong_person") == 0
    assert "Wrong person" in cli("call", "list", "--format", "table").out
    cli("picklist", "edit", "call_result", "wrong_person", "--active", "N")
    assert _log(cli, "--duration", "1:00", "--result", "wrong_person") == 1
    assert cli("call", "list").data["rows"][0]["result"] == "wrong_person"


def test_only_an_administrator_changes_them(cli: Cli) -> None:
    cli("user", "add", "sato", "--profile", "agent")
    labels = ["--label-en", "A", "--label-ja", "あ"]
    for args in (
        ["setting", "set", "region", "US"],
        ["setting", "call-layout", "--hidden", "reminder"],
        ["picklist", "add", "call_result", "a", *labels],
        ["picklist", "edit", "call_result", "interested", "--active", "N"],
    ):
        assert cli(*args, "--user", "sato").code == 5, args
