"""Bytes to text in the character sets that mail really uses, the Japanese ones with what vendors added.

Python has no codec for the extended characters of NEC and IBM in ISO-2022-JP and EUC-JP (the code pages
5022x and 51932 of Windows), which ①, ㈱ and 髙 are. Both are the characters of code page 932 in another
dress, so that they are put into that and decoded by its codec.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

_CP932 = frozenset({"shift_jis", "shiftjis", "sjis", "x_sjis", "ms_kanji", "windows_31j", "cp932", "ms932"})
_EUC = frozenset({"euc_jp", "x_euc_jp", "eucjp", "cp51932", "ujis", "x_euc"})
_ISO_2022 = re.compile(r"^(?:x_)?(?:iso_?2022_?jp\w*|cp5022\w|csiso2022jp)$")
_UNSAID = frozenset({"", "us_ascii", "ascii", "unknown_8bit", "unknown", "default", "x_unknown"})
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""Text codecs of Python that turn letters of a message into something else."""

_EVIDENCE = 2
"""Less Japanese than this in an unnamed set is a Western word whose two accents look like one kanji."""

_ESCAPE = re.compile(rb"\x1b(\([BJIH]|\$[@B]|\$\([@BD]|\.[AF]|N)")
_PLAIN_JIS = re.compile(rb"\x1b\$[@B]((?:[\x21-\x7e]{2})*)\x1b\([BJ]")
"""Runs of JIS X 0208 as every program writes them: EUC-JP with other bits, which Python decodes at once."""

_TO_EUC = bytes(byte | 0x80 for byte in range(256))
_WINDOWS_TWINS = str.maketrans("〜‖−¢£¬", "～∥－￠￡￢")
"""Signs that code page 932 reads as their full-width twins."""

_BAD = "\N{REPLACEMENT CHARACTER}"


def decode(data: bytes, label: str = "") -> str:
    """Return the text of ``data``; what can't be read becomes U+FFFD.

    Args:
        label: What the message says the character set is. A wrong or missing one is guessed.
    """
    name = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    is_iso_2022 = _ISO_2022.match(name) is not None
    if b"\x1b" in data and (is_iso_2022 or name in _UNSAID):
        return _of_iso_2022_jp(data)
    if is_iso_2022 or name in _UNSAID or name in _NO_CHARSETS:
        return _guessed(data)
    if name in _EUC and _fits_euc(data):
        return _of_euc_jp(data)
    codec = "cp932" if name in _CP932 else "euc_jp" if name in _EUC else name
    try:
        return data.decode(codec)
    except LookupError:
        return _guessed(data)
    except (UnicodeError, ValueError):
        return _guess(data) or data.decode(codec, "replace")


def _guessed(data: bytes) -> str:
    return _guess(data) or data.decode("cp1252", "replace")


def _guess(data: bytes) -> str | None:
    """Return the text in UTF-8 or the Japanese set that fits, None if none does."""
    if b"\x1b$" in data:
        return _of_iso_2022_jp(data)
    try:
        return data.decode("utf-8")
    except UnicodeError:
        pass
    fitting = [_of_euc_jp(data)] if _fits_euc(data) else []
    try:
        fitting.append(data.decode("cp932"))
    except UnicodeError:
        pass
    best = max(fitting, key=_japanese, default="")
    return best if _japanese(best) >= _EVIDENCE else None


def _japanese(text: str) -> int:
    """Weigh how much a text looks like Japanese; one read in the wrong set has half-width kana instead."""
    kana = sum("\u3001" <= c <= "\u30ff" for c in text)
    kanji = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return 2 * kana + kanji - 3 * sum("\uff61" <= c <= "\uff9f" for c in text)


def _fits_euc(data: bytes) -> bool:
    return _BAD not in _of_euc_jp(data)


def _of_iso_2022_jp(data: bytes) -> str:
    """Return ISO-2022-JP with all extensions seen in mail; a line's end returns to ASCII."""
    if data.isascii():
        plain = _PLAIN_JIS.sub(lambda run: run[1].translate(_TO_EUC), data)
        if b"\x1b" not in plain:
            with suppress(UnicodeDecodeError):
                return plain.decode("euc_jp").translate(_WINDOWS_TWINS)
    return "".join(_segments(data))


def _segments(data: bytes) -> Iterator[str]:
    charset, at = b"(B", 0
    for found in _ESCAPE.finditer(data):
        yield from _segment(data[at : found.start()], charset)
        charset, at = found[1], found.end()
    yield from _segment(data[at:], charset)


def _segment(data: bytes, charset: bytes) -> Iterator[str]:
    if charset in (b"$@", b"$B", b"$(@", b"$(B"):
        first, *others = re.split(rb"(?<=[\r\n])", data, maxsplit=1) if b"\n" in data else [data]
        yield _of_jis(first.rstrip(b"\r\n"))
        yield first[len(first.rstrip(b"\r\n")) :].decode("ascii")
        for other in others:
            yield _plain(other)
    elif charset == b"$(D":
        yield b"".join(b"\x8f" + bytes(b | 0x80 for b in pair) for pair in _pairs(data)).decode(
            "euc_jp", "replace"
        )
    elif charset == b"(I":
        yield "".join(chr(0xFF61 + b - 0x21) if 0x21 <= b <= 0x5F else _plain(bytes([b])) for b in data)
    else:
        yield _plain(data)


def _plain(data: bytes) -> str:
    """Return what stands in ASCII; half-width kana and Shift_JIS get there by broken programs."""
    return data.decode("ascii") if data.isascii() else data.decode("cp932", "replace")


def _of_jis(data: bytes) -> str:
    return b"".join(_to_cp932(*pair) if len(pair) == 2 else b"?" for pair in _pairs(data)).decode(
        "cp932", "replace"
    )


def _pairs(data: bytes) -> Iterator[bytes]:
    clean = bytes(b & 0x7F for b in data if b & 0x7F > 0x20)
    return (clean[at : at + 2] for at in range(0, len(clean), 2))


def _to_cp932(high: int, low: int) -> bytes:
    """Return the two bytes of code page 932 for a character of JIS X 0208, of rows 1 to 94."""
    row = (high - 0x21) // 2
    lead = row + (0x81 if row < 31 else 0xC1)
    if high % 2:
        trail = low + (0x1F if low < 0x60 else 0x20)
    else:
        trail = low + 0x7E
    return bytes((lead, trail)) if trail <= 0xFC else b"?"


def _of_euc_jp(data: bytes) -> str:
    """Return EUC-JP with the characters that Windows added to it."""
    parts, at = [], 0
    while at < len(data):
        byte = data[at]
        following = data[at + 1 : at + 3]
        if byte < 0x80:
            end = at + 1
            while end < len(data) and data[end] < 0x80:
                end += 1
            parts.append(data[at:end].decode("ascii"))
            at = end
        elif byte == 0x8E and following[:1] and 0xA1 <= following[0] <= 0xDF:
            parts.append(chr(0xFF61 + following[0] - 0xA1))
            at += 2
        elif byte == 0x8F and len(following) == 2:
            parts.append(data[at : at + 3].decode("euc_jp", "replace"))
            at += 3
        elif byte >= 0xA1 and following[:1] and 0xA1 <= following[0] <= 0xFE:
            parts.append(_to_cp932(byte & 0x7F, following[0] & 0x7F).decode("cp932", "replace"))
            at += 2
        else:
            parts.append(_BAD)
            at += 1
    return "".join(parts)
