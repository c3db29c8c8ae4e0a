"""Lines of the calendar as pieces of text with the names of their styles. No terminal in here."""

from collections.abc import Iterable, Sequence

from crm_tui.domain.calendar import Entry, Whose
from crm_tui.domain.picklists import Picklists
from crm_tui.i18n import _
from crm_tui.text import cell_len, fit
from screens.calendar_state import CalendarState
from screens.calendar_texts import VIEW_NAMES, title, told, whose_name

Piece = tuple[str, str]
"""A text and the name of its style."""

Line = tuple[Piece, ...]

BAR = 18
"""Cells that the cursor colours at most; what a cursor move sends grows with it."""

STYLES = (
    "normal",
    "title",
    "head",
    "muted",
    "entry",
    "over",
    "bad",
    "good",
    "clash",
    "now",
    "cursor",
    "edge",
)
"""All styles of pieces."""


def line_of(text: str, style: str, width: int) -> Line:
    """Return a line of one style."""
    return ((fit(text, width), style),)


def with_bar(text: str, style: str) -> list[Piece]:
    """Return a text whose start carries the cursor."""
    end = 0
    cells = 0
    for character in text:
        cells += cell_len(character)
        if cells > BAR:
            break
        end += 1
    pieces = [(text[:end], "cursor"), (text[end:], style)]
    return [piece for piece in pieces if piece[0]]


def title_line(state: CalendarState, note: str, width: int) -> Line:
    """Return the first line: what is shown, in which view, whose it is, what is left out."""
    views = " ".join(
        f"[{_(label)}]" if view is state.view else f" {_(label)} " for view, label in VIEW_NAMES.items()
    )
    head = f" {title(state)}"
    parts = [part for part in (views, note) if part]
    return ((head, "title"), (fit("  " + "  ".join(parts), max(width - cell_len(head), 0)), "head"))


def note_of(whose: Whose, *, closed: bool, tasks: bool) -> str:
    """Return whose entries are shown and which are left out."""
    parts = [whose_name(whose), "" if closed else _("open only"), "" if tasks else _("no tasks")]
    return "  ".join(part for part in parts if part)


def detail_lines(
    state: CalendarState, entry: Entry | None, picklists: Picklists, free: str, width: int, height: int
) -> list[Line]:
    """Return the lines under the calendar: what is under the cursor in full; else keys and signs.

    Args:
        free: The sentence where nothing stands.
        height: One line or two.
    """
    if entry is None:
        texts: Sequence[str] = (
            free,
            _("C call  E event  T task   + completed  x cancelled  ! overdue  * same time"),
        )
        styles: Sequence[str] = ("muted", "muted")
    else:
        texts = told(state, entry, picklists)
        styles = ("title", "normal")
    pairs = list(zip(texts, styles, strict=True))[:height]
    return [_told_line(f" {text}", style, width) for text, style in pairs]


def _told_line(text: str, style: str, width: int) -> Line:
    """Return a line whose rest is the same whatever it says, so that it needn't be painted again."""
    shown = fit(text, min(cell_len(text), width))
    return ((shown, style), (" " * (width - cell_len(shown)), "normal"))


def joined(cells: Iterable[Sequence[Piece]]) -> Line:
    """Return the pieces of several cells as one line, equal styles together."""
    line: list[Piece] = []
    for cell in cells:
        for text, style in cell:
            if line and line[-1][1] == style:
                line[-1] = (line[-1][0] + text, style)
            elif text:
                line.append((text, style))
    return tuple(line)
