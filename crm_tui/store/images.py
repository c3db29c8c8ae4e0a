"""Rows as JSON, so that a change can be told from another and taken back: on SQLite and PostgreSQL alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Row, Table

from crm_tui.store.models.types import Money, UtcDateTime

Image = Mapping[str, Any]
"""JSON value per column of a row; a custom field stands beside the columns as ``custom/<name>``."""

STAMPS = frozenset({"version", "modified_at", "modified_by_id", "display_name", "sort_name"})
"""Columns that every save sets anew; they say nothing of what was changed."""

CUSTOM = "custom"
_CUSTOM_PREFIX = f"{CUSTOM}/"
_EMPTY: tuple[Any, ...] = (None, "", False, [], {})


@dataclass(frozen=True, slots=True)
class Operation:
    """What one transaction did to one row.

    Attributes:
        table: Name of the table.
        row_id: Id of the row.
        before: What the changed columns held before; the whole row where it was deleted; None where
            it was added.
        after: What the changed columns held afterwards; what isn't empty where the row was added;
            None where it was deleted.
    """

    table: str
    row_id: str
    before: Image | None
    after: Image | None

    def to_json(self) -> list[Any]:
        """Return what the store keeps."""
        return [self.table, self.row_id, self.before, self.after]


def image_of(row: Row[Any]) -> Image:
    """Return the image of a whole row, without its stamps."""
    image: dict[str, Any] = {}
    for name, value in row._mapping.items():
        if name == CUSTOM:
            image.update({_CUSTOM_PREFIX + key: inner for key, inner in (value or {}).items()})
        elif name not in STAMPS:
            image[name] = _encoded(value)
    return image


def operation_of(table: str, row_id: str, before: Image | None, after: Image | None) -> Operation | None:
    """Return what happened to a row between two images, None where nothing did."""
    if before is None and after is None:
        return None
    if before is None or after is None:
        return Operation(table, row_id, before, None if after is None else filled(after))
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not changed:
        return None
    return Operation(
        table,
        row_id,
        {name: before.get(name) for name in changed},
        {name: after.get(name) for name in changed},
    )


def filled(image: Image) -> Image:
    """Return the part of an image that isn't empty."""
    return {name: value for name, value in image.items() if value not in _EMPTY}


def columns_of_image(table: Table, image: Image, custom: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the columns that write an image into ``table``.

    Args:
        custom: The custom fields the row has, among which those of the image are set.
    """
    columns = {
        name: _decoded(table, name, value)
        for name, value in image.items()
        if not name.startswith(_CUSTOM_PREFIX) and name in table.c
    }
    given = {
        name.removeprefix(_CUSTOM_PREFIX): value
        for name, value in image.items()
        if name.startswith(_CUSTOM_PREFIX)
    }
    if given and CUSTOM in table.c:
        whole = {**(custom or {}), **given}
        columns[CUSTOM] = {name: value for name, value in whole.items() if value is not None}
    return columns


def _encoded(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _decoded(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(kind, Money) else value
