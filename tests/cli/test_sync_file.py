"""``crm-tui sync file`` and ``sync status``."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Result, put_store

CONTACTS = """\
First Name,Last Name,E-mail Address,Company,Categories
Taro,Tanaka,taro@a.example,Acme,Zoho
,,,Nameless,Zoho
Jiro,Yamada,jiro@a.example,Acme,Private
"""


def counted(result: Result) -> dict[str, int]:
    """Return what became of the rows of a file of which some were rejected."""
    assert result.code == 6, (result.out, result.err)
    data = json.loads(result.out)["data"]
    return {name: data[name] for name in ("created", "unchanged", "skipped", "rejected")}


@pytest.fixture(name="cli")
def cli_with_store(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store that has nothing in it."""
    return put_store(cli, new_store)


def test_a_file_is_counted_taken_in_and_found_unchanged(cli: Cli, tmp_path: Path) -> None:
    path, rejects = tmp_path / "c.csv", tmp_path / "rejected.csv"
    path.write_text(CONTACTS)
    dry = counted(cli("sync", "file", str(path), "--category", "zoho", "--dry-run"))
    assert dry == {"created": 1, "unchanged": 0, "skipped": 1, "rejected": 1}
    assert cli("contact", "list").data["rows"] == []
    done = cli("sync", "file", str(path), "--category", "zoho", "--rejects", str(rejects))
    assert counted(done) == dry
    assert [row["name"] for row in cli("contact", "list").data["rows"]] == ["Taro Tanaka"]
    with rejects.open(encoding="utf-8-sig", newline="") as opened:
        heading, row = list(csv.reader(opened))
    assert heading[:5] == CONTACTS.splitlines()[0].split(",")
    assert row[3] == "Nameless"
    mended = rejects.read_text("utf-8-sig").replace(",,,Nameless", ",Sato,,Nameless")
    rejects.write_text(mended)
    assert cli("sync", "file", str(rejects)).data["created"] == 1
    again = counted(cli("sync", "file", str(path)))
    assert again == {"created": 1, "unchanged": 1, "skipped": 0, "rejected": 1}


def test_a_file_of_something_else_is_refused(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Colour,Size\nred,3\n")
    refused = cli("sync", "file", str(path))
    assert refused.error["code"] == "invalid"
    assert "crm-tui import" in refused.error["hint"]


def test_the_status_names_files_that_came_in(cli: Cli, tmp_path: Path) -> None:
    nothing = cli("sync", "status").data
    assert (nothing["accounts"], nothing["rows"], nothing["files"]) == ([], [], [])
    path = tmp_path / "c.csv"
    path.write_text(CONTACTS)
    cli("sync", "file", str(path))
    files = cli("sync", "status").data["files"]
    assert [(one["file"], one["state"], one["created"]) for one in files] == [(str(path), "done", 2)]
