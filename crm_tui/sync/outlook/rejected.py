"""Items that could not be taken in, as rows that a file of Outlook could have; mended, they come in."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Final

from crm_tui.domain.imports.batches import CellValue
from crm_tui.domain.outlook.fields import ATTENDEES, FIELDS, NO_FIELD, OutlookField
from crm_tui.domain.outlook.items import ItemKind, OutlookItem

_TIMES: Final = ("starts_at", "ends_at")


def headings_of(kinds: Sequence[ItemKind]) -> tuple[str, ...]:
    """Return the headings of rows of some kinds; what several have stands once."""
    found = [heading for kind in kinds for one in _fields(kind) for heading in _headings(one)]
    return tuple(dict.fromkeys(found))


def as_cells(item: OutlookItem, zone: tzinfo, headings: Sequence[str]) -> tuple[CellValue, ...]:
    """Return an item as a row under some headings.

    Args:
        zone: Of days and times.
    """
    cells: dict[str, CellValue] = {}
    for one in _fields(item.kind):
        cells.update(zip(_headings(one), _cells(item, one, zone), strict=False))
    return tuple(cells.get(heading, "") for heading in headings)


def _fields(kind: ItemKind) -> list[OutlookField]:
    return [one for one in FIELDS[kind] if one.name != NO_FIELD]


def _headings(one: OutlookField) -> tuple[str, ...]:
    return one.english if one.name in _TIMES else one.english[:1]


def _cells(item: OutlookItem, one: OutlookField, zone: tzinfo) -> tuple[CellValue, ...]:
    if one.name == ATTENDEES:
        return ("; ".join(each.address or each.name for each in item.attendees or ()),)
    value = item.values.get(one.name)
    if one.name in _TIMES and isinstance(value, datetime):
        local = _local(value, zone)
        return (f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}")
    if isinstance(value, date):
        return (value.isoformat(), "")
    return (value if isinstance(value, str | bool) else "",)


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment
