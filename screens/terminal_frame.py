"""What stands on the terminal, cell by cell, and the fewest bytes that make it the next frame."""

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

Cell = tuple[str, str]
"""Text and style codes. The second cell of a wide character has no text."""

_UNKNOWN: Cell = ("\0", "")

_NEVER = 1 << 30

_GAP = 4
"""Equal cells that are sent again, since moving the cursor over them costs more."""

_SURE_WIDTH = re.compile(
    "[ -~\u3041-\u3096\u30a0-\u30ff\u3001-\u3003\u3005-\u3007\u300c-\u300f\u4e00-\u9fff\u3400-\u4dbf"
    "\uac00-\ud7a3\uff01-\uff60\uff61-\uff9f\u3000]*"
)
"""Texts that every terminal paints as wide as the toolkit thinks. Not among them: what is *ambiguous*
in Unicode's East Asian widths (arrows, lines, ellipsis, Greek), marks and emoji. On a terminal that
paints one of these wider, all cells behind it stand elsewhere: from there on no line is sent in parts."""


class TerminalFrame:
    """The cells of a terminal as far as they are known."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._lines: list[list[Cell]] = []
        self._unsure: list[int] = []
        self._codes: dict[Style, str] = {}

    @property
    def size(self) -> Size:
        """Columns and lines of what is known, none of either where nothing is."""
        return self._size

    def forget(self) -> None:
        """Take no cell for known any more."""
        self._size = Size(0, 0)

    def paint(
        self,
        update: LayoutUpdate | ChopsUpdate,
        size: Size,
        console: Console,
        *,
        blank_lines: bool = True,
    ) -> str:
        """Take in what is to be painted and return what must be sent for it.

        Args:
            update: A whole frame or parts of lines.
            size: Columns and lines of the terminal.
            console: Knows how many colours the terminal has.
            blank_lines: Send lines that have no text also where nothing stands yet; without them the
                terminal's own background shows there until a later frame.
        """
        if size != self._size:
            self._size = size
            self._lines = [[_UNKNOWN] * size.width for _ in range(size.height)]
            self._unsure = [size.width] * size.height
            self._codes.clear()
        pen = _Pen()
        for y, parts in _parts(update):
            if y < size.height and (blank_lines or not self._is_gap(y) or _has_text(parts := list(parts))):
                self._paint_line(y, parts, console, pen)
        return pen.finish()

    @property
    def has_gaps(self) -> bool:
        """Whether there are lines on which nothing was painted so far."""
        return any(self._is_gap(y) for y in range(len(self._lines)))

    def _is_gap(self, y: int) -> bool:
        return bool(self._lines[y]) and self._lines[y][0] == _UNKNOWN

    def _paint_line(self, y: int, parts: Iterable[tuple[int, Strip]], console: Console, pen: "_Pen") -> None:
        old, width = self._lines[y], self._size.width
        new = old.copy()
        unsure, covered = width, 0
        for x, strip in parts:
            if x >= width:
                break
            cells, doubt = self._cells(strip, console)
            # A frame made before the window shrank is wider than what stands, and may say it isn't.
            cells = _cut(cells, width - x)
            _place(new, x, cells)
            unsure = min(unsure, x + doubt)
            covered += len(cells)
        if new == old:
            return
        if covered < width:
            unsure = min(unsure, self._unsure[y])
        runs = _differences(old, new)
        for start, end in _with_rest_of_line(runs, old, new, min(unsure, self._unsure[y])):
            pen.write(y, start, new[start:end])
        self._lines[y], self._unsure[y] = new, unsure

    def _cells(self, strip: Strip, console: Console) -> tuple[list[Cell], int]:
        """Return the cells of a strip, and the first one whose width a terminal may see otherwise."""
        cells: list[Cell] = []
        unsure = _NEVER
        for segment in strip:
            text, style, control = segment
            if control:
                continue
            codes = self._style_codes(style, console)
            sure = _SURE_WIDTH.match(text)
            end = sure.end() if sure else 0
            if text.isascii():
                cells.extend([(char, codes) for char in text])
                continue
            piece, at = _cells_of(text, segment.cell_length, codes, end)
            if end < len(text):
                unsure = min(unsure, len(cells) + at)
            cells.extend(piece)
        return cells, unsure

    def _style_codes(self, style: Style | None, console: Console) -> str:
        if style is None:
            return ""
        if style not in self._codes:
            plain = style.update_link(None) if style.link else style
            painted = plain.render("x", color_system=console._color_system)
            self._codes[style] = painted.partition("m")[0].removeprefix("\x1b[") if painted != "x" else ""
        return self._codes[style]


class _Pen:
    """Writes cells with as few cursor moves and changes of style as it takes."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._codes: str | None = None
        self._at = (-1, -1)

    def write(self, y: int, x: int, cells: list[Cell]) -> None:
        """Write cells of one line, beginning at a column."""
        line, column = self._at
        if line == y and column < x:
            self._out.append(f"\x1b[{x - column}C")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        for text, codes in cells:
            if text and codes != self._codes:
                self._out.append(f"\x1b[0;{codes}m" if codes else "\x1b[m")
                self._codes = codes
            self._out.append(text)
        self._at = (y, x + len(cells))

    def finish(self) -> str:
        """Return all that was written, with the style set back."""
        if self._codes:
            self._out.append("\x1b[m")
        return "".join(self._out)


def _parts(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, Iterable[tuple[int, Strip]]]]:
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, _side_by_side(update.region.x, strips)
        return
    for y, x1, x2 in update.spans:
        yield y, list(_chops(update, y, x1, x2))


def _has_text(parts: Iterable[tuple[int, Strip]]) -> bool:
    return any(not strip.text.isspace() for _x, strip in parts if strip.text)


def _side_by_side(x: int, strips: Iterable[Strip]) -> Iterator[tuple[int, Strip]]:
    for strip in strips:
        yield x, strip
        x += strip.cell_length


def _chops(update: ChopsUpdate, y: int, x1: int, x2: int) -> Iterator[tuple[int, Strip]]:
    for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
        if strip is not None and x < x2 and end > x1:
            yield x, strip if end <= x2 else strip.crop(0, x2 - x)


def _cells_of(text: str, width: int, codes: str, sure: int) -> tuple[list[Cell], int]:
    """Return the cells of a text, and the cell at which its character number ``sure`` stands."""
    cells: list[Cell] = []
    at = 0
    for index, char in enumerate(text):
        if index == sure:
            at = len(cells)
        cells_of_char = cell_len(char)
        if cells_of_char == 0 and cells:
            base = -1 if cells[-1][0] else -2
            cells[base] = (cells[base][0] + char, codes)
            # The base looks different with its mark, so doubt begins there.
            at = min(at, len(cells) + base)
        elif cells_of_char:
            cells.append((char, codes))
            cells.extend([("", codes)] * (cells_of_char - 1))
    if len(cells) == width:
        return cells, at
    # Joined characters take other widths than their parts: one piece, painted as a whole or not at all.
    return [(text, codes), *[("", codes)] * (width - 1)], 0


def _differences(old: list[Cell], new: list[Cell]) -> list[tuple[int, int]]:
    """Return start and end of each run of cells to send; no wide character is cut in two."""
    runs: list[tuple[int, int]] = []
    for x, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        if runs and x - runs[-1][1] <= _GAP and _UNKNOWN not in new[runs[-1][1] : x]:
            runs[-1] = runs[-1][0], x + 1
        else:
            runs.append((x, x + 1))
    return [_whole(old, new, start, end) for start, end in runs]


def _with_rest_of_line(
    runs: list[tuple[int, int]], old: list[Cell], new: list[Cell], unsure: int
) -> list[tuple[int, int]]:
    """Return the runs, the line's whole rest instead of those that touch cells of unsure width."""
    if runs[-1][1] <= unsure or _UNKNOWN in new[unsure:]:
        return runs
    while unsure > 0 and not new[unsure][0]:
        unsure -= 1
    sure = [run for run in runs if run[1] <= unsure]
    start = min([unsure, *(run[0] for run in runs if run[1] > unsure)])
    return [*sure, (start, _end_of_rest(old, new, unsure))]


def _end_of_rest(old: list[Cell], new: list[Cell], unsure: int) -> int:
    """Return where the rest of a line ends: equal blanks behind it stand there, wherever it ended before.

    As many of them are sent all the same as there are cells by which the text may have been moved.
    """
    end = len(new)
    while end and new[end - 1] == old[end - 1] == new[-1] and new[-1][0] == " ":
        end -= 1
    doubtful = [text for text, _codes in (*old[unsure:], *new[unsure:]) if not _SURE_WIDTH.fullmatch(text)]
    if any(len(text) > 1 for text in doubtful):
        return len(new)
    return min(end + len(doubtful), len(new))


def _cut(cells: list[Cell], width: int) -> list[Cell]:
    """Return the first ``width`` cells; of a wide character that ends behind them, blanks remain."""
    if len(cells) <= width:
        return cells
    kept, end = cells[:width], width
    while end > 0 and not cells[end][0]:
        end -= 1
        kept[end] = (" ", cells[end][1])
    return kept


def _place(line: list[Cell], x: int, cells: list[Cell]) -> None:
    """Put cells into a line; of a wide character that they cut in two, blanks remain."""
    end = x + len(cells)
    for at in range(end, len(line)):
        if line[at][0]:
            break
        line[at] = (" ", line[at][1])
    at = x
    while at > 0 and not line[at][0]:
        at -= 1
        base, codes = line[at]
        line[at] = (" ", codes)
        if base:
            break
    line[x:end] = cells


def _whole(old: list[Cell], new: list[Cell], start: int, end: int) -> tuple[int, int]:
    while start > 0 and not (old[start][0] and new[start][0]):
        start -= 1
    while end < len(new) and not (old[end][0] and new[end][0]):
        end += 1
    return start, end
