"""Processes that parse: a message that ends one costs nothing but its own text."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.errors import Unavailable
from crm_tui.mail.parsers import ParserProcesses
from crm_tui.mail.parsing.message import parse
from tests.bench.mailbox import message_number

HEAVY = b"Subject: heavy\r\nFrom: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<div a=b>x" * 200_000


@pytest.fixture
def parsers() -> Iterator[ParserProcesses]:
    found = ParserProcesses(2)
    yield found
    found.close()


@pytest.fixture
def hasty() -> Iterator[ParserProcesses]:
    found = ParserProcesses(1, cpu_seconds=0.1)
    yield found
    found.close()


def test_what_comes_back_is_what_a_parser_in_the_house_says(parsers: ParserProcesses) -> None:
    raws = [message_number(number) for number in range(60)] + [
        b"",
        b"\xff\x00",
        b"Subject: \xed\xa0\x80\r\n\r\n",
    ]
    assert parsers.parse(raws) == [parse(raw) for raw in raws]
    assert parsers.parse([]) == []
    large = raws[9] * 300
    pieces = (large[at : at + 65_536] for at in range(0, len(large), 65_536))
    assert parsers.parse_pieces(pieces) == parse(large)


def test_a_message_that_takes_too_long_keeps_its_header_and_stops_no_other(hasty: ParserProcesses) -> None:
    first, heavy, last = hasty.parse([b"Subject: first\r\n\r\nx", HEAVY, b"Subject: last\r\n\r\ny"])
    assert (first.text, last.text) == ("x", "y")
    assert (heavy.subject, heavy.sender[0].email, heavy.text) == ("heavy", "a@b.example", "")
    assert heavy.problem
    assert heavy.content_hash == parse(HEAVY).content_hash
    assert hasty.parse_pieces(iter([HEAVY])) is None


def test_one_that_was_killed_meanwhile_is_replaced(parsers: ParserProcesses) -> None:
    raw = b"Subject: x\r\n\r\nx"
    parsers.parse([raw])
    (pid,) = parsers.running()
    os.kill(pid, signal.SIGKILL)
    assert parsers.parse([raw])[0].subject == "x"
    assert pid not in parsers.running()


def test_without_a_parser_mail_is_waited_for_instead_of_being_called_unreadable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for program in ("/nowhere/python", shutil.which("true") or "/bin/true"):
        monkeypatch.setattr(sys, "executable", program)
        without = ParserProcesses(1)
        with pytest.raises(Unavailable):
            without.parse([b"Subject: a\r\n\r\nx", b"Subject: b\r\n\r\nx"])
        without.close()


def test_they_end_with_the_worker_even_when_it_is_killed() -> None:
    program = (
        "import time\nfrom crm_tui.mail.parsers import ParserProcesses\n"
        "p = ParserProcesses(1); p.parse([b'x']); print(p.running()[0], flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        child = int(worker.stdout.readline())
        worker.kill()
    deadline = time.monotonic() + 20
    while _is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_they_can_be_started_before_there_is_mail(parsers: ParserProcesses) -> None:
    parsers.warm_up()
    running = parsers.running()
    assert len(running) > 1
    parsers.warm_up()
    parsers.parse([message_number(1)])
    assert parsers.running() == running


def test_they_import_neither_the_console_nor_the_store() -> None:
    program = "import sys, crm_tui.mail.parsing.child\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    roots = {name.partition(".")[0] for name in loaded.split()}
    assert not roots & {"textual", "rich", "sqlalchemy", "imapclient", "screens"}


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
