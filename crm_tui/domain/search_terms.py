"""Search terms: the same overlapping pairs of characters for every full-text index.

Japanese names have no spaces and often two characters, so an index of words or of groups of three can't
find them. Each word becomes its pairs and its last character alone: 山田 → ``山田 田``, suzuki →
``su uz zu uk ki i``. A run of consecutive pairs is then a piece of one word, whatever the piece, and a
single character is the start of some term.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

FTS5_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* M* P* S* C*'"
"""Tokenizer of the SQLite index: splits at spaces only, so that it can't take the terms apart."""

MOST_WORDS = 16
"""Words of a query that count; more narrow nothing down and cost time."""

LONGEST_WORD = 64
"""Characters of a word of a query that count."""

_FEW = 40

MOST_POSITIONS = 16383
"""Positions that a PostgreSQL tsvector can tell apart."""

_ALL_HYPHENS = "-‐‑‒–—―−─"
_LONG_VOWEL = "ー"
# After kana a hyphen is a mistyped long-vowel sign; elsewhere it is the other way round.
_BARS = re.compile(f"[{_ALL_HYPHENS}{_LONG_VOWEL}]+")
_UNSURE = re.compile("[^a-z0-9ァ-ヺー一-鿿]")
"""What may be no part of a word; asking for each character would take most of the time."""
_MIDDLE_DOT = "・"
_AFTER_SPACE = re.compile(" [^ ]")
_SPACE = " ".encode("utf-32-le")
_ACCENTS = re.compile("[\u0300-\u036f]")
# Where no character can have an accent, as in Japanese, taking kana apart and together costs half the time.
_ACCENTED = re.compile("[\u0080-\u1fff\u2100-\u22ff\u2adc\ua640-\uabff]")
# Forms of the same character in names; the second is the one people type.
_VARIANTS = (
    "髙高 﨑崎 碕崎 嵜崎 邉辺 邊辺 齋斎 齊斎 斉斎 濵浜 濱浜 德徳 嶋島 嶌島 𠮷吉 槗橋 廣広 澤沢 瀧滝 國国 "
    "眞真 惠恵 櫻桜 龍竜 壽寿 冨富 舘館 榮栄 條条 淺浅 瀨瀬 增増 黑黒 桒桑 鷗鴎 彥彦 萬万 豐豊 圓円 學学"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word of a query as consecutive terms of the index.

    Attributes:
        tokens: The terms, of letters, digits and marks only.
        prefix: The only term is a single character and stands for all that begin with it.
    """

    tokens: tuple[str, ...]
    prefix: bool


class _Folding(dict[int, int]):
    """Hiragana to katakana, variants of kanji to the usual one."""

    def __init__(self) -> None:
        super().__init__({code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)})
        self.update((ord(pair[0]), ord(pair[1])) for pair in _VARIANTS.split())

    def __missing__(self, code: int) -> int:
        # Without an answer each other character would cost an exception inside of translate().
        self[code] = code
        return code


class _WordCharacters(dict[int, int]):
    """Letters, digits and marks as they are, everything else as a space."""

    def __missing__(self, code: int) -> int:
        self[code] = result = code if unicodedata.category(chr(code))[0] in "LNM" else 0x20
        return result


_FOLDING = _Folding()
_VARIANT = re.compile(f"[{''.join(pair[0] for pair in _VARIANTS.split())}]")
_KANA = bytes(0xFF if high == 0x30 else 0 for high in range(256))
_TURNED = bytes(low ^ (_FOLDING[0x3000 + low] & 0xFF) for low in range(256))
_WORD_CHARACTERS = _WordCharacters()


def fold(text: str) -> str:
    """Return the form in which texts are compared and sorted.

    Half and full width, upper and lower case, hiragana and katakana, accents, hyphens, variants of kanji
    and middle dots make no difference; runs of white space are one space.
    """
    return " ".join(_folded(text).split())


def _folded(text: str) -> str:
    """Return the folded form with its white space."""
    if text.isascii():
        return text.casefold()
    text = unicodedata.normalize("NFKC", text).casefold()
    if _ACCENTED.search(text):
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate(_FOLDING) if _VARIANT.search(text) else _katakana(text)
    return _BARS.sub(_unify_bars, text.replace(_MIDDLE_DOT, ""))


def _katakana(text: str) -> str:
    """Return hiragana as katakana.

    They differ in the lower byte alone. All characters are changed in one number: a table would be asked for
    each, which takes thirty times as long.
    """
    data = bytearray(text.encode("utf-16-le", "surrogatepass"))
    low, high = data[0::2], data[1::2]
    turned = int.from_bytes(low.translate(_TURNED), "little") & int.from_bytes(
        high.translate(_KANA), "little"
    )
    if not turned:
        return text
    data[0::2] = (int.from_bytes(low, "little") ^ turned).to_bytes(len(low), "little")
    return data.decode("utf-16-le", "surrogatepass")


def index_terms(texts: Iterable[str]) -> str:
    """Return the terms of all words in ``texts``, in order, separated by spaces."""
    words = " ".join([word for text in texts for word in _words(text)]) + " "
    # All characters, those that follow them and spaces are laid into each other at once: mail has long texts,
    # and a step for each pair takes ten times as long. What follows a space is no pair.
    following = _AFTER_SPACE.sub("  ", words)[1:] + " "
    pairs = array("I", _SPACE * (3 * len(words)))
    pairs[0::3] = array("I", words.encode("utf-32-le"))
    pairs[1::3] = array("I", following.encode("utf-32-le"))
    return pairs.tobytes().decode("utf-32-le").replace("     ", " ").rstrip(" ")


def query_phrases(text: str) -> tuple[Phrase, ...]:
    """Return one phrase per word of ``text``; a record has to match all. Empty if there is no word."""
    phrases = (_phrase(word[:LONGEST_WORD]) for word in _words(text[:4096])[:MOST_WORDS])
    return tuple(dict.fromkeys(phrases))


def fits(phrases: Iterable[Phrase], terms: str) -> bool:
    """Return whether terms, as ``index_terms`` returns them, have all the phrases, as an index finds them."""
    text = f" {terms} "
    return all(f" {' '.join(one.tokens)}{'' if one.prefix else ' '}" in text for one in phrases)


def any_fts5(some: Iterable[Iterable[Phrase]]) -> str:
    """Return the MATCH expression for SQLite that finds what has all phrases of one of some lookups."""
    return " OR ".join(f"({to_fts5(phrases)})" for phrases in some)


def any_tsquery(some: Iterable[Iterable[Phrase]]) -> str:
    """Return the literal of a PostgreSQL tsquery that finds what has all phrases of one of some lookups."""
    return " | ".join(f"({to_tsquery(phrases)})" for phrases in some)


def to_fts5(phrases: Iterable[Phrase]) -> str:
    """Return the MATCH expression for SQLite. No phrases give an empty text, which FTS5 refuses."""
    return " AND ".join(
        " + ".join(f'"{token}"' for token in phrase.tokens) + (" *" if phrase.prefix else "")
        for phrase in phrases
    )


def to_tsquery(phrases: Iterable[Phrase]) -> str:
    """Return the literal of a PostgreSQL tsquery, to be cast and not parsed by a configuration."""
    return " & ".join(
        "(" + " <-> ".join(f"'{token}'" + (":*" if phrase.prefix else "") for token in phrase.tokens) + ")"
        for phrase in phrases
    )


def to_tsvector_literal(terms: str) -> str:
    """Return the literal of a PostgreSQL tsvector for the result of ``index_terms``, to be cast.

    Terms beyond the last position that a tsvector can tell apart are left out.
    """
    numbered = enumerate(terms.split()[:MOST_POSITIONS], start=1)
    return " ".join(f"'{term}':{position}" for position, term in numbered)


def _unify_bars(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1] if match.start() else ""
    return (_LONG_VOWEL if "ァ" <= before <= "ヺ" else "-") * len(match[0])


def _words(text: str) -> list[str]:
    folded = _folded(text)
    others = [char for char in set(_UNSURE.findall(folded)) if _WORD_CHARACTERS[ord(char)] != ord(char)]
    if len(others) > _FEW:
        return folded.translate(_WORD_CHARACTERS).split()
    # A text has few signs between its words; replacing each takes less time than looking at all characters.
    for char in others:
        folded = folded.replace(char, " ")
    return folded.split()


def _terms(word: str) -> list[str]:
    return [*map("".join, pairwise(word)), word[-1]]


def _phrase(word: str) -> Phrase:
    if len(word) == 1:
        return Phrase((word,), prefix=True)
    return Phrase(tuple(_terms(word)[:-1]), prefix=False)
