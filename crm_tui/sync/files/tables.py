"""Tables of a file, whatever kind it is: rows with their numbers, and what is known of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from crm_tui.domain.imports.batches import CellValue
from crm_tui.sync.files.delimited import guess_delimiter, is_delimiter_line, records
from crm_tui.sync.files.facts import ReadOptions, SourceKind
from crm_tui.sync.files.problems import Problem, Unreadable
from crm_tui.sync.files.shapes import MOST_COLUMNS, Numbered, Shape, fitted, shape
from crm_tui.sync.files.source import Source
from crm_tui.sync.files.texts import Guess, Opener, blocks, guess_encoding, lines
from crm_tui.sync.files.workbooks import chosen_sheet, open_workbook, page_rows, sheet_names, sheet_rows

_TAB: Final = "\t"


@dataclass(slots=True)
class Table:
    """A table that is about to be read.

    Attributes:
        kind: What its file is.
        shape: Where its headings stand.
        numbered: Its rows below the heading, not yet fitted.
        guess: Encoding of text.
        delimiter: Of text.
        sheets: Of a workbook.
        sheet: The one that is read.
        problems: What there is to say.
    """

    kind: SourceKind
    shape: Shape
    numbered: Iterator[Numbered]
    guess: Guess = field(default_factory=lambda: Guess(""))
    delimiter: str = ""
    sheets: Sequence[str] = ()
    sheet: str = ""
    problems: list[Problem] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[CellValue], Problem | None]]:
        """Yield the rows under the headings."""
        for row in self.numbered:
            yield fitted(row, self.shape)


def open_table(source: Source, options: ReadOptions) -> Table:
    """Return the table of a file.

    Raises:
        Unreadable: It has none, or one that is too large.
    """
    if source.kind.has_items:
        raise Unreadable("no_rows")
    if source.kind is SourceKind.ZIP:
        raise Unreadable("choose_member")
    if source.kind is SourceKind.HTML:
        return _open_page(source, options)
    if source.kind in (SourceKind.XLS, SourceKind.XLSX):
        return _open_workbook(source, options)
    return open_text(source.open, options)


def _open_workbook(source: Source, options: ReadOptions) -> Table:
    book = open_workbook(source)
    sheet = chosen_sheet(book, options.sheet)
    found, numbered = shape(sheet_rows(sheet), options.header_row, is_even=False)
    return Table(source.kind, found, numbered, sheets=sheet_names(book), sheet=sheet.name)


def _open_page(source: Source, options: ReadOptions) -> Table:
    guess = Guess(options.encoding) if options.encoding else guess_encoding(source.open)
    rows = page_rows(blocks(source.open, guess.encoding))
    found, numbered = shape(rows, options.header_row, is_even=False)
    problems = [guess.problem] if guess.problem else []
    return Table(source.kind, found, numbered, guess, problems=problems)


def open_text(open_file: Opener, options: ReadOptions) -> Table:
    """Return the table of a text file.

    Raises:
        Unreadable: It has too many columns, or nothing that can be a table.
    """
    guess = Guess(options.encoding) if options.encoding else guess_encoding(open_file)
    delimiter = options.delimiter or guess_delimiter(lines(open_file, guess.encoding))
    found, numbered = shape(_numbered(open_file, guess.encoding, delimiter), options.header_row, is_even=True)
    problems = [guess.problem] if guess.problem else []
    if len(found.headings) > MOST_COLUMNS:
        raise Unreadable("columns", found=len(found.headings), limit=MOST_COLUMNS)
    kind = SourceKind.TSV if delimiter == _TAB else SourceKind.CSV
    return Table(kind, found, numbered, guess, delimiter, problems=problems)


def _numbered(open_file: Opener, encoding: str, delimiter: str) -> Iterator[Numbered]:
    for number, record in enumerate(records(lines(open_file, encoding), delimiter), 1):
        if not is_delimiter_line(record.cells, number):
            yield number, record.cells, record.problem
