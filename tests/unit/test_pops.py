"""A caller's number in the writings of telephone systems, and the order in which callers are offered."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.domain.modules import Module
from crm_tui.domain.pops import CallerNumber, Match, Pop, PopState, caller_number, in_order
from crm_tui.domain.records import Ref
from crm_tui.errors import Invalid

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TOKYO = "+81312345678"


@pytest.mark.parametrize(
    "raw",
    [
        *("03-1234-5678", "0312345678", " 03 1234 5678 ", "(03)1234-5678", "+81 3-1234-5678", "+81312345678"),
        *("０３－１２３４－５６７８", "０３ー１２３４ー５６７８", "18603-1234-5678", "+81 (0)3 1234 5678"),
        *("tel:+81-3-1234-5678", "TEL:0312345678;phone-context=+81", "tel:%2B81312345678"),
        *("sip:0312345678@pbx.example", "0312345678@pbx", "sips:+81312345678@[::1]:5061;user=phone"),
        *("<sip:0312345678@pbx>;tag=1", '"Tanaka" <sip:0312345678@pbx;x=1>', "sip:0312345678:secret@pbx"),
        *("０３１２３４５６７８＠ｐｂｘ", "0312345678\r\n", "03\x001234\x1b5678"),
    ],
)
def test_every_writing_of_a_number_is_the_same_caller(raw: str) -> None:
    assert caller_number(raw, "JP").international == TOKYO


@pytest.mark.parametrize(
    "raw",
    ["", "  ", "anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "withheld", "非通知", "P", "-"],
)
def test_a_withheld_number_is_an_unknown_caller(raw: str) -> None:
    assert caller_number(raw, "JP") == CallerNumber("", "")
    assert caller_number(raw, "JP").is_withheld


def test_an_extension_has_its_digits_and_a_name_has_none() -> None:
    assert caller_number("1234@pbx", "JP") == CallerNumber("1234", "1234")
    assert caller_number("1234", "JP").international is None
    assert caller_number("sip:alice@pbx", "JP") == CallerNumber("alice", "")


@pytest.mark.parametrize("raw", ["9" * 201, "x" * 201, "03-" + "1" * 60, "sip:" + "1" * 60 + "@pbx"])
def test_what_is_too_long_for_a_number_is_refused(raw: str) -> None:
    with pytest.raises(Invalid) as caught:
        caller_number(raw, "JP")
    assert set(caught.value.fields) == {"number"}


@pytest.mark.parametrize("raw", ["\x1b]52;c;AAAA\x07", "\x1b[2J\x9b2J", "[@click=app.quit]x[/]", "\u202e123"])
def test_nothing_that_a_terminal_obeys_is_left_of_a_number(raw: str) -> None:
    text = caller_number(raw, "JP").text
    assert text.isprintable()


def _pop(name: str, minutes: int, *, missed: bool = False, people: int = 1) -> Pop:
    matches = tuple(Match(Ref(Module.CONTACT, f"{name}{n}", name)) for n in range(people))
    agent = Ref(Module.USER, "u", "sato")
    at = NOW + timedelta(minutes=minutes)
    caller = CallerNumber("1234", "1234")
    return Pop(name, agent, caller, at, at, PopState.OFFERED, "call" if missed else "", matches)


def test_the_telephone_that_rings_now_comes_first_and_what_was_missed_last() -> None:
    pops = [
        _pop("early", 1),
        _pop("missed", 0, missed=True),
        _pop("late", 3),
        _pop("just missed", 5, missed=True),
    ]
    assert [pop.id for pop in in_order(pops)] == ["late", "early", "just missed", "missed"]


def test_a_person_is_only_sure_when_nobody_else_has_the_number() -> None:
    assert _pop("a", 0).person == Ref(Module.CONTACT, "a0", "a")
    assert _pop("a", 0, people=2).person is None
    assert _pop("a", 0, people=0).person is None
