"""Header lines as people read them: encoded words (RFC 2047) and parameters (RFC 2231), also broken ones."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from crm_tui.mail.parsing.charsets import decode

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"[ \t\r\n]*")
_FOLD = re.compile(r"\r?\n[ \t]?|\r|\n")
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"^(.+?)(?:\*(\d{1,3}))?(\*)?$")

LONGEST = 20_000
"""Characters of a header that are looked at; nobody reads a longer one."""


def decode_header(raw: str) -> str:
    """Return a header as text on one line.

    Args:
        raw: As the standard parser gives it, with bytes beyond ASCII as surrogates.
    """
    text = _FOLD.sub(" ", raw[:LONGEST])
    parts: list[str] = []
    at = 0
    # A character may be cut in two by the end of a word: words that follow each other are joined as bytes.
    waiting, charset = b"", ""
    for found in _WORD.finditer(text):
        between = text[at : found.start()]
        data = _bytes_of(found[2], found[3])
        label = found[1].split("*")[0]
        joins = bool(waiting) and _BETWEEN.fullmatch(between) is not None
        if not joins or label.lower() != charset.lower():
            parts.append(decode(waiting, charset))
            waiting = b""
        if not joins:
            parts.append(_unnamed(between))
        waiting, charset, at = waiting + data, label, found.end()
    parts += [decode(waiting, charset), _unnamed(text[at:])]
    return "".join(parts).strip()


def parameters(raw: str) -> Mapping[str, str]:
    """Return the parameters of a Content-Type or Content-Disposition, by name in lower case.

    Continued, percent-encoded and encoded-word values are all read, the last against the standard.
    """
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, quoted in _PARAMETER.findall(";" + raw[:LONGEST].partition(";")[2]):
        match = _SECTION.match(name.lower())
        if match is not None:
            value = _unquoted(quoted.strip())
            sections.setdefault(match[1], {})[int(match[2] or 0)] = (match[3] is not None, value)
    return {name: _joined(values) for name, values in sections.items()}


def _joined(sections: Mapping[int, tuple[bool, str]]) -> str:
    ordered = [sections[number] for number in sorted(sections)]
    encoded, first = ordered[0]
    if not any(is_encoded for is_encoded, _value in ordered):
        return decode_header("".join(value for _is_encoded, value in ordered))
    charset = ""
    if encoded and first.count("'") >= 2:
        charset, _language, first = first.split("'", 2)
        ordered[0] = (True, first)
    return decode(b"".join(_section_bytes(*section) for section in ordered), charset)


def _section_bytes(is_encoded: bool, value: str) -> bytes:
    raw = value.encode("utf-8", "surrogateescape")
    return unquote_to_bytes(raw) if is_encoded else raw


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _bytes_of(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b" ", b"_"), header=True)
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return raw


def _unnamed(text: str) -> str:
    """Return what stands in no encoded word; programs that ignore the standard put raw bytes there."""
    if text.isascii() and "\x1b" not in text:
        return text
    return decode(text.encode("utf-8", "surrogateescape"))


def message_ids(raw: str, most: int = 100) -> tuple[str, ...]:
    """Return the ids between angle brackets, the last ``most`` of them, each once."""
    return tuple(dict.fromkeys(_ids(_FOLD.sub("", raw[:LONGEST]))))[-most:]


def _ids(text: str) -> Iterator[str]:
    for found in re.finditer(r"<([^<>]{1,990})>", text):
        identifier = "".join(found[1].split())
        if identifier:
            yield identifier
