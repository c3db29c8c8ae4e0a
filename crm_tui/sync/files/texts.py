"""Text of files whose encoding nobody names: which it is, and lines that say where it doesn't hold.

Order: byte order mark, escapes of ISO-2022-JP, strict UTF-8, strict CP932; else the agent is asked. CP932
and not Shift_JIS: ①, ㈱, 髙 and 﨑, which Windows writes, are in no other. EUC-JP is valid CP932 nearly
always; what the text would say decides, and the agent is asked too. Statistical guessers took CP932 for
other encodings.
"""

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Final

from crm_tui.sync.files.problems import Problem

Opener = Callable[[], IO[bytes]]
"""Opens a file anew, from its beginning."""

LONGEST_LINE: Final = 1024 * 1024
"""Bytes of a line that are looked at; a photo in one line may have more."""

_BLOCK: Final = 256 * 1024
_JUDGED_LINES: Final = 20_000
_BY_BYTES: Final = ("utf-8", "cp932", "euc_jp")
_JAPANESE: Final = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_UNLIKELY: Final = 0.6
_COMMON: Final = 0.2
_HALF_WIDTH: Final = 0.6


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding of `ENCODINGS`, and how sure that is; as in `FileFacts`."""

    encoding: str
    is_guessed: bool = False
    is_ambiguous: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end, and what is wrong with it."""

    text: str
    problem: Problem | None = None


def guess_encoding(open_file: Opener) -> Guess:
    """Return the encoding that a file is in, reading all of it where necessary."""
    with open_file() as file:
        head = file.read(64 * 1024)
    if head.startswith(codecs.BOM_UTF8):
        return _checked(open_file, Guess("utf-8"))
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return Guess("utf-16")
    if utf_16_without_mark(head):
        return Guess("utf-16", is_guessed=True, is_ambiguous=True)
    if _holds(open_file, "utf-8"):
        return Guess("iso2022_jp" if _has_escapes(open_file) else "utf-8")
    return _eight_bit(open_file)


def utf_16_without_mark(head: bytes) -> str:
    """Return Python's name of the UTF-16 that a file without a mark is in, or ""."""
    low, high = head[0::2].count(0), head[1::2].count(0)
    if min(low, high) or max(low, high) < max(4, len(head) // 100):
        return ""
    return "utf-16-be" if low else "utf-16-le"


def lines(open_file: Opener, encoding: str) -> Iterator[Line]:
    """Yield the lines of a file, whatever ends them; a line that is too long is cut.

    Args:
        encoding: One of `ENCODINGS`.
    """
    with open_file() as file:
        found = _wide_lines(file) if encoding == "utf-16" else _byte_lines(file, encoding)
        first = next(found, None)
        if first is not None:
            yield Line(first.text.removeprefix("\ufeff"), first.problem)
        yield from found


def blocks(open_file: Opener, encoding: str) -> Iterator[str]:
    """Yield the text of a file in pieces; what doesn't fit the encoding becomes U+FFFD."""
    with open_file() as file:
        codec = _wide_codec(file) if encoding == "utf-16" else encoding
        reader = io.TextIOWrapper(file, codec, errors="replace", newline="")
        while text := reader.read(_BLOCK):
            yield text


def byte_lines(file: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines of a file with their ends, and whether what is too long was cut off."""
    head = file.read(64 * 1024)
    file.seek(0)
    if b"\r" in head and b"\n" not in head:
        yield from _old_lines(file)
        return
    while raw := file.readline(LONGEST_LINE):
        is_cut = len(raw) == LONGEST_LINE and not raw.endswith(b"\n")
        while is_cut and (more := file.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
            pass
        if b"\r" in raw[:-2]:
            yield from ((one, is_cut) for one in raw.splitlines(keepends=True))
        else:
            yield raw, is_cut


def _old_lines(file: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield lines that end with a carriage return alone, as old Macs wrote them."""
    reader = io.TextIOWrapper(file, "latin-1", newline="")
    for text, is_cut in _text_lines(reader):
        yield text.encode("latin-1"), is_cut


def _text_lines(reader: io.TextIOWrapper) -> Iterator[tuple[str, bool]]:
    while text := reader.readline(LONGEST_LINE):
        is_cut = len(text) == LONGEST_LINE and text[-1] not in "\r\n"
        while is_cut and (more := reader.readline(LONGEST_LINE)) and more[-1] not in "\r\n":
            pass
        yield text, is_cut


def decoded(raw: bytes, encoding: str) -> Line:
    """Return a line of bytes as text; the problem names what doesn't fit the encoding of the file."""
    if encoding == "iso2022_jp":
        # The extended one has the half-width katakana that Windows writes.
        encoding = "iso2022_jp_ext"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return _in_another(raw, encoding)
    if encoding in ("cp932", "euc_jp") and not raw.isascii() and _is_utf_8(raw):
        return Line(raw.decode(), Problem("row_encoding"))
    return Line(text)


def _byte_lines(file: IO[bytes], encoding: str) -> Iterator[Line]:
    for raw, is_cut in byte_lines(file):
        line = decoded(raw, encoding)
        yield Line(line.text, Problem("row_line")) if is_cut else line


def _wide_lines(file: IO[bytes]) -> Iterator[Line]:
    reader = io.TextIOWrapper(file, _wide_codec(file), errors="replace", newline="")
    for text, is_cut in _text_lines(reader):
        problem = Problem("row_characters") if "\ufffd" in text else None
        yield Line(text, Problem("row_line") if is_cut else problem)


def _wide_codec(file: IO[bytes]) -> str:
    head = file.read(64 * 1024)
    file.seek(0)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return utf_16_without_mark(head) or "utf-16-le"


def _in_another(raw: bytes, encoding: str) -> Line:
    for other in _BY_BYTES[:2]:
        if other != encoding:
            try:
                return Line(raw.decode(other), Problem("row_encoding"))
            except UnicodeDecodeError:
                continue
    return Line(raw.decode(encoding, "replace"), Problem("row_characters"))


def _is_utf_8(raw: bytes) -> bool:
    try:
        return _JAPANESE.search(raw.decode()) is not None
    except UnicodeDecodeError:
        return False


def _has_escapes(open_file: Opener) -> bool:
    """Whether a file that could be UTF-8 switches to Japanese as ISO-2022-JP does."""
    with open_file() as file:
        before = b""
        while block := file.read(_BLOCK):
            if b"\x1b$" in before + block or b"\x1b(" in before + block:
                return _holds(open_file, "ascii")
            before = block[-1:]
    return False


def _holds(open_file: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with open_file() as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _checked(open_file: Opener, guess: Guess) -> Guess:
    if _holds(open_file, guess.encoding):
        return guess
    return Guess(guess.encoding, problem=Problem("mixed"))


def _eight_bit(open_file: Opener) -> Guess:
    """Choose between CP932 and EUC-JP by what the text would say, or take what fits most lines."""
    fitting = [one for one in ("cp932", "euc_jp") if _holds(open_file, one)]
    with open_file() as file:
        some = [raw for raw, _is_cut in islice(byte_lines(file), _JUDGED_LINES) if not raw.isascii()]
    if not fitting:
        return _best_of_none(some)
    head = b"".join(some)[:_BLOCK]
    likely = {one: _likeliness(head.decode(one, "ignore")) for one in fitting}
    if "cp932" in likely:
        # Nearly every file that isn't Unicode is in it.
        likely["cp932"] += _COMMON
    best = max(fitting, key=lambda one: likely[one])
    if any(map(_is_utf_8, some)):
        return Guess(best, True, True, Problem("mixed"))
    others = [likeliness for one, likeliness in likely.items() if one != best]
    if best != "cp932" or likely[best] < _UNLIKELY or any(likely[best] - one < _COMMON for one in others):
        return Guess(best, True, True, Problem("several_encodings"))
    return Guess(best, is_guessed=True)


def _best_of_none(some: list[bytes]) -> Guess:
    """Return the encoding that fits most lines of a file that is in none as a whole."""
    misfits = {one: sum(decoded(raw, one).problem is not None for raw in some) for one in _BY_BYTES}
    best = min(_BY_BYTES, key=lambda one: misfits[one])
    if misfits[best] * 2 > len(some) and _is_western(some):
        return Guess("cp1252", True, True, Problem("several_encodings"))
    return Guess(best, True, True, Problem("mixed"))


def _is_western(some: list[bytes]) -> bool:
    try:
        text = b"".join(some).decode("cp1252")
    except UnicodeDecodeError:
        return False
    others = [char for char in text if char > "\x7f"]
    return sum(char.isalpha() for char in others) * 2 > len(others)


def _likeliness(text: str) -> float:
    """Return how much of what isn't ASCII is Japanese as it is written, 0 to 1."""
    others = [char for char in text if char > "\x7f"]
    if not others:
        return 0.0
    return sum(map(_usualness, others)) / len(others)


def _usualness(char: str) -> float:
    if "\u3000" <= char <= "\u30ff" or "\uff01" <= char <= "\uff5e":
        return 1.0
    if "\uff66" <= char <= "\uff9f":
        # Half-width katakana: real in old systems, and what much of EUC-JP looks like in CP932.
        return _HALF_WIDTH
    try:
        # Kanji of the first level stand in rows 16 to 47 of JIS X 0208.
        return 1.0 if 0xB0 <= char.encode("euc_jp")[0] <= 0xCF else 0.0
    except UnicodeEncodeError:
        return 0.0
