"""Digits three lines high, readable from two metres."""

from collections.abc import Mapping
from types import MappingProxyType

HEIGHT = 3

_GLYPHS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "0": ("█▀█", "█ █", "▀▀▀"),
        "1": ("▀█ ", " █ ", "▀▀▀"),
        "2": ("▀▀█", "█▀▀", "▀▀▀"),
        "3": ("▀▀█", " ▀█", "▀▀▀"),
        "4": ("█ █", "▀▀█", "  ▀"),
        "5": ("█▀▀", "▀▀█", "▀▀▀"),
        "6": ("█▀▀", "█▀█", "▀▀▀"),
        "7": ("▀▀█", "  █", "  ▀"),
        "8": ("█▀█", "█▀█", "▀▀▀"),
        "9": ("█▀█", "▀▀█", "▀▀▀"),
        ":": ("▄", "▄", " "),
    }
)


def large_digits(text: str) -> tuple[str, str, str]:
    """Return the three lines of ``text``, which is made of digits and colons."""
    glyphs = [_GLYPHS[char] for char in text]
    top, middle, bottom = (" ".join(glyph[line] for glyph in glyphs) for line in range(HEIGHT))
    return top, middle, bottom
