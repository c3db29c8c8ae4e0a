"""Breaking text into lines of terminal cells."""

from crm_tui.text import cell_len


def wrap(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` cells, broken at a space where there is one.

    The text must have been through ``safe`` before.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = paragraph.expandtabs(4)
        while (end := _fitting(rest, width)) < len(rest):
            space = rest.rfind(" ", 1, end + 1)
            end = space if space > end // 2 else end
            lines.append(rest[:end])
            rest = rest[end:].lstrip(" ")
        lines.append(rest)
    return lines


def _fitting(text: str, width: int) -> int:
    """Return how many characters of ``text`` fit into ``width`` cells, at least one."""
    cells = 0
    for index, character in enumerate(text):
        cells += cell_len(character)
        if cells > width:
            return max(index, 1)
    return len(text)
