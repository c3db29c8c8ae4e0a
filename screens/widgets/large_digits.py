"""Digits three lines high, readable from two metres.

Made of ASCII: every terminal paints it one cell wide, so that a tick sends a few cells, not the lines.
"""

from collections.abc import Mapping
from types import MappingProxyType

HEIGHT = 3

_GLYPHS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "0": (" _ ", "| |", "|_|"),
        "1": ("   ", "  |", "  |"),
        "2": (" _ ", " _|", "|_ "),
        "3": (" _ ", " _|", " _|"),
        "4": ("   ", "|_|", "  |"),
        "5": (" _ ", "|_ ", " _|"),
        "6": (" _ ", "|_ ", "|_|"),
        "7": (" _ ", "  |", "  |"),
        "8": (" _ ", "|_|", "|_|"),
        "9": (" _ ", "|_|", " _|"),
        ":": (" ", ".", "."),
    }
)


def large_digits(text: str) -> tuple[str, str, str]:
    """Return the three lines of ``text``, which is made of digits and colons."""
    glyphs = [_GLYPHS[char] for char in text]
    top, middle, bottom = (" ".join(glyph[line] for glyph in glyphs) for line in range(HEIGHT))
    return top, middle, bottom
