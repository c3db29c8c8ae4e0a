"""Search terms: any piece of any word is found, and nothing can break out of a query."""

import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.search_terms import (
    FTS5_TOKENIZER,
    LONGEST_WORD,
    MOST_POSITIONS,
    MOST_WORDS,
    Phrase,
    fold,
    index_terms,
    query_phrases,
    to_fts5,
    to_tsquery,
    to_tsvector_literal,
)

ANYTHING = st.text(alphabet=st.characters(categories=None))
WRITING = st.text("山田太郎髙ヤマダﾔﾏﾀﾞやまだーabcÉéßñＡ１2゛ﾞ한글กำ😀👩\u0301\u3099\U00020bb7-・'\"*:&|!()@. ")


@pytest.fixture(scope="module", params=["sqlite3", "pysqlite3"])
def index(request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    """An index in the system's SQLite and in the one that comes with the product."""
    connection = pytest.importorskip(request.param).connect(":memory:")
    connection.execute(f'CREATE VIRTUAL TABLE search USING fts5(terms, tokenize="{FTS5_TOKENIZER}")')
    yield connection
    connection.close()


def finds(index: sqlite3.Connection, text: str, typed: str) -> bool:
    index.execute("DELETE FROM search")
    index.execute("INSERT INTO search VALUES (?)", (index_terms([text]),))
    expression = to_fts5(query_phrases(typed))
    return index.execute("SELECT 1 FROM search WHERE search MATCH ?", (expression,)).fetchone() is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﾀﾅｶ", "たなか"),
        ("タナカ", "たなか"),
        ("ＡＢＣ", "abc"),
        ("Straße", "STRASSE"),
        ("José", "jose"),
        ("データ", "デ-タ"),
        ("データ", "でｰた"),
        ("ABC‐1", "abc-1"),
        ("1ー2", "1-2"),
        ("髙﨑", "高崎"),
        ("渡邊", "渡邉"),
        ("が", "か\u3099"),
        ("ジョン・スミス", "じょんすみす"),
        (" a \u3000 b\n", "A B"),
        ("㈱", "(株)"),
    ],
)
def test_folding_makes_one_of_what_people_take_for_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.one_of(ANYTHING, WRITING))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_terms_are_pairs_and_the_last_character() -> None:
    assert index_terms(["山田", "suzuki@x.jp"]) == "山田 田 su uz zu uk ki i x jp p"
    assert index_terms([]) == ""
    assert index_terms(["--", ""]) == ""


def test_a_query_is_one_phrase_per_word() -> None:
    assert query_phrases("Suzuki 山") == (
        Phrase(("su", "uz", "zu", "uk", "ki"), prefix=False),
        Phrase(("山",), prefix=True),
    )
    assert query_phrases("!?") == ()


def test_a_query_is_bounded() -> None:
    phrases = query_phrases(" ".join(f"w{number}" * 100 for number in range(1000)))
    assert len(phrases) == MOST_WORDS
    assert all(len(phrase.tokens) == LONGEST_WORD - 1 for phrase in phrases)


def test_query_languages() -> None:
    phrases = query_phrases("abc 山")
    assert to_fts5(phrases) == '"ab" + "bc" AND "山" *'
    assert to_tsquery(phrases) == "('ab' <-> 'bc') & ('山':*)"
    assert to_tsvector_literal("ab bc c") == "'ab':1 'bc':2 'c':3"
    assert len(to_tsvector_literal("a " * 20_000).split()) == MOST_POSITIONS


@given(st.one_of(ANYTHING, WRITING))
def test_terms_hold_nothing_that_means_something_in_a_query(text: str) -> None:
    tokens = [
        *index_terms([text]).split(" "),
        *(token for phrase in query_phrases(text) for token in phrase.tokens),
    ]
    assert all(unicodedata.category(char)[0] in "LNM" for token in tokens for char in token)
    to_fts5(query_phrases(text)).encode("utf-8")


@given(st.one_of(ANYTHING, WRITING), st.data())
def test_every_piece_of_a_word_is_a_run_of_its_terms(text: str, data: st.DataObject) -> None:
    for word in fold(text).split():
        start = data.draw(st.integers(0, max(len(word) - 2, 0)))
        end = data.draw(st.integers(min(start + 2, len(word)), len(word)))
        terms = index_terms([word]).split()
        for phrase in query_phrases(word[start:end][:LONGEST_WORD]):
            if not phrase.prefix:
                runs = zip(*(terms[offset:] for offset in range(len(phrase.tokens))), strict=False)
                assert phrase.tokens in set(runs)
            else:
                assert any(term.startswith(phrase.tokens[0]) for term in terms)


@given(text=st.one_of(ANYTHING, WRITING), data=st.data())
def test_sqlite_finds_every_piece_of_a_text(
    index: sqlite3.Connection, text: str, data: st.DataObject
) -> None:
    # Pieces of the folded text: a half of what folding joins, like か of が, is another letter.
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    piece = folded[start : data.draw(st.integers(start, len(folded)))]
    if query_phrases(piece):
        assert finds(index, text, piece)


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("山田 太郎", "田 山", True),
        ("山田", "山", True),
        ("山田", "田", True),
        ("山田", "田山", False),
        ("田中", "中", True),
        ("suzuki@example.com", "zuk exam", True),
        ("suzuki@example.com", "suzuki@example.com", True),
        ("suzuki@example.com", "kie", False),
        ("abc cde", "bcc", False),
        ("ヤマダ タロウ", "やまだ", True),
        ("ヤマダ", "ﾔﾏﾀﾞ", True),
        ("株式会社データ", "でーた", True),
        ("A-1 Supply", "a 1", True),
        ("kitten", "KIT", True),
    ],
)
def test_what_is_found(index: sqlite3.Connection, text: str, typed: str, found: bool) -> None:
    assert finds(index, text, typed) is found


SIGNS = st.text(
    alphabet=st.sampled_from(
        "aZ9 \u3000\n-‐―ーあぃゖゝゞゟゔア゛が\u3099ガヴヷ髙齊・。、é\u0301𠮷😀\ud83dｶﾞ㈱①ﬃİ\u00ad\r"
    )
)


@given(SIGNS | ANYTHING)
def test_terms_are_the_pairs_of_each_word(text: str) -> None:
    words = ["".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in part) for part in fold(text)]
    pairs = [word[at : at + 2] for word in "".join(words).split() for at in range(len(word))]
    assert index_terms([text]) == " ".join(pairs)


def test_hiragana_are_katakana_whatever_stands_beside_them() -> None:
    kana = "".join(map(chr, (*range(0x3041, 0x3097), 0x309D, 0x309E)))
    expected = "".join(chr(ord(char) + 0x60) for char in kana)
    assert fold(kana) == expected
    # A variant of a kanji takes the way over the table.
    assert fold(f"\U00020bb7{kana}") == f"吉{expected}"
    assert fold(f"䁁\U0001f041{kana}") == f"䁁\U0001f041{expected}"


@pytest.mark.parametrize(
    ("text", "folded"),
    [("-ー", "--"), ("アー-ー", "アーーー"), ("aーアー", "a-アー"), ("亜ー", "亜-"), ("あ-", "アー")],
)
def test_a_bar_is_long_after_kana_alone(text: str, folded: str) -> None:
    assert fold(text) == folded
