"""``crm-tui report``: figures with their formulas, limits, files, the live board, and what is refused."""

import csv
import io
from pathlib import Path

from python_calamine import load_workbook

from tests.cli.conftest import Cli, put_store

PERIOD = ("report", "calls", "--from", "today", "--to", "today")


def test_figures_of_a_day(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    assert cli("contact", "add", "--set", "last_name=田中").code == 0
    for duration, purpose in (("3:20", "desk"), ("1:40", "desk"), ("10:00", "demo")):
        logged = cli(
            "call", "log", "--type", "outbound", "--who", "田中", "--subject", "Question", "--purpose",
            purpose, "--result", "interested", "--started-at", "-1h", "--duration", duration,
        )  # fmt: skip
        assert logged.code == 0, logged.err
    data = cli(*PERIOD, "--by", "purpose").data
    assert [(row["key"], row["calls"], row["talk_seconds"]) for row in data["rows"]] == [
        ("desk", 2, 300),
        ("demo", 1, 600),
    ]
    assert data["rows"][0]["average_duration_seconds"] == 150
    assert (data["total"]["calls"], data["total"]["average_handling_seconds"]) == (3, 300)
    assert data["total"]["missed_rate"] is None
    assert data["formulas"]["average_duration_seconds"] == "Average call duration = talk ÷ completed calls."
    assert [row["key"] for row in cli(*PERIOD).data["rows"]] == ["total"]
    printed = cli(*PERIOD, "--by", "agent", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(printed))
    assert (row["calls"], row["talk_seconds"], row["missed"]) == ("3", "900", "0")
    shown = cli(*PERIOD, "--by", "day", "--format", "table")
    assert data["formulas"]["first_call_resolution"] in shown.out
    assert not shown.err


def test_a_period_that_cannot_be(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    for first, last, name in (("today", "yesterday", "to"), ("someday", "today", "from")):
        refused = cli("report", "calls", "--from", first, "--to", last)
        assert refused.code == 1
        assert name in refused.error["fields"]
    assert cli("report", "calls", "--from", "today").code == 2
    assert cli(*PERIOD, "--by", "weather").code == 2


def _log(cli: Cli, user: str, duration: str, purpose: str) -> None:
    logged = cli(
        "--user", user, "call", "log", "--type", "outbound", "--who", "田中", "--subject", "Question",
        "--purpose", purpose, "--result", "interested", "--started-at", "-1h", "--duration", duration,
    )  # fmt: skip
    assert logged.code == 0, logged.err


def test_limits_and_files(cli: Cli, new_store: bytes, tmp_path: Path) -> None:
    put_store(cli, new_store)
    assert cli("contact", "add", "--set", "last_name=田中").code == 0
    for name in ("ayse", "bela"):
        assert cli("user", "add", name, "--profile", "agent", "--team", "=1+1").code == 0
    for user, duration, purpose in (
        ("ayse", "3:20", "desk"),
        ("ayse", "1:40", "demo"),
        ("bela", "10:00", "desk"),
    ):
        _log(cli, user, duration, purpose)
    data = cli(*PERIOD, "--by", "purpose", "--agent", "ayse").data
    assert {row["key"]: row["talk_seconds"] for row in data["rows"]} == {"desk": 200, "demo": 100}
    assert data["filters"] == {"agent": "ayse"}
    data = cli(*PERIOD, "--by", "agent", "--purpose", "desk", "--team", "=1+1", "--type", "outbound").data
    assert {row["key"]: row["calls"] for row in data["rows"]} == {"ayse": 1, "bela": 1}
    assert cli(*PERIOD, "--result", "not_interested").data["total"]["calls"] == 0
    assert "purpose" in cli(*PERIOD, "--purpose", "weather").error["fields"]

    book = tmp_path / "calls.xlsx"
    made = cli(*PERIOD, "--by", "team", "--output", str(book), "--headers", "labels")
    assert made.data == {"file": str(book), "rows": 1, "replaced": 0}
    assert book.stat().st_mode & 0o077 == 0
    cells = load_workbook(str(book)).get_sheet_by_index(0).to_python()
    assert [cells[0][0], cells[1][0], cells[1][1], cells[2][0], cells[2][1]] == [
        "Team",
        "=1+1",
        3,
        "Total",
        3,
    ]
    assert any("Missed rate = missed inbound" in str(row[0]) for row in cells)
    text = tmp_path / "calls.csv"
    assert cli(*PERIOD, "--by", "team", "--output", str(text)).code == 0
    with text.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["key"], row["talk_seconds"]) for row in rows] == [("'=1+1", "900"), ("total", "900")]
    assert "file" in cli(*PERIOD, "--output", str(text)).error["fields"], "nothing is overwritten unasked"
    assert cli(*PERIOD, "--output", str(text), "--force", "--encoding", "cp932").code == 0
    assert text.read_bytes().startswith(b"key,label,calls")
    assert cli("audit", "--format", "jsonl").out.count('"export"') == 3


def test_the_board(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    who = cli("contact", "add", "--set", "last_name=田中", "--set", "phone=03-1234-5678").data
    assert cli("user", "add", "ayse", "--profile", "agent", "--team", "North").code == 0
    assert cli("--user", "ayse", "call", "start", "--who", who["id"]).code == 0
    data = cli("report", "board").data
    first = data["agents"][0]
    assert (first["agent"], first["state"], first["team"], first["type"]) == (
        *("ayse", "on_call", "North", "outbound"),
    )
    assert (first["who"]["name"], first["phone"], first["calls"]) == ("田中", "03-1234-5678", 0)
    assert isinstance(first["seconds"], int)
    assert cli("user", "edit", "root", "--time-zone", "Asia/Tokyo").code == 0
    elsewhere = cli("report", "board").data
    for moment in (elsewhere["at"], elsewhere["agents"][0]["since"]):
        assert moment.endswith("+09:00"), "the zone of whoever reads"
    assert (data["total"]["agents"], data["total"]["on_call"]) == (2, 1)
    assert [agent["agent"] for agent in cli("report", "board", "--team", "north").data["agents"]] == ["ayse"]
    assert cli("report", "board", "--team", "South").error["code"] == "not_found"
    assert "田中" in cli("report", "board", "--format", "table").out


def test_calls_without_a_team_have_a_name_and_what_a_file_cannot_hold_is_counted(
    cli: Cli, new_store: bytes, tmp_path: Path
) -> None:
    put_store(cli, new_store)
    assert cli("contact", "add", "--set", "last_name=田中").code == 0
    assert cli("user", "add", "ayse", "--profile", "agent", "--team", "Ayşe–한국").code == 0
    for user in ("root", "ayse"):
        _log(cli, user, "1:00", "desk")
    rows = cli(*PERIOD, "--by", "team", "--lang", "ja").data["rows"]
    assert {row["key"]: row["label"] for row in rows} == {None: "チームなし", "Ayşe–한국": "Ayşe–한국"}
    assert "no team" in cli(*PERIOD, "--by", "team", "--format", "table").out
    book, text = tmp_path / "calls.xlsx", tmp_path / "calls.csv"
    options = ("--by", "team", "--headers", "labels", "--lang", "ja", "--output")
    assert cli(*PERIOD, *options, str(book)).data["replaced"] == 0
    cells = load_workbook(str(book)).get_sheet_by_index(0).to_python()
    assert "チームなし" in [row[0] for row in cells]
    made = cli(*PERIOD, *options, str(text), "--encoding", "cp932")
    assert made.data["replaced"] == 4
    assert "4" in made.err
    names = [line.split(",")[0] for line in text.read_text(encoding="cp932").splitlines()]
    assert "チームなし" in names
    assert "?" not in names


def test_an_hour_of_thousands_of_digits_is_none(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    assert "hour" in cli(*PERIOD, "--hour", "9" * 5_000).error["fields"]
