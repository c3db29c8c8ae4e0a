"""Breaking text into lines of terminal cells."""

from typing import Final

from crm_tui.text import cell_len

_NEVER_FIRST: Final = frozenset("、。，．・：；？！）」』】〕］｝〉》")
"""Not the prolonged sound mark and small kana: narrow columns can't spare the cells, as newspapers can't."""

_MOST_SIGNS: Final = 3
"""Characters at most by which a line is shorter for the sake of the next one."""


def wrap(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` cells, broken at a space where there is one.

    As in print, no line begins with a Japanese full stop or closing bracket.

    The text must have been through ``safe`` before.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = paragraph.expandtabs(4)
        while (end := _fitting(rest, width)) < len(rest):
            space = rest.rfind(" ", 1, end + 1)
            end = space if space > end // 2 else _with_its_sign(rest, end)
            lines.append(rest[:end])
            rest = rest[end:].lstrip(" ")
        lines.append(rest)
    return lines


def _with_its_sign(text: str, end: int) -> int:
    """Return where a line ends so that the next one doesn't begin with a sign that ends a word."""
    for earlier in range(end, max(end - _MOST_SIGNS, 1) - 1, -1):
        if text[earlier] not in _NEVER_FIRST:
            return earlier
    return end


def _fitting(text: str, width: int) -> int:
    """Return how many characters of ``text`` fit into ``width`` cells, at least one."""
    cells = 0
    for index, character in enumerate(text):
        cells += cell_len(character)
        if cells > width:
            return max(index, 1)
    return len(text)
