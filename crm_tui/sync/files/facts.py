"""What is known about a file, how it is to be read, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Required, TypedDict

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.sync.files.days import DayOrder

ENCODINGS = ("utf-8", "cp932", "euc_jp", "utf-16", "iso2022_jp", "cp1252")
"""Encodings that an agent may choose, by Python's names; what else is given in a file is not read."""

DELIMITERS = (",", ";", "\t", "|")
"""Delimiters that are recognised and that an agent may choose."""

SAMPLED = 20
"""Rows of a sample."""


class SourceKind(StrEnum):
    """What a file is, by its content."""

    CSV = "csv"
    TSV = "tsv"
    HTML = "html"
    """A page with a table; many systems call it .xls."""
    XLS = "xls"
    XLSX = "xlsx"
    ZIP = "zip"
    VCF = "vcf"
    ICS = "ics"

    @property
    def is_text_table(self) -> bool:
        """Whether it has an encoding and a delimiter that an agent can choose."""
        return self in (SourceKind.CSV, SourceKind.TSV)

    @property
    def is_table(self) -> bool:
        """Whether it has rows and columns."""
        return self in (SourceKind.CSV, SourceKind.TSV, SourceKind.HTML, SourceKind.XLS, SourceKind.XLSX)

    @property
    def has_items(self) -> bool:
        """Whether it has contacts, tasks or events instead of rows."""
        return self in (SourceKind.VCF, SourceKind.ICS)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read; what is left open is guessed.

    Attributes:
        encoding: One of `ENCODINGS`; "" for a guess.
        delimiter: One of `DELIMITERS`; "" for a guess.
        sheet: Of a workbook; "" for the first with more than one row.
        header_row: The row that has the headings, counted from 1. 0: there is none. None for a guess.
        member: A file within an archive; "" for the archive itself.
        first_day: With `last_day`: occurrences of recurring events from this day on, in UTC. Without,
            a recurring event comes once, as it begins, as does one that has none of these days.
        last_day: The last day of those.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int | None = None
    member: str = ""
    first_day: date | None = None
    last_day: date | None = None


GUESS = ReadOptions()
"""Everything is guessed."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive. ``size`` is in bytes, unpacked, as the archive says."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table; empty ones are left out.

    Attributes:
        number: As a spreadsheet counts it: from 1, with the heading.
        cells: As many as there are headings; more if that is the problem. Empty cells are None or "".
        problem: Why it can't be relied on, in the agent's language; "" for nothing.
    """

    number: int
    cells: tuple[CellValue, ...]
    problem: str = ""


class Moment(TypedDict, total=False):
    """A date as messages hold it: one of these.

    Attributes:
        day: An ISO date.
        at: An ISO moment in UTC.
        local: An ISO moment of no zone.
    """

    day: str
    at: str
    local: str


class Property(Moment, total=False):
    """A property of a card, a task or an event, as messages hold it; of dates also the `Moment`.

    Attributes:
        value: Its text without escapes.
        params: Lists of text by upper-case name; ``TYPE`` also holds the bare types of vCard 2.1, in upper
            case.
        parts: The components of ``N``, ``ADR``, ``ORG`` and ``CATEGORIES``.
        seconds: Of ``DURATION``.
    """

    value: Required[str]
    params: Required[dict[str, list[str]]]
    parts: list[str]
    seconds: int


@dataclass(frozen=True, slots=True)
class RawItem:
    """An address card, a task or an event as its file has it.

    Attributes:
        number: Its place among the items of the file, from 1. All occurrences of an event share one.
        kind: What it is.
        properties: By name in upper case, each a list in the order of the file. Photos, sounds and
            attachments are left out.
        problem: Why it can't be taken, in the agent's language; "" for nothing.
    """

    number: int
    kind: ItemKind
    properties: Mapping[str, list[Property]]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a look at a file found.

    Attributes:
        kind: By its content.
        fingerprint: SHA-256 of its bytes in hex.
        size: In bytes.
        sheets: Of a workbook, in its order.
        sheet: The one that was looked at.
        encoding: One of `ENCODINGS`; "" where there is none to choose.
        is_guessed: Nothing in the file proves the encoding.
        is_ambiguous: The text makes sense in other encodings too, or in none as a whole: ask.
        delimiter: One of `DELIMITERS`; "" where there is none.
        decimal: "," if numbers are written so, else ".".
        order: Of day, month and year in dates.
        header_row: Counted from 1; 0 if there is none.
        headings: Text of the header row; columns without a heading have "".
        sample: The first rows below it.
        total: Rows or items in all; None if there are very many.
        members: Of an archive.
        item_kinds: How many items of a kind there are, for vCard and iCalendar; of very many the first.
        outlook: What Outlook exported, if the headings are those of its lists.
        problems: What there is to say about the whole, in the agent's language.
    """

    kind: SourceKind
    fingerprint: str
    size: int
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""
    is_guessed: bool = False
    is_ambiguous: bool = False
    delimiter: str = ""
    decimal: str = "."
    order: DayOrder = DayOrder.MONTH_FIRST
    header_row: int = 1
    headings: tuple[str, ...] = ()
    sample: tuple[TableRow, ...] = ()
    total: int | None = None
    members: tuple[Member, ...] = ()
    item_kinds: Mapping[ItemKind, int] = field(default_factory=dict)
    outlook: ItemKind | None = None
    problems: tuple[str, ...] = ()

    def options(self, given: ReadOptions = GUESS) -> ReadOptions:
        """Return options that read the file in the very way it was looked at, with nothing left to guess.

        Args:
            given: The options of that look.
        """
        if self.kind.is_table:
            return replace(
                given,
                encoding=self.encoding,
                delimiter=self.delimiter,
                sheet=self.sheet,
                header_row=self.header_row,
            )
        return replace(given, encoding=self.encoding)
