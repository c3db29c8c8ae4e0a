"""Foreign text on its way to the store and the terminal."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len as painted_cells

from crm_tui.text import (
    _STORED,
    _UNUSUAL,
    MARKS_PER_BASE,
    _clean,
    beginning,
    cell_len,
    clean_input,
    fit,
    safe,
)

ANYTHING = st.text(alphabet=st.characters(categories=None))
"""Every code point, lone surrogates included."""

NASTY = st.text(
    alphabet=st.sampled_from(
        "a1 山ｱﾞあ\t\n\r\x00\x07\x1b\x7f\x85\x9b\u00ad\u0300\u0344\u0958\u200b\u200d\u200e\u202e\u2028"
        "\ufe0f\ufeff\u3099❤👩🏽💻🇯\ud800\uffff\u0f73\U00011099\U000110ba가\u1100\u1161"
    )
)

JAPANESE = st.text(alphabet=st.sampled_from("山田太郎ヤマダﾔﾏﾀﾞやまだー〇々㈱髙﨑、。「」（）〒①abcXYZ 012-"))


def is_harmless(text: str, allowed: str = "") -> bool:
    return all(char in allowed or unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in text)


def longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2Jgone", "[2Jgone"),
        ("\x1b]52;c;YQ==\x07", "]52;c;YQ=="),
        ("\x9b31mred\x9d0;title\x9c", "31mred0;title"),
        ("null\x00del\x7f", "nulldel"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("ze\u200bro\u2060\ufeff", "zero"),
        ("soft\u00adhyphen", "softhyphen"),
        ("half \ud800 pair", "half  pair"),
        ("two\r\nlines\tand\u2028more", "two lines and more"),
        ("か\u3099", "が"),
        ("\u0301accent on nothing", "accent on nothing"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("山田　太郎", "山田　太郎"),
        ("葛\U000e0100飾", "葛\U000e0100飾"),
    ],
)
def test_safe_takes_out_what_a_terminal_would_obey(hostile: str, shown: str) -> None:
    assert safe(hostile) == shown


def test_line_breaks_and_tabs_stay_where_they_are_allowed() -> None:
    assert safe("a\r\nb\rc\x85d\te", newlines=True) == "a\nb\nc\nd\te"


def test_a_flood_of_combining_marks_is_thinned_out() -> None:
    shown = safe("Z" + "\u0315\u0300" * 100_000)
    assert shown.startswith("Z")
    assert len(shown) <= MARKS_PER_BASE + len("Z…")


def test_joined_emoji_are_shown_as_their_parts_but_stored_whole() -> None:
    programmer = "👩🏽\u200d💻 ❤\ufe0f"
    assert safe(programmer) == "👩💻 ❤"
    assert clean_input(programmer) == programmer


@pytest.mark.parametrize("stray", ["pay\u200dpal", "\u200d👩", "👩\u200d", "👩\u200d\u200d💻", "👩\u200dx"])
def test_a_joiner_is_stored_only_between_emoji(stray: str) -> None:
    assert "\u200d" not in clean_input(stray).replace("👩\u200d💻", "")


def test_a_long_text_is_cut_visibly() -> None:
    assert safe("x" * 5000) == "x" * 4095 + "…"
    assert safe("長い話", limit=2) == "長…"
    assert safe("\x1b" * 100 + "after", limit=10) == "…"
    assert safe("abc", limit=0) == ""


@given(st.one_of(ANYTHING, NASTY), st.booleans(), st.integers(0, 30))
def test_nothing_dangerous_survives(text: str, newlines: bool, limit: int) -> None:
    shown = safe(text, newlines=newlines, limit=limit)
    assert is_harmless(shown, "\n\t" if newlines else "")
    assert len(shown) <= limit
    assert longest_run_of_marks(shown) <= MARKS_PER_BASE
    assert safe(shown, newlines=newlines, limit=limit) == shown
    shown.encode("utf-8")


@given(st.one_of(ANYTHING, NASTY))
def test_what_is_stored_is_clean_and_stays_as_it_is(text: str) -> None:
    stored = clean_input(text)
    assert is_harmless(stored, "\n\t\u200d")
    assert unicodedata.is_normalized("NFC", stored)
    assert clean_input(stored) == stored
    assert longest_run_of_marks(stored) <= MARKS_PER_BASE
    stored.encode("utf-8")


@given(JAPANESE)
def test_ordinary_japanese_is_stored_unchanged(text: str) -> None:
    assert clean_input(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("abcd", "abcd"),
        ("abcde", "abcd"),
        ("abc 表", "abc"),
        ("abce\u0323\u0301", "abc"),
        ("abce\u0323", "abc"),
        ("abc👩\u200d💻", "abc"),
        ("abc👍🏽", "abc"),
        ("ab🇯🇵🇯🇵", "ab🇯🇵"),
        ("abc🇯🇵", "abc"),
        ("abc葛\U000e0100", "abc"),
    ],
)
def test_a_beginning_ends_with_a_whole_character(text: str, kept: str) -> None:
    assert beginning(text, 4) == kept


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("山田", 4), ("ﾔﾏﾀﾞ", 4), ("か\u3099", 2), ("é", 1), ("①", 1), ("…", 1), ("👩", 2)],
)
def test_cells_of_a_text(text: str, cells: int) -> None:
    assert cell_len(text) == cells


@given(st.one_of(JAPANESE, st.text("a1#é①—│❤👩💻🏽🇯🇵👍\u0301\ufe0f\u200d山ｱ")))
def test_cells_agree_with_the_toolkit_that_paints_them(text: str) -> None:
    assert cell_len(text) == painted_cells(text)


@pytest.mark.parametrize(
    ("text", "width", "cell"),
    [
        ("abc", 5, "abc  "),
        ("abcdef", 4, "abc…"),
        ("abc", 0, ""),
        ("abc", 1, "…"),
        ("山田太郎", 8, "山田太郎"),
        ("山田太郎", 7, "山田太…"),
        ("山田太郎", 6, "山田… "),
        ("山田", 1, "…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
    ],
)
def test_a_table_cell_is_padded_or_cut(text: str, width: int, cell: str) -> None:
    assert fit(text, width) == cell


def test_numbers_stand_on_the_right() -> None:
    assert fit("12", 4, align="right") == "  12"
    assert fit("山", 4, align="right") == "  山"
    assert fit("山田", 3, align="right") == "山…"


@given(
    st.one_of(JAPANESE, ANYTHING.map(safe), st.text("a1é❤👩💻🏽\u0301\ufe0f\u200d山ｱ")),
    st.integers(0, 20),
    st.sampled_from(["left", "right"]),
)
def test_a_table_cell_is_exactly_as_wide_as_asked(text: str, width: int, align: str) -> None:
    cell = fit(text, width, align="right" if align == "right" else "left")
    assert cell_len(cell) == width
    if not any(unicodedata.category(char) == "Cn" for char in text):
        assert painted_cells(cell) == width


def test_measuring_needs_no_toolkit() -> None:
    code = "import sys, crm_tui.text as t; t.fit('山', 4); sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_usual_needs_no_cleaning() -> None:
    usual = [char for char in map(chr, range(sys.maxunicode + 1)) if not _UNUSUAL.search(char)]
    assert len(usual) > 40_000
    text = "a".join(usual)
    assert clean_input(text) == _clean(text, _STORED) == unicodedata.normalize("NFC", text)
    assert all(clean_input(char) == _clean(char, _STORED) for char in usual[::7])
