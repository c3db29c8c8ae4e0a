"""Phone numbers: every way of writing one finds it."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui import i18n
from crm_tui.domain.phone import PhoneNumber, PhoneQuery, format_for_display, parse, query

SPELLINGS = [
    "03-1234-5678",
    "+81 3 1234 5678",
    "0312345678",
    "０３（１２３４）５６７８",
    "０３ー１２３４ー５６７８",
    "03−1234‐5678",
    "(03) 1234.5678",
    "＋８１－３－１２３４－５６７８",
    "+81 (0)3 1234 5678",
    "81 3 1234 5678",
    "184-03-1234-5678",
    " 03 1234 5678\u3000",
]


def must_parse(raw: str, region: str = "JP") -> PhoneNumber:
    number = parse(raw, region)
    assert number is not None, raw
    return number


def must_ask(text: str, region: str = "JP") -> PhoneQuery:
    asked = query(text, region)
    assert asked is not None, text
    return asked


def fits(asked: PhoneQuery, number: PhoneNumber) -> bool:
    """Compare as the store does."""
    return (
        asked.exact == number.e164
        or (asked.prefix is not None and number.national.startswith(asked.prefix))
        or number.reversed.startswith(asked.suffix_reversed)
    )


@pytest.mark.parametrize("stored", SPELLINGS)
@pytest.mark.parametrize("typed", SPELLINGS)
def test_all_spellings_match_each_other(stored: str, typed: str) -> None:
    number = must_parse(stored)
    assert (number.e164, number.national) == ("+81312345678", "0312345678")
    assert must_ask(typed).exact == number.e164


@pytest.mark.parametrize("stored", SPELLINGS)
@pytest.mark.parametrize(
    "typed", ["5678", "12345678", "1234-5678", "５６７８", "031", "03-12", "+81 3 12", "+81 3123", "345678"]
)
def test_a_part_finds_the_number(stored: str, typed: str) -> None:
    assert fits(must_ask(typed), must_parse(stored))


@pytest.mark.parametrize("typed", ["1234", "+81 4", "+1 312", "0412345678", "5679", "+1 555 555 5678"])
def test_a_part_of_another_number_does_not(typed: str) -> None:
    assert not fits(must_ask(typed), must_parse("03-1234-5678"))


@pytest.mark.parametrize(
    "written",
    [
        "03-1234-5678 内線 12",
        "03-1234-5678（内）１２",
        "03-1234-5678 ext. 12",
        "tel:+81-3-1234-5678;ext=12",
        "03-1234-5678x12",
    ],
)
def test_an_extension_is_kept_apart(written: str) -> None:
    number = must_parse(written)
    assert (number.e164, number.extension) == ("+81312345678", "12")


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("090-1234-5678", "+819012345678"),
        ("0120-123-456", "+81120123456"),
        ("050-1234-5678", "+815012345678"),
        ("0570-000-000", "+81570000000"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+1 (425) 555-0100", "+14255550100"),
        ("010-1-425-555-0100", "+14255550100"),
        ("+1 555 123 4567", "+15551234567"),
    ],
)
def test_usual_numbers(raw: str, e164: str) -> None:
    assert must_parse(raw).e164 == e164


@pytest.mark.parametrize(
    ("raw", "digits"),
    [("110", "110"), ("#8000", "8000"), ("1234-5678", "12345678"), ("99999999999999999999", "9" * 20)],
)
def test_what_no_dialling_plan_knows_is_kept_as_dialled(raw: str, digits: str) -> None:
    number = must_parse(raw)
    assert (number.e164, number.national, number.reversed) == (digits, digits, digits[::-1])


@pytest.mark.parametrize("raw", ["", "12", "非通知", "none", "+", "ext 12"])
def test_what_is_no_number(raw: str) -> None:
    assert parse(raw, "JP") is None
    assert query(raw, "JP") is None


@pytest.mark.parametrize(
    "text", ["suzuki", "03-1234-5678 tanaka", "#8000", "user@1234", "田中1234", "2" * 101]
)
def test_a_text_with_anything_else_is_no_look_up_by_number(text: str) -> None:
    assert query(text, "JP") is None


def test_the_region_decides_about_numbers_without_a_country_code() -> None:
    assert must_parse("020 7946 0958", "GB").e164 == "+442079460958"
    assert must_parse("(425) 555-0100", "us").national == "4255550100"
    assert fits(must_ask("425555", "US"), must_parse("+1 425 555 0100", "US"))


@pytest.mark.parametrize(
    ("raw", "region", "shown"),
    [
        ("0312345678", "JP", "03-1234-5678"),
        ("+81312345678", "JP", "03-1234-5678"),
        ("+81312345678", "US", "+81 3-1234-5678"),
        ("+14255550100", "JP", "+1 425-555-0100"),
        ("０９０１２３４５６７８", "JP", "090-1234-5678"),
        ("03-1234-5678 内線12", "JP", "03-1234-5678 ext. 12"),
        (" 1234-5678 ", "JP", "1234-5678"),
        ("非通知", "JP", "非通知"),
    ],
)
def test_display(raw: str, region: str, shown: str) -> None:
    i18n.set_language("en")
    assert format_for_display(raw, region) == shown


@given(
    st.one_of(st.text(), st.text("0123456789０１２+()- ー内線ext#.", max_size=30)),
    st.sampled_from(["JP", "US", "", "??"]),
)
def test_no_text_breaks_anything(text: str, region: str) -> None:
    number, asked = parse(text, region), query(text, region)
    format_for_display(text, region)
    if number is not None:
        assert number.reversed.isdecimal()
        assert number.national.isdecimal()
        assert number.e164.lstrip("+").isascii()
    if asked is not None:
        assert asked.suffix_reversed.isdecimal()
        assert number is not None
        assert fits(asked, number)


@given(st.text("0123456789", min_size=3, max_size=13), st.integers(3, 9))
def test_the_last_digits_of_any_number_find_it(digits: str, length: int) -> None:
    number = must_parse("0" + digits)
    assert fits(must_ask(number.reversed[:length][::-1]), number)


@given(st.integers(10**8, 10**9 - 1))
def test_separators_make_no_difference(significant: int) -> None:
    digits = f"0{significant}"
    plain = must_parse(digits)
    spaced = must_parse(f"{digits[:2]}（{digits[2:6]}）{digits[6:]}")
    assert (plain.e164, plain.national, plain.reversed) == (spaced.e164, spaced.national, spaced.reversed)


def test_the_library_is_loaded_at_the_first_number_only() -> None:
    code = "import sys, crm_tui.domain.phone; sys.exit('phonenumbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
