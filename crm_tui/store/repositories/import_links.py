"""Links between records and their sources, as imports add them and as undoing takes them away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.store.models.synchronisation import sync_links

_TARGETS: Final = tuple(column.name for column in sync_links.c if column.foreign_keys)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that is to be added.

    Attributes:
        source: As `sync_links` holds it.
        what: The kind of item there.
        column: The column of ``record_id``.
    """

    id: str
    source: str
    what: str
    remote_id: str
    column: str
    record_id: str


class ImportLinkRepository:
    """Statements on links."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, links: Sequence[NewLink], at: datetime) -> frozenset[str]:
        """Add links and return their ids; each takes the place of an older one of the same item.

        An item that is another record already, which only isn't in the actor's sight, stays that: nobody
        draws to their own records what others take over.
        """
        last = {(link.source, link.what, link.remote_id): link for link in links}
        for source, what in {key[:2] for key in last}:
            some = [link for key, link in last.items() if key[:2] == (source, what)]
            of_these = (
                sync_links.c.source == source,
                sync_links.c.what == what,
                sync_links.c.remote_id.in_([link.remote_id for link in some]),
            )
            column = sync_links.c[some[0].column]
            table = next(iter(column.foreign_keys)).column.table
            living = select(sync_links.c.remote_id).join(table, column == table.c.id)
            for remote_id in await self._connection.scalars(
                living.where(*of_these, table.c.deleted_at.is_(None))
            ):
                del last[source, what, remote_id]
            kept = sync_links.c.remote_id.in_([key[2] for key in last if key[:2] == (source, what)])
            await self._connection.execute(delete(sync_links).where(*of_these, kept))
        if last:
            await self._connection.execute(
                insert(sync_links),
                [
                    {
                        "id": link.id,
                        "source": link.source,
                        "what": link.what,
                        "remote_id": link.remote_id,
                        **dict.fromkeys(_TARGETS),
                        link.column: link.record_id,
                        "seen_at": at,
                    }
                    for link in last.values()
                ],
            )
        return frozenset(link.id for link in last.values())

    async def remove(self, link_ids: Collection[str]) -> None:
        """Take links away."""
        await self._connection.execute(delete(sync_links).where(sync_links.c.id.in_(list(link_ids))))
