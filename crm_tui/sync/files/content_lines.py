"""The lines of vCard 2.1, 3.0 and 4.0 (RFC 2426, 6350), iCalendar (RFC 5545) and vCalendar 1.0.

They are put together from bytes: programs fold in the middle of a character, and a line of vCard 2.1 may have
an encoding of its own. Photos and other binary values are passed over as they come.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from crm_tui.sync.files.texts import Opener, byte_lines, lines

MOST_VALUE: Final = 256 * 1024
"""Bytes of a line, unfolded; the longest text of ours has 32,000 characters."""

BINARY: Final = frozenset(("PHOTO", "LOGO", "SOUND", "KEY", "ATTACH", "X-MS-CARDPICTURE", "X-MS-OL-DESIGN"))

_READING: Final = "X-IRMC-N"
"""Type of a SOUND that is no sound but the reading of a name, as Japanese telephones write it."""

_HEAD: Final = re.compile(rb'((?:[^":]++|"[^"]*")*+):')
_NAME: Final = re.compile(r"(?:[\w-]+\.)?([A-Za-z0-9-]+)$", re.ASCII)
_MARK: Final = re.compile(rb"(BEGIN|END):", re.IGNORECASE)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=]+\Z")
_PARTED: Final = re.compile(r'((?:[^";]++|"[^"]*")*+);?')
_LISTED: Final = re.compile(r'"([^"]*)"|([^",]+)')
_ENCODINGS: Final = ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B", "Q")
_CARETS: Final = {"^n": "\n", "^'": '"', "^^": "^"}
_LIKE_ASCII: Final = ("utf-8", "cp932", "euc_jp", "cp1252")
_MOST_PARAMS: Final = 50
_CHARSETS: Final = {
    "shift_jis": "cp932",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "x_sjis": "cp932",
    "ms_kanji": "cp932",
    "windows_31j": "cp932",
    "cp932": "cp932",
    "ms932": "cp932",
    "utf_8": "utf-8",
    "utf8": "utf-8",
    "us_ascii": "utf-8",
    "euc_jp": "euc_jp",
    "iso_2022_jp": "iso2022_jp_ext",
    "iso_8859_1": "cp1252",
    "windows_1252": "cp1252",
}


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A property as it stands.

    Attributes:
        name: In upper case, without its group.
        params: By upper-case name. ``TYPE`` has the bare types of vCard 2.1 too, in upper case.
        value: Its text, with its escapes.
        problem: A code of `problems.SENTENCES`, or "".
    """

    name: str
    value: str
    params: dict[str, list[str]] = field(default_factory=dict)
    problem: str = ""


def content_lines(open_file: Opener, encoding: str) -> Iterator[ContentLine]:
    """Yield the properties of a file, unfolded and decoded.

    Args:
        encoding: One of `ENCODINGS`; lines may name others.
    """
    if encoding == "utf-16":
        raw_lines = (line.text.encode("utf-8", "replace") for line in lines(open_file, encoding))
        yield from _parsed_all(raw_lines, "utf-8")
        return
    with open_file() as file:
        yield from _parsed_all(_raw(file), "iso2022_jp_ext" if encoding == "iso2022_jp" else encoding)


def is_utf_8(open_file: Opener) -> bool:
    """Whether a file is UTF-8 once its lines are put together; lines that name an encoding don't count."""
    with open_file() as file:
        for whole in _unfolded(_raw(file)):
            try:
                whole.decode()
            except UnicodeDecodeError:
                if b"CHARSET" not in whole.partition(b":")[0].upper():
                    return False
    return True


def _raw(file: IO[bytes]) -> Iterator[bytes]:
    for number, (raw, is_cut) in enumerate(byte_lines(file)):
        whole = raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw
        # A line this long is passed over or too long in any case; it must not look like a short one.
        yield whole + b"\0" * MOST_VALUE if is_cut else whole


def _parsed_all(raw_lines: Iterator[bytes], encoding: str) -> Iterator[ContentLine]:
    for whole in _unfolded(raw_lines):
        if whole.strip():
            yield parsed(whole, encoding)


def _unfolded(raw_lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield whole lines; of one that is too long the beginning and a byte more than is allowed."""
    whole = bytearray()
    for raw in raw_lines:
        line = raw.rstrip(b"\r\n")
        if whole and _goes_on(whole, line):
            if whole.endswith(b"=") and _is_printable(whole):
                del whole[-1:]
                # A space before an escape indents the line; before a word it may belong to the text.
                line = line.removeprefix(b" ") if line.startswith(b" =") else line
            elif line[:1] in (b" ", b"\t"):
                line = line[1:]
            if len(whole) <= MOST_VALUE:
                whole += line[: MOST_VALUE + 1 - len(whole)]
        else:
            yield bytes(whole)
            whole = bytearray(line[: MOST_VALUE + 1])
    yield bytes(whole)


def _goes_on(whole: bytearray, line: bytes) -> bool:
    if line[:1] in (b" ", b"\t"):
        return True
    if whole.endswith(b"=") and _is_printable(whole):
        return _MARK.match(line) is None
    # Some programs write base64 without indenting it.
    return b":" not in line and _BASE64.match(line) is not None and b"BASE64" in whole[:200].upper()


def _is_printable(whole: bytearray) -> bool:
    return b"QUOTED-PRINTABLE" in whole[:200].partition(b":")[0].upper()


def parsed(whole: bytes, encoding: str) -> ContentLine:
    """Return a line that has been unfolded as a property."""
    head, colon, raw = whole.partition(b":")
    if b'"' in head and (matched := _HEAD.match(whole)):
        # A colon within quotation marks is part of a parameter.
        head, raw = matched[1], whole[matched.end() :]
    named, _mark, rest = head.decode(encoding, "replace").partition(";")
    found = _NAME.match(named.strip())
    if found is None or not colon:
        return ContentLine("", whole[:80].decode(encoding, "replace"), problem="item_line")
    name = found[1].upper()
    params = _params(rest) if rest else {}
    how = "".join(params.get("ENCODING", ())[:1]).upper()
    if (name in BINARY and _READING not in params.get("TYPE", ())) or how in ("B", "BASE64"):
        return ContentLine(name, "", params)
    if len(whole) > MOST_VALUE:
        return ContentLine(name, "", params, "item_size")
    if how in ("QUOTED-PRINTABLE", "Q"):
        raw = quopri.decodestring(raw)
    value, problem = _text(raw, "".join(params.get("CHARSET", ())[:1]), encoding)
    return ContentLine(name, value, params, problem)


def _params(text: str) -> dict[str, list[str]]:
    params: dict[str, list[str]] = {}
    for matched in _PARTED.finditer(text[:8192]):
        key, mark, given = matched[1].partition("=")
        key = key.strip().upper()
        if not key or len(params) >= _MOST_PARAMS:
            continue
        if mark:
            values = [_uncareted(one[0] or one[1]) for one in _LISTED.findall(given)]
        elif key in _ENCODINGS:
            key, values = "ENCODING", [key]
        else:
            key, values = "TYPE", [key]
        if key == "TYPE":
            # vCard 4.0 has lists within quotation marks.
            values = [part.strip() for one in values for part in one.upper().split(",")]
        params.setdefault(key, []).extend(values)
    return params


def _uncareted(text: str) -> str:
    """Return a parameter's text without the escapes of RFC 6868."""
    return re.sub(r"\^[n'^]", lambda found: _CARETS[found[0]], text) if "^" in text else text


def _text(raw: bytes, charset: str, encoding: str) -> tuple[str, str]:
    if not charset and raw.isascii() and encoding in _LIKE_ASCII:
        return raw.decode("ascii"), ""
    named = _CHARSETS.get(charset.strip().lower().replace("-", "_"), "")
    for one in dict.fromkeys((named or encoding, encoding, "utf-8", "cp932")):
        try:
            return raw.decode(one), ""
        except UnicodeDecodeError:
            continue
    return raw.decode(named or encoding, "replace"), "item_characters"
