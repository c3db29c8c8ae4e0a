"""Reading the rows of files of Zoho CRM in order."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.domain.actor import Actor
from crm_tui.domain.imports.batches import CHUNK, CellValue, Incoming, RowAction, RowOutcome
from crm_tui.domain.imports.ties import Tie, TieKind
from crm_tui.domain.modules import Module
from crm_tui.i18n import _
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import ReadOptions, TableRow
from crm_tui.sync.files.reading import rows as rows_of
from crm_tui.sync.zoho.backup import PLACES, Part, part_of
from crm_tui.sync.zoho.ids import KnownIds
from crm_tui.sync.zoho.mapping import RecordReader
from crm_tui.sync.zoho.notes import converted_note, left_out_notes
from crm_tui.sync.zoho.tables import BY_MODULE
from crm_tui.sync.zoho.ties import TieReader, may_be_ties, tie_of
from crm_tui.sync.zoho.values import cell

if TYPE_CHECKING:
    from crm_tui.services.container import Services


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows.

    Attributes:
        rows: How many there were in the file.
        given: Those that are to be taken in.
        left_out: Those that are left out on purpose.
        ties: Those that link two records; they stand behind the others.
    """

    rows: int
    given: tuple[Incoming, ...]
    left_out: tuple[RowOutcome, ...]
    ties: tuple[Tie, ...] = ()

    def after(self, number: int) -> "Chunk":
        """Return the same without the rows up to a number."""
        given = tuple(one for one in self.given if one.number > number)
        left_out = tuple(one for one in self.left_out if one.number > number)
        return Chunk(self.rows, given, left_out, tuple(one for one in self.ties if one.number > number))


class FileReading:
    """Reads the rows of all files in order, and remembers which module the ids in them belong to.

    Rows are numbered through all files.

    Args:
        headings: Of the file of rejected rows.
        source: Whose records they are, as links name it.
        zone: Name of the zone in which moments are meant; "" for the actor's.
        order: Of day, month and year in dates.
    """

    def __init__(
        self,
        services: "Services",
        actor: Actor,
        headings: Sequence[str],
        source: str,
        zone: str,
        order: DayOrder,
    ) -> None:
        self._headings = tuple(headings)
        self._known = KnownIds(services, source)
        self._around = self._known.around(actor, zone, order)
        self._number = 0
        self._converted = 0
        self._readers: dict[tuple[Module, Module | None], RecordReader] = {}
        self._ties = TieReader(services.core.picklists)

    def notes(self) -> list[str]:
        """Return what there is to say about what was read."""
        return [*converted_note(self._converted), *left_out_notes(self._readers.values())]

    async def chunks(
        self, path: Path, part: Part, options: ReadOptions, headings: Sequence[str]
    ) -> AsyncIterator[Chunk]:
        """Yield the rows of one file, `CHUNK` at a time.

        Args:
            headings: Of its columns.

        Raises:
            CrmError: It can't be read.
        """
        waiting: list[TableRow] = []
        async for some in rows_of(path, options):
            waiting += some
            while len(waiting) >= CHUNK:
                yield await self._read(part, headings, waiting[:CHUNK])
                del waiting[:CHUNK]
        if waiting:
            yield await self._read(part, headings, waiting)

    async def _read(self, part: Part, headings: Sequence[str], rows: Sequence[TableRow]) -> Chunk:
        records = [_record(headings, row) for row in rows]
        if part.tie is not None:
            return Chunk(
                len(rows),
                (),
                (),
                tuple(self._tie(part, part.tie, *one) for one in zip(rows, records, strict=True)),
            )
        readers = [self._reader(part, record) for record in records]
        await self._known.learn(readers, records)
        given: list[Incoming] = []
        left_out: list[RowOutcome] = []
        ties: list[Tie] = []
        for row, record, reader in zip(rows, records, readers, strict=True):
            kind = _tie_of_row(record) if part.module is None else None
            if kind is not None:
                ties.append(self._tie(part, kind, row, record))
                continue
            self._number += 1
            cells = self._cells(part, row, record)
            incoming = reader.read(self._number, record, cells, row.problem or _problem(part, record))
            if incoming is None:
                self._converted += 1
                left_out.append(RowOutcome(self._number, RowAction.SKIP, reader.module.module))
            else:
                given.append(incoming)
        return Chunk(len(rows), tuple(given), tuple(left_out), tuple(ties))

    def _tie(self, part: Part, kind: TieKind, row: TableRow, record: Mapping[str, object]) -> Tie:
        self._number += 1
        return self._ties.read(self._number, kind, record, self._cells(part, row, record), row.problem)

    def _reader(self, part: Part, record: Mapping[str, object]) -> RecordReader:
        if part.module is None:
            part = _part_of_row(record) or Part("", Module.CONTACT)
        assert part.module is not None
        key = (part.module, part.parents)
        if key not in self._readers:
            self._readers[key] = RecordReader(BY_MODULE[part.module], self._around, part.parents)
        return self._readers[key]

    def _cells(self, part: Part, row: TableRow, record: Mapping[str, object]) -> tuple[CellValue, ...]:
        if not part.member:
            return row.cells[: len(self._headings)]
        cells = dict(_pairs(record))
        return (part.member, row.number, *(cells.get(heading) for heading in self._headings[2:]))


def _record(headings: Sequence[str], row: TableRow) -> dict[str, object]:
    """Return the cells of a row by their headings; of two with one heading the first that isn't empty."""
    found: dict[str, object] = {}
    for heading, value in zip(headings, row.cells, strict=False):
        if heading and value not in (None, ""):
            found.setdefault(heading, value)
    return found


def _pairs(record: Mapping[str, object]) -> list[tuple[str, CellValue]]:
    return [(heading, cell(value)) for heading, value in record.items()]


def _part_of_row(record: Mapping[str, object]) -> Part | None:
    names = (record.get(heading) for heading, _row in PLACES)
    return next((part_of(name) for name in names if isinstance(name, str)), None)


def _tie_of_row(record: Mapping[str, object]) -> TieKind | None:
    """Return what a rejected row of an archive links, by the file in which it stood."""
    names = [name for heading, _row in PLACES if isinstance(name := record.get(heading), str)]
    others = [heading for heading in record if heading not in {one for pair in PLACES for one in pair}]
    return next((kind for name in names if may_be_ties(name) and (kind := tie_of(name, others))), None)


def _problem(part: Part, record: Mapping[str, object]) -> str:
    if part.module is None and _part_of_row(record) is None:
        return _("Its first column doesn't say what it is.")
    return ""
