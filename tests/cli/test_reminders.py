"""``crm-tui reminder``: the reminders of the acting user."""

from datetime import datetime, timedelta

import pytest

from tests.cli.conftest import Cli, put_store


@pytest.fixture
def people(cli: Cli, new_store: bytes) -> Cli:
    """A store with a contact."""
    put_store(cli, new_store)
    assert cli("contact", "add", "--set", "last_name=田中", "--set", "phone=03-1234-5678").code == 0
    return cli


def _schedule(people: Cli, subject: str, at: str) -> str:
    call = people(
        "call", "schedule", "--type", "outbound", "--who", "田中", "--subject", subject,
        "--at", at, "--reminder", "1_hour",
    ).data  # fmt: skip
    return str(call["id"])


def test_what_is_due_in_order_and_whose_it_is(people: Cli) -> None:
    later, earlier = _schedule(people, "Later", "+30m"), _schedule(people, "Earlier", "+20m")
    _schedule(people, "Tomorrow", "+1d")
    due = people("reminder", "due").data
    assert due["next"] is None
    assert [row["activity"]["id"] for row in due["rows"]] == [earlier, later]
    row = due["rows"][0]
    assert row["activity"] == {"module": "call", "id": earlier, "name": "Earlier"}
    assert row["who"]["module"] == "contact"
    between = datetime.fromisoformat(row["activity_at"]) - datetime.fromisoformat(row["due_at"])
    assert between == timedelta(hours=1)
    assert row["due_at"].endswith("+09:00")


def test_put_off_and_dismissed(people: Cli) -> None:
    call_id = _schedule(people, "Call back", "+30m")
    (row,) = people("reminder", "due").data["rows"]

    put_off = people("reminder", "snooze", call_id, "--for", "2d").data
    assert put_off["id"] == row["id"]
    assert put_off["due_at"] > row["due_at"]
    assert people("reminder", "due").data["rows"] == []

    # One that hasn't come yet can be dismissed too.
    assert people("reminder", "dismiss", row["id"]).data["activity"]["id"] == call_id
    again = people("reminder", "dismiss", row["id"])
    assert (again.code, again.error["code"]) == (1, "not_found")
    people("call", "reschedule", call_id, "--at", "+20m")
    assert [one["activity"]["id"] for one in people("reminder", "due").data["rows"]] == [call_id]


def test_what_is_wrong_is_said(people: Cli) -> None:
    _schedule(people, "Call back", "+30m")
    for args in (["--until", "2020-01-01 9:00"], ["--until", "soon"], ["--for", "never"], ["--for", "0"]):
        refused = people("reminder", "snooze", "Call back", *args)
        assert (refused.code, refused.error["code"]) == (1, "invalid"), args
        assert set(refused.error["fields"]) == {"until"}
    assert people("reminder", "snooze", "Call back").code == 2
    assert people("reminder", "snooze", "Call back", "--for", "5m", "--until", "14:00").code == 2
    _schedule(people, "Call back", "+40m")
    assert people("reminder", "dismiss", "Call back").error["code"] == "ambiguous"
    assert len(people("reminder", "due").data["rows"]) == 2
