"""Fuzzing of address cards and calendars: ``python -m tests.fuzz.entries [seconds] [folder]``."""

import io
import json
import time
from datetime import date, datetime
from typing import Final

from crm_tui.sync.files.content_lines import BINARY
from crm_tui.sync.files.entries import MOST_LINES, MOST_SIZE
from crm_tui.sync.files.exchange import encoded, raw_item
from crm_tui.sync.files.facts import Moment, ReadOptions
from crm_tui.sync.files.items import read_items
from crm_tui.sync.files.problems import Unreadable
from crm_tui.sync.files.recurrences import CPU_SECONDS
from crm_tui.sync.files.source import source_of
from tests.fuzz.target import Broken, Target

SECONDS: Final = 2.0
"""Processor time that a file of this size may take, beside recurrences that are stopped."""

CARD: Final = """\
BEGIN:VCARD
VERSION:2.1
N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=93=63;=91=BE=
=98=59
TEL;WORK;VOICE:03-1234-5678
ADR;WORK:;;1-1\\;2;千代田区;東京都;100-0005;日本
EMAIL;PREF;INTERNET:a@b.jp
PHOTO;BASE64:
 AAAA
 BBBB

BDAY:19700401
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:A\\, B
TEL;TYPE="voice,home";VALUE=uri:tel:+81-3
NOTE:a
  b
END:VCARD
""".replace("\n", "\r\n")

CALENDAR: Final = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
SUMMARY:会議
DTSTART;TZID=Own:20260401T090000
DTEND;TZID=Tokyo Standard Time:20260401T100000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T000000Z
EXDATE;TZID=Own:20260406T090000
ATTENDEE;CN="山田: 太郎":mailto:t@example.jp
BEGIN:VALARM
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;TZID=Own:20260408T090000
SUMMARY:別の時間
DTSTART:20260408T030000Z
DURATION:PT1H
END:VEVENT
BEGIN:VTODO
SUMMARY:見積
DUE;VALUE=DATE:20260430
END:VTODO
END:VCALENDAR
""".replace("\n", "\r\n")

_PIECES: Final = (
    *(
        b"BEGIN:VCARD\r\n",
        b"END:VCARD\r\n",
        b"BEGIN:VEVENT\r\n",
        b"END:VEVENT\r\n",
        b"BEGIN:VALARM\r\n",
        b"AGENT:\r\n",
    ),
    *(
        b"\r\n",
        b"\r\n ",
        b"=\r\n",
        b"\0",
        b"\x1b$B",
        b'"',
        b":",
        b";",
        b"\\",
        b",",
        b"^n",
        b";ENCODING=b",
        b"\xef\xbb\xbf",
    ),
    *(b";CHARSET=ISO-2022-JP", b";ENCODING=QUOTED-PRINTABLE", b"=E3=81", b";TZID=Mars/Base", b";VALUE=DATE"),
    *(
        b"RRULE:FREQ=SECONDLY\r\n",
        b"RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\n",
        b"RRULE:FREQ=YEARLY;INTERVAL=0\r\n",
    ),
    *(
        b"RDATE:20260501T000000Z,00000000\r\n",
        b"EXDATE:99999999\r\n",
        b"DTSTART:00010101T000000\r\n",
        b"DURATION:P999999D\r\n",
    ),
    *(b"DTEND:99991231T235959Z\r\n", b"TZID:\r\n", b"TZOFFSETTO:+9999\r\n"),
)
_OPTIONS: Final = ReadOptions(first_day=date(2026, 3, 1), last_day=date(2026, 8, 31))


def check(raw: bytes) -> None:
    """Read cards or a calendar and expect what holds for each.

    Raises:
        Broken: It doesn't.
    """
    began = time.process_time()
    try:
        source = source_of(lambda: io.BytesIO(raw))
        if source.archive is not None or not source.kind.has_items:
            return
        items = [raw_item(json.loads(encoded(item))) for item in read_items(source, _OPTIONS)]
    except Unreadable:
        return
    spent = time.process_time() - began
    stopped = sum(bool(item.problem) for item in items)
    found = [(name, one) for item in items for name, several in item.properties.items() for one in several]
    numbers = [item.number for item in items]
    expectations = {
        f"{spent:.1f} s": spent < SECONDS + stopped * 3 * CPU_SECONDS,
        "order": numbers == sorted(numbers),
        "lines": all(sum(map(len, item.properties.values())) <= MOST_LINES for item in items),
        "length": all(len(one["value"]) <= MOST_SIZE for _name, one in found),
        "no photos": not BINARY & {name for name, _one in found},
        "dates": all(_are_dates(one) for _name, one in found),
        "texts": all(isinstance(part, str) for _name, one in found for part in one.get("parts", ())),
    }
    if wrong := [name for name, holds in expectations.items() if not holds]:
        raise Broken(", ".join(wrong))


def _are_dates(one: Moment) -> bool:
    if "at" in one:
        return datetime.fromisoformat(one["at"]).utcoffset() is not None
    if "local" in one:
        return datetime.fromisoformat(one["local"]).tzinfo is None
    return "day" not in one or date.fromisoformat(one["day"]).isoformat() == one["day"]


def _begin() -> list[bytes]:
    return [
        *(CARD.encode(one) for one in ("utf-8", "cp932", "utf-8-sig", "utf-16")),
        *(CALENDAR.encode(one) for one in ("utf-8", "cp932")),
        CALENDAR.replace("\r\n", "\n").encode(),
    ]


TARGET: Final = Target("entries", check, _begin, _PIECES)

if __name__ == "__main__":
    TARGET.main()
