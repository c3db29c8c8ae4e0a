"""A mailbox of any size for the measurements: mail as a Japanese office gets it, written into a Maildir."""

import base64
import os
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.mail.dovecot import Mailbox

_FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
_CHARSETS = ("utf-8", "iso-2022-jp", "iso-2022-jp", "cp932", "utf-8", "us-ascii")
_WORDS = (
    "見積もり",
    "お世話になっております",
    "ご確認ください",
    "来週の打ち合わせ",
    "資料を添付します",
    "山田商会",
)
_ENGLISH = ("the quote", "kind regards", "please find attached", "next week", "our meeting")


def fill(mailbox: Mailbox, number: int, seed: int = 5) -> int:
    """Write messages into the inbox as a delivery would, the oldest first; return their bytes."""
    folder = mailbox.folder_path("INBOX")
    for path in (folder.parent, folder, folder / "cur", folder / "new", folder / "tmp"):
        path.mkdir(exist_ok=True)
        mailbox.server.own(path)
    random_ = random.Random(seed)
    total = 0
    for count in range(number):
        raw = message(random_, count)
        path = (
            folder
            / "cur"
            / f"{_FIRST.timestamp() + count * 1800:.0f}.M{count}.bench:2,{'S' * (count % 3 > 0)}"
        )
        path.write_bytes(raw)
        os.utime(path, (_FIRST.timestamp() + count * 1800,) * 2)
        mailbox.server.own(path)
        total += len(raw)
    return total


def message_number(number: int) -> bytes:
    """Return a message that is the same each time."""
    return message(random.Random(number), number)


def message(random_: random.Random, count: int) -> bytes:
    """Return a message: a few lines, or with the page that programs add, or with a file."""
    charset = random_.choice(_CHARSETS)
    words = _ENGLISH if charset == "us-ascii" else _WORDS
    lines = [" ".join(random_.choices(words, k=6)) for _line in range(random_.randrange(3, 60))]
    text = "\r\n".join(lines).encode(charset)
    subject = f"{random_.choice(words)} {count}".encode(charset)
    head = [
        f"Received: from mx{count % 7}.example.jp by mail.example.jp; {_date(count)}",
        f"Message-ID: <{count}.{random_.getrandbits(48)}@example.jp>",
        f"From: =?utf-8?B?{_base64('田中 太郎'.encode())}?= <tanaka{count % 500}@example.jp>",
        "To: agent@ours.example",
        f"Subject: =?{charset}?B?{_base64(subject)}?=",
        f"Date: {_date(count)}",
        "MIME-Version: 1.0",
    ]
    plain = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
    kind = count % 10
    if kind < 4:
        return "\r\n".join(head).encode() + b"\r\n" + plain + text + b"\r\n"
    rows = "".join(f"<tr><td style='padding:4px'>{word}</td></tr>" for word in random_.choices(_WORDS, k=120))
    page = f"<html><body><table>{rows}</table></body></html>".encode()
    parts = [plain + text, b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page]
    if kind > 7:
        data = base64.encodebytes(random_.randbytes(random_.randrange(2_000, 60_000))).replace(b"\n", b"\r\n")
        head_of_file = (
            b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
        parts = [parts[0], head_of_file + data]
    sort = "mixed" if kind > 7 else "alternative"
    head.append(f"Content-Type: multipart/{sort}; boundary=b{count}")
    middle = b"".join(b"\r\n--b%d\r\n%s" % (count, part) for part in parts)
    return "\r\n".join(head).encode() + b"\r\n" + middle + b"\r\n--b%d--\r\n" % count


def size_of(folder: Path) -> int:
    """Return the bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _date(count: int) -> str:
    return format_datetime(_FIRST + timedelta(seconds=count * 1800))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
