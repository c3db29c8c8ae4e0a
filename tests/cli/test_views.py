"""Views on the command line: made, changed, used by lists, told apart by who may use them."""

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture
def people(cli: Cli, new_store: bytes) -> Cli:
    """Three leads of two companies."""
    put_store(cli, new_store)
    for name, company in (("One", "Acme"), ("Two", "Acme"), ("Three", "Other")):
        cli("lead", "add", "--set", f"last_name={name}", "--set", f"company={company}")
    return cli


def names(cli: Cli, *args: str) -> list[str]:
    return [row["name"] for row in cli("lead", "list", *args).data["rows"]]


def test_a_view_is_made_used_changed_and_deleted(people: Cli) -> None:
    where = ["--where", "company = Acme", "--where", "created_at = this week", "--where", "owner = me"]
    made = people(
        "view", "add", "Acme now", "--module", "lead", *where, "--columns", "name,company", "--sort=-name"
    )
    view = made.data
    assert view["columns"] == ["name", "company"]
    assert (view["sort"], view["any"], view["shared"], view["version"]) == ("-name", False, False, 1)
    assert view["where"][1:] == [
        {"field": "created_at", "op": "=", "value": "this week"},
        {"field": "owner", "op": "=", "value": "me"},
    ]
    assert names(people, "--view", "Acme now") == ["Two", "One"]
    assert names(people, "--view", view["id"], "--where", "last_name starts O") == ["One"]
    table = people("lead", "list", "--view", "Acme now", "--format", "csv").out.splitlines()
    assert table[0] == "name,company" or "Acme" in table[1]
    changed = people(
        "view",
        "edit",
        "Acme now",
        "--name",
        "Either",
        "--any",
        "--where",
        "last_name = One",
        "--where",
        "company not-in Acme",
        "--shared",
        "--version",
        "1",
    ).data
    assert (changed["name"], changed["any"], changed["shared"], changed["version"]) == (
        "Either",
        True,
        True,
        2,
    )
    assert names(people, "--view", "Either") == ["Three", "One"]
    assert names(people, "--view", "Either", "--where", "company = Other") == ["Three"]
    assert people("view", "edit", "Either", "--all", "--version", "1").error["code"] == "conflict"
    assert [row["name"] for row in people("view", "list", "--module", "lead").data["rows"]][-1] == "Either"
    assert people("view", "delete", "Either").data["deleted"] == 1
    assert people("lead", "list", "--view", "Either").error["code"] == "not_found"


def test_every_wrong_part_is_named(people: Cli) -> None:
    wrong = ["--where", "password = x", "--where", "created_at = someday", "--columns", "name,nothing"]
    error = people("view", "add", "Bad", "--module", "lead", *wrong, "--sort", "description").error
    assert set(error["fields"]) == {"criteria.1", "criteria.2", "columns", "sort"}


def test_views_of_activities_serve_lists_of_one_kind(people: Cli) -> None:
    people("task", "add", "--set", "subject=Write", "--set", "due_date=yesterday")
    people("task", "add", "--set", "subject=Done", "--set", "due_date=yesterday", "--set", "status=completed")
    people(
        "view",
        "add",
        "Late",
        "--module",
        "task",
        "--where",
        "due_at = overdue",
        "--where",
        "status != cancelled",
    )
    assert [row["subject"] for row in people("task", "list", "--view", "Late").data["rows"]] == ["Write"]
    assert people("call", "list", "--view", "Late").data["rows"] == []
    assert [row["subject"] for row in people("task", "list", "--view", "overdue").data["rows"]] == ["Write"]


def test_a_private_view_is_nobody_elses(people: Cli) -> None:
    people("view", "add", "Mine", "--module", "lead")
    people("user", "add", "sato", "--profile", "agent")
    for command in (
        ("view", "show", "Mine"),
        ("view", "delete", "Mine"),
        ("lead", "list", "--view", "Mine"),
    ):
        assert people(*command, "--user", "sato").error["code"] == "not_found"
    assert (
        people("view", "add", "All", "--module", "lead", "--shared", "--user", "sato").error["code"]
        == "not_allowed"
    )
    assert people("view", "show", "Mine").data["name"] == "Mine"


def test_a_view_whose_field_was_deleted_is_told_and_mended(people: Cli) -> None:
    people("field", "add", "lead", "tier", "--type", "text")
    people("lead", "edit", "One", "--set", "tier=gold")
    people("view", "add", "Gold", "--module", "lead", "--where", "tier = gold", "--columns", "name,tier")
    assert names(people, "--view", "Gold") == ["One"]
    people("field", "delete", "lead", "tier")
    broken = people("lead", "list", "--view", "Gold", "--format", "json")
    assert broken.data["rows"] == []
    assert "“tier” fits nothing" in broken.err
    assert people("view", "edit", "Gold", "--name", "Silver").error["code"] == "invalid"
    mended = people("view", "edit", "Gold", "--where", "company = Acme").data
    assert (mended["problems"], mended["columns"]) == ([], ["name"])
    assert names(people, "--view", "Gold") == ["One", "Two"]
