"""``undo`` and ``bin`` from the command line."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture(name="cli")
def cli_with_store(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store."""
    return put_store(cli, new_store)


def test_the_last_change_is_told_undone_and_then_the_one_before(cli: Cli) -> None:
    cli("account", "add", "--set", "name=Acme")
    cli("account", "edit", "Acme", "--set", "phone=03-1234-5678")
    told = cli("undo", "--dry-run").data
    assert (told["change"], told["number"]) == ("Account changed: Acme", 1)
    assert cli("account", "show", "Acme").data["phone"] == "03-1234-5678"

    undone = cli("undo").data
    assert [one["name"] for one in undone["undone"]] == ["Acme"]
    assert undone["left_out"] == []
    assert cli("account", "show", "Acme").data["phone"] is None
    assert cli("undo").data["change"] == "Account added: Acme"
    assert cli("account", "show", "Acme").error["code"] == "not_found"
    assert cli("undo").error["code"] == "not_found"


def test_a_change_that_is_in_the_way_can_be_skipped(cli: Cli) -> None:
    cli("account", "add", "--set", "name=Acme")
    cli("contact", "add", "--set", "last_name=Sato", "--set", "account=Acme")
    assert cli("undo", "--skip").data["skipped"] is True
    refused = cli("undo").error
    assert refused["code"] == "conflict"
    assert "Contacts: 1" in refused["message"]


def test_a_deleted_record_is_restored_by_name_and_deleted_for_good(cli: Cli) -> None:
    account = cli("account", "add", "--set", "name=Acme").data
    cli("account", "delete", "Acme")
    (row,) = cli("bin", "list").data["rows"]
    assert (row["module"], row["id"], row["name"]) == ("account", account["id"], "Acme")
    assert cli("bin", "list", "--module", "lead").data["rows"] == []

    assert cli("bin", "restore", "Acme").data["restored"][0]["id"] == account["id"]
    assert cli("bin", "restore", "Acme").error["code"] == "not_found"
    cli("account", "delete", "Acme")
    assert cli("bin", "purge", account["id"]).data["purged"] == 1
    assert cli("bin", "list").data["rows"] == []
