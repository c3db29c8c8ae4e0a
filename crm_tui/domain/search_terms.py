"""Search terms: the same overlapping pairs of characters for every full-text index.

Japanese names have no spaces and often two characters, so an index of words or of groups of three can't
find them. Each word becomes its pairs and its last character alone: 山田 → ``山田 田``, suzuki →
``su uz zu uk ki i``. A run of consecutive pairs is then a piece of one word, whatever the piece, and a
single character is the start of some term.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

FTS5_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* M* P* S* C*'"
"""Tokenizer of the SQLite index: splits at spaces only, so that it can't take the terms apart."""

MOST_WORDS = 16
"""Words of a query that count; more narrow nothing down and cost time."""

LONGEST_WORD = 64
"""Characters of a word of a query that count."""

MOST_POSITIONS = 16383
"""Positions that a PostgreSQL tsvector can tell apart."""

_ALL_HYPHENS = "-‐‑‒–—―−─"
_LONG_VOWEL = "ー"
# After kana a hyphen is a mistyped long-vowel sign; elsewhere it is the other way round.
_BARS = re.compile(f"([ァ-ヺ]?)([{_ALL_HYPHENS}{_LONG_VOWEL}]+)")
_MIDDLE_DOT = "・"
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
_WORD_CHARACTERS = _WordCharacters()


def fold(text: str) -> str:
    """Return the form in which texts are compared and sorted.

    Half and full width, upper and lower case, hiragana and katakana, accents, hyphens, variants of kanji
    and middle dots make no difference; runs of white space are one space.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    text = unicodedata.normalize("NFKC", text).casefold()
    if _ACCENTED.search(text):
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate(_FOLDING)
    text = _BARS.sub(_unify_bars, text.replace(_MIDDLE_DOT, ""))
    return " ".join(text.split())


def index_terms(texts: Iterable[str]) -> str:
    """Return the terms of all words in ``texts``, in order, separated by spaces."""
    words = " ".join(word for text in texts for word in _words(text)) + " "
    # In one go over all words: mail has long texts, and a generator for each word takes twice as long.
    return " ".join(
        [first if second == " " else first + second for first, second in pairwise(words) if first != " "]
    )


def query_phrases(text: str) -> tuple[Phrase, ...]:
    """Return one phrase per word of ``text``; a record has to match all. Empty if there is no word."""
    phrases = (_phrase(word[:LONGEST_WORD]) for word in _words(text[:4096])[:MOST_WORDS])
    return tuple(dict.fromkeys(phrases))


def fits(phrases: Iterable[Phrase], terms: str) -> bool:
    """Return whether terms, as ``index_terms`` returns them, have all the phrases, as an index finds them."""
    text = f" {terms} "
    return all(f" {' '.join(one.tokens)}{'' if one.prefix else ' '}" in text for one in phrases)


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
    kana, bars = match.groups()
    return kana + (_LONG_VOWEL if kana else "-") * len(bars)


def _words(text: str) -> list[str]:
    return fold(text).translate(_WORD_CHARACTERS).split()


def _terms(word: str) -> list[str]:
    return [*map("".join, pairwise(word)), word[-1]]


def _phrase(word: str) -> Phrase:
    if len(word) == 1:
        return Phrase((word,), prefix=True)
    return Phrase(tuple(_terms(word)[:-1]), prefix=False)
