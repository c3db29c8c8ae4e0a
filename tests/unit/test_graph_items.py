"""Items of Microsoft Graph become items of ours, whatever shape their values have."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_tui.domain.outlook.items import Attendee
from crm_tui.sync.outlook.graph_items import (
    contact_item,
    event_item,
    extended_of,
    id_of,
    is_removed,
    moment_of,
    segment,
    task_item,
)
from tests.fakes.graph_mailbox import example

TOKYO = ZoneInfo("Asia/Tokyo")


def at(text: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": text, "timeZone": zone}


@pytest.mark.parametrize(
    ("birthday", "expected", "kept"),
    [
        ("1974-07-22", date(1974, 7, 22), None),
        ("1974-07-22T00:00:00Z", date(1974, 7, 22), None),
        ("1974-07-22T11:59:00Z", date(1974, 7, 22), None),
        (None, None, None),
        ("1604-02-29T11:59:00Z", "missing", "--02-29"),
        ("0000-99-99", "missing", None),
        (19740722, "missing", None),
    ],
)
def test_birthdays_are_days(birthday: object, expected: object, kept: str | None) -> None:
    item = contact_item({"id": "x", "birthday": birthday}, 1)
    assert item.values.get("birthday", "missing") == expected
    assert item.raw.get("birthday") == kept


@pytest.mark.parametrize(
    ("fields", "email"),
    [
        ({"emailAddresses": [{"address": "a@x.jp"}, {"address": "b@x.jp"}]}, "a@x.jp"),
        ({"primaryEmailAddress": {"address": "p@x.jp"}, "emailAddresses": [{"address": "a@x.jp"}]}, "p@x.jp"),
        ({"emailAddresses": [{"address": "/o=ExchangeLabs/cn=x"}, {"address": "b@x.jp"}]}, "b@x.jp"),
        ({"emailAddresses": []}, ""),
        ({"emailAddresses": None}, ""),
        ({"emailAddresses": [None, 5, {"address": 5}]}, ""),
    ],
)
def test_the_first_mail_address_is_taken(fields: dict[str, Any], email: str) -> None:
    assert contact_item({"id": "x", **fields}, 1).values["email"] == email


def test_what_an_answer_leaves_out_stays_unknown() -> None:
    item = contact_item({"id": "x", "surname": None}, 1)
    assert item.values == {"last_name": ""}
    assert "fax" not in contact_item(example("contact"), 1).values
    assert contact_item(example("contact"), 1, {}).values["fax"] == ""


def test_extended_properties_have_ids_in_any_spelling() -> None:
    assert extended_of(example("extended_properties")) == {
        "String 0x3A24": "03-3333-4444",
        "String 0x3A1F": "03-5555-6666",
        "String 0x3A2E": "03-7777-8888",
    }
    assert extended_of({"singleValueExtendedProperties": [None, {"id": 5}, {"id": "String 0x1"}]}) == {}


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (at("2026-12-24T15:00:00.0000000"), date(2026, 12, 25)),
        (at("2026-12-25T00:00:00.0000000"), date(2026, 12, 25)),
        (at("2026-12-25T00:00:00", "Tokyo Standard Time"), date(2026, 12, 25)),
        (at("2026-12-25T00:00:00", "America/New_York"), date(2026, 12, 25)),
        (None, None),
        (at("0001-01-01T00:00:00"), None),
        (at("x"), None),
        (at("2026-12-25T00:00:00", "Nowhere/At all"), None),
        ("2026-12-25", None),
    ],
)
def test_due_dates_are_days_of_the_mailbox(due: object, expected: date | None) -> None:
    assert task_item({"id": "x", "dueDateTime": due}, 1, TOKYO).values["due_date"] == expected


@pytest.mark.parametrize(
    ("status", "importance", "expected"),
    [
        ("notStarted", "low", ("not_started", "low")),
        ("inProgress", "normal", ("in_progress", "normal")),
        ("completed", "high", ("completed", "high")),
        ("waitingOnOthers", "low", ("waiting_for_input", "low")),
        ("deferred", "low", ("deferred", "low")),
        ("unknownFutureValue", 5, (None, None)),
    ],
)
def test_status_and_priority_are_codes(
    status: object, importance: object, expected: tuple[str | None, str | None]
) -> None:
    values = task_item({"id": "x", "status": status, "importance": importance}, 1, TOKYO).values
    assert (values.get("status"), values.get("priority")) == expected


def test_whole_days_end_with_their_last_day() -> None:
    item = event_item(
        {"id": "x", "isAllDay": True, "start": at("2026-12-24T00:00:00"), "end": at("2026-12-26T00:00:00")}, 1
    )
    assert item.values == {"all_day": True, "starts_at": date(2026, 12, 24), "ends_at": date(2026, 12, 25)}


def test_moments_have_their_zone() -> None:
    expected = datetime(2026, 12, 24, 1, 30, tzinfo=UTC)
    assert moment_of(at("2026-12-24T01:30:00.0000000")) == expected
    assert moment_of(at("2026-12-24T10:30:00", "Tokyo Standard Time")) == expected
    assert moment_of(at("2026-12-24T10:30:00+09:00", "UTC")) == expected


def test_rooms_and_nobodies_take_no_part() -> None:
    people = [
        {"type": "required", "emailAddress": {"address": "a@x.jp", "name": "A"}},
        {"type": "optional", "emailAddress": {"address": "b@x.jp"}},
        {"type": "resource", "emailAddress": {"address": "room@x.jp"}},
        {"emailAddress": {"name": "Only a name"}},
        {"emailAddress": {}},
        {},
        None,
    ]
    item = event_item({"id": "x", "attendees": people}, 1)
    assert item.attendees == (Attendee("a@x.jp", "A"), Attendee("b@x.jp"), Attendee("", "Only a name"))
    assert event_item({"id": "x"}, 1).attendees is None


def test_html_and_signs_that_steer_become_plain_text() -> None:
    body = {"contentType": "html", "content": "<p>Hello</p><script>x</script>\x1b[2J"}
    item = event_item({"id": "x", "subject": "A\x00\x1b]0;x\x07\ud800", "body": body}, 1)
    assert "Hello" in str(item.values["description"])
    assert not {"\x1b", "\x00", "\ud800"} & set(str(item.values))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [({"id": "AAMk="}, "AAMk="), ({"id": 5}, ""), ({}, ""), ({"id": "x" * 501}, ""), ({"id": "日"}, "")],
)
def test_ids_that_cannot_be_kept_are_none(raw: dict[str, Any], expected: str) -> None:
    assert id_of(raw) == expected


def test_gone_items_and_cancelled_events_are_told() -> None:
    assert is_removed(example("event_delta_removed")["value"][0])
    assert is_removed({"id": "x", "isCancelled": True})
    assert not is_removed(example("event"))


def test_ids_stay_one_part_of_a_path() -> None:
    assert segment("AAMk/../x?y#z=") == "AAMk%2F..%2Fx%3Fy%23z="
