"""Keyset pages in SQL: continue after a row by its sort value and id, never by OFFSET."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, tuple_

from crm_tui.domain.paging import Page, PageRequest, Position, Seek
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.store.models.types import Id

SORT_LABEL = "sort_value"
"""Label of the sort value in a list statement; the id is labelled ``id``."""


def paged(
    statement: Select[Any],
    sort: ColumnElement[Any],
    record_id: ColumnElement[str],
    request: PageRequest,
    *,
    descending: bool,
) -> Select[Any]:
    """Return ``statement`` restricted to one page, one row more than asked to see whether it ends.

    Args:
        sort: The expression the list is sorted by, never NULL.
        record_id: The id that breaks ties, in the direction of the sort.
        request: Which page.
        descending: Direction of the list.
    """
    backwards = request.seek in (Seek.LAST, Seek.BEFORE)
    down = descending != backwards
    if request.seek in (Seek.AFTER, Seek.BEFORE, Seek.FROM):
        statement = statement.where(_beyond(sort, record_id, request, down))
    order = (sort.desc(), record_id.desc()) if down else (sort.asc(), record_id.asc())
    return statement.order_by(*order).limit(request.limit + 1)


def to_page(rows: Sequence[Any], request: PageRequest) -> Page[Any]:
    """Turn the rows of a `paged` statement into a page in list order."""
    more = len(rows) > request.limit
    kept = list(rows[: request.limit])
    if request.seek in (Seek.LAST, Seek.BEFORE):
        kept.reverse()
        return Page(kept, at_start=not more, at_end=request.seek is Seek.LAST)
    return Page(kept, at_start=request.seek is Seek.FIRST, at_end=not more)


def position_of(sort_value: object, record_id: str) -> Position:
    """Return where a row stands, as plain values that fit into JSON."""
    return (_plain(sort_value), record_id)


def _plain(value: object) -> str | int | float | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)


def not_beyond(
    sort: ColumnElement[Any], record_id: ColumnElement[str], position: Position, *, down: bool
) -> ColumnElement[bool]:
    """Return the condition that leaves the rows up to ``position`` and the one that stands there.

    Args:
        down: The rows are read in descending order.
    """
    here = tuple_(sort, record_id)
    there = tuple_(literal(_typed(position[0], sort), sort.type), literal(position[1], Id()))
    return here >= there if down else here <= there


def _beyond(
    sort: ColumnElement[Any], record_id: ColumnElement[str], request: PageRequest, down: bool
) -> ColumnElement[bool]:
    if request.position is None or not request.position:
        raise Invalid(_("The list can't be continued from there."), _("Open the list again."))
    value = literal(_typed(request.position[0], sort), sort.type)
    if len(request.position) == 1:
        return sort <= value if down else sort >= value
    here = tuple_(sort, record_id)
    there = tuple_(value, literal(request.position[1], Id()))
    if request.seek is Seek.FROM:
        return here <= there if down else here >= there
    return here < there if down else here > there


def _typed(value: str | int | float | None, sort: ColumnElement[Any]) -> Any:
    kind = sort.type.python_type
    try:
        if kind is datetime:
            return datetime.fromisoformat(str(value))
        if kind is date:
            return date.fromisoformat(str(value))
        if kind is Decimal:
            return Decimal(str(value))
        return kind(value)
    except (ValueError, ArithmeticError, TypeError) as error:
        raise Invalid(_("The list can't be continued from there."), _("Open the list again.")) from error
