"""``crm-tui calendar``: rows of events, calls and tasks by day, and what is refused."""

from tests.cli.conftest import Cli, put_store

DAY = "2030-11-25"


def test_rows_by_day_with_what_overlaps(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    assert cli("contact", "add", "--set", "last_name=田中").code == 0
    planned = ("--type", "outbound", "--who", "田中", "--subject", "Call back", "--at", f"{DAY} 09:15")
    call = cli("call", "schedule", *planned).data["id"]
    event = _add(cli, "event", "subject=Review", f"starts_at={DAY} 9:00", f"ends_at={DAY} 10:00")
    _add(cli, "task", "subject=Offer", f"due_date={DAY}", "status=not_started")
    data = cli("calendar", "--from", DAY, "--to", DAY).data
    assert [
        (row["subject"], row["module"], row["all_day"], row["start"], row["end"]) for row in data["rows"]
    ] == [
        ("Offer", "task", True, DAY, DAY),
        ("Review", "event", False, f"{DAY}T09:00:00+09:00", f"{DAY}T10:00:00+09:00"),
        ("Call back", "call", False, f"{DAY}T09:15:00+09:00", None),
    ]
    assert [row["overlaps"] for row in data["rows"]] == [[], [call], [event]]
    assert {row["owner"]["module"] for row in data["rows"]} == {"user"}
    assert (data["from"], data["to"], data["more"], data["next"]) == (DAY, DAY, {}, None)
    assert cli("event", "cancel", event).code == 0
    left = cli("calendar", "--from", DAY, "--to", "2030-12-31", "--open", "--no-tasks", "--of", "all").data[
        "rows"
    ]
    assert [(row["subject"], row["status"], row["overlaps"]) for row in left] == [
        ("Call back", "scheduled", [])
    ]
    shown = cli("calendar", "--from", DAY, "--to", DAY, "--format", "table").out
    assert "Cancelled" in shown


def test_what_no_calendar_shows(cli: Cli, new_store: bytes) -> None:
    put_store(cli, new_store)
    for args, name in (
        (("--from", DAY, "--to", "2030-11-24"), "to"),
        (("--from", DAY, "--to", "2035-11-24"), "to"),
        (("--from", "someday"), "from"),
        (("--of", "team"), "of"),
    ):
        error = cli("calendar", *args).error
        assert error["code"] == "invalid"
        assert name in error["fields"]
    assert cli("calendar", "--of", "nobody").error["code"] == "not_found"
    assert len(cli("calendar").data["rows"]) == 0


def _add(cli: Cli, module: str, *values: str) -> str:
    added = cli(module, "add", *(word for value in values for word in ("--set", value)))
    return str(added.data["id"])


def test_nothing_stands_where_the_calendar_ends(cli: Cli, new_store: bytes) -> None:
    """Some of these days have no moment in another time zone, or none around them."""
    put_store(cli, new_store)
    last, beyond = "9999-12-24", "9999-12-25"
    for zone in ("Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"):
        assert cli("user", "edit", cli("user", "list").data["rows"][0]["name"], "--time-zone", zone).code == 0
        _add(cli, "task", "subject=Never", f"due_date={last}", "reminder=1_day")
        _add(cli, "event", "subject=All day", "all_day=true", f"starts_at={last}")
        found = cli("calendar", "--from", last, "--to", last).data["rows"]
        assert {row["start"] for row in found if row["all_day"]} == {last}
        for day in (beyond, "9999-12-30", "9999-12-31"):
            for fields in (
                ["task", "add", "--set", "subject=x", "--set", f"due_date={day}"],
                ["event", "add", "--set", "subject=x", "--set", "all_day=true", "--set", f"starts_at={day}"],
                ["event", "add", "--set", "subject=x", "--set", f"starts_at={day} 23:59"],
                ["call", "schedule", "--type", "outbound", "--subject", "x", "--at", f"{day} 23:59"],
            ):
                assert cli(*fields).error["code"] == "invalid", (zone, fields)
        for day in ("9999-12-29", "9999-12-30", "9999-12-31"):
            shown = cli("calendar", "--from", day, "--to", day)
            assert shown.code == 0 or shown.error["code"] == "invalid", (zone, day, shown.err)
