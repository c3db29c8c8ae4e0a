"""Rows of a table become values of our fields."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal

from crm_tui.domain.fields import TEXTUAL, Field, FieldType
from crm_tui.domain.formulas import restored
from crm_tui.domain.ids import is_id
from crm_tui.domain.imports.batches import CellValue, Incoming
from crm_tui.domain.imports.mapping import (
    RECORD_ID,
    WHOLE_NAME,
    WHOLE_READING,
    ColumnMapping,
    Target,
    targets,
)
from crm_tui.domain.modules import Module
from crm_tui.domain.names import is_east_asian
from crm_tui.domain.phone import parse
from crm_tui.domain.records import Ref
from crm_tui.sync.files.days import DayOrder, day_of, serial, year_first
from crm_tui.sync.files.facts import TableRow

_NO_DATE = re.compile(r"0+([/.-])0+\1(0+)?|0+/0/0+")
"""What programs write for a date that isn't set."""

_DIGITS = re.compile(r"[1-9][0-9]{8,9}", re.ASCII)
_SIX_DIGITS = re.compile(r"[1-9][0-9]{5}", re.ASCII)
_DECIMAL_COMMA = re.compile(
    r"[^0-9,]*[0-9]{1,3}(?:[.\u00a0 '][0-9]{3})*,[0-9]+[^0-9,]*|[^0-9,]*[0-9]+,[0-9]+[^0-9,]*"
)
_NOT_THOUSANDS = re.compile(r"[^0-9,.]*[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})[^0-9,.]*")
_CURRENCIES = "€£$¥￥円 \u00a0"
_CALL_TYPES = {"着信": "inbound", "受電": "inbound", "架電": "outbound", "不在": "missed"}
"""What other programs call the types of calls."""

_PERCENT = frozenset({"probability"})
"""Fields of which a workbook may have 0.6 for 60 %."""

_AMOUNTS = frozenset({FieldType.MONEY, FieldType.NUMBER})


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one table.

    Attributes:
        fields: Those of the module, standard and custom.
        mapping: The name of a target per column.
        zone: In which moments without a zone are meant.
        region: Two-letter country of telephone numbers.
        is_text: The file is one of text, in which formulas were made inert.
        decimal: "," if numbers are written so.
        order: Of day, month and year in dates.
        leading_zeros: Give telephone numbers and postal codes the zero back that a spreadsheet took.
        parts: Percentages are parts of 1, as a workbook keeps them.
    """

    module: Module
    fields: tuple[Field, ...]
    mapping: ColumnMapping
    zone: tzinfo
    region: str
    is_text: bool = False
    decimal: str = "."
    order: DayOrder = DayOrder.MONTH_FIRST
    leading_zeros: bool = False
    parts: bool = False
    _targets: Mapping[str, Target] = field(init=False, default_factory=dict)
    _alone: tuple[tuple[int, Field], ...] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_targets", targets(self.module, self.fields))
        object.__setattr__(self, "_alone", self._columns_alone())

    def incoming(self, row: TableRow) -> Incoming:
        """Return the record that a row speaks of."""
        cells = self.plain(row.cells)
        if row.problem:
            return Incoming(row.number, self.module, {}, cells=cells, problem=row.problem)
        if self._alone is not None:
            some = self._alone if len(cells) >= len(self.mapping) else self._alone_of(len(cells))
            found = {its.name: self._of_cell(its, cells[place]) for place, its in some}
            return Incoming(row.number, self.module, found, cells=cells)
        given = self._by_target(cells)
        values: dict[str, object] = {}
        for name, several in given.items():
            target = self._targets[name]
            if target.field is not None and not target.part:
                values[name] = self._joined(target.field, several, given)
        for name in dict.fromkeys(
            t.field.name for t in map(self._targets.__getitem__, given) if t.field and t.part
        ):
            self._take_parts(name, given, values)
        self._take_names(given, values)
        record_id = cell_text(_first(given.get(RECORD_ID.name, []))).strip().lower()
        # The id of an export that comes from another store is the record's id at its source.
        remote_id = record_id if is_id(record_id) else ""
        return Incoming(
            row.number, self.module, values, record_id=record_id, remote_id=remote_id, cells=cells
        )

    def plain(self, cells: Sequence[CellValue]) -> tuple[CellValue, ...]:
        """Return cells as they were before formulas were made inert."""
        if not self.is_text:
            return tuple(cells)
        return tuple(
            [restored(cell) if isinstance(cell, str) and cell.startswith("'") else cell for cell in cells]
        )

    def lost_zeros(self, rows: Sequence[TableRow]) -> int:
        """Count the telephone numbers and postal codes that seem to have lost their leading zero."""
        found = 0
        for row in rows:
            for name, cell in zip(self.mapping, row.cells, strict=False):
                target = self._targets.get(name)
                if target is not None and target.field is not None and not target.part:
                    found += self._zero_lacks(target.field, cell_text(cell))
        return found

    def has_parts(self, rows: Sequence[TableRow]) -> bool:
        """Return whether percentages are parts of 1 in these rows; 1 alone may be either."""
        columns = [at for at, name in enumerate(self.mapping) if name in _PERCENT]
        cells = (row.cells[at] for row in rows for at in columns if at < len(row.cells))
        return any(isinstance(cell, float) and 0 < cell < 1 for cell in cells)

    def _columns_alone(self) -> tuple[tuple[int, Field], ...] | None:
        """Return place and field of each column; None if what one says may depend on another one."""
        found = [
            (place, self._targets[name]) for place, name in enumerate(self.mapping) if name in self._targets
        ]
        if self.module is Module.EVENT or len({target.name for _place, target in found}) < len(found):
            return None
        alone = [(place, one.field) for place, one in found if one.field is not None and not one.part]
        return tuple(alone) if len(alone) == len(found) else None

    def _alone_of(self, number: int) -> tuple[tuple[int, Field], ...]:
        """Return those of the first columns, for a row that has no more."""
        return tuple((place, its_field) for place, its_field in self._alone or () if place < number)

    def _of_cell(self, its_field: Field, cell: CellValue) -> object:
        """Return the value of a field that one column says."""
        if _is_empty(cell):
            return None
        if type(cell) is str and its_field.type in TEXTUAL:
            return self._with_zero(its_field, cell)
        return self._value(its_field, cell)

    def _by_target(self, cells: Sequence[CellValue]) -> dict[str, list[CellValue]]:
        given: dict[str, list[CellValue]] = {}
        for name, cell in zip(self.mapping, cells, strict=False):
            if name in self._targets:
                given.setdefault(name, []).append(cell)
        return given

    def _joined(
        self, its_field: Field, cells: Sequence[CellValue], given: Mapping[str, list[CellValue]]
    ) -> object:
        """Return the value of a field that one column or several say."""
        filled = [cell for cell in cells if not _is_empty(cell)]
        if len(filled) > 1 and its_field.type in (FieldType.TEXT, FieldType.LONG_TEXT):
            between = "\n" if its_field.type is FieldType.LONG_TEXT else " "
            return between.join(map(cell_text, filled))
        if not filled:
            return None
        whole_day = self.module is Module.EVENT and _is_true(_first(given.get("all_day", [])))
        return self._value(its_field, filled[0], whole_day=whole_day)

    def _value(self, its_field: Field, cell: CellValue, *, whole_day: bool = False) -> object:
        kind = its_field.type
        if kind in TEXTUAL:
            return self._with_zero(its_field, cell_text(cell))
        if kind is FieldType.DATETIME:
            return self._moment(cell, whole_day=whole_day)
        if kind is FieldType.DATE:
            return self._day(cell)
        if its_field.picklist == "call_type" and isinstance(cell, str):
            return _CALL_TYPES.get(cell.strip(), cell)
        if kind is FieldType.DURATION:
            return _duration(cell)
        if kind in _AMOUNTS and isinstance(cell, str):
            return self._amount(cell)
        if isinstance(cell, bool) and kind is FieldType.BOOL:
            return cell
        if (
            its_field.name in _PERCENT
            and isinstance(cell, int | float)
            and (0 < cell < 1 or (self.parts and cell <= 1))
        ):
            return round(cell * 100)
        if isinstance(cell, float) and kind in _AMOUNTS and not cell.is_integer():
            return Decimal(repr(cell))
        return int(cell) if kind in _AMOUNTS and isinstance(cell, float) else cell_text(cell)

    def _amount(self, text: str) -> str:
        """Return a number as it is typed here: with a point before the decimals, without its currency."""
        text = text.strip().strip(_CURRENCIES)
        if self.decimal == "," and _DECIMAL_COMMA.fullmatch(text):
            whole, _comma, rest = text.rpartition(",")
            return re.sub(r"[.\u00a0 ']", "", whole) + "." + rest
        # A comma that isn't followed by three digits parts no thousands.
        return text.replace(",", ".") if _NOT_THOUSANDS.fullmatch(text) else text

    def _moment(self, cell: CellValue, *, whole_day: bool) -> object:
        cell = serial(cell) or cell
        if isinstance(cell, datetime):
            if whole_day:
                return cell.date().isoformat()
            return cell if cell.tzinfo else _resolved(cell, self.zone)
        if isinstance(cell, date):
            return cell.isoformat() if whole_day else _resolved(datetime.combine(cell, time()), self.zone)
        text = cell_text(cell).strip()
        return None if _NO_DATE.fullmatch(text) else year_first(text, self.order)

    def _day(self, cell: CellValue) -> object:
        """Return a day, or the text in which the field may find one: of those without a year the next."""
        if isinstance(cell, str) and _NO_DATE.fullmatch(cell.strip()):
            return None
        try:
            return day_of(cell, self.order) or cell
        except ValueError:
            return cell

    def _take_parts(self, name: str, given: Mapping[str, list[CellValue]], values: dict[str, object]) -> None:
        """Put together what a row says of a field in several columns."""
        its_field = next(one for one in self.fields if one.name == name)
        if its_field.type is FieldType.REFERENCE:
            found: object = _reference(its_field, given, values.get(name))
        else:
            found = values.get(name) or self._day_and_time(its_field, given, values)
        if found is not None or name not in values:
            values[name] = found

    def _day_and_time(
        self, its_field: Field, given: Mapping[str, list[CellValue]], values: dict[str, object]
    ) -> object:
        day = _first(given.get(f"{its_field.name}_date", []))
        at = _first(given.get(f"{its_field.name}_time", []))
        if _is_empty(day) or (isinstance(day, str) and _NO_DATE.fullmatch(day.strip())):
            return None
        found = self._day(day)
        day_text = found.isoformat()[:10] if isinstance(found, date) else cell_text(found).strip()
        whole_day = self.module is Module.EVENT and _is_true(values.get("all_day"))
        if whole_day or _is_empty(at):
            if self.module is Module.EVENT and _is_empty(values.get("all_day")):
                values["all_day"] = True
            return day_text
        return f"{day_text} {_time_text(at)}"

    def _take_names(self, given: Mapping[str, list[CellValue]], values: dict[str, object]) -> None:
        for whole, last, first in (
            (WHOLE_NAME.name, "last_name", "first_name"),
            (WHOLE_READING.name, "last_name_kana", "first_name_kana"),
        ):
            if whole in given and self._targets[whole].field is None:
                parts = split_name(cell_text(_first(given[whole])))
                for name, part in zip((last, first), parts, strict=True):
                    if not values.get(name):
                        values[name] = part or None

    def _zero_lacks(self, its_field: Field, text: str) -> bool:
        if self.region != "JP":
            return False
        if its_field.type is FieldType.PHONE and _DIGITS.fullmatch(text):
            number = parse(f"0{text}", self.region)
            return number is not None and number.e164.startswith("+")
        return its_field.name.endswith("postal_code") and _SIX_DIGITS.fullmatch(text) is not None

    def _with_zero(self, its_field: Field, text: str) -> str:
        return f"0{text}" if self.leading_zeros and self._zero_lacks(its_field, text) else text


def split_name(text: str) -> tuple[str, str]:
    """Return the last and the first name of a person; a name without a blank is a last name."""
    text = " ".join(text.split())
    last, comma, first = text.partition(", ")
    if comma:
        return last, first
    if is_east_asian(text):
        last, _blank, first = text.partition(" ")
        return last, first
    first, _blank, last = text.rpartition(" ")
    return last, first


def _reference(its_field: Field, given: Mapping[str, list[CellValue]], named: object) -> object:
    """Return what a reference points to: by its id where there is one, else by its name."""
    record_id = cell_text(_first(given.get(f"{its_field.name}_id", []))).strip().lower()
    module = cell_text(_first(given.get(f"{its_field.name}_module", []))).strip().lower()
    target = next((one for one in its_field.targets if one.value == module), None)
    if target is None and not its_field.is_polymorphic:
        target = its_field.targets[0]
    name = cell_text(named) if isinstance(named, str) else ""
    if record_id and is_id(record_id) and target is not None:
        return Ref(target, record_id, name)
    if name and module and its_field.is_polymorphic:
        return f"{module}:{name}"
    return name or record_id or None


def _first(cells: Sequence[CellValue]) -> CellValue:
    return next((cell for cell in cells if not _is_empty(cell)), None)


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_true(cell: object) -> bool:
    return cell is True or (
        isinstance(cell, str) and cell.strip().casefold() in {"true", "yes", "1", "はい", "on"}
    )


def cell_text(cell: object) -> str:
    """Return a cell as a text field has it: numbers without what a spreadsheet adds to them."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case datetime():
            return cell.isoformat(" ", "minutes" if not cell.second else "seconds")
        case date():
            return cell.isoformat()
    return str(cell)


def _duration(cell: CellValue) -> object:
    """Return a duration; a bare number is one of seconds, as exports have it."""
    text = cell_text(cell).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _time_text(cell: CellValue) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%H:%M:%S")
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return cell_text(cell).strip()


def _resolved(naive: datetime, zone: tzinfo) -> datetime:
    """Return a local time as it exists: one that is skipped moves forward, the first of two is taken."""
    return naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
