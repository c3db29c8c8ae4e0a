"""What is said between the worker and the processes that parse for it.

A question is ``!II`` (sort, number), then the messages: each its length (``!Q``) and its bytes, with PIECES
one message in pieces that end with an empty one. An answer is its length and a JSON list of messages: what
comes back from a process that handled hostile mail is data and nothing else.
"""

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

from crm_tui.mail.parsing.addresses import Address
from crm_tui.mail.parsing.message import Attachment, ParsedMail

HEAD: Final = struct.Struct("!II")
LENGTH: Final = struct.Struct("!Q")
_FIELDS: Final = tuple(one.name for one in fields(ParsedMail))
_ADDRESSES: Final = ("sender", "to", "cc", "reply_to")

Read = Callable[[int], bytes]
"""Returns exactly so many bytes, or raises EOFError."""


class Sort(IntEnum):
    """What a question holds: messages, messages whose header alone is to be read, one message in pieces."""

    WHOLE = 0
    HEADER = 1
    PIECES = 2


def question(sort: Sort, raws: Sequence[bytes]) -> bytes:
    """Return a question for messages as they are."""
    parts = [HEAD.pack(sort, len(raws))]
    for raw in raws:
        parts += (LENGTH.pack(len(raw)), raw)
    return b"".join(parts)


def piece(data: bytes) -> bytes:
    """Return a piece of the message that a question of PIECES goes on with; an empty one ends it."""
    return LENGTH.pack(len(data)) + data


def answer(mails: Sequence[ParsedMail]) -> bytes:
    """Return an answer."""
    rows = [{name: getattr(mail, name) for name in _FIELDS} for mail in mails]
    for row in rows:
        row["date"] = row["date"] and row["date"].isoformat()
    # Escapes would make Japanese twice as long.
    data = json.dumps(rows, ensure_ascii=False, default=asdict).encode("utf-8", "surrogatepass")
    return LENGTH.pack(len(data)) + data


def read_piece(read: Read) -> bytes:
    """Read a length and what follows."""
    (length,) = LENGTH.unpack(read(LENGTH.size))
    return read(length) if length else b""


def read_answer(read: Read) -> list[ParsedMail]:
    """Read an answer.

    Raises:
        EOFError: There is none.
        ValueError: It isn't one.
    """
    try:
        return [_mail(row) for row in json.loads(read_piece(read))]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no answer of a parser") from error


def _mail(row: dict[str, Any]) -> ParsedMail:
    row["date"] = datetime.fromisoformat(row["date"]) if row["date"] else None
    for name in _ADDRESSES:
        row[name] = tuple(Address(**one) for one in row[name])
    row["attachments"] = tuple(Attachment(**one) for one in row["attachments"])
    row["references"] = tuple(row["references"])
    return ParsedMail(**row)
