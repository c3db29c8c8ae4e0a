"""``crm-tui report calls``: the figures with their formulas, and what is refused."""

import csv
import io

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
