"""Address cards and calendars: what programs really write, and what is wrong with the rest."""

import io
from datetime import date
from typing import Any

import pytest

from crm_tui.sync.files.facts import GUESS, ReadOptions
from crm_tui.sync.files.items import read_items
from crm_tui.sync.files.source import source_of
from tests.fuzz.entries import CALENDAR, CARD
from tests.sync.tables import short

SPRING = ReadOptions(first_day=date(2026, 4, 1), last_day=date(2026, 4, 30))


def items(raw: bytes | str, options: ReadOptions = GUESS) -> list[dict[str, Any]]:
    """Return the items of a file; text is UTF-8."""
    data = raw.encode() if isinstance(raw, str) else raw
    return list(read_items(source_of(lambda: io.BytesIO(data)), options))


def card(*lines: str, version: str = "3.0") -> str:
    """Return a file with one card."""
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def event(*lines: str) -> str:
    """Return a calendar with one event."""
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-8-sig", "utf-16"])
def test_a_card_of_outlook_is_read_whatever_its_encoding(encoding: str) -> None:
    old, new = items(CARD.encode(encoding))

    found = old["properties"]
    assert found["N"][0]["parts"] == ["山田", "太郎"]
    assert found["TEL"][0] == {"value": "03-1234-5678", "params": {"TYPE": ["WORK", "VOICE"]}}
    assert found["ADR"][0]["parts"] == ["", "", "1-1;2", "千代田区", "東京都", "100-0005", "日本"]
    assert found["BDAY"][0]["day"] == "1970-04-01"
    assert "PHOTO" not in found
    assert new["properties"]["FN"][0]["value"] == "A, B"
    assert new["properties"]["TEL"][0]["value"] == "+81-3"
    assert new["properties"]["TEL"][0]["params"]["TYPE"] == ["VOICE", "HOME"]
    assert new["properties"]["NOTE"][0]["value"] == "a b"
    assert old["problem"] is new["problem"] is None


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("item1.EMAIL:a@b.jp", "EMAIL", "a@b.jp"),
        ("TEL:03-1", "TEL", "03-1"),
        ("NOTE:a\\nb\\, c\\; d\\\\n", "NOTE", "a\nb, c; d\\n"),
        ("NOTE;ENCODING=QUOTED-PRINTABLE:=E5=B1=B1=0D=0A=E7=94=B0", "NOTE", "山\r\n田"),
        ("NOTE;CHARSET=no-such-thing:山", "NOTE", "山"),
        ('NOTE;X="a:b;c":text', "NOTE", "text"),
        ("note:lower", "NOTE", "lower"),
        ("TEL;VALUE=uri:tel:+81-3-5555-6666;phone-context=x;ext=12", "TEL", "+81-3-5555-6666 ext. 12"),
        ("SOUND;X-IRMC-N:ﾔﾏﾀﾞ;ﾀﾛｳ;;;", "X-PHONETIC-LAST-NAME", "ヤマダ"),
        ("NOTE:" + "長い" * 20_000, "NOTE", "長い" * 20_000),
    ],
    ids=short,
)
def test_a_line_is_read_as_it_is_meant(line: str, name: str, value: str) -> None:
    (item,) = items(card(line))

    assert item["properties"][name][0]["value"] == value
    assert item["problem"] is None


def test_a_line_folded_within_a_character_is_put_together() -> None:
    raw = card("FN:山田").encode().replace("山".encode(), "山".encode()[:1] + b"\r\n " + "山".encode()[1:])

    assert items(raw)[0]["properties"]["FN"][0]["value"] == "山田"


def test_a_value_that_ends_like_a_soft_break_leaves_the_card_whole() -> None:
    (item,) = items(card("NOTE;ENCODING=QUOTED-PRINTABLE:1 + 1 =", version="2.1"))

    assert item["problem"] is None


def test_version_2_1_keeps_backslashes_that_escape_nothing() -> None:
    (item,) = items(card("NOTE:C:\\new\\;x", version="2.1"))

    assert item["properties"]["NOTE"][0]["value"] == "C:\\new;x"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("BEGIN:VCARD\r\nFN:A\r\n", "item_open"),
        ("BEGIN:VCARD\r\nFN:A\r\nBEGIN:VCARD\r\nFN:B\r\nEND:VCARD\r\n", "item_open"),
        (card("this is no property"), "item_line"),
        (card("NOTE:" + "x" * 300_000), "item_size"),
        (card(*["TEL:1"] * 6_000), "item_lines"),
        (event("DTSTART;TZID=Mars/Base:20260401T090000"), "item_zone"),
        (event("DTSTART;TZID=../../etc/passwd:20260401T090000"), "item_zone"),
        (event("DTSTART:20261301T000000"), "item_date"),
        (event("DTSTART:yesterday"), "item_date"),
        (event("DTSTART:20260401T000000Z", "DURATION:long"), "item_date"),
        (event("DTSTART:20260401T000000Z", *["BEGIN:VALARM"] * 50), "item_depth"),
        (event("DTSTART:20260401T000000Z", "RRULE:FREQ=SOMETIMES"), "item_rule"),
        (event("DTSTART:20260401T000000Z", "RRULE:" + "FREQ=DAILY;" * 1_000), "item_rule"),
        (event("DTSTART:20260401T000000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "item_rule_never"),
        (event("DTSTART:20260401T000000Z", "RRULE:FREQ=MINUTELY"), "item_many"),
        (event("DTSTART:20260401T000000Z", "RRULE:FREQ=DAILY", "EXDATE:never"), "item_date"),
    ],
    ids=short,
)
def test_an_entry_that_makes_no_sense_says_why(raw: str, problem: str) -> None:
    found = items(raw, SPRING)

    assert found[0]["problem"].code == problem
    assert [item["problem"] for item in found[1:]] == [None] * (len(found) - 1)


def test_a_photo_of_ten_megabytes_costs_nothing_but_itself() -> None:
    (one,) = items(card("FN:A", "PHOTO;ENCODING=b:" + "A" * 14_000_000, "TEL:1"))
    (two,) = items(card("FN:A", "PHOTO;BASE64:", *[" " + "A" * 700] * 20_000, "", "TEL:1", version="2.1"))

    for item in (one, two):
        assert item["problem"] is None
        assert list(item["properties"]) == ["VERSION", "FN", "TEL"]


def test_each_occurrence_comes_by_itself_within_the_days() -> None:
    found = items(CALENDAR, SPRING)

    events = [item for item in found if item["kind"] == "event"]
    begins = [item["properties"]["DTSTART"][0]["at"] for item in events]
    assert begins == [
        f"2026-04-{day}+00:00"
        for day in (
            *("01T00:00:00", "13T00:00:00", "15T00:00:00", "20T00:00:00", "22T00:00:00"),
            *("27T00:00:00", "29T00:00:00", "08T03:00:00"),
        )
    ]
    assert [item["number"] for item in events] == [1] * 7 + [2]
    assert events[1]["properties"]["DTEND"][0]["at"] == "2026-04-13T01:00:00+00:00"
    assert events[-1]["properties"]["DURATION"][0]["seconds"] == 3_600
    assert found[-1]["properties"]["DUE"][0]["day"] == "2026-04-30"


def test_a_calendar_that_calls_off_calls_off_its_events_alone() -> None:
    off = event("DTSTART:20260401T000000Z").replace("BEGIN:VEVENT", "METHOD:CANCEL\r\nBEGIN:VEVENT", 1)

    first, second = items(off + event("DTSTART:20260402T000000Z"), SPRING)

    assert first["properties"]["STATUS"][0]["value"] == "CANCELLED"
    assert "STATUS" not in second["properties"]


def test_without_days_a_recurring_event_comes_once() -> None:
    assert [item["number"] for item in items(CALENDAR)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("DTSTART:20260401", {"day": "2026-04-01"}),
        ("DTSTART;VALUE=DATE:2026-04-01", {"day": "2026-04-01"}),
        ("DTSTART:20260401T090000", {"local": "2026-04-01T09:00:00"}),
        ("DTSTART:20260401T090000Z", {"at": "2026-04-01T09:00:00+00:00"}),
        ("DTSTART:2026-04-01T09:00:00+09:00", {"at": "2026-04-01T00:00:00+00:00"}),
        ("DTSTART;TZID=Asia/Tokyo:20260401T090000", {"at": "2026-04-01T00:00:00+00:00"}),
        ("DTSTART;TZID=Tokyo Standard Time:20260401T090000", {"at": "2026-04-01T00:00:00+00:00"}),
        ('DTSTART;TZID="Asia/Tokyo":20260401T090000', {"at": "2026-04-01T00:00:00+00:00"}),
        ("DTSTART;TZID=/x.org/2021/America/New_York:20260701T090000", {"at": "2026-07-01T13:00:00+00:00"}),
    ],
    ids=short,
)
def test_dates_are_days_moments_or_of_no_zone(line: str, found: dict[str, str]) -> None:
    (item,) = items(event(line))

    begin = item["properties"]["DTSTART"][0]
    assert {key: begin[key] for key in begin if key not in ("value", "params")} == found


def test_an_occurrence_keeps_its_hour_when_the_clocks_change() -> None:
    raw = event(
        "DTSTART;TZID=America/New_York:20260301T090000",
        "DTEND;TZID=America/New_York:20260301T100000",
        "RRULE:FREQ=WEEKLY",
    )
    options = ReadOptions(first_day=date(2026, 3, 1), last_day=date(2026, 3, 15))

    begins = [item["properties"]["DTSTART"][0]["at"][11:16] for item in items(raw, options)]

    assert begins == ["14:00", "13:00", "13:00"]
