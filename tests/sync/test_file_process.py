"""The process that reads a file: what it needs, and what is said when it ends by itself."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from crm_tui.errors import CrmError, Invalid, Unavailable
from crm_tui.sync.files import reading
from crm_tui.sync.files.exchange import MOST, question
from crm_tui.sync.files.facts import GUESS

ROOM = 96 * 1024 * 1024
"""Less than a fifth of what the process may take."""

LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({ROOM}, {ROOM})); "

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:A;B;;;\r\nEND:VCARD\r\n"
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Asia/Tokyo:20260801T090000\r\n"
    "RRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize(
    ("name", "task"), [("a.csv", "rows"), ("a.xlsx", "rows"), ("a.vcf", "items"), ("a.ics", "items")]
)
def test_an_ordinary_file_needs_little_even_where_the_system_allows_less(
    tmp_path: Path, name: str, task: str
) -> None:
    path = tmp_path / name
    if name == "a.xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            book.add_worksheet().write_row(0, 0, ("Last Name", "Email"))
            book.worksheets()[0].write_row(1, 0, ("Yamada", "a@b.example"))
    else:
        path.write_text({"a.csv": "Last Name,Email\nYamada,a@b.example\n", "a.vcf": CARD}.get(name, CALENDAR))
    command = [sys.executable, "-P", "-c", LIMITED + reading._PROGRAM, str(reading._ROOT)]
    with path.open("rb") as file:
        run = subprocess.run([*command, question(task, GUESS)], stdin=file, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith(b'{"end": true}')
    assert task.encode() in run.stdout


@pytest.mark.parametrize(
    ("program", "error", "says"),
    [
        ("raise SystemExit(1)", Unavailable, "doesn't work just now"),
        ("import os; os.kill(os.getpid(), 15)", Unavailable, "doesn't work just now"),
        ("import os; os.kill(os.getpid(), 9)", Invalid, "more memory"),
        ("import os; os.kill(os.getpid(), 11)", Invalid, "damaged"),
        ("import os; os.kill(os.getpid(), 14)", Invalid, "too long"),
        (
            f"import os, time; os.write(1, {struct.pack('!I', MOST + 1)!r}); time.sleep(600)",
            Invalid,
            "memory",
        ),
        (
            f"import os, time; os.write(1, {struct.pack('!I', 1)!r} + b'{{'); time.sleep(600)",
            Invalid,
            "damaged",
        ),
    ],
)
async def test_a_process_that_ends_is_told_from_a_file_that_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, error: type[CrmError], says: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Last Name\nYamada\n")
    monkeypatch.setattr(reading, "_PROGRAM", program)
    with pytest.raises(error, match=says):
        await reading.inspect(path)
