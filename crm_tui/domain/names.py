"""Names of people: how they are shown, sorted, searched and found by an index bar."""

import re
from functools import lru_cache

from crm_tui.domain.search_terms import fold

KANA_ROWS = "あかさたなはまやらわ"
INDEX_LETTERS: tuple[str, ...] = (*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *KANA_ROWS, "#")
"""The index bar of a picker, in the order of the sort keys."""

_EAST_ASIAN = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"  # kana, kanji
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # hangul
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
# First kana of each row, small ones included, and the end of the last row. Sort keys have katakana.
_ROW_STARTS = "ァカサタナハマャラヮ"
_ROWS_END = "\u30fb"
# Folding leaves no middle dot, so it marks the keys that have no letter of their own and keeps them
# together, behind all kana and before the kanji would stand.
_OTHER, _OTHER_END = "\u30fb", "\u30fc"
# ヴ, ヵ and ヶ have late code points but sort with ウ, カ and ケ.
_LATE_KANA = str.maketrans({"ヴ": "ウ\u3099", "ヵ": "カ", "ヶ": "ケ"})


def is_east_asian(text: str) -> bool:
    """Return whether ``text`` has kana, kanji or hangul."""
    return not text.isascii() and _EAST_ASIAN.search(text) is not None


@lru_cache(maxsize=1024)
def display_name(first: str, last: str) -> str:
    """Return the whole name, family name first when it is written in kana, kanji or hangul."""
    parts = (last, first) if is_east_asian(first + last) else (first, last)
    return " ".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def sort_key(first: str, last: str, first_kana: str = "", last_kana: str = "") -> str:
    """Return the text by which people are sorted, by code points and not by a locale.

    Each part counts by its reading where it has one; the family name always comes first. Keys without a
    letter of the index bar begin with a middle dot.
    """
    key = fold(f"{last_kana or last} {first_kana or first}").translate(_LATE_KANA)
    return key if index_letter(key) != "#" else _OTHER + key


def index_letter(sort_key: str) -> str:
    """Return the letter of the index bar for a sort key: A to Z, the head of a kana row, or ``#``."""
    head = sort_key[:1]
    if "a" <= head <= "z":
        return head.upper()
    if _ROW_STARTS[0] <= head < _ROWS_END:
        return KANA_ROWS[sum(start <= head for start in _ROW_STARTS) - 1]
    return "#"


def initials_range(letter: str) -> tuple[str, str]:
    """Return the bounds of the sort keys under a letter of the index bar; the second is excluded.

    Raises:
        ValueError: ``letter`` isn't one of ``INDEX_LETTERS``.
    """
    if letter not in INDEX_LETTERS:
        raise ValueError(letter)
    if letter == "#":
        return _OTHER, _OTHER_END
    if letter in KANA_ROWS:
        row = KANA_ROWS.index(letter)
        return _ROW_STARTS[row], (_ROW_STARTS + _ROWS_END)[row + 1]
    return letter.lower(), chr(ord(letter.lower()) + 1)


def search_texts(first: str, last: str, first_kana: str = "", last_kana: str = "") -> tuple[str, ...]:
    """Return what to index for a person, so that a name is found with and without the space inside.

    Names in kana, kanji or hangul are joined: a search for 山田太郎, 太郎 or 山田 太郎 finds them all.
    """
    names = ((first, last), (first_kana, last_kana))
    return tuple(
        last + first if is_east_asian(first + last) else f"{first} {last}"
        for first, last in names
        if first or last
    )
