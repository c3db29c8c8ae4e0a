"""Associations and the help centre from the command line, on a real store."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture(name="cli")
def cli_with_people(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store: Suzuki of Acme, and another company."""
    put_store(cli, new_store)
    add(cli, "account", name="Acme")
    add(cli, "account", name="Other", contacts_see_all_cases="yes")
    add(cli, "contact", last_name="Suzuki", account="Acme")
    return cli


def add(cli: Cli, module: str, **values: str) -> object:
    pairs = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    return cli(module, "add", *pairs).data


def accounts_of(cli: Cli, contact: str) -> list[tuple[str, bool, str | None]]:
    shown = cli("contact", "show", contact).data
    return [(one["name"], one["primary"], one["role"]) for one in shown["accounts"]]


def test_contacts_are_associated_and_parted(cli: Cli) -> None:
    add(cli, "contact", last_name="Tanaka", account="Other")
    result = cli("account", "associate", "Other", "Suzuki", "Tanaka", "--role", "Buyer")
    assert [one["name"] for one in result.data["added"]] == ["Suzuki"]
    assert [one["name"] for one in result.data["already"]] == ["Tanaka"]
    assert "already" in result.err
    assert accounts_of(cli, "Suzuki") == [("Acme", True, None), ("Other", False, "Buyer")]
    related = cli("account", "show", "Other").data["related"]
    assert [(one["name"], one["primary"], one["role"]) for one in related["contacts"]] == [
        ("Suzuki", False, "Buyer"),
        ("Tanaka", True, None),
    ]
    refused = cli("account", "dissociate", "Acme", "Suzuki")
    assert (refused.code, refused.error["code"]) == (1, "conflict")
    assert "Make another account the primary one first" in refused.error["hint"]
    assert cli("account", "set-primary", "Suzuki", "Other").data["account"]["name"] == "Other"
    cli("account", "set-role", "Acme", "Suzuki", "Former").data  # noqa: B018
    assert accounts_of(cli, "Suzuki") == [("Other", True, "Buyer"), ("Acme", False, "Former")]
    parted = cli("account", "dissociate", "Acme", "Suzuki").data
    assert (parted["cases"], parted["cases_changed"]) == (None, 0)
    assert accounts_of(cli, "Suzuki") == [("Other", True, "Buyer")]


def test_cases_need_a_choice(cli: Cli) -> None:
    cli("account", "associate", "Other", "Suzuki")
    add(cli, "case", subject="Broken", contact="Suzuki", account="Other")
    error = cli("account", "dissociate", "Other", "Suzuki").error
    assert error["code"] == "invalid"
    assert all(word in error["fields"]["cases"] for word in ("stay", "move", "clear"))
    assert cli("account", "dissociate", "Other", "Suzuki", "--cases", "elsewhere").code == 2
    assert cli("account", "dissociate", "Other", "Suzuki", "--cases", "move").data["cases_changed"] == 1
    assert cli("case", "show", "Broken").data["account"]["name"] == "Acme"


def test_a_new_case_takes_the_account_over_and_the_account_lists_it(cli: Cli) -> None:
    cli("account", "associate", "Other", "Suzuki")
    add(cli, "case", subject="Broken", contact="Suzuki")
    assert cli("case", "show", "Broken").data["account"]["name"] == "Acme"
    add(cli, "case", subject="No account", contact="Suzuki", account="")
    for account in ("Acme", "Other"):
        cases = cli("account", "show", account).data["related"]["cases"]
        assert {case["subject"] for case in cases} == {"Broken", "No account"}


def test_the_help_centre_lists_what_the_contact_may_see(cli: Cli) -> None:
    add(cli, "contact", last_name="Tanaka", account="Other")
    add(cli, "case", subject="Tanaka's", contact="Tanaka", description="Of a colleague")
    add(cli, "case", subject="Of Acme", account="Acme")
    add(cli, "case", subject="Suzuki's", contact="Suzuki")
    listed = cli("portal", "--contact", "Suzuki", "--format", "json").data
    assert [case["subject"] for case in listed["rows"]] == ["Suzuki's"]
    cli("account", "associate", "Other", "Suzuki")
    first = cli("portal", "--contact", "Suzuki", "--format", "json", "--limit", "1").data
    [case] = first["rows"]
    assert set(case) == {"id", "number", "subject", "status", "priority", "created_at", "description"}
    rest = cli("portal", "--contact", "Suzuki", "--format", "json", "--after", first["next"]).data
    assert [one["subject"] for one in (case, *rest["rows"])] == ["Suzuki's", "Tanaka's"]
    assert cli("portal", "--contact", "Nobody", "--format", "json").error["code"] == "not_found"
    without_terminal = cli("portal", "--contact", "Suzuki")
    assert without_terminal.code == 2
