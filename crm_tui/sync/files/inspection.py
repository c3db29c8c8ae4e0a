"""A first look at a file, in the child process: what it is and how it would be read."""

from itertools import islice
from typing import Any, Final

from crm_tui.domain.outlook.headings import recognised
from crm_tui.sync.files.archives import listed
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import SAMPLED, ReadOptions
from crm_tui.sync.files.items import counted, item_encoding
from crm_tui.sync.files.source import Source
from crm_tui.sync.files.tables import Table, open_table

MOST_COUNTED: Final = 500_000
"""Rows that are counted; of longer files nobody waits to know how many there are."""

MOST_ITEMS: Final = 100_000
"""Items that are counted."""

_NOTHING: Final[dict[str, Any]] = {
    "sheets": (),
    "sheet": "",
    "encoding": "",
    "is_guessed": False,
    "is_ambiguous": False,
    "delimiter": "",
    "decimal": ".",
    "order": DayOrder.MONTH_FIRST,
    "header_row": 1,
    "headings": (),
    "sample": (),
    "total": None,
    "members": (),
    "item_kinds": {},
    "outlook": None,
    "problems": (),
}


def facts_of(source: Source, options: ReadOptions) -> dict[str, Any]:
    """Return what a message says of a file: all of `FileFacts` but fingerprint and size.

    Raises:
        Unreadable: It can't be read.
    """
    if source.kind.is_table:
        return _NOTHING | _of_table(open_table(source, options))
    if source.kind.has_items:
        return _NOTHING | _of_items(source, options)
    archive = source.archive
    members = [(one.name, one.size) for one in listed(archive)] if archive is not None else []
    return _NOTHING | {"kind": source.kind, "members": members}


def _of_items(source: Source, options: ReadOptions) -> dict[str, Any]:
    guess = item_encoding(source, options)
    kinds = counted(source, guess.encoding, MOST_ITEMS)
    return {
        "kind": source.kind,
        "encoding": guess.encoding,
        "is_guessed": guess.is_guessed,
        "is_ambiguous": guess.is_ambiguous,
        "header_row": 0,
        "item_kinds": kinds,
        "total": kinds.total() if kinds.total() < MOST_ITEMS else None,
        "problems": [guess.problem] if guess.problem else [],
    }


def _of_table(table: Table) -> dict[str, Any]:
    rows = table.rows()
    sample = list(islice(rows, SAMPLED))
    total = len(sample) + sum(1 for _row in islice(rows, MOST_COUNTED))
    return {
        "kind": table.kind,
        "sheets": table.sheets,
        "sheet": table.sheet,
        "encoding": table.guess.encoding,
        "is_guessed": table.guess.is_guessed,
        "is_ambiguous": table.guess.is_ambiguous,
        "delimiter": table.delimiter,
        "decimal": table.shape.decimal,
        "order": table.shape.order,
        "header_row": table.shape.header_row,
        "headings": table.shape.headings,
        "sample": sample,
        "total": total if total < MOST_COUNTED else None,
        "outlook": recognised(table.shape.headings),
        "problems": table.problems,
    }
