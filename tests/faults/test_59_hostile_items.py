"""Fault 59: cards and calendars that never end, nest or recur for ever: bounded, each with its reason."""

from datetime import date
from pathlib import Path

from crm_tui.sync.files import reading
from crm_tui.sync.files.facts import RawItem, ReadOptions

_DAYS = ReadOptions(first_day=date(2026, 4, 1), last_day=date(2026, 9, 30))


def _event(number: int, *lines: str) -> str:
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{number}",
            f"SUMMARY:{number}",
            "DTSTART:20260401T000000Z",
            *lines,
            "END:VEVENT\r\n",
        ]
    )


async def _items(path: Path) -> list[RawItem]:
    return [item async for chunk in reading.items(path, _DAYS) for item in chunk]


async def test_a_calendar_of_rules_that_never_end_keeps_what_makes_sense(tmp_path: Path) -> None:
    hostile = (
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "DTEND;TZID=Nowhere/Else:20260401T010000",
        "BEGIN:VALARM\r\n" * 2_000 + "END:VALARM\r\n" * 2_000 + "COMMENT:x",
    )
    events = "".join(_event(number, line) for number, line in enumerate(hostile, 1))
    path = tmp_path / "calendar.ics"
    path.write_text(f"BEGIN:VCALENDAR\r\n{events}{_event(9, 'RRULE:FREQ=MONTHLY')}END:VCALENDAR\r\n")

    found = await _items(path)

    problems = {item.number: item.problem for item in found if item.problem}
    assert set(problems) == {1, 2, 3, 4, 5}
    assert problems[4] == "The time zone Nowhere/Else is unknown."
    assert problems[5] == "The entry has too many entries within entries."
    assert [item.properties["DTSTART"][0]["at"][5:7] for item in found if not item.problem] == [
        f"{month:02d}" for month in range(4, 10)
    ]


async def test_events_within_events_and_a_large_photo_do_no_harm(tmp_path: Path) -> None:
    nested, card = tmp_path / "nested.ics", tmp_path / "photo.vcf"
    nested.write_text(
        "BEGIN:VCALENDAR\r\n"
        + "BEGIN:VEVENT\r\nSUMMARY:x\r\n" * 2_000
        + "END:VEVENT\r\n" * 2_000
        + "END:VCALENDAR"
    )
    card.write_text(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nPHOTO;ENCODING=b:"
        + "A" * 14_000_000
        + "\r\nTEL:1\r\nEND:VCARD\r\n"
    )

    many = await _items(nested)
    (one,) = await _items(card)

    assert len(many) == 2_000
    assert sum(not item.problem for item in many) == 1
    assert set(one.properties) == {"VERSION", "FN", "TEL"}
    assert one.problem == ""
