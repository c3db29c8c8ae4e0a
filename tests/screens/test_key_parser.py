"""Keys that arrive together stay the keys they are, in the order they were typed."""

import pytest
from textual.events import Key

from screens.key_parser import KeyParser


def keys(*pieces: str) -> list[str]:
    """Return the names of the keys that bytes on the line stand for, up to a moment of silence."""
    parser = KeyParser()
    found = [token for piece in pieces for token in parser.feed(piece)]
    found += list(parser.feed(""))
    return [token.key for token in found if isinstance(token, Key)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("\x1b", ["escape"]),
        ("\x1bx", ["escape", "x"]),
        ("\x1b3", ["escape", "3"]),
        ("\x1b２", ["escape", "２"]),
        ("\x1b:", ["escape", "colon"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1bjjx", ["escape", "j", "j", "x"]),
        ("\x1bjj\x1bOQ", ["escape", "j", "j", "f2"]),
        ("\x1b3\x1bx", ["escape", "3", "escape", "x"]),
        ("\x1b\x1bOQ", ["escape", "f2"]),
        ("\x1b\x06", ["escape", "ctrl+f"]),
        ("田\x1bn", ["田", "escape", "n"]),
    ],
)
def test_escape_is_a_key_of_its_own(typed: str, expected: list[str]) -> None:
    assert keys(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("\n", ["enter"]),
        ("\x1b[A", ["up"]),
        ("\x1b[15~", ["f5"]),
        ("\x1bb", ["ctrl+left"]),
        ("\x1b[Z", ["shift+tab"]),
    ],
)
def test_sequences_stay_keys(typed: str, expected: list[str]) -> None:
    assert keys(typed) == expected
    assert keys(*typed) == expected
