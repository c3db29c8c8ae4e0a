"""Reading FETCH responses, one at a time.

A server may send responses nobody asked for in between, without UID, and after an expunge with the sequence
number of another message (RFC 9051, 7.5.2). Each response therefore counts only for the UID that it names.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient.datetime_util import parse_to_datetime

from crm_tui.mail.intake import Flags
from crm_tui.mail.listing import Line

_UID = re.compile(rb"[( ]UID (\d+)", re.IGNORECASE)
_FLAGS = re.compile(rb"[( ]FLAGS \(([^)]*)\)", re.IGNORECASE)
_SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d+)", re.IGNORECASE)
_DATE = re.compile(rb'[( ]INTERNALDATE "([^"]*)"', re.IGNORECASE)
_BODY_HEAD = re.compile(rb"[( ]BODY\[\](?:<\d+>)? \{\d+\}$", re.IGNORECASE)
_BODY_QUOTED = re.compile(rb'[( ]BODY\[\](?:<\d+>)? "((?:\\.|[^"\\])*)"', re.IGNORECASE | re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One FETCH response; None for what it doesn't mention.

    Attributes:
        body: What ``BODY[]`` or a piece of it holds.
        received_at: INTERNALDATE in UTC.
        size: RFC822.SIZE, the server's word, not counted.
    """

    uid: int
    flags: Flags | None = None
    received_at: datetime | None = None
    size: int | None = None
    body: bytes | None = None


def read_fetch(lines: Iterable[Line]) -> Iterator[Fetched]:
    """Return the responses that name a UID, in the server's order."""
    for text, body in _responses(lines):
        uid = _UID.search(text)
        if uid is None:
            continue
        flags, size = _FLAGS.search(text), _SIZE.search(text)
        if body is None and (quoted := _BODY_QUOTED.search(text)):
            body = _ESCAPED.sub(rb"\1", quoted[1])
        yield Fetched(
            uid=int(uid[1]),
            flags=None if flags is None else _flags(flags[1]),
            received_at=_received_at(text),
            size=None if size is None else int(size[1]),
            body=body,
        )


def _responses(lines: Iterable[Line]) -> Iterator[tuple[bytes, bytes | None]]:
    """Join what imaplib parted at literals: the text of a response without them, and its body."""
    text, body = b"", None
    for line in lines:
        if isinstance(line, tuple):
            text += line[0]
            if _BODY_HEAD.search(line[0]):
                body = line[1]
        elif line is not None:
            yield text + line, body
            text, body = b"", None


def _flags(raw: bytes) -> Flags:
    words = raw.decode("ascii", "backslashreplace").split()
    return frozenset(word for word in words if word.lower() != "\\recent")


def _received_at(text: bytes) -> datetime | None:
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        moment: datetime = parse_to_datetime(found[1], normalise=False)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
