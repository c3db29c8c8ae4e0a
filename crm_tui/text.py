"""Text from people, files and mail on its way into the store and onto the terminal.

Control characters, bidirectional overrides and floods of combining marks in a name or a subject can
clear the screen, write the clipboard or shift every column of a table. ``clean_input`` keeps them out
of the store, ``safe`` keeps them off the terminal, whatever the store holds.
"""

import re
import unicodedata
from typing import Literal

MARKS_PER_BASE = 8
"""Combining marks kept on one character; no orthography needs more."""

ELLIPSIS = "…"

_ZWJ = "\u200d"
_VS16 = "\ufe0f"
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_UNUSUAL = re.compile(
    "[^\t\n -~\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2100-\u23ff\u2460-\u26ff"
    "\u3000-\u3029\u3030-\u3096\u309b-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uffef]"
)
"""What may have to be changed before it is stored. Mail has long texts, nearly all without any of it."""

_SKIN_TONES = range(0x1F3FB, 0x1F400)
_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
_CACHE_SIZE = 20_000


class _Translation(dict[int, int | None]):
    """A table for ``str.translate`` that decides about each character once.

    Args:
        newline: What stands for any line break.
        tab: What stands for a tab.
        emoji: Keep what joins and varies emoji. On the terminal these go: half of all terminals paint
            the joined signs side by side, and the columns behind them would shift.
    """

    def __init__(self, newline: str, tab: str, *, emoji: bool) -> None:
        super().__init__()
        self._newline, self._tab, self._emoji = ord(newline), ord(tab), emoji

    def __missing__(self, code: int) -> int | None:
        self[code] = result = self._decide(code)
        return result

    def _decide(self, code: int) -> int | None:
        char = chr(code)
        if char == "\t":
            return self._tab
        if char in _BREAKS:
            return self._newline
        if char == _ZWJ or code in range(0xFE0E, 0xFE10) or code in _SKIN_TONES:
            return code if self._emoji else None
        if unicodedata.category(char) in ("Cc", "Cf", "Cs") or code & 0xFFFE == 0xFFFE:
            return None
        return code


class _Marks(dict[str, bool]):
    """Whether a character is a combining mark."""

    def __missing__(self, char: str) -> bool:
        self[char] = result = unicodedata.category(char)[0] == "M"
        return result


class _Widths(dict[str, int]):
    """Terminal cells of single characters; agrees with the toolkit that paints them."""

    def __missing__(self, char: str) -> int:
        from wcwidth import wcwidth

        if len(self) > _CACHE_SIZE:
            self.clear()
        code = ord(char)
        if code in _SKIN_TONES:
            width = 0
        elif code in _REGIONAL_INDICATORS:
            width = 1
        else:
            width = max(wcwidth(char), 0)
        self[char] = width
        return width


_LINE = _Translation(" ", " ", emoji=False)
_LINES = _Translation("\n", "\t", emoji=False)
_STORED = _Translation("\n", "\t", emoji=True)
_IS_MARK = _Marks()
_WIDTH = _Widths()


def safe(value: str, *, limit: int = 4096, newlines: bool = False) -> str:
    """Return ``value`` as it may be painted: the one way of foreign text to the terminal.

    Args:
        value: Any text, also with escape sequences, lone surrogates or combining floods.
        limit: Characters at most; a longer text ends with an ellipsis.
        newlines: Keep line breaks (as ``\\n``) and tabs; otherwise each becomes a space.
    """
    if value.isascii() and value.isprintable() and len(value) <= limit:
        return value
    if limit < 1:
        return ""
    # What is cut off anyway isn't worth cleaning; the factor leaves room for what is dropped.
    head = value[: 4 * limit]
    text = _clean(head, _LINES if newlines else _LINE)
    if len(text) > limit or len(head) < len(value):
        text = text[: limit - 1] + ELLIPSIS
    return text


def clean_input(value: str) -> str:
    """Return ``value`` as it may be stored: NFC, ``\\n`` as the line break, no control characters.

    Tabs, line breaks and joined emoji stay. Used for everything typed, imported or received, so that no
    export, log or other program reading the store meets a terminal escape.
    """
    if value.isascii() and value.isprintable():
        return value
    if not _UNUSUAL.search(value):
        return unicodedata.normalize("NFC", value)
    return _clean(value, _STORED)


def cell_len(text: str) -> int:
    """Return the terminal cells that ``text`` takes (East Asian wide characters take two)."""
    if text.isascii() and text.isprintable():
        return len(text)
    if _ZWJ in text or _VS16 in text:
        return _measure(text, len(text) * 2)[1]
    return sum(map(_WIDTH.__getitem__, text))


def fit(text: str, width: int, *, align: Literal["left", "right"] = "left") -> str:
    """Return ``text`` in exactly ``width`` terminal cells, padded or cut with an ellipsis.

    A wide character is never split: where half of one would fit, a space stands. The text must have
    been through ``safe`` before.
    """
    if width <= 0:
        return ""
    if text.isascii() and text.isprintable():
        if len(text) > width:
            return text[: width - 1] + ELLIPSIS
        return text.rjust(width) if align == "right" else text.ljust(width)
    text = text.rstrip(_ZWJ)
    cells = cell_len(text)
    if cells > width:
        end, cells = _measure(text, width - 1)
        text = text[:end].rstrip(_ZWJ) + ELLIPSIS
        cells += 1
    padding = " " * (width - cells)
    return padding + text if align == "right" else text + padding


def _measure(text: str, limit: int) -> tuple[int, int]:
    """Return the end and the cells of the longest start of ``text`` that fits in ``limit`` cells."""
    from wcwidth.table_vs16 import VS16_NARROW_TO_WIDE

    narrow_to_wide = next(iter(VS16_NARROW_TO_WIDE.values()))
    cells = index = 0
    varied = ""
    while index < len(text):
        char = text[index]
        step, width = 1, 0
        if char == _ZWJ:
            step = 2
        elif char == _VS16:
            width = int(bool(varied) and _in_table(ord(varied), narrow_to_wide))
            varied = ""
        elif width := _WIDTH[char]:
            varied = char
        if cells + width > limit:
            break
        cells += width
        index += step
    return min(index, len(text)), cells


def _in_table(code: int, table: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in table)


def _clean(value: str, table: _Translation) -> str:
    if "\r\n" in value:
        value = value.replace("\r\n", "\n")
    text = value.translate(table)
    if _ZWJ in text:
        text = _drop_stray_joiners(text)
    if text.isascii():
        return text
    # Marks are thinned out before normalising, which sorts them in quadratic time, and once more
    # after it, because a few characters fall apart into a base and marks.
    thin = _thin_marks(text)
    normal = unicodedata.normalize("NFC", thin)
    return normal if normal == thin else unicodedata.normalize("NFC", _thin_marks(normal))


def _thin_marks(text: str) -> str:
    """Drop marks that stand on nothing and all but the first few on one character."""
    if not any(map(_IS_MARK.__getitem__, text)):
        return text
    kept: list[str] = []
    marks = MARKS_PER_BASE
    for char in text:
        if not _IS_MARK[char]:
            marks = MARKS_PER_BASE if char in "\n\t" else 0
        elif marks < MARKS_PER_BASE:
            marks += 1
        else:
            continue
        kept.append(char)
    return "".join(kept)


def _drop_stray_joiners(text: str) -> str:
    """Keep a zero-width joiner only between two emoji; elsewhere it hides in names and addresses."""
    kept: list[str] = []
    base = ""
    for index, char in enumerate(text):
        if char != _ZWJ:
            kept.append(char)
            if char != _VS16 and ord(char) not in _SKIN_TONES:
                base = char
        elif base and unicodedata.category(base) == "So" and _is_symbol(text[index + 1 : index + 2]):
            kept.append(char)
            base = ""
    return "".join(kept)


def _is_symbol(char: str) -> bool:
    return bool(char) and unicodedata.category(char) == "So"


def beginning(text: str, limit: int) -> str:
    """Return the beginning of a text, of ``limit`` characters at most, without a blank at its end.

    What is seen as one character is not cut in two: a mark, a joiner, a skin tone or the second half of a
    flag goes with what it belongs to.
    """
    if len(text) <= limit:
        return text
    end = limit
    while end > 1 and _belongs_to_the_one_before(text, end):
        end -= 1
    return text[:end].rstrip()


def _belongs_to_the_one_before(text: str, at: int) -> bool:
    if unicodedata.category(text[at])[0] == "M" or _ZWJ in (text[at], text[at - 1]):
        return True
    if ord(text[at]) not in _REGIONAL_INDICATORS:
        return ord(text[at]) in _SKIN_TONES
    start = at
    while start and ord(text[start - 1]) in _REGIONAL_INDICATORS:
        start -= 1
    return (at - start) % 2 == 1
