"""Exports on the command line."""

import csv
from pathlib import Path

from tests.cli.conftest import Cli, put_store


def people(cli: Cli, new_store: bytes) -> Cli:
    put_store(cli, new_store)
    for name, company in (("=One", "Acme"), ("Two", "Acme"), ("Three", "Other")):
        cli("lead", "add", "--set", f"last_name={name}", "--set", f"company={company}")
    return cli


def test_a_view_is_exported_with_its_columns_and_narrowed(cli: Cli, new_store: bytes, tmp_path: Path) -> None:
    people(cli, new_store)
    where = ["--where", "company = Acme"]
    cli("view", "add", "Acme", "--module", "lead", *where, "--columns", "company,phone", "--sort=-name")
    file = tmp_path / "acme.csv"
    data = cli("export", "lead", "--view", "Acme", "--output", str(file)).data
    assert data == {"file": str(file), "rows": 2, "replaced": 0, "cut": 0}
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows[0] == ["id", "name", "company", "phone"]
    listed = [row["name"] for row in cli("lead", "list", "--view", "Acme").data["rows"]]
    assert [row[1].lstrip("'") for row in rows[1:]] == listed
    assert {row[1] for row in rows[1:]} == {"Two", "'=One"}
    more = ["--where", "last_name starts =", "--force", "--headers", "labels", "--lang", "ja"]
    assert cli("export", "lead", "--view", "Acme", *more, "--output", str(file)).data["rows"] == 1
    assert file.read_text("utf-8-sig").splitlines()[0] == "名前,会社名,電話番号"


def test_an_export_that_cant_be_made_says_why(cli: Cli, new_store: bytes, tmp_path: Path) -> None:
    people(cli, new_store)
    file = tmp_path / "leads.xlsx"
    assert cli("export", "lead", "--output", str(file)).data["rows"] == 3
    refused = cli("export", "lead", "--output", str(file))
    assert (refused.code, refused.error["code"]) == (1, "invalid")
    assert "already" in refused.error["fields"]["file"]
    assert cli("export", "lead", "--output", str(tmp_path / "x.pdf")).error["code"] == "invalid"
    assert cli("export", "mail", "--output", str(tmp_path / "x.csv")).code == 2
    unknown = cli("export", "lead", "--where", "no = 1", "--output", str(tmp_path / "x.csv"))
    assert unknown.error["code"] == "invalid"
