"""Fault 2: what a record, an argument or a file says never steers the terminal through the command line."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, cli, new_store, put_store

__all__ = ["cli", "new_store"]

PAYLOAD = (
    "A\x1b[2J\x1b]0;x\x07\x1b]8;;http://x\x1b\\\x1b]52;c;aGk=\x07\x1bP1$q\x1b\\\x1b]52;unended"
    "\x9b31m\x9d0;y\x9c\x7f\u202e\u2066\u200b\u200f\ufeff\u2028" + "e" + "\u0301" * 500
)
FORBIDDEN = ({chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\n"}) | set(
    "\u202e\u2066\u200b\u200f\ufeff\u2028"
)


def _is_clean(text: str) -> bool:
    return not FORBIDDEN & set(text) and "\u0301" * 9 not in text


@pytest.fixture
def poisoned(cli: Cli, new_store: bytes) -> Cli:
    """A store into which the payload came past the program: in a name, a text and a reference."""
    put_store(cli, new_store)
    cli("account", "add", "--set", "name=Acme")
    cli("contact", "add", "--set", "last_name=Doe", "--set", "account=Acme")
    cli("note", "add", "--set", "body=x", "--set", "title=y", "--set", "parent=Acme")
    with sqlite3.connect(cli.store) as connection:
        columns = ("name", "display_name", "description", "website")
        connection.execute(f"UPDATE accounts SET {', '.join(f'{c} = ?' for c in columns)}", [PAYLOAD] * 4)
        connection.execute("UPDATE notes SET body = ?, display_name = ?", [PAYLOAD, PAYLOAD])
        connection.execute("UPDATE contacts SET first_name = ?, display_name = ?", [PAYLOAD, PAYLOAD])
    connection.close()
    return cli


@pytest.mark.parametrize("chosen", ["table", "json", "jsonl", "csv"])
@pytest.mark.parametrize("command", [["account", "list"], ["contact", "list"], ["note", "list"], ["audit"]])
def test_lists(poisoned: Cli, command: list[str], chosen: str) -> None:
    result = poisoned(*command, "--format", chosen)
    assert result.code == 0
    assert _is_clean(result.out + result.err)


@pytest.mark.parametrize("chosen", ["table", "json", "jsonl", "csv"])
def test_records_with_their_related_lists(poisoned: Cli, chosen: str) -> None:
    for module in ("account", "contact", "note"):
        (row,) = poisoned(module, "list").data["rows"]
        result = poisoned(module, "show", row["id"], "--format", chosen)
        assert result.code == 0
        assert _is_clean(result.out + result.err), module


@pytest.mark.parametrize(
    "command",
    [
        [PAYLOAD],
        ["account", PAYLOAD],
        ["account", "show", PAYLOAD],
        ["account", "add", "--set", f"name={PAYLOAD * 3}"],
        ["account", "add", "--set", f"{PAYLOAD}=x"],
        ["account", "list", "--where", PAYLOAD],
        ["account", "list", "--where", f"owner = {PAYLOAD}"],
        ["account", "list", "--sort", PAYLOAD],
        ["account", "list", "--after", PAYLOAD],
        ["account", "list", f"--{PAYLOAD}"],
        ["lead", "list", "--store", PAYLOAD],
        ["lead", "list", "--user", PAYLOAD],
        ["lead", "list", "--config", PAYLOAD],
        ["find", PAYLOAD],
        ["user", "add", PAYLOAD, "--profile", PAYLOAD],
        ["profile", "show", PAYLOAD],
        ["db", "backup", f"/nowhere/{PAYLOAD}"],
        ["call", "log", "--type", PAYLOAD, "--duration", PAYLOAD],
    ],
)
def test_errors_that_repeat_what_was_typed(cli: Cli, new_store: bytes, command: list[str]) -> None:
    put_store(cli, new_store)
    result = cli(*command)
    assert _is_clean(result.out + result.err)


def test_a_configuration_file(cli: Cli) -> None:
    cli.configuration.parent.mkdir(parents=True)
    cli.configuration.write_text('[ui]\ntheme = "a\\u001b[2J"\n"\\u202ex" = 1\n', encoding="utf-8")
    for command in (["config", "validate"], ["config", "show"], ["lead", "list"], ["doctor"]):
        result = cli(*command)
        assert _is_clean(result.out + result.err), command


def test_a_store_whose_path_is_hostile(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "a\x1b[2Jb"
    folder.mkdir()
    url = f"sqlite:///{folder}/c.db"
    for command in (["db", "upgrade"], ["db", "current"], ["doctor"], ["doctor", "--format", "table"]):
        result = cli(*command, "--store", url)
        assert _is_clean(result.out + result.err), command
