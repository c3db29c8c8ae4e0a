"""Statements on the links between items elsewhere and records here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.domain.records import Ref
from crm_tui.store.models.records import campaigns
from crm_tui.store.models.synchronisation import sync_links
from crm_tui.store.repositories.chunks import chunks
from crm_tui.store.repositories.scope import readable_by

LINKED: Final = "linked"
UNLINKED: Final = "unlinked"
"""The item is gone at its source, or no longer of the category; the record stays."""

_COLUMNS: Final = tuple(
    column.name for column in sync_links.c if column.name.endswith("_id") and column.foreign_keys
)


@dataclass(frozen=True, slots=True)
class SyncLink:
    """Which record an item is.

    Attributes:
        state: `LINKED` or `UNLINKED`.
        synced: What the item said when it was last taken over, by field, as JSON.
    """

    id: str
    what: str
    remote_id: str
    record_id: str
    state: str
    etag: str
    synced: Mapping[str, Any]


def column_of(module: Module) -> str:
    """Return the column of a link that points to records of a module."""
    return "activity_id" if module in ACTIVITIES else f"{module.value}_id"


class SyncLinkRepository:
    """The links of one source."""

    def __init__(self, connection: AsyncConnection, source: str) -> None:
        self._connection = connection
        self._source = source

    async def find(self, what: str, remote_ids: Collection[str]) -> dict[str, SyncLink]:
        """Return the links of items of one kind, by remote id."""
        found: dict[str, SyncLink] = {}
        for some in chunks(remote_ids):
            statement = select(sync_links).where(
                sync_links.c.source == self._source,
                sync_links.c.what == what,
                sync_links.c.remote_id.in_(some),
            )
            for row in await self._connection.execute(statement):
                found[row.remote_id] = _link(row)
        return found

    async def linked(self, what: str, module: Module, record_ids: Collection[str]) -> dict[str, SyncLink]:
        """Return the link of each record that is an item which is followed, by its id; the oldest."""
        found: dict[str, SyncLink] = {}
        column = sync_links.c[column_of(module)]
        for some in chunks(record_ids):
            statement = select(sync_links).where(
                sync_links.c.source == self._source,
                sync_links.c.what == what,
                sync_links.c.state == LINKED,
                column.in_(some),
            )
            for row in await self._connection.execute(statement.order_by(sync_links.c.id)):
                link = _link(row)
                found.setdefault(link.record_id, link)
        return found

    async def unseen(self, what: str, since: datetime) -> list[str]:
        """Return the remote ids of linked items that were last seen before a moment."""
        statement = select(sync_links.c.remote_id).where(
            sync_links.c.source == self._source,
            sync_links.c.what == what,
            sync_links.c.state == LINKED,
            sync_links.c.seen_at < since,
        )
        return list(await self._connection.scalars(statement.order_by(sync_links.c.id)))

    async def campaigns(self, actor: Actor, but: Collection[str]) -> list[tuple[str, str]]:
        """Return remote id and name of campaigns that the actor may see, without those of some statuses."""
        statement = (
            select(sync_links.c.remote_id, campaigns.c.display_name)
            .join_from(sync_links, campaigns, sync_links.c.campaign_id == campaigns.c.id)
            .where(
                sync_links.c.source == self._source,
                sync_links.c.what == Module.CAMPAIGN.value,
                sync_links.c.state != UNLINKED,
                campaigns.c.status.not_in(list(but)),
                readable_by(actor, Module.CAMPAIGN, campaigns),
            )
            .order_by(sync_links.c.id)
        )
        return [(row[0], row[1]) for row in await self._connection.execute(statement)]

    async def kinds(self, remote_ids: Collection[str]) -> dict[str, str]:
        """Return what items of any kind are, by remote id; ids must be unique beyond their kind."""
        found: dict[str, str] = {}
        for some in chunks(remote_ids):
            statement = select(sync_links.c.remote_id, sync_links.c.what).where(
                sync_links.c.source == self._source, sync_links.c.remote_id.in_(some)
            )
            found.update({row.remote_id: row.what for row in await self._connection.execute(statement)})
        return found

    async def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add links; each row has an id, what, remote_id, the column of its record and seen_at at least."""
        if rows:
            given = {"source": self._source, "state": LINKED, "etag": "", "synced": {}, "raw": {}}
            empty = dict.fromkeys(_COLUMNS)
            await self._connection.execute(insert(sync_links), [{**given, **empty, **row} for row in rows])

    async def change(self, link_id: str, **columns: Any) -> None:
        """Change a link."""
        await self._connection.execute(update(sync_links).where(sync_links.c.id == link_id).values(**columns))

    async def seen(self, link_ids: Collection[str], at: datetime) -> None:
        """Say that items are still there."""
        for some in chunks(link_ids):
            await self._connection.execute(
                update(sync_links).where(sync_links.c.id.in_(some)).values(seen_at=at)
            )


def linked_to(ref: Ref) -> dict[str, str]:
    """Return the column of a link to a record, with its id."""
    return {column_of(ref.module): ref.id}


def _link(row: Any) -> SyncLink:
    values = row._mapping
    record = next((values[name] for name in _COLUMNS if values[name] is not None), "")
    return SyncLink(row.id, row.what, row.remote_id, record, row.state, row.etag, row.synced)
