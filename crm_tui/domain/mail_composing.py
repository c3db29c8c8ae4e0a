"""Building a mail as bytes (RFC 5322, 2045–2047, 2231, 3676): the same at every try, none of the machine.

Headers are encoded here and not by the standard library, whose folding loses commas and quotation marks of
Japanese names. All is 7-bit, so that no server on the way has to change it, unless an address isn't.
"""

import base64
import hashlib
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from crm_tui.domain.addressees import Addressee, ascii_domain, has_control
from crm_tui.text import clean_input

WIDTH: Final = 76
"""Characters of a line; a longer one of Latin text is broken softly."""

_WORD_BYTES: Final = 45
"""Bytes of UTF-8 in one encoded word, which has 75 characters at most (RFC 2047, 2)."""

_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_QUOTED_PRINTABLE: Final = 0.2
"""Share of characters beyond ASCII up to which a text stays readable in the raw mail."""


@dataclass(frozen=True, slots=True)
class ComposedFile:
    """A file that goes along."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a mail is made of. There is no place for Bcc: nobody is told of those.

    Attributes:
        message_id: Without brackets, as are ``in_reply_to`` and ``references``.
        date: In the zone of the agent.
    """

    sender: Addressee
    to: Sequence[Addressee]
    cc: Sequence[Addressee]
    subject: str
    text: str
    message_id: str
    date: datetime
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[ComposedFile] = ()


def compose(letter: Letter) -> bytes:
    """Return a mail, with CR LF at the end of each line.

    Raises:
        ValueError: Something that stands in a header could begin another one.
    """
    lines = [
        _header("Date", format_datetime(letter.date)),
        _header("From", _mailbox(letter.sender)),
        _header("To", *_listed(letter.to)),
        _header("Subject", *_unstructured(letter.subject, len("Subject: "))),
        _header("Message-ID", f"<{letter.message_id}>"),
        _header("MIME-Version", "1.0"),
    ]
    if letter.cc:
        lines.insert(3, _header("Cc", *_listed(letter.cc)))
    if not letter.to:
        lines[2] = _header("To", "undisclosed-recipients:;")
    if letter.in_reply_to:
        lines.append(_header("In-Reply-To", f"<{letter.in_reply_to}>"))
    if letter.references:
        lines.append(_header("References", *(f"<{one}>" for one in letter.references)))
    text = _text_part(letter.text)
    body = text if not letter.files else _mixed(letter, text)
    return "".join(lines).encode() + body


def flowed(text: str) -> str:
    """Return a text whose long lines are broken softly (RFC 3676): its reader joins them again.

    Lines without spaces, as of Japanese, and quoted lines stay whole.
    """
    return "\n".join(line for typed in text.split("\n") for line in _flowed_lines(typed))


def _flowed_lines(typed: str) -> Iterator[str]:
    # A space at the end would join the next line; the line before a signature is the exception.
    rest = typed if typed == "-- " else typed.rstrip(" ")
    if rest.startswith(">"):
        yield rest
        return
    if rest.startswith((" ", "From ")):
        rest = f" {rest}"
    while len(rest) > WIDTH:
        cut = rest.rfind(" ", 1, WIDTH) + 1
        if cut <= 1:
            cut = rest.find(" ", WIDTH) + 1
        if cut <= 1 or cut == len(rest):
            break
        yield rest[:cut]
        rest = rest[cut:]
        if rest.startswith((" ", ">", "From ")):
            rest = f" {rest}"
    yield rest


def _text_part(typed: str) -> bytes:
    text = flowed(clean_input(typed).rstrip("\n") + "\n")
    raw = text.replace("\n", "\r\n").encode()
    charset, encoding, body = "utf-8", "base64", b""
    if text.isascii() and max(map(len, text.split("\n"))) <= 990:
        charset, encoding, body = "us-ascii", "7bit", raw
    elif sum(not char.isascii() for char in text) <= _QUOTED_PRINTABLE * len(text):
        encoding, body = "quoted-printable", _quoted_printable(text)
    else:
        body = base64_lines(raw)
    head = _header("Content-Type", f"text/plain; charset={charset}; format=flowed")
    return (head + _header("Content-Transfer-Encoding", encoding) + "\r\n").encode() + body


def _quoted_printable(text: str) -> bytes:
    lines = quopri.encodestring(text.encode(), quotetabs=False).split(b"\n")
    # Without its own escape a lone dot or "From " could be changed on the way.
    safe = [
        re.sub(rb"^(?:\.(?==?$)|F(?=rom ))", lambda found: b"=%02X" % found[0][0], line) for line in lines
    ]
    return b"\r\n".join(safe)


def base64_lines(raw: bytes) -> bytes:
    """Return bytes in base64, in lines that end with CR LF."""
    return base64.encodebytes(raw).replace(b"\n", b"\r\n")


def _mixed(letter: Letter, text: bytes) -> bytes:
    """Return text and files in one body; what parts them follows from the Message-ID."""
    # The sign "_" after "=" occurs in no encoding that is used here.
    boundary = "=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]
    head = _header("Content-Type", f'multipart/mixed; boundary="{boundary}"') + "\r\n"
    separator = f"--{boundary}\r\n".encode()
    parts = [text if text.endswith(b"\r\n") else text + b"\r\n", *map(_file_part, letter.files)]
    whole = b"".join(separator + part for part in parts)
    return head.encode() + whole + f"--{boundary}--\r\n".encode()


def _file_part(file: ComposedFile) -> bytes:
    kind = file.content_type.lower()
    # Anything else may not be encoded (RFC 2046, 5.2.1), or would be taken for a part of this mail.
    if not re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    lines = [
        _header("Content-Type", f"{kind};", *_parameter("name", file.name)),
        _header("Content-Transfer-Encoding", "base64"),
        _header("Content-Disposition", "attachment;", *_parameter("filename", file.name)),
    ]
    return ("".join(lines) + "\r\n").encode("ascii") + base64_lines(file.content)


def _parameter(name: str, value: str) -> list[str]:
    """Return a parameter as words of a header.

    RFC 2231 for a name beyond ASCII; for ``name`` an encoded word, which is all that old programs read.
    """
    if value.isascii():
        return [f"{name}={_quoted(value)}"]
    if name == "name":
        words = _encoded_words(value, 8)
        return [f'name="{words[0]}', *words[1:-1], f'{words[-1]}"'] if words[1:] else [f'name="{words[0]}"']
    encoded = quote(value.encode(), safe="")
    pieces = _percent_pieces(encoded, 50)
    if len(pieces) == 1:
        return [f"{name}*=utf-8''{encoded}"]
    words = [f"{name}*0*=utf-8''{pieces[0]};"]
    words += [f"{name}*{number}*={piece};" for number, piece in enumerate(pieces[1:], 1)]
    words[-1] = words[-1][:-1]
    return words


def _percent_pieces(encoded: str, size: int) -> list[str]:
    pieces: list[str] = []
    while encoded:
        end = size
        # Not between the sign and its digits.
        while len(encoded) > end and "%" in encoded[end - 2 : end]:
            end -= 1
        pieces.append(encoded[:end])
        encoded = encoded[end:]
    return pieces


def _listed(people: Sequence[Addressee]) -> list[str]:
    return [f"{_mailbox(one)}{',' if number < len(people) else ''}" for number, one in enumerate(people, 1)]


def _mailbox(one: Addressee) -> str:
    """Return name and address; the name as a quoted string, or encoded."""
    local, _sign, domain = one.email.rpartition("@")
    # A domain has a form in ASCII; where the part before the sign hasn't, neither has the header (RFC 6532).
    email = f"{local}@{ascii_domain(domain)}"
    if not one.name:
        return email if email.isascii() else f"<{email}>"
    if one.name.isascii():
        name = one.name if _ATOMS.fullmatch(one.name) else _quoted(one.name)
    else:
        name = "\r\n ".join(_encoded_words(one.name, 10))
    return f"{name} <{email}>"


def _quoted(text: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{escaped}"'


def _unstructured(text: str, used: int) -> list[str]:
    """Return the words of a subject."""
    if has_control(text):
        raise ValueError("control characters in a subject")
    if text.isascii() and "=?" not in text and all(len(word) <= 900 for word in text.split()):
        return text.split()
    return _encoded_words(text, used)


def _encoded_words(text: str, used: int) -> list[str]:
    """Return a text as encoded words; none cuts a character in two, combining marks stay with their base."""
    words: list[str] = []
    piece = b""
    room = _WORD_BYTES - used
    for char in text:
        encoded = char.encode("utf-8", "replace")
        if len(piece) + len(encoded) > room:
            words.append(piece.decode())
            piece, room = b"", _WORD_BYTES
        piece += encoded
    words.append(piece.decode())
    return [f"=?UTF-8?B?{base64.b64encode(word.encode()).decode('ascii')}?=" for word in words]


def _header(name: str, *words: str) -> str:
    """Return a header line, folded between words.

    Raises:
        ValueError: A word could begin another line.
    """
    lines: list[str] = []
    line = f"{name}:"
    for word in words:
        if has_control(word.replace("\r\n ", "")):
            raise ValueError(f"control characters in {name}")
        if len(line) + 1 + len(word) > WIDTH and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]) + "\r\n"
