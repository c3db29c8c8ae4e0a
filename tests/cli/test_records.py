"""Records from the command line, on a real store: add, list, show, edit, delete, find, and who may."""

import csv
import io
import json
import re

import pytest

from tests.cli.conftest import Cli, put_store

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.fixture(name="cli")
def cli_with_store(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store."""
    return put_store(cli, new_store)


def _add(cli: Cli, module: str, **values: str) -> dict[str, object]:
    pairs = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    data = cli(module, "add", *pairs).data
    assert isinstance(data, dict)
    return data


def test_a_record_comes_back_as_it_was_typed(cli: Cli) -> None:
    made = _add(cli, "lead", last_name="田中", first_name="太郎", company="田中商事", phone="03-1234-5678")
    shown = cli("lead", "show", "田中 太郎").data
    assert shown["id"] == made["id"]
    assert (shown["last_name"], shown["company"], shown["phone"]) == ("田中", "田中商事", "03-1234-5678")
    assert shown["email"] is None
    assert shown["version"] == 1
    assert shown["do_not_call"] is False
    assert shown["owner"]["module"] == "user"
    assert ISO.fullmatch(shown["created_at"])
    assert shown["created_at"].endswith("+09:00")
    assert shown["custom"] == {}
    assert shown["related"]["open_activities"] == []


def test_every_error_of_a_record_is_told_at_once_and_nothing_is_saved(cli: Cli) -> None:
    result = cli("lead", "add", "--set", "email=nonsense", "--set", "first_name=" + "x" * 41)
    assert result.code == 1
    assert result.error["code"] == "invalid"
    assert {"email", "first_name", "last_name", "company"} <= set(result.error["fields"])
    assert cli("lead", "list").data["rows"] == []


def test_references_are_named_by_exact_name_and_shown_with_it(cli: Cli) -> None:
    account = _add(cli, "account", name="Acme")
    contact = _add(
        cli, "contact", last_name="Doe", first_name="Jane", account="Acme", email="jane@acme.example"
    )
    assert contact["account"] == {"module": "account", "id": account["id"], "name": "Acme"}
    shown = cli("account", "show", "Acme").data
    assert [row["id"] for row in shown["related"]["contacts"]] == [contact["id"]]
    found = cli("contact", "show", "jane@acme.example").data
    assert found["id"] == contact["id"]
    assert found["accounts"] == [{"id": account["id"], "name": "Acme", "primary": True, "role": None}]


def test_several_records_of_one_name_are_an_error_that_lists_them(cli: Cli) -> None:
    first = _add(cli, "account", name="Acme")
    second = _add(cli, "account", name="Acme")
    error = cli("account", "show", "Acme").error
    assert error["code"] == "ambiguous"
    assert str(first["id"]) in error["hint"]
    assert str(second["id"]) in error["hint"]


def test_what_does_not_exist_is_not_found(cli: Cli) -> None:
    _add(cli, "account", name="Acme")
    for args in (["show", "Nobody"], ["edit", "Nobody", "--set", "phone=031"], ["delete", "Nobody"]):
        result = cli("account", *args)
        assert result.code == 1
        assert result.error["code"] == "not_found"


def test_protected_fields_are_ignored_and_reported(cli: Cli) -> None:
    result = cli("lead", "add", "--set", "last_name=Doe", "--set", "company=X", "--set", "version=9",
                 "--set", "created_by=root")  # fmt: skip
    assert sorted(result.envelope["ignored"]) == ["created_by", "version"]
    assert result.data["version"] == 1
    assert "version" in result.err


def test_an_edit_of_an_old_version_is_a_conflict(cli: Cli) -> None:
    _add(cli, "account", name="Acme")
    changed = cli("account", "edit", "Acme", "--set", "phone=03-1111-2222", "--version", "1").data
    assert changed["version"] == 2
    result = cli("account", "edit", "Acme", "--set", "phone=03-3333-4444", "--version", "1")
    assert result.code == 1
    assert result.error["code"] == "conflict"
    assert cli("account", "show", "Acme").data["phone"] == "03-1111-2222"


def test_an_empty_value_clears_a_field(cli: Cli) -> None:
    _add(cli, "account", name="Acme", phone="03-1111-2222")
    assert cli("account", "edit", "Acme", "--set", "phone=").data["phone"] is None


def test_delete_takes_all_or_none(cli: Cli) -> None:
    _add(cli, "account", name="A")
    _add(cli, "account", name="B")
    assert cli("account", "delete", "A", "Nobody").code == 1
    assert len(cli("account", "list").data["rows"]) == 2
    assert cli("account", "delete", "A", "B").data["deleted"] == 2
    assert cli("account", "list").data == {"rows": [], "next": None}


def test_lists_filter_by_any_field(cli: Cli) -> None:
    _add(cli, "account", name="Acme")
    one = _add(cli, "deal", name="One", stage="qualification", amount="100", account="Acme")
    two = _add(cli, "deal", name="Two", stage="closed_won", amount="2,000", closing_date="2026-11-30")

    def ids(*args: str) -> set[object]:
        return {row["id"] for row in cli("deal", "list", *args).data["rows"]}

    both = {one["id"], two["id"]}
    assert ids("--where", "amount >= 1000") == {two["id"]}
    assert ids("--where", "amount < 1000") == {one["id"]}
    assert ids("--where", "stage = closed_won") == {two["id"]}
    assert ids("--where", "stage in closed_won, qualification") == both
    assert ids("--where", "account = Acme") == {one["id"]}
    assert ids("--where", "account empty") == {two["id"]}
    assert ids("--where", "closing_date <= 2026-11-30") == {two["id"]}
    assert ids("--where", f"id = {one['id']}") == {one["id"]}
    assert ids("--where", "created_at >= today") == both
    assert ids("--where", "created_at = today") == both
    assert ids("--where", "created_at < today") == set()
    assert ids("--where", f"owner = {one['owner']['name']}") == both  # type: ignore[index]
    assert ids("--where", "name starts T") == {two["id"]}
    assert ids("--where", "name = One", "--where", "name = Two") == set()
    assert ids("--where", "name = One", "--where", "name = Two", "--any") == both
    assert ids("--view", "won") == {two["id"]}
    assert ids("--view", "mine") == both


def test_an_unknown_field_in_a_condition_or_an_order_is_an_error(cli: Cli) -> None:
    _add(cli, "account", name="Acme")
    assert cli("account", "list", "--where", "password = x").error["code"] == "invalid"
    assert cli("account", "list", "--sort", "password").error["code"] == "invalid"


def test_pages_follow_each_other_without_gap(cli: Cli) -> None:
    for name in ("C", "A", "E", "B", "D"):
        _add(cli, "account", name=name)
    names: list[str] = []
    after: list[str] = []
    for _page in range(3):
        data = cli("account", "list", "--sort", "-name", "--limit", "2", *after).data
        names += [row["name"] for row in data["rows"]]
        after = ["--after", data["next"]] if data["next"] else []
    assert names == ["E", "D", "C", "B", "A"]
    assert after == []


def test_a_cursor_of_another_order_is_a_usage_error(cli: Cli) -> None:
    _add(cli, "account", name="A")
    _add(cli, "account", name="B")
    cursor = cli("account", "list", "--limit", "1").data["next"]
    assert cli("account", "list", "--sort", "-name", "--after", cursor).code == 2


def test_the_other_formats_carry_the_same_rows(cli: Cli) -> None:
    _add(cli, "account", name="=Acme", phone="+81 3 1234 5678")
    lines = cli("account", "list", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["=Acme"]
    (row,) = csv.DictReader(io.StringIO(cli("account", "list", "--format", "csv").out))
    assert (row["name"], row["phone"]) == ("'=Acme", "+81 3 1234 5678")
    assert "=Acme" in cli("account", "list", "--format", "table").out
    assert "=Acme" in cli("account", "show", "=Acme", "--format", "table").out


def test_notes_hang_on_their_record(cli: Cli) -> None:
    _add(cli, "account", name="Acme")
    note = _add(cli, "note", title="Visit", body="Two lines\nof text", parent="Acme")
    assert note["parent"]["name"] == "Acme"  # type: ignore[index]
    assert [n["id"] for n in cli("account", "show", "Acme").data["related"]["notes"]] == [note["id"]]


def test_a_task_is_completed_and_moved(cli: Cli) -> None:
    _add(cli, "task", subject="Send the quote", due_date="2026-11-25")
    moved = cli("task", "reschedule", "Send the quote", "--at", "2026-11-27").data
    assert moved["due_date"] == "2026-11-27"
    assert cli("task", "complete", "Send the quote").data["status"] == "completed"


def test_an_event_keeps_its_length_when_it_is_moved(cli: Cli) -> None:
    _add(cli, "event", subject="Visit", starts_at="2026-11-25 14:00", ends_at="2026-11-25 15:30")
    moved = cli("event", "reschedule", "Visit", "--at", "2026-11-26 9:00").data
    assert moved["starts_at"] == "2026-11-26T09:00:00+09:00"
    assert moved["ends_at"] == "2026-11-26T10:30:00+09:00"


def test_find_takes_names_and_the_last_digits_of_a_number(cli: Cli) -> None:
    made = _add(
        cli, "contact", last_name="田中", first_name="太郎", last_name_kana="たなか", phone="03-1234-5678"
    )
    for text in ("田中", "タナカ", "+81 3 1234 5678", "5678"):
        assert [row["id"] for row in cli("find", text).data["rows"]] == [made["id"]], text
    assert cli("find", "田中", "--module", "lead").data["rows"] == []


def test_a_terminal_escape_in_data_reaches_no_output(cli: Cli) -> None:
    _add(cli, "account", name="A\x1b]52;c;aGk=\x07cme\u202e")
    for chosen in ("table", "json", "jsonl", "csv"):
        out = cli("account", "list", "--format", chosen).out
        assert not set("\x1b\x07\u202e\x9b") & set(out), chosen


def test_assign_gives_records_to_another_user_all_or_none(cli: Cli) -> None:
    cli("user", "add", "sato", "--profile", "agent")
    for name in ("A", "B"):
        cli("account", "add", "--set", f"name={name}")
    assert cli("account", "assign", "A", "Nobody", "--to", "sato").code == 1
    assert cli("account", "assign", "A", "--to", "nobody").error["code"] == "not_found"
    assert cli("account", "show", "A").data["owner"]["name"] != "sato"
    assert cli("account", "assign", "A", "B", "--to", "sato").data["assigned"] == 2
    assert cli("account", "show", "B").data["owner"]["name"] == "sato"


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_an_agent_without_the_permission_can_not(cli: Cli, verb: str) -> None:
    _add(cli, "account", name="Acme")
    assert cli("user", "add", "suzuki", "--profile", "agent").code == 0
    flags = ["--edit", "N", "--delete", "N", "--view", "Y", "--create", "Y"]
    assert cli("profile", "set", "agent", "account", *flags, "--scope", "all").code == 0
    args = ["--set", "phone=03-1234-5678"] if verb == "edit" else []
    result = cli("account", verb, "Acme", *args, "--user", "suzuki")
    assert result.code == 5
    assert result.error["code"] == "not_allowed"
    shown = cli("account", "show", "Acme").data
    assert shown["phone"] is None
