"""A whole message: its headers, the text an agent reads, its attachments."""

import email
import email.parser
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from crm_tui.domain.mail_terms import mail_terms
from crm_tui.i18n import N_
from crm_tui.mail.parsing.addresses import Address, addresses
from crm_tui.mail.parsing.headers import decode_header, message_ids
from crm_tui.mail.parsing.limits import LIMITS, Limits
from crm_tui.mail.parsing.parts import Part, sorted_parts
from crm_tui.text import clean_input

_SNIPPET = 200
_BREAKS = re.compile(r"[\r\n\0]+")
_EMPTY_LINE = re.compile(rb"\n\r?\n|\r\r")
_LONGEST_HEADER = 1_000_000
_TEXT_CUT = N_("The text is longer than what is shown.")
_TOO_MANY = N_("This mail has more parts than are shown.")
_UNREADABLE = N_("This mail can't be read.")

# The standard parser is known to fail in each of these ways on messages that were made for it.
_FAILURES = (ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError)

_FIRST_DAY = datetime(1970, 1, 2, tzinfo=UTC)
_LAST_DAY = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that isn't the text.

    Attributes:
        part: Where it stands, by the section numbers of IMAP: ``2``, ``1.3``.
        size: Bytes as they are sent, which base64 makes a third more than they are.
    """

    name: str
    content_type: str
    size: int
    part: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What is known of a message.

    Attributes:
        message_id: Without brackets; "" if it has none.
        date: UTC, by its own header; None if that is missing or nonsense.
        references: Ids of the thread, the oldest first, with what it is a reply to at the end.
        content_hash: Of all bytes: two messages with one id need not be the same.
        is_html: The text was made of HTML.
        text: Cleaned, as it is stored.
        problem: What couldn't be read or isn't shown, untranslated; "" if nothing.
        terms: By what words it is found; None where only the header was looked at.
    """

    message_id: str = ""
    subject: str = ""
    sender: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    content_hash: str = ""
    size: int = 0
    text: str = ""
    is_html: bool = False
    attachments: tuple[Attachment, ...] = ()
    problem: str = ""
    terms: str | None = None

    @property
    def snippet(self) -> str:
        """The beginning of the text on one line."""
        return " ".join(self.text[: 4 * _SNIPPET].split())[:_SNIPPET]


def parse(raw: bytes, limits: Limits = LIMITS) -> ParsedMail:
    """Return what can be read of a message; it never raises.

    One that can't be read at all is its hash, its size and a problem: it is kept, so that nothing that has
    arrived is ever missing.
    """
    try:
        message = email.message_from_bytes(raw)
        return _with_terms(_with_body(_with_headers(_bare(raw), message), message, limits))
    except _FAILURES:
        return replace(parse_header(raw), problem=_UNREADABLE)


def parse_header(raw: bytes) -> ParsedMail:
    """Return what the header of a message says; it never raises."""
    try:
        return _with_headers(_bare(raw), email.parser.BytesHeaderParser().parsebytes(_header_of(raw)))
    except _FAILURES:
        return replace(_bare(raw), problem=_UNREADABLE)


def _bare(raw: bytes) -> ParsedMail:
    return ParsedMail(content_hash=hashlib.sha256(raw).hexdigest(), size=len(raw))


def _header_of(raw: bytes) -> bytes:
    """Return everything up to the first empty line, or the beginning where there is none for long."""
    end = _EMPTY_LINE.search(raw, 0, _LONGEST_HEADER)
    return raw[: end.end() if end else _LONGEST_HEADER]


def _with_terms(mail: ParsedMail) -> ParsedMail:
    people = (*mail.sender, *mail.to, *mail.cc)
    files = (one.name for one in mail.attachments)
    return replace(mail, terms=mail_terms(mail.subject, people, files, mail.text))


def _with_headers(mail: ParsedMail, message: Message) -> ParsedMail:
    lines = _Lines(message)
    answered = message_ids(lines.first("in-reply-to"))
    references = dict.fromkeys((*message_ids(lines.first("references")), *answered[:1]))
    return replace(
        mail,
        message_id=next(iter(message_ids(lines.first("message-id"))), ""),
        subject=_BREAKS.sub(" ", decode_header(lines.first("subject"))),
        sender=addresses(lines.first("from")) or addresses(lines.first("sender")),
        to=addresses(lines.all("to")),
        cc=addresses(lines.all("cc")),
        reply_to=addresses(lines.first("reply-to")),
        date=_date(lines.first("date")),
        in_reply_to=next(iter(answered), ""),
        references=tuple(references),
    )


class _Lines:
    """Header lines as they came: asking for one by name would replace what isn't ASCII."""

    def __init__(self, message: Message) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._values.setdefault(name.lower(), []).append(str(value))

    def first(self, name: str) -> str:
        return self._values.get(name, [""])[0]

    def all(self, name: str) -> str:
        return ", ".join(self._values.get(name, ()))


def _date(raw: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(decode_header(raw))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        moment = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_DAY < moment < _LAST_DAY else None


def _with_body(mail: ParsedMail, message: Message, limits: Limits) -> ParsedMail:
    texts, others = sorted_parts(message, limits)
    text = "\n\n".join(filter(None, (part.text() for part in texts))).replace("\0", "")
    problem = _TEXT_CUT if len(text) > limits.text else ""
    if len(texts) + len(others) >= limits.parts or len(others) > limits.attachments:
        problem = _TOO_MANY
    return replace(
        mail,
        text=clean_input(text[: limits.text]),
        is_html=any(part.is_html for part in texts),
        attachments=tuple(_attachment(part) for part in others[: limits.attachments]),
        problem=problem,
    )


def _attachment(part: Part) -> Attachment:
    return Attachment(part.name, part.content_type, part.size, part.number)
