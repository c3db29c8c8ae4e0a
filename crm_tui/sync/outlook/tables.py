"""Rows of the CSV files that Outlook exports become its items."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta, tzinfo
from typing import Final

from crm_tui.domain.formulas import restored
from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.outlook.fields import ATTENDEES, CATEGORIES, FIELDS, NO_FIELD, OutlookField
from crm_tui.domain.outlook.headings import heading_key
from crm_tui.domain.outlook.items import Attendee, ItemKind, OutlookItem
from crm_tui.domain.outlook.words import is_yes, priority_of, status_of
from crm_tui.i18n import _
from crm_tui.sync.cells import cell_text
from crm_tui.sync.files.days import DayOrder, clock_of, day_of, moment_of, time_of
from crm_tui.sync.files.facts import TableRow

_LISTED: Final = re.compile(r"[;；,、]")
_PEOPLE: Final = re.compile(r"[;；]")
_ANGLED: Final = re.compile(r"\s*\"?([^<>\"]*?)\"?\s*<([^<>]+)>\s*")
_DAYS: Final = ("due_date", "birthday", NO_FIELD)
_NO_YEAR: Final = 1604
"""The year by which Outlook keeps birthdays of which it doesn't know it."""


@dataclass(frozen=True, slots=True)
class OutlookTable:
    """Reads the rows of one file.

    Attributes:
        headings: Of all columns.
        order: Of day, month and year.
        zone: In which times are meant.
        is_text: The file is one of text, in which formulas may have been made inert.
    """

    kind: ItemKind
    headings: tuple[str, ...]
    order: DayOrder
    zone: tzinfo
    is_text: bool
    _columns: Mapping[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        found: dict[str, int] = {}
        for at, heading in enumerate(self.headings):
            found.setdefault(heading_key(heading), at)
        object.__setattr__(self, "_columns", found)

    def item(self, row: TableRow) -> OutlookItem:
        """Return the item that a row is."""
        cells = tuple(
            restored(cell) if isinstance(cell, str) and self.is_text else cell for cell in row.cells
        )
        if row.problem:
            return OutlookItem(self.kind, row.number, problem=row.problem, cells=cells)
        raw: dict[str, object] = {}
        values: dict[str, object] = {}
        try:
            for one in FIELDS[self.kind]:
                if self._has(one) and one.name != ATTENDEES:
                    self._take(one, cells, values, raw)
            if self.kind is ItemKind.EVENT:
                values.update(self._times(cells))
        except _NotRead as problem:
            return OutlookItem(self.kind, row.number, values, problem=str(problem), cells=cells)
        if self.kind is ItemKind.TASK and not values.get("status") and self._cell(cells, _COMPLETED):
            values["status"] = "completed"
        return OutlookItem(
            self.kind,
            row.number,
            values,
            self._attendees(cells),
            tuple(one.strip() for one in _LISTED.split(self._text(cells, CATEGORIES)) if one.strip()),
            raw=raw,
            cells=cells,
        )

    def _take(
        self, one: OutlookField, cells: Sequence[CellValue], values: dict[str, object], raw: dict[str, object]
    ) -> None:
        if one.name in ("starts_at", "ends_at"):
            return
        if one.name in _DAYS:
            day = self._day(cells, one.headings[0])
            if one.name == NO_FIELD:
                raw.update({"start_date": day.isoformat()} if day else {})
            else:
                values[one.name] = None if day is not None and day.year == _NO_YEAR else day
            return
        lines = [self._text(cells, names) for names in one.headings]
        text = " ".join(line for line in lines if line)
        match one.name:
            case "status":
                values["status"] = status_of(text) or text or None
            case "priority":
                values["priority"] = priority_of(text) or text or None
            case "all_day":
                values["all_day"] = self._is_true(cells, one.headings[0])
            case _:
                values[one.name] = text

    def _times(self, cells: Sequence[CellValue]) -> dict[str, object]:
        """Return when an event is; Outlook's last day of a whole-day event ends at midnight behind it."""
        starts, ends = (one for one in FIELDS[ItemKind.EVENT] if one.name in ("starts_at", "ends_at"))
        first, at = self._day(cells, starts.headings[0]), self._time(cells, starts.headings[1])
        last, until = self._day(cells, ends.headings[0]), self._time(cells, ends.headings[1])
        at, until = (
            at or self._clock(cells, starts.headings[0]),
            until or self._clock(cells, ends.headings[0]),
        )
        if first is None:
            return {"starts_at": None, "ends_at": None}
        all_day = next(one for one in FIELDS[ItemKind.EVENT] if one.name == "all_day")
        if self._is_true(cells, all_day.headings[0]) or at is None:
            if last is not None and last > first and until == time():
                last -= timedelta(days=1)
            return {"starts_at": first, "ends_at": last or first, "all_day": True}
        try:
            start = moment_of(first, at, self.zone)
            end = moment_of(last or first, until, self.zone) if until is not None else None
        except OverflowError:
            raise _NotRead(_("“%(text)s” is no date.") % {"text": first.isoformat()}) from None
        return {"starts_at": start, "ends_at": end, "all_day": False}

    def _attendees(self, cells: Sequence[CellValue]) -> tuple[Attendee, ...] | None:
        if self.kind is not ItemKind.EVENT:
            return None
        invited = next(one for one in FIELDS[self.kind] if one.name == ATTENDEES)
        if not self._has(invited):
            return None
        texts = [self._text(cells, names) for names in invited.headings]
        return tuple(_attendee(part) for text in texts for part in _PEOPLE.split(text) if part.strip())

    def _day(self, cells: Sequence[CellValue], names: Sequence[str]) -> date | None:
        cell = self._cell(cells, names)
        try:
            return day_of(cell, self.order)
        except ValueError:
            raise _NotRead(_("“%(text)s” is no date.") % {"text": cell_text(cell)[:40]}) from None

    def _time(self, cells: Sequence[CellValue], names: Sequence[str]) -> time | None:
        cell = self._cell(cells, names)
        try:
            return time_of(cell)
        except ValueError:
            raise _NotRead(_("“%(text)s” is no time of day.") % {"text": cell_text(cell)[:40]}) from None

    def _clock(self, cells: Sequence[CellValue], names: Sequence[str]) -> time | None:
        """Return the time of day that stands in the column of the day."""
        cell = self._cell(cells, names)
        try:
            return clock_of(cell, self.order)
        except ValueError:
            raise _NotRead(_("“%(text)s” is no time of day.") % {"text": cell_text(cell)[:40]}) from None

    def _is_true(self, cells: Sequence[CellValue], names: Sequence[str]) -> bool:
        cell = self._cell(cells, names)
        return cell if isinstance(cell, bool) else is_yes(cell_text(cell))

    def _text(self, cells: Sequence[CellValue], names: Sequence[str]) -> str:
        return cell_text(self._cell(cells, names)).strip()

    def _cell(self, cells: Sequence[CellValue], names: Sequence[str]) -> CellValue:
        """Return the cell of the first column that is called so and has something in it."""
        for name in names:
            at = self._columns.get(heading_key(name))
            if at is not None and at < len(cells) and cells[at] not in (None, ""):
                return cells[at]
        return None

    def _has(self, one: OutlookField) -> bool:
        return any(heading_key(name) in self._columns for names in one.headings for name in names)


class _NotRead(ValueError):
    """A cell isn't what its column holds; the text is the reason for the agent."""


_COMPLETED: Final = ("Date Completed", "完了日")


def _attendee(text: str) -> Attendee:
    angled = _ANGLED.fullmatch(text)
    if angled is not None:
        return Attendee(angled[2].strip(), angled[1].strip().strip("'"))
    text = text.strip().strip("'").removeprefix("mailto:")
    return Attendee(text, "") if "@" in text else Attendee("", text)
