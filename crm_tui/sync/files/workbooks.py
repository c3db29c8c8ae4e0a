"""Workbooks of Excel and its relatives, old and new; also pages that many systems call .xls."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from crm_tui.domain.imports.batches import CellValue
from crm_tui.sync.files.archives import check_size
from crm_tui.sync.files.delimited import LONGEST_CELL
from crm_tui.sync.files.facts import SourceKind
from crm_tui.sync.files.problems import Problem, Unreadable
from crm_tui.sync.files.shapes import MOST_COLUMNS, Numbered
from crm_tui.sync.files.source import Source

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_CELLS: Final = 50_000_000
"""Cells of the rectangle that a sheet covers, empty ones too."""

_SEARCHED: Final = 64 * 1024 * 1024
_SEALED: Final = "EncryptedPackage".encode("utf-16-le")
_OLD_NAMES: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_SAFE: Final = 2**53
_CELLS: Final = ("td", "th")


def open_workbook(source: Source) -> "CalamineWorkbook":
    """Return a workbook.

    Raises:
        Unreadable: It is damaged, sealed, or no workbook.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if source.archive is not None:
        check_size(source.archive)
    try:
        if source.path:
            return CalamineWorkbook.from_path(source.path)
        with source.open() as file:
            return CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    except PasswordError as error:
        raise Unreadable("password") from error
    except CalamineError as error:
        raise Unreadable(_reason(source)) from error


def _reason(source: Source) -> str:
    """Return why a workbook can't be opened. Excel wraps one with a password into a file of the old kind."""
    if source.kind is not SourceKind.XLS:
        return "damaged"
    with source.open() as file:
        body = file.read(_SEARCHED)
    if _SEALED in body:
        return "password"
    return "damaged" if any(name in body for name in _OLD_NAMES) else "unknown"


def sheet_names(book: "CalamineWorkbook") -> list[str]:
    """Return the names of the sheets that hold tables, those first that a person sees."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = [one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet]
    return [one.name for one in tables if one.visible is SheetVisibleEnum.Visible] + [
        one.name for one in tables if one.visible is not SheetVisibleEnum.Visible
    ]


def chosen_sheet(book: "CalamineWorkbook", name: str) -> "CalamineSheet":
    """Return the sheet of a name, or number from 1; of "" the first with more than one row.

    A sheet with a single row, such as a title page, counts only where nothing else has anything in it.

    Raises:
        Unreadable: There is none, or it is damaged.
    """
    names = sheet_names(book)
    if not names:
        raise Unreadable("no_sheets")
    if name and name not in names and name.isascii() and name.isdecimal():
        name = next((one for at, one in enumerate(names, 1) if at == int(name[:9])), name)
    if name and name not in names:
        raise Unreadable("no_sheet", name=name)
    first: CalamineSheet | None = None
    for one in [name] if name else names:
        sheet = book.get_sheet_by_name(one)
        if name or sheet.height > 1:
            return sheet
        if first is None and sheet.height:
            first = sheet
    return first or book.get_sheet_by_name(names[0])


def sheet_rows(sheet: "CalamineSheet") -> Iterator[Numbered]:
    """Yield the rows of a sheet by the numbers that a spreadsheet shows.

    Raises:
        Unreadable: It is too large.
    """
    if sheet.end is None:
        return
    if sheet.width > MOST_COLUMNS:
        raise Unreadable("columns", found=sheet.width, limit=MOST_COLUMNS)
    if sheet.width * sheet.height > MOST_CELLS:
        raise Unreadable("area", row=sheet.end[0] + 1, column=sheet.end[1] + 1)
    for number, row in enumerate(sheet.iter_rows(), 1):
        yield checked(number, [cell_value(cell) for cell in row])


def cell_value(cell: object) -> CellValue:
    """Return a cell as it is meant: whole numbers whole, times of day and spans as text."""
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < _SAFE:
            return int(cell)
        return cell if cell - cell == 0 else str(cell)
    if isinstance(cell, time):
        return cell.isoformat("seconds" if cell.second else "minutes")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, str | bool | int | date | datetime):
        return cell
    return None


def checked(number: int, cells: list[CellValue]) -> Numbered:
    """Return a row, with a problem if a cell is too long or damaged."""
    problem = None
    for at, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        if len(cell) > LONGEST_CELL:
            problem = problem or Problem("row_cell", {"limit": LONGEST_CELL})
            cells[at] = cell = cell[:LONGEST_CELL]
        if "\0" in cell:
            problem = problem or Problem("row_nul")
            cells[at] = cell.replace("\0", "")
        if "\ufffd" in cell:
            problem = problem or Problem("row_characters")
    return number, cells, problem


def page_rows(blocks: Iterable[str]) -> Iterator[Numbered]:
    """Yield the rows of the largest table of an HTML page.

    Raises:
        Unreadable: It has none.
    """
    page = _Page()
    for text in blocks:
        page.feed(text)
    page.close()
    found = max(page.tables, key=len, default=[])
    if not found:
        raise Unreadable("no_table")
    for number, row in enumerate(found, 1):
        yield checked(number, list(row))


class _Page(HTMLParser):
    """Collects the tables of a page; one within another is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self._open.append([])
            self.tables.append(self._open[-1])
        elif self._open and tag == "tr":
            self._end_cell()
            self._open[-1].append([])
        elif self._open and tag in _CELLS:
            self._end_cell()
            if not self._open[-1]:
                self._open[-1].append([])
            self._cell = []
            self._skip_columns(attrs)
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in (*_CELLS, "tr", "table"):
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(" ".join(data.split()) if data.strip() else "")

    def _end_cell(self) -> None:
        if self._cell is not None and self._open and self._open[-1]:
            row = self._open[-1][-1]
            if len(row) > MOST_COLUMNS:
                raise Unreadable("columns", found=len(row), limit=MOST_COLUMNS)
            row.append("".join(self._cell).strip())
            row += [""] * self._span
        self._cell = None

    def _skip_columns(self, attrs: list[tuple[str, str | None]]) -> None:
        value = dict(attrs).get("colspan") or ""
        self._span = min(int(value), 100) - 1 if value.isascii() and value.isdigit() and int(value) else 0
