"""Tables come in from the command line: records and associations, dry runs, the way back."""

import csv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from crm_tui.domain.outlook.headings import LISTS
from crm_tui.domain.outlook.items import ItemKind
from tests.cli.conftest import Cli, Result, put_store

COUNTED = ("created", "updated", "unchanged", "skipped", "rejected")

PEOPLE = (
    ("姓", "名", "会社名", "電話番号", "メールアドレス", "誕生日", "血液型"),
    ("山田", "太郎", "山田商事", "03-1234-5678", "taro@example.jp", "1980/2/3", "A"),
    ("佐藤", "花子", "佐藤商店", "+81 90 1234 5678", "hanako@example.jp", "昭和", "B"),
    ("鈴木", "", "山田商事", "", "suzuki@example.jp", "", ""),
)

CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x
BEGIN:VEVENT
UID:e1
DTSTART:20260801T010000Z
DTEND:20260801T020000Z
SUMMARY:Meeting
END:VEVENT
BEGIN:VTODO
UID:t1
SUMMARY:Call back
END:VTODO
END:VCALENDAR
"""

LINKS = (
    ("Contact", "Account", "Primary", "Role"),
    ("Suzuki", "Other", "yes", "購買"),
    ("suzuki@example.jp", "Third", "", ""),
    ("Nobody", "Other", "", ""),
)


@pytest.fixture(name="cli")
def cli_with_store(cli: Cli, new_store: bytes) -> Cli:
    """A command line with a store that has nothing in it."""
    return put_store(cli, new_store)


def written(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> str:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


def counts(result: Result) -> tuple[int, ...]:
    return tuple(result.envelope["data"][name] for name in COUNTED)


def test_a_japanese_table_comes_in_once(cli: Cli, tmp_path: Path) -> None:
    file = written(tmp_path / "people.csv", PEOPLE, "cp932")
    dry = cli("import", "contact", file, "--dry-run")
    assert (dry.code, counts(dry)) == (6, (2, 0, 0, 0, 1))
    assert "血液型" in dry.err
    assert [one["reasons"].keys() for one in dry.envelope["data"]["changes"] if one["reasons"]] == [
        {"birthday"}
    ]
    [rejected] = dry.envelope["data"]["rejected_rows"]
    assert cli("contact", "list").data["rows"] == []
    done = cli("import", "contact", file)
    assert done.envelope["data"]["rejected_rows"] == [rejected]
    assert (done.code, counts(done), done.envelope["data"]["encoding"]) == (6, (2, 0, 0, 0, 1), "cp932")
    shown = cli("contact", "show", "taro@example.jp").data
    assert (shown["last_name"], shown["account"]["name"]) == ("山田", "山田商事")
    assert shown["birthday"] == "1980-02-03"
    assert [one["name"] for one in cli("account", "list").data["rows"]] == ["山田商事"]
    again = cli("import", "contact", file, "--duplicates", "update")
    assert counts(again) == (0, 0, 2, 0, 1)


def test_an_import_is_listed_and_taken_back(cli: Cli, tmp_path: Path) -> None:
    cli("contact", "add", "--set", "last_name=鈴木", "--set", "email=suzuki@example.jp").data  # noqa: B018
    file = written(tmp_path / "people.csv", (PEOPLE[0], PEOPLE[1], PEOPLE[3]))
    assert counts(cli("import", "contact", file, "--duplicates", "update")) == (1, 1, 0, 0, 0)
    [row] = cli("import", "list").data["rows"]
    assert (row["state"], row["module"], row["position"]) == ("done", "contact", 2)
    assert cli("import", "rejects", row["batch"], str(tmp_path / "none.csv")).data["rows"] == 0
    undone = cli("import", "undo", "last").data
    assert (undone["removed"], undone["restored"], undone["left_out"]) == (2, 1, 0)
    assert cli("contact", "show", "suzuki@example.jp").data["account"] is None
    assert len(cli("contact", "list").data["rows"]) == 1
    assert cli("import", "show", row["batch"]).data["state"] == "undone"
    assert cli("import", "undo", row["batch"]).error["code"] == "conflict"


def test_columns_are_chosen_and_remembered(cli: Cli, tmp_path: Path) -> None:
    file = written(tmp_path / "odd.csv", (("A", "B", "C"), ("Yamada", "Sales", "x")))
    assert "A, B, C" in cli("import", "contact", file).error["hint"]
    unknown = cli("import", "contact", file, "--map", "A=shoe_size")
    assert (unknown.code, list(unknown.error["fields"])) == (1, ["shoe_size"])
    assert cli("import", "contact", file, "--map", "D=title").code == 1
    assert cli("import", "contact", file, "--map", "A").code == 2
    chosen = cli("import", "contact", file, "--map", "A=last_name", "--map", "2=department")
    assert counts(chosen) == (1, 0, 0, 0, 0)
    other = written(tmp_path / "next.csv", (("A", "B", "C"), ("Sato", "Sales", "")))
    assert counts(cli("import", "contact", other)) == (1, 0, 0, 0, 0)
    assert cli("contact", "show", "Sato").data["department"] == "Sales"


def test_what_cannot_be_imported(cli: Cli, tmp_path: Path) -> None:
    assert cli("import", "contact", str(tmp_path / "none.csv")).error["code"] == "invalid"
    card = tmp_path / "card.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:A\nN:A;;;;\nEND:VCARD\n")
    assert "sync file" in cli("import", "lead", str(card)).error["hint"]
    assert "sync file" in cli("import", "contact", str(card), "--duplicates", "create").error["hint"]
    assert cli("import", "robot", str(card)).code == 2
    backup = tmp_path / "backup.zip"
    with zipfile.ZipFile(backup, "w") as archive:
        archive.writestr("Contacts.csv", "Record Id,Last Name\n1,A\n")
    assert "sync zoho" in cli("import", "contact", str(backup)).error["hint"]


def test_a_list_of_outlook_comes_in_by_its_own_rules(cli: Cli, tmp_path: Path) -> None:
    headings = next(names for kind, names in LISTS if kind is ItemKind.CONTACT and "肩書き" in names)
    person = {
        "肩書き": "Mr.",
        "姓": "山田",
        "名": "太郎",
        "役職": "部長",
        "部署": "営" * 60,
        "会社名": "青空",
    }
    file = written(tmp_path / "outlook.csv", (headings, [person.get(one, "") for one in headings]), "cp932")
    dry = cli("import", "contact", file, "--dry-run")
    assert (dry.code, counts(dry), dry.data["shortened"]) == (0, (1, 0, 0, 0, 0), 1)
    assert cli("import", "contact", file).data["origin"] == "outlook_file"
    shown = cli("contact", "show", "山田 太郎").data
    assert (shown["title"], shown["department"], shown["account"]["name"]) == ("部長", "営" * 50, "青空")
    assert counts(cli("import", "contact", file)) == (0, 0, 1, 0, 0)
    table = cli("import", "contact", file, "--duplicates", "create", "--shorten")
    assert (table.data["origin"], counts(table)) == ("table", (1, 0, 0, 0, 0))
    assert {"column": "役職", "field": "title"} in table.data["mapping"]
    assert cli("import", "lead", file, "--shorten").data["origin"] == "table"


def test_a_calendar_gives_a_module_its_own_items_alone(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "all.ics"
    file.write_text(CALENDAR)
    assert counts(cli("import", "task", str(file))) == (1, 0, 0, 0, 0)
    assert [one["subject"] for one in cli("task", "list").data["rows"]] == ["Call back"]
    assert cli("event", "list").data["rows"] == []
    assert counts(cli("import", "event", str(file))) == (1, 0, 0, 0, 0)
    assert [one["subject"] for one in cli("event", "list").data["rows"]] == ["Meeting"]


def test_columns_that_are_left_out_are_told_in_short(cli: Cli, tmp_path: Path) -> None:
    heading = ("Last Name", *(f"Odd {number}" for number in range(1, 21)))
    file = written(tmp_path / "wide.csv", (heading, ("Sato", *[""] * 20)))
    notes = cli("import", "contact", file, "--dry-run").data["notes"]
    [note] = [one for one in notes if "Odd 1" in one]
    assert "Odd 8 (+12)" in note
    assert "Odd 9" not in note


def test_every_import_says_what_it_takes_in(cli: Cli) -> None:
    listed = cli("import", "--help").out
    for name, what in (("lead", "leads"), ("call", "calls"), ("associations", "Associate contacts")):
        [line] = [line for line in listed.splitlines() if line.split()[:1] == [name]]
        assert what in line
    assert "remembered" in cli("import", "deal", "--help").out


def test_associations_come_in_from_every_kind_of_table(cli: Cli, tmp_path: Path) -> None:
    for name in ("Acme", "Other", "Third"):
        assert cli("account", "add", "--set", f"name={name}").code == 0
    person = ("--set", "last_name=Suzuki", "--set", "email=suzuki@example.jp", "--set", "account=Acme")
    assert cli("contact", "add", *person).code == 0
    file = _table(tmp_path / "links.xls", LINKS)
    assert counts(cli("import", "associations", file, "--dry-run")) == (2, 0, 0, 0, 1)
    done = cli("import", "associations", file)
    assert (done.code, counts(done)) == (6, (2, 0, 0, 0, 1))
    assert _accounts(cli) == [("Other", True, "購買"), ("Acme", False, None), ("Third", False, None)]
    for ending in (".csv", ".xlsx"):
        again = cli("import", "associations", _table(tmp_path / f"links{ending}", LINKS))
        assert counts(again) == (0, 0, 2, 0, 1)
    assert cli("import", "undo", done.envelope["data"]["batch"]).data["removed"] == 2
    assert _accounts(cli) == [("Acme", True, None)]
    assert cli("db", "check").data["problems"] == []


def _accounts(cli: Cli) -> list[tuple[str, bool, str | None]]:
    shown = cli("contact", "show", "Suzuki").data["accounts"]
    return [(one["name"], one["primary"], one["role"]) for one in shown]


def _table(path: Path, rows: Sequence[Sequence[str]]) -> str:
    if path.suffix == ".csv":
        return written(path, rows)
    if path.suffix == ".xls":
        book = xlwt.Workbook()
        sheet = book.add_sheet("関連付け")
    else:
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet("関連付け")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.save(str(path)) if path.suffix == ".xls" else book.close()
    return str(path)
