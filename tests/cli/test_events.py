"""``crm-tui event``: times, people who take part, what else stands then."""

import csv

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture
def people(cli: Cli, new_store: bytes) -> Cli:
    """A store with a contact and a lead."""
    put_store(cli, new_store)
    assert cli("contact", "add", *sets("last_name=田中", "email=taro@tanaka.example")).code == 0
    assert cli("lead", "add", *sets("last_name=Doe", "company=Acme")).code == 0
    return cli


def sets(*pairs: str) -> list[str]:
    return [part for pair in pairs for part in ("--set", pair)]


def add(cli: Cli, *pairs: str) -> dict[str, object]:
    given = sets("subject=Meeting", "starts_at=2027-11-25 14:00", *pairs)
    data: dict[str, object] = cli("event", "add", *given).data
    return data


def test_who_takes_part_is_named_by_kind_or_address(people: Cli) -> None:
    made = add(people, "participants=contact:田中, lead:Doe", "participants=b@c.example")
    assert made["ends_at"] == "2027-11-25T15:00:00+09:00"
    shown = people("event", "show", "Meeting").data["participants"]
    assert shown == made["participants"]
    assert [(one["module"], one["name"], one["email"]) for one in shown] == [
        ("contact", "田中", "taro@tanaka.example"),
        ("lead", "Doe", None),
        (None, None, "b@c.example"),
    ]
    (row,) = people("event", "list").data["rows"]
    assert row["participants"] == shown
    edited = people("event", "edit", "Meeting", "--set", "participants=").data
    assert edited["participants"] == []
    trail = people("audit", "Meeting", "--format", "table").out
    assert "田中, Doe, b@c.example → –" in trail


def test_a_stranger_can_not_take_part(people: Cli) -> None:
    given = sets("subject=x", "starts_at=2027-11-25 9:00", "participants=user:nobody")
    assert "participants" in people("event", "add", *given).error["fields"]


def test_whole_days_are_days(people: Cli) -> None:
    pairs = sets("subject=Fair", "starts_at=2027-11-25", "ends_at=2027-11-26", "all_day=yes")
    made = people("event", "add", *pairs).data
    assert (made["starts_at"], made["ends_at"], made["all_day"]) == ("2027-11-25", "2027-11-26", True)
    moved = people("event", "reschedule", "Fair", "--at", "2027-12-01").data
    assert (moved["starts_at"], moved["ends_at"]) == ("2027-12-01", "2027-12-02")
    assert people("event", "edit", "Fair", "--set", "all_day=no").error["fields"].keys() == {"starts_at"}


def test_what_else_stands_then_is_told_and_nothing_is_refused(people: Cli) -> None:
    first = add(people)
    assert first["overlaps"] == []
    call = ("--type", "outbound", "--who", "田中", "--subject", "Call", "--at", "2027-11-25 14:50")
    result = people("call", "schedule", *call)
    (overlap,) = result.data["overlaps"]
    assert overlap["activity"] == {"module": "event", "id": first["id"], "name": "Meeting"}
    assert (overlap["starts_at"], overlap["ends_at"]) == (first["starts_at"], first["ends_at"])
    assert "14:00–15:00 Meeting" in result.err
    moved = people("call", "reschedule", str(result.data["id"]), "--at", "2027-11-25 15:00")
    assert moved.data["overlaps"] == []
    assert moved.err == ""


def test_an_export_names_who_takes_part(people: Cli) -> None:
    contact = people("contact", "show", "田中").data
    add(people, "participants=contact:田中, b@c.example")
    codes, labels = people.folder / "codes.csv", people.folder / "labels.csv"
    assert people("export", "event", "--output", str(codes)).code == 0
    assert people("export", "event", "--output", str(labels), "--headers", "labels").code == 0
    with codes.open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert row["participants"] == f"contact:{contact['id']}, b@c.example"
    assert "田中 <taro@tanaka.example>, b@c.example" in labels.read_text("utf-8-sig")
