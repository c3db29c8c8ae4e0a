"""The shape of a table: where its headings stand, and whether a row fits under them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, islice
from typing import Final

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.names import is_east_asian
from crm_tui.domain.outlook.headings import LISTS, heading_key
from crm_tui.sync.files.days import DayOrder, order_of
from crm_tui.sync.files.problems import Problem

MOST_COLUMNS: Final = 1_000
"""Columns of a table; a record has fewer than 100 fields."""

_LONGEST_HEADING: Final = 200
_JUDGED: Final = 1_000
_SEARCHED: Final = 50
_RUN: Final = 8
_BLANK: Final = " \t\r\n\u3000\xa0\x1a"
"""What makes no cell; old programs end a file with Ctrl+Z."""

_NUMBER: Final = re.compile(r"[-+(]?[¥$€£]?\s*[\d,.\s]*\d\)?\s*[%円]?")
_PHONE: Final = re.compile(r"\+?[\d(][\d\s()-]{6,}")
_DATE: Final = re.compile(r"\d{1,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?([ T]\d{1,2}:\d{2}.*)?")
_DECIMAL_COMMA: Final = re.compile(r"-?\d{1,3}(\.\d{3})*,\d{1,2}|-?\d+,\d{1,2}")
_DECIMAL_POINT: Final = re.compile(r"-?\d+\.\d{1,2}|-?\d{1,3}(,\d{3})+(\.\d+)?")

Numbered = tuple[int, Sequence[CellValue], Problem | None]
"""A row with its number, as the file has it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table lies in its file.

    Attributes:
        header_row: Counted from 1; 0 for none.
        headings: Their text.
        decimal: "," or ".".
        order: Of day, month and year in dates.
        is_even: Whether rows of another width are mistakes; a workbook's columns without a heading aren't.
        takes_short: Whether rows that end early are the manner of the file: programs leave out empty cells.
    """

    header_row: int
    headings: tuple[str, ...]
    decimal: str
    order: DayOrder
    is_even: bool
    takes_short: bool


def shape(
    rows: Iterable[Numbered], header_row: int | None, *, is_even: bool
) -> tuple[Shape, Iterator[Numbered]]:
    """Return the shape of a table and its rows below the heading, those without anything left out.

    Args:
        header_row: As given by the agent; None for a guess.
        is_even: Whether all rows should have the same number of cells.
    """
    source = iter(rows)
    head = list(islice(source, max(_JUDGED, header_row or 0)))
    found = _header_row(head) if header_row is None else header_row
    headings = _headings(head, found, is_even=is_even)
    below = [row for row in head if row[0] > found]
    takes_short = is_even and _leaves_out_cells(below, len(headings))
    result = Shape(found, headings, _decimal(below), _order(below, headings), is_even, takes_short)
    rest = (row for row in chain(below, source) if not _is_empty(row[1]))
    return result, rest


def fitted(row: Numbered, table: Shape) -> tuple[int, list[CellValue], Problem | None]:
    """Return a row with as many cells as there are headings, or more where that is the problem."""
    number, given, problem = row
    cells = list(given)
    width = len(table.headings)
    found = len(cells)
    while len(cells) > width and cells[-1] in (None, ""):
        cells.pop()
    if len(cells) > width and table.is_even:
        problem = problem or Problem("row_more", {"found": len(cells), "expected": width})
    elif found < width and table.is_even and not table.takes_short:
        problem = problem or Problem("row_fewer", {"found": found, "expected": width})
    if not table.is_even:
        del cells[width:]
    cells += [None] * (width - len(cells))
    return number, cells, problem


def heading_text(cell: CellValue) -> str:
    """Return a heading in one line."""
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else " ".join(str(cell).replace("\ufeff", "").split())[:_LONGEST_HEADING]


def _header_row(head: Sequence[Numbered]) -> int:
    """Return the first row that has words which headings have, or else the first wide one that could be it.

    Titles above have few cells; data have numbers, dates and addresses. 0: there is none.
    """
    some = [row for row in head if any(map(heading_text, row[1]))][:_SEARCHED]
    if not some:
        return 1
    texts = {number: [text for text in map(heading_text, cells) if text] for number, cells, _problem in some}
    width = max(map(len, texts.values()))
    for number, words in texts.items() if width > 1 else ():
        known = sum(heading_key(word) in _known_headings() for word in words)
        if known >= 2 and known * 3 >= len(words):
            return number
    number, cells, _problem = next(row for row in some if len(texts[row[0]]) * 2 > width)
    is_text = all(isinstance(cell, str) or cell is None for cell in cells)
    return number if is_text and _are_headings(texts[number]) else 0


@cache
def _known_headings() -> frozenset[str]:
    from crm_tui.domain.imports.headings import ALIASES

    words = {word for names in ALIASES.values() for name, also in names.items() for word in (name, *also)}
    listed = {word for _kind, names in LISTS for word in names}
    return frozenset(map(heading_key, words | listed))


def _are_headings(texts: Sequence[str]) -> bool:
    kinds = (_NUMBER, _DATE, _PHONE)
    if any("@" in text or any(kind.fullmatch(text) for kind in kinds) for text in texts):
        return False
    return len({text.casefold() for text in texts}) > len(texts) * 0.8


def _headings(head: Sequence[Numbered], header_row: int, *, is_even: bool) -> tuple[str, ...]:
    if header_row:
        named = next((row[1] for row in head if row[0] == header_row), ())
        headings = [heading_text(cell) for cell in named]
    else:
        headings = []
    if not header_row or not is_even:
        # Columns without a heading count where there is something in them.
        reach = max((_reach(row[1]) for row in head if row[0] > header_row), default=0)
        headings += [""] * (reach - len(headings))
        return tuple(headings[: max(reach, _reach(headings))])
    return tuple(headings[: _reach(headings)])


def _is_empty(cells: Sequence[CellValue]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip(_BLANK)) for cell in cells)


def _reach(cells: Sequence[CellValue]) -> int:
    return max((at + 1 for at, cell in enumerate(cells) if cell not in (None, "")), default=0)


def _leaves_out_cells(below: Sequence[Numbered], width: int) -> bool:
    """Whether most rows are short, or many in a row are: then a program left out what is empty."""
    short = [len(cells) < width for _number, cells, problem in below if any(cells) and not problem]
    if sum(short) * 2 > len(short):
        return True
    run = 0
    for is_short in short:
        run = run + 1 if is_short else 0
        if run >= _RUN:
            return True
    return False


def _order(below: Sequence[Numbered], headings: Sequence[str]) -> DayOrder:
    japanese = any(map(is_east_asian, headings))
    return order_of((cell for row in below for cell in row[1]), japanese=japanese)


def _decimal(below: Sequence[Numbered]) -> str:
    texts = [cell.strip() for row in below for cell in row[1] if isinstance(cell, str)]
    commas = sum(_DECIMAL_COMMA.fullmatch(text) is not None for text in texts)
    points = sum(_DECIMAL_POINT.fullmatch(text) is not None for text in texts)
    return "," if commas > points else "."
