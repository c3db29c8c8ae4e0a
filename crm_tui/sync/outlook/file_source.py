"""The items of a file of Outlook, an address card or a calendar."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from crm_tui.clock import local_zone
from crm_tui.domain.imports.batches import Batch
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.sync.files.days import DayOrder
from crm_tui.sync.files.facts import ReadOptions, SourceKind
from crm_tui.sync.files.reading import items, rows
from crm_tui.sync.outlook.calendars import entry_of
from crm_tui.sync.outlook.cards import contact_of
from crm_tui.sync.outlook.rejected import as_cells
from crm_tui.sync.outlook.sources import Page
from crm_tui.sync.outlook.tables import OutlookTable


@dataclass(frozen=True, slots=True)
class FileSettings:
    """How a file of Outlook is taken in; all of it decides what becomes of an item.

    Attributes:
        file: What it is.
        kind: What the rows of a table are, or the only kind of items that is taken in; None for all.
        options: How the file is read, with nothing left to guess.
        headings: Of all columns of a table, and for the file of rejected rows.
        order: Of day, month and year in a table.
        is_text: It is a table of text, in which formulas may have been made inert.
        category: Only items of this category; "" for all.
        zone: Name of the zone in which times are meant; "" for the system's.
    """

    file: SourceKind
    kind: ItemKind | None
    options: ReadOptions
    headings: tuple[str, ...]
    order: DayOrder = DayOrder.MONTH_FIRST
    is_text: bool = False
    category: str = ""
    zone: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a batch keeps them."""
        options = self.options
        return {
            "file": self.file.value,
            "kind": self.kind.value if self.kind is not None else "",
            "encoding": options.encoding,
            "delimiter": options.delimiter,
            "sheet": options.sheet,
            "header_row": options.header_row,
            "first_day": options.first_day.isoformat() if options.first_day else "",
            "last_day": options.last_day.isoformat() if options.last_day else "",
            "headings": list(self.headings),
            "order": self.order.value,
            "is_text": self.is_text,
            "category": self.category,
            "zone": self.zone,
        }

    @classmethod
    def of_batch(cls, batch: Batch) -> "FileSettings":
        """Return the settings that a batch was opened with."""
        kept: dict[str, Any] = dict(batch.settings)
        days = (date.fromisoformat(kept[name]) if kept[name] else None for name in ("first_day", "last_day"))
        options = ReadOptions(
            kept["encoding"], kept["delimiter"], kept["sheet"], kept["header_row"], "", *days
        )
        return cls(
            SourceKind(kept["file"]),
            ItemKind(kept["kind"]) if kept["kind"] else None,
            options,
            tuple(kept["headings"]),
            DayOrder(kept["order"]),
            kept["is_text"],
            kept["category"],
            kept["zone"],
        )


class FileSource:
    """An `OutlookSource` that is read once, from its beginning to its end.

    Args:
        path: The file, absolute.
        settings: How it is read.
    """

    kind: Literal["file"] = "file"

    def __init__(self, path: Path, settings: FileSettings) -> None:
        self._path = path
        self._settings = settings

    async def pages(self, what: ItemKind | None, cursor: str | None) -> AsyncIterator[Page]:
        """Yield the items of a kind, None for all there are, in the order of the file.

        A file knows of no changes: it is read whole, whatever the cursor.

        Raises:
            CrmError: It can't be read.
        """
        del cursor
        pages = self._table(what) if what and not self._settings.file.has_items else self._entries(what)
        async for page in pages:
            yield page
        yield Page((), final=True)

    async def _table(self, what: ItemKind) -> AsyncIterator[Page]:
        settings, zone = self._settings, local_zone(self._settings.zone)
        table = OutlookTable(what, settings.headings, settings.order, zone, settings.is_text)
        async for some in rows(self._path, settings.options):
            yield Page(tuple(table.item(row) for row in some))

    async def _entries(self, what: ItemKind | None) -> AsyncIterator[Page]:
        settings, zone, number = self._settings, local_zone(self._settings.zone), 0
        async for raws in items(self._path, settings.options):
            found = []
            for raw in raws:
                number += 1
                if what not in (None, raw.kind):
                    continue
                item = (contact_of if raw.kind is ItemKind.CONTACT else entry_of)(raw, number, zone)
                found.append(replace(item, cells=as_cells(item, zone, settings.headings)))
            yield Page(tuple(found))
