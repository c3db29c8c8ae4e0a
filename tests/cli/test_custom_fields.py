"""``crm-tui field``, and custom fields wherever the other commands name fields."""

import csv
import io

import pytest

from tests.cli.conftest import Cli, put_store

LEAD = ("--set", "last_name=Roe", "--set", "company=Roe Ltd")


@pytest.fixture(name="cli")
def cli_with_store(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store in which leads have a pick-list and a number."""
    put_store(cli, new_store)
    given = ("--label", "Company group", "--label-ja", "企業グループ", "--values", 'Acme,"Roe, Doe|ロウ"')
    assert cli("field", "add", "lead", "company_group", "--type", "picklist", *given).code == 0
    assert cli("field", "add", "lead", "seats", "--type", "number").code == 0
    return cli


def test_values_are_set_shown_compared_and_sorted_by(cli: Cli) -> None:
    added = cli("lead", "add", *LEAD, "--set", "company_group=ロウ", "--set", "seats=12.50").data
    assert added["custom"] == {"company_group": "roe_doe", "seats": 12.5}
    cli("lead", "add", "--set", "last_name=Abe", "--set", "company=Abe", "--set", "seats=9")

    assert cli("lead", "show", "Roe").data["custom"] == added["custom"]
    rows = cli("lead", "list", "--where", "seats > 9").data["rows"]
    assert [(row["name"], row["custom"]["seats"]) for row in rows] == [("Roe", 12.5)]
    ordered = cli("lead", "list", "--sort", "-seats").data["rows"]
    assert [row["name"] for row in ordered] == ["Roe", "Abe"]
    cursor = cli("lead", "list", "--sort", "-seats", "--limit", "1").data["next"]
    (second,) = cli("lead", "list", "--sort", "-seats", "--after", cursor).data["rows"]
    assert second["name"] == "Abe"

    printed = cli("lead", "list", "--format", "csv", "--sort", "seats").out
    assert [row["company_group"] for row in csv.DictReader(io.StringIO(printed))] == ["", "roe_doe"]
    table = cli("lead", "list", "--format", "table", "--lang", "ja").out
    assert "企業グループ" in table
    assert "ロウ" in table
    assert cli("lead", "list", "--where", "colour = red").error["code"] == "invalid"


def test_definitions_are_listed_edited_and_deleted(cli: Cli) -> None:
    edited = cli("field", "edit", "lead", "seats", "--label", "Seats [b]", "--position", "1").data
    assert (edited["label"], edited["position"]) == ("Seats [b]", 1)
    assert [row["name"] for row in cli("field", "list", "lead").data["rows"]] == ["seats", "company_group"]
    deleted = cli("field", "delete", "lead", "seats").data
    assert deleted["active"] is False
    assert cli("lead", "add", *LEAD).data["custom"] == {"company_group": None}
    assert cli("field", "add", "lead", "seats", "--type", "number").data["active"] is True


@pytest.mark.parametrize(
    ("args", "code", "key"),
    [
        (["add", "call", "x", "--type", "text"], "invalid", "module"),
        (["add", "lead", "company", "--type", "text"], "invalid", "name"),
        (["add", "lead", "seats", "--type", "text"], "invalid", "name"),
        (["add", "lead", "kind_of", "--type", "picklist"], "invalid", "values"),
        (["edit", "lead", "nothing", "--label", "x"], "not_found", None),
    ],
)
def test_a_definition_that_can_not_be_is_refused(
    cli: Cli, args: list[str], code: str, key: str | None
) -> None:
    error = cli("field", *args).error
    assert error["code"] == code
    assert set(error["fields"]) == ({key} if key else set())


def test_agents_define_no_fields(cli: Cli) -> None:
    cli("user", "add", "sato", "--profile", "agent")
    assert cli("field", "add", "lead", "mine", "--type", "text", "--user", "sato").code == 5
    assert [row["name"] for row in cli("field", "list", "--user", "sato").data["rows"]] == [
        "company_group",
        "seats",
    ]
