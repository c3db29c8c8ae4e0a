"""``crm-tui pop``: what a telephone system runs, and what it learns."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture
def office(cli: Cli, new_store: bytes) -> Cli:
    """A store with an agent, and a contact of an account with one number."""
    put_store(cli, new_store)
    cli.options += ["--format", "json"]
    for args in (
        ["user", "add", "sato", "--profile", "agent", "--full-name", "佐藤 花子"],
        ["account", "add", "--set", "name=Acme"],
        ["contact", "add", "--set", "last_name=田中", "--set", "phone=03-1234-5678", "--set", "account=Acme"],
    ):
        assert cli(*args).code == 0
    return cli


def test_a_telephone_system_learns_who_calls(office: Cli) -> None:
    for name in ("sato", "佐藤 花子"):
        told = office("pop", "sip:+81312345678@pbx", "--agent", name).data
        assert (told["agent"]["name"], told["number"], told["e164"]) == (
            "佐藤 花子", "+81312345678", "+81312345678",
        )  # fmt: skip
        [match] = told["matches"]
        assert (match["module"], match["name"], match["company"]) == ("contact", "田中", "Acme")
        assert told["id"]
        assert (told["missed"], told["call"]) == (False, None)
    unknown = office("pop", "anonymous", "--agent", "sato").data
    assert (unknown["number"], unknown["e164"], unknown["matches"]) == (None, None, [])


def test_a_missed_call_is_in_the_list_of_its_agent(office: Cli) -> None:
    told = office("pop", "06-4321-0000", "--agent", "sato", "--missed").data
    call = office("call", "show", told["call"], "--user", "sato").data
    assert (call["type"], call["status"], call["phone"], call["who"], call["owner"]["name"]) == (
        "missed", "completed", "06-4321-0000", None, "佐藤 花子",
    )  # fmt: skip
    assert (call["duration_seconds"], call["result"]) == (None, None)


def test_slips_are_named_and_tell_nobody(office: Cli) -> None:
    assert office("pop", "117", "--agent", "ghost").error["code"] == "not_found"
    assert office("pop", "1" * 300, "--agent", "sato").error["fields"].keys() == {"number"}
    refused = office("pop", "117", "--agent", "root", "--user", "sato")
    assert (refused.code, refused.error["code"]) == (5, "not_allowed")
    assert office("pop", "117").code == 2
    office("user", "disable", "sato")
    assert office("pop", "117", "--agent", "sato").error["fields"].keys() == {"agent"}


def test_a_slip_in_the_address_makes_no_store(cli: Cli) -> None:
    nowhere = cli.folder / "slip.db"
    result = cli("pop", "117", "--agent", "sato", "--store", f"sqlite:///{nowhere}", "--format", "json")
    assert result.code == 4
    assert not nowhere.exists()


def test_people_read_who_was_told(office: Cli) -> None:
    told = office("pop", "0312345678", "--agent", "sato", "--format", "table").out
    assert "田中" in told
    assert "佐藤 花子 was told of the caller." in told


def test_bytes_that_are_no_text_name_nobody(office: Cli) -> None:
    assert office("pop", "0312345678", "--agent", "\udce9").error["code"] == "not_found"
    assert office("number", "list", "--after", "\udce9").data["rows"] == []
