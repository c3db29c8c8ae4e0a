"""Tables of text as tests read them, without a process of their own."""

import io
from dataclasses import dataclass

from crm_tui.domain.imports.batches import CellValue
from crm_tui.sync.files.facts import GUESS, ReadOptions
from crm_tui.sync.files.source import source_of
from crm_tui.sync.files.tables import Table, open_table


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of a table.

    Attributes:
        table: What is known of it.
        rows: Its rows by their numbers.
        problems: What is wrong with them, as codes, by their numbers.
    """

    table: Table
    rows: dict[int, list[CellValue]]
    problems: dict[int, str]

    @property
    def headings(self) -> tuple[str, ...]:
        """What its columns are called."""
        return self.table.shape.headings


def read_table(raw: bytes | str, options: ReadOptions = GUESS) -> Read:
    """Read a table; text is UTF-8."""
    data = raw.encode() if isinstance(raw, str) else raw
    table = open_table(source_of(lambda: io.BytesIO(data)), options)
    found = list(table.rows())
    return Read(
        table,
        {number: cells for number, cells, _problem in found},
        {number: problem.code for number, _cells, problem in found if problem},
    )


def short(value: object) -> str:
    """Return a name of a test's parameter: what is tried may be long."""
    return repr(value)[:40]
