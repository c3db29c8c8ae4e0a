"""Lists that no index answers: searched piece by piece, so that it can be told how far it is and be ended.

In the order of the list where an index has it: the search ends with the last row of the page. Where none
has it, everything has to be looked at before the first row is known.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.paging import PageRequest, Seek
from crm_tui.domain.queries import Count
from crm_tui.store.keyset import SORT_LABEL, not_beyond, paged, position_of

Report = Callable[[int, int], None]
"""Hears how many of how many records were looked at."""

PIECE = 10_000
"""Records that one statement looks at: some ten milliseconds."""

SEARCHED_FROM = 20_000
"""Up to so many records a list is read in one statement, whatever it asks for."""

PIECES_IN_ORDER = 8
"""Pieces that are tried in the order of the list. Where so many hold no page, few records fit: then it is
faster to look at all of them in the order in which they are stored, and to sort what was found."""

MOST_FOUND = 10_000
"""Records found that are put in order by their ids; more are put in order by searching once more."""


class Scan:
    """A search through all records of a table. It ends, whatever others add meanwhile.

    Args:
        base: Which records the agent may see and an index finds; the search goes through these.
        report: Hears how far it is.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        table: Table,
        base: Sequence[ColumnElement[bool]],
        report: Report,
    ) -> None:
        self._connection = connection
        self._table = table
        self._base = tuple(base)
        self._report = report

    @staticmethod
    async def is_worth_it(
        connection: AsyncConnection, table: Table, base: Sequence[ColumnElement[bool]]
    ) -> bool:
        """Return whether so many records are to be looked at that one statement would take long."""
        some = select(table.c.id).where(*base).limit(SEARCHED_FROM + 1).subquery()
        return (await connection.scalar(select(func.count()).select_from(some)) or 0) > SEARCHED_FROM

    async def in_order(
        self,
        statement: Select[Any],
        sort: ColumnElement[Any],
        request: PageRequest,
        *,
        descending: bool,
        patient: bool,
    ) -> Sequence[Any] | None:
        """Return the rows of one page and one more, walking along the order of the list.

        Args:
            statement: The list without its order.
            sort: What it is sorted by; an index has it.
            request: Which page.
            patient: Go on to the end; else give up after some pieces and return None.
        """
        backwards = request.seek in (Seek.LAST, Seek.BEFORE)
        total, seen, rows = 0, 0, list[Any]()
        going = request
        while True:
            edge = await self._edge(sort, going, descending=descending)
            piece = statement
            if edge is not None:
                down = descending != backwards
                piece = statement.where(not_beyond(sort, self._table.c.id, edge, down=down))
            wanted = PageRequest(going.seek, going.position, request.limit - len(rows))
            found = paged(piece, sort, self._table.c.id, wanted, descending=descending)
            rows += (await self._connection.execute(found)).all()
            seen += PIECE
            if edge is None or len(rows) > request.limit:
                return rows
            # Only a search that goes on needs to know how long it will take.
            total = total or await self._total()
            if seen > total + PIECE:
                return rows
            if not patient and seen >= PIECES_IN_ORDER * PIECE:
                return None
            self._report(min(seen, total), total)
            going = PageRequest(Seek.BEFORE if backwards else Seek.AFTER, edge, request.limit)

    async def ids(self, filters: Sequence[ColumnElement[bool]], source: Any) -> list[str] | None:
        """Return the ids of all records that fit, None if they are too many to be put in order so."""
        found: list[str] = []
        async for piece in self._pieces():
            fits = select(self._table.c.id).select_from(source).where(*filters, *piece)
            found += await self._connection.scalars(fits.limit(MOST_FOUND + 1))
            if len(found) > MOST_FOUND:
                return None
        return found

    async def count(self, filters: Sequence[ColumnElement[bool]], source: Any, cap: int) -> Count:
        """Count the records that fit, no further than ``cap``."""
        number = 0
        async for piece in self._pieces():
            some = select(self._table.c.id).select_from(source).where(*filters, *piece)
            some = some.limit(cap + 1 - number)
            number += await self._connection.scalar(select(func.count()).select_from(some.subquery())) or 0
            if number > cap:
                return Count(cap, True)
        return Count(number)

    async def _pieces(self) -> AsyncIterator[list[ColumnElement[bool]]]:
        """Yield the conditions that leave one piece after the other, in the order of the ids."""
        key, seen, total = self._table.c.id, 0, await self._total()
        beyond: list[ColumnElement[bool]] = []
        while True:
            next_edge = select(key).where(*beyond).order_by(key).offset(PIECE - 1).limit(1)
            edge = await self._connection.scalar(next_edge)
            yield beyond if edge is None else [*beyond, key <= edge]
            seen += PIECE
            self._report(min(seen, total), total)
            if edge is None or seen > total + PIECE:
                return
            beyond = [key > edge]

    async def _edge(self, sort: ColumnElement[Any], request: PageRequest, *, descending: bool) -> Any:
        """Return where the next piece ends, None if nothing comes after it."""
        key = self._table.c.id
        walk = select(sort.label(SORT_LABEL), key).where(*self._base)
        one = PageRequest(request.seek, request.position, 0)
        walk = paged(walk, sort, key, one, descending=descending).offset(PIECE - 1)
        row = (await self._connection.execute(walk)).first()
        return None if row is None else position_of(row._mapping[SORT_LABEL], row.id)

    async def _total(self) -> int:
        statement = select(func.count()).select_from(self._table).where(*self._base)
        return await self._connection.scalar(statement) or 0
