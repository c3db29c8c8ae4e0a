"""Names of people."""

import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.names import (
    INDEX_LETTERS,
    display_name,
    index_letter,
    initials_range,
    search_texts,
    sort_key,
)
from crm_tui.domain.search_terms import index_terms, query_phrases

NAMES = st.one_of(
    st.text(max_size=8),
    st.text(alphabet=st.characters(min_codepoint=0x3040, max_codepoint=0x31FF), max_size=5),
    st.text("ﾔﾏﾀﾞがぱっゃゔヴヵヶヷんアzAéÅ1(・ー山田", max_size=5),
)


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("太郎", "山田", "山田 太郎"),
        ("Taro", "Yamada", "Taro Yamada"),
        ("John", "山田", "山田 John"),
        ("たろう", "Smith", "Smith たろう"),
        ("ﾀﾛｳ", "ﾔﾏﾀﾞ", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("민준", "김", "김 민준"),
        ("", "々木", "々木"),
        ("", "Smith", "Smith"),
        ("Ann", "", "Ann"),
        ("", "", ""),
        ("Zoë", "Åberg", "Zoë Åberg"),
    ],
)
def test_the_family_name_stands_where_its_script_puts_it(first: str, last: str, shown: str) -> None:
    assert display_name(first, last) == shown


@pytest.mark.parametrize(
    ("key", "letter"),
    [
        (sort_key("太郎", "山田", "タロウ", "ヤマダ"), "や"),
        (sort_key("太郎", "山田", "たろう", "やまだ"), "や"),
        (sort_key("ﾀﾛｳ", "ｶﾞﾄｳ"), "か"),
        (sort_key("", "ぱく"), "は"),
        (sort_key("", "ヴィトン"), "あ"),
        (sort_key("", "ヵ"), "か"),
        (sort_key("", "っ"), "た"),
        (sort_key("", "ゃ"), "や"),
        (sort_key("", "ん"), "わ"),
        (sort_key("", "を"), "わ"),
        (sort_key("John", "Smith"), "S"),
        (sort_key("Émile", "Édouard"), "E"),
        (sort_key("", "ｚｅｄ"), "Z"),
        (sort_key("太郎", "山田"), "#"),
        (sort_key("太郎", "山田", "タロウ"), "#"),
        (sort_key("", "3M"), "#"),
        (sort_key("", "(株)山田"), "#"),
        (sort_key("", "김"), "#"),
        (sort_key("", ""), "#"),
    ],
)
def test_the_letter_of_the_index_bar(key: str, letter: str) -> None:
    assert index_letter(key) == letter


def test_people_are_sorted_by_reading_family_name_first() -> None:
    people = [
        ("太郎", "山田", "タロウ", "ヤマダ"),
        ("花子", "阿部", "はなこ", "あべ"),
        ("次郎", "山田", "じろう", "やまだ"),
        ("", "ヴィトン", "", ""),
        ("", "江口", "", "えぐち"),
        ("Ann", "Smith", "", ""),
        ("Bob", "adams", "", ""),
        ("三郎", "田中", "", ""),
    ]
    shown = [person[1] + person[0] for person in sorted(people, key=lambda person: sort_key(*person))]
    assert shown == [
        "adamsBob",
        "SmithAnn",
        "阿部花子",
        "ヴィトン",
        "江口",
        "山田次郎",
        "山田太郎",
        "田中三郎",
    ]


@given(NAMES, NAMES, NAMES, NAMES)
def test_the_letter_of_a_key_and_its_range_agree(
    first: str, last: str, first_kana: str, last_kana: str
) -> None:
    key = sort_key(first, last, first_kana, last_kana)
    ranges = {letter: initials_range(letter) for letter in INDEX_LETTERS}
    inside = [letter for letter, (low, high) in ranges.items() if low <= key < high]
    assert inside == [index_letter(key)]


def test_the_index_bar_is_in_the_order_of_the_keys() -> None:
    bounds = [initials_range(letter) for letter in INDEX_LETTERS]
    assert all(low < high for low, high in bounds)
    assert all(before[1] <= after[0] for before, after in pairwise(bounds))


def test_the_store_sorts_as_python_does() -> None:
    keys = [initials_range(letter)[0] for letter in INDEX_LETTERS] + [
        "z",
        "ヺ",
        "・𠮷",
        "・山",
        "ウ\u3099",
        "ウア",
    ]
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE keys (key TEXT)")
    connection.executemany("INSERT INTO keys VALUES (?)", [(key,) for key in keys])
    stored = [row[0] for row in connection.execute("SELECT key FROM keys ORDER BY key")]
    connection.close()
    assert stored == sorted(keys)


@pytest.mark.parametrize("letter", ["", "a", "い", "AB", "##"])
def test_only_letters_of_the_bar_have_a_range(letter: str) -> None:
    with pytest.raises(ValueError, match=f"^{letter}$"):
        initials_range(letter)


@pytest.mark.parametrize(
    "typed", ["山田", "太郎", "山田太郎", "山田 太郎", "田太", "やまだたろう", "ﾔﾏﾀﾞ", "たろう"]
)
def test_a_japanese_name_is_found_with_and_without_its_space(typed: str) -> None:
    terms = f" {index_terms(search_texts('太郎', '山田', 'タロウ', 'ヤマダ'))} "
    assert all(f" {' '.join(phrase.tokens)} " in terms for phrase in query_phrases(typed))


def test_a_western_name_stays_in_two_words() -> None:
    assert search_texts("Ann", "Smith") == ("Ann Smith",)
    assert search_texts("", "") == ()
