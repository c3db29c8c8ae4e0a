"""Tables as files for spreadsheets: CSV and XLSX, row by row, whatever their number."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO, Any, Protocol

from crm_tui.domain.exports import Encoding, FileKind
from crm_tui.domain.formulas import inert
from crm_tui.text import cell_len


class Part(float):
    """A part of a whole, 0 to 1: a workbook shows it in percent."""


Cell = str | bool | int | float | Decimal | date | datetime | timedelta | None
"""A value as it is; a moment is aware and in the zone of the reader, a span of time is a duration."""

SAFE_INTEGER = 2**53
"""Above it a spreadsheet, which counts with floating point, would change the last digits."""

MOST_OF_A_CELL = 32_767
"""Characters, as UTF-16 counts them, that Excel takes in a cell; it repairs files that have more."""

_FIRST_YEAR = 1901
"""Older dates aren't numbers for a spreadsheet; 1900 is the year whose leap day it invented."""

_LOOK_ALIKES = str.maketrans("〜‖−—¢£¬¥", "～∥－―￠￡￢￥")
"""Characters that Windows writes as others of the same look, because CP932 has only these."""


class Sheet(Protocol):
    """A table that is being written.

    Attributes:
        replaced: Characters so far that the encoding lacks; each stands there as a question mark.
        cut: Values so far of which there was only room for the beginning.
    """

    replaced: int
    cut: int

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows."""

    def finish(self) -> None:
        """Write what is still missing; the file itself stays open.

        Raises:
            OSError: It can't be written.
        """


def open_sheet(
    kind: FileKind, file: IO[bytes], heading: Sequence[str], *, encoding: Encoding, title: str
) -> Sheet:
    """Begin a table with its heading.

    Args:
        file: Where it is written to.
        encoding: Of CSV.
        title: Name of the sheet in a workbook.
    """
    if kind is FileKind.XLSX:
        return WorkbookSheet(file, heading, title)
    return CsvSheet(file, heading, encoding)


class CsvSheet:
    """CSV as RFC 4180 has it; text that a spreadsheet would run gets an apostrophe.

    Dates and moments are ISO 8601, the latter with the offset of their zone.
    """

    def __init__(self, file: IO[bytes], heading: Sequence[str], encoding: Encoding) -> None:
        self._file = file
        self._encoding = encoding
        self.replaced = self.cut = 0
        if encoding is Encoding.UTF8:
            file.write(BOM_UTF8)
        self.write([heading])

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows."""
        text = io.StringIO()
        csv.writer(text).writerows([self._text(cell) for cell in row] for row in rows)
        self._file.write(text.getvalue().encode(self._encoding))

    def finish(self) -> None:
        """Every row is written as it comes."""

    def _text(self, cell: Cell) -> str:
        return inert(self._encodable(cell)) if isinstance(cell, str) else plain(cell)

    def _encodable(self, text: str) -> str:
        if self._encoding is Encoding.CP932:
            text = text.translate(_LOOK_ALIKES)
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            return "".join(map(self._encodable_character, text))
        return text

    def _encodable_character(self, character: str) -> str:
        try:
            character.encode(self._encoding)
        except UnicodeEncodeError:
            self.replaced += 1
            return "?"
        return character


class WorkbookSheet:
    """A workbook of one sheet. Text is text, never a formula or a link; dates are dates.

    Moments are those of the reader's clock, because a workbook knows no zones.
    """

    def __init__(self, file: IO[bytes], heading: Sequence[str], title: str) -> None:
        from xlsxwriter import Workbook

        self.replaced = self.cut = 0
        # Rows are kept in temporary files of this account, not in memory.
        self._file = _Forgiving(file)
        self._book = Workbook(self._file, {"constant_memory": True})
        self._book.use_zip64()
        self._sheet = self._book.add_worksheet(_sheet_name(title))
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._next = 1
        self._sheet.freeze_panes(1, 0)
        self._duration = self._book.add_format({"num_format": "[h]:mm:ss"})
        self._percent = self._book.add_format({"num_format": "0.0%"})
        bold = self._book.add_format({"bold": True})
        for column, text in enumerate(heading):
            self._sheet.set_column(column, column, min(max(cell_len(text) + 2, 12), 40))
            self._sheet.write_string(0, column, text, bold)

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows."""
        for row in rows:
            for column, cell in enumerate(row):
                self._write(column, cell)
            self._next += 1

    def finish(self) -> None:
        """Put the workbook together."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self._book.close()
        except FileCreateError as error:
            self._file.has_failed = True
            raise OSError(*getattr(error.args[0], "args", ())) from error

    def _write(self, column: int, cell: Cell) -> None:
        sheet: Any = self._sheet
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            sheet.write_boolean(self._next, column, cell)
        elif isinstance(cell, timedelta):
            sheet.write_number(self._next, column, cell / timedelta(days=1), self._duration)
        elif isinstance(cell, Part):
            sheet.write_number(self._next, column, cell, self._percent)
        elif isinstance(cell, int | float | Decimal) and -SAFE_INTEGER <= cell <= SAFE_INTEGER:
            sheet.write_number(self._next, column, cell)
        elif isinstance(cell, date) and cell.year >= _FIRST_YEAR:
            is_moment = isinstance(cell, datetime)
            day = cell.replace(microsecond=0, tzinfo=None) if isinstance(cell, datetime) else cell
            sheet.write_datetime(self._next, column, day, self._moment if is_moment else self._day)
        else:
            sheet.write_string(self._next, column, self._fitting(plain(cell)))

    def _fitting(self, text: str) -> str:
        """Return what a cell holds of ``text``; characters beyond the first 65,536 count twice for Excel."""
        if len(text) <= MOST_OF_A_CELL // 2:
            return text
        units = text.encode("utf-16-le")
        if len(units) <= MOST_OF_A_CELL * 2:
            return text
        self.cut += 1
        return units[: MOST_OF_A_CELL * 2].decode("utf-16-le", errors="ignore")


class _Forgiving:
    """A file that takes anything once it has failed.

    The archive of a workbook that couldn't be written is still ended when it is thrown away; Python would
    tell of a second failure on the terminal.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.has_failed = False

    def write(self, data: bytes) -> int:
        return len(data) if self.has_failed else self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset if self.has_failed else self._file.seek(offset, whence)

    def tell(self) -> int:
        return 0 if self.has_failed else self._file.tell()

    def seekable(self) -> bool:
        return self._file.seekable()

    def flush(self) -> None:
        if not self.has_failed:
            self._file.flush()


def plain(cell: Cell) -> str:
    """Return a value as text that an import reads: numbers without separators, ISO 8601, true and false."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, timedelta):
        # With its hours: a spreadsheet takes 3:20 for three hours and twenty minutes.
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _sheet_name(title: str) -> str:
    """Return a name that Excel takes: 31 characters, none of those it has another use for."""
    return "".join("_" if character in "[]:*?/\\'" else character for character in title)[:31]
