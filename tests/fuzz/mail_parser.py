"""Fuzzing of the mail parser: ``python -m tests.fuzz.mail_parser [seconds] [folder]``.

With atheris installed it is led by coverage, else messages of the corpus are mutated at random. What breaks
an expectation is kept in the folder. The corpus is our own: the hostile messages of the fault tests, those of
the measurements, and what earlier runs kept.
"""

import argparse
import importlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from crm_tui.mail.parsing.exchange import answer, read_answer
from crm_tui.mail.parsing.limits import LIMITS
from crm_tui.mail.parsing.message import parse
from tests.bench.mailbox import message_number
from tests.mail.hostile import HOSTILE

SECONDS: Final = 2.0
"""Processor time that a message may take."""

_LONGEST: Final = 64 * 1024
_FOLDER: Final = Path("tests/fuzz/found")
_PIECES: Final = (
    b"\r\n",
    b"\r\n\r\n",
    b"\x00",
    b"\x1b$B",
    b"\x1b(B",
    b"=?utf-8?B?",
    b"?=",
    b"--b\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Subject: ",
    b"To: a@b, <",
    b"<a href='",
    b"<script>",
    b"charset=",
    b"\xff\xfe",
    b"\x8f\xa1",
)


class Broken(AssertionError):
    """An expectation of every message doesn't hold."""


def check(raw: bytes) -> None:
    """Parse a message and expect what holds for each.

    Raises:
        Broken: It doesn't.
    """
    began = time.process_time()
    mail = parse(raw)
    spent = time.process_time() - began
    addresses = [one for line in (mail.sender, mail.to, mail.cc, mail.reply_to) for one in line]
    single = "".join([mail.subject, mail.message_id, *(one.email for one in addresses)])
    expectations = {
        f"{spent:.1f} s": spent < SECONDS,
        "size": mail.size == len(raw) and len(mail.content_hash) == 64,
        "text": len(mail.text) <= LIMITS.text and "\0" not in mail.text and "\x1b" not in mail.text,
        "attachments": len(mail.attachments) <= LIMITS.attachments,
        "a line": not any(c in single for c in "\r\n\0"),
        "files": not any("/" in one.name or "\0" in one.name for one in mail.attachments),
        "exchange": _exchanged(answer([mail])) == [mail],
    }
    if wrong := [name for name, holds in expectations.items() if not holds]:
        raise Broken(", ".join(wrong))


def corpus(kept: Path | None = None) -> list[bytes]:
    """Return the messages to begin with, none of them long."""
    found = [raw[:_LONGEST] for raw in HOSTILE.values()] + [message_number(number) for number in range(10)]
    if kept is not None and kept.is_dir():
        found += [path.read_bytes() for path in sorted(kept.iterdir())]
    return found


def mutated(raw: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Return a message with a few changes: bytes, pieces that mean something, parts of other messages."""
    data = bytearray(raw)
    for _change in range(dice.randint(1, 6)):
        at, end = sorted((dice.randint(0, len(data)), dice.randint(0, len(data))))
        match dice.randrange(5):
            case 0:
                data[at:at] = dice.choice(_PIECES) * dice.choice((1, 1, 1, 50))
            case 1:
                data[at : min(end, at + dice.randint(0, 200))] = b""
            case 2:
                data[at : at + 1] = dice.randbytes(1)
            case 3:
                other = dice.choice(others)
                start = dice.randint(0, len(other))
                data[at:at] = other[start : start + 500]
            case _:
                data[at:at] = data[at : at + 300] * dice.randint(1, 5)
    return bytes(data[:_LONGEST])


def main() -> None:
    """Fuzz for a while; exit with 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.mail_parser")
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("folder", type=Path, nargs="?", default=_FOLDER)
    options = parser.parse_args()
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.exit(_at_random(options.seconds, options.folder))
    atheris.instrument_all()
    options.folder.mkdir(parents=True, exist_ok=True)
    begin = options.folder / "corpus"
    begin.mkdir(exist_ok=True)
    for number, raw in enumerate(corpus(options.folder / "broken")):
        (begin / str(number)).write_bytes(raw)
    kept = f"-artifact_prefix={options.folder}/broken-"
    atheris.Setup([sys.argv[0], str(begin), f"-max_total_time={options.seconds:.0f}", kept], check)
    atheris.Fuzz()


def _at_random(seconds: float, folder: Path) -> int:
    dice = random.Random()
    messages = corpus(folder)
    tried = broken = 0
    for raw in _mutations(messages, dice, time.monotonic() + seconds):
        tried += 1
        try:
            check(raw)
        except Exception as error:
            broken += 1
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"broken-{time.time_ns()}"
            path.write_bytes(raw)
            print(f"{path}: {type(error).__name__} {error}")
    print(f"{tried} messages, {broken} broken")
    return int(broken > 0)


def _mutations(messages: Sequence[bytes], dice: random.Random, until: float) -> Iterator[bytes]:
    while time.monotonic() < until:
        yield mutated(dice.choice(messages), dice, messages)


def _exchanged(data: bytes) -> object:
    at = 0

    def read(size: int) -> bytes:
        nonlocal at
        at += size
        return data[at - size : at]

    return read_answer(read)


if __name__ == "__main__":
    main()
