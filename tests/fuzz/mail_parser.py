"""Fuzzing of the mail parser: ``python -m tests.fuzz.mail_parser [seconds] [folder]``.

The corpus is our own: the hostile messages of the fault tests, and those of the measurements.
"""

import time
from typing import Final

from crm_tui.mail.parsing.exchange import answer, read_answer
from crm_tui.mail.parsing.limits import LIMITS
from crm_tui.mail.parsing.message import parse
from tests.bench.mailbox import message_number
from tests.fuzz.target import Broken, Target
from tests.mail.hostile import HOSTILE

SECONDS: Final = 2.0
"""Processor time that a message may take."""

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


def _begin() -> list[bytes]:
    return [*HOSTILE.values(), *map(message_number, range(10))]


def _exchanged(data: bytes) -> object:
    at = 0

    def read(size: int) -> bytes:
        nonlocal at
        at += size
        return data[at - size : at]

    return read_answer(read)


TARGET: Final = Target("mail_parser", check, _begin, _PIECES)

if __name__ == "__main__":
    TARGET.main()
