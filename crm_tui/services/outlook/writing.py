"""Writing a chunk of Outlook's items: new records and links at once, changes one by one."""

from collections.abc import Mapping
from typing import Any, Final

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.outlook.items import ItemKind
from crm_tui.domain.records import Record, Ref, Value
from crm_tui.services.bulk import Made, NewRecord, insert_made, make_record
from crm_tui.services.core import Core
from crm_tui.services.outlook.memory import Rules
from crm_tui.store.repositories.sync_links import LINKED, UNLINKED, SyncLink, SyncLinkRepository, linked_to
from crm_tui.store.uow import UnitOfWork

_ORDER: Final = (Module.ACCOUNT, *(kind.module for kind in ItemKind))
"""New records are written behind those that they refer to."""


class OutlookWriting:
    """Writes in the transaction of its caller, who commits after `flush`.

    Args:
        reason: Where records come from, for the audit trail; see `crm_tui.domain.told`.
    """

    def __init__(self, core: Core, uow: UnitOfWork, actor: Actor, rules: Rules, reason: str) -> None:
        self._core = core
        self._uow = uow
        self._actor = actor
        self._rules = rules
        self._reason = reason
        self._links = SyncLinkRepository(uow.connection, rules.source)
        self._new: dict[Module, list[Made]] = {module: [] for module in _ORDER}
        self._waiting: set[str] = set()
        self._new_links: dict[str, dict[str, Any]] = {}
        self._seen: list[str] = []
        self.versions: dict[str, int] = {}

    async def add(self, module: Module, values: Mapping[str, Value]) -> Record:
        """Return a record that is added with the next `flush`."""
        service = self._rules.services[module]
        fields = service.fields()
        made = await make_record(self._uow, service, fields, self._actor, NewRecord(values), new_id())
        self._new[module].append(made)
        self._waiting.add(made.record.id)
        self.versions[made.record.id] = 1
        return made.record

    async def change(self, record: Record, changes: Mapping[str, Value]) -> Record:
        """Change a record.

        Raises:
            Conflict: Somebody else has changed it meanwhile; nothing may be committed.
        """
        if record.id in self._waiting or self._refers(changes):
            await self.flush()
        service = self._rules.services[record.module]
        changed = await service.change(self._uow, self._actor, record, changes, None)
        self.versions[changed.id] = changed.version
        return changed

    def add_link(self, link: SyncLink, record: Ref, raw: Mapping[str, Any]) -> None:
        """Add a link with the next `flush`."""
        self._new_links[link.id] = {
            "id": link.id,
            "what": link.what,
            "remote_id": link.remote_id,
            "seen_at": self._uow.at,
            **_columns(link, record, raw),
        }

    async def change_link(self, link: SyncLink, record: Ref, raw: Mapping[str, Any]) -> None:
        """Make a link say something else."""
        columns = {**_columns(link, record, raw), "seen_at": self._uow.at}
        if link.id in self._new_links:
            self._new_links[link.id].update(columns)
            return
        if record.id in self._waiting:
            await self.flush()
        await self._links.change(link.id, **columns)

    def see(self, link: SyncLink) -> None:
        """Say that the item of a link is still there."""
        if link.id not in self._new_links:
            self._seen.append(link.id)

    async def unlink(self, link: SyncLink) -> None:
        """Say that an item isn't followed any more."""
        if link.id in self._new_links:
            self._new_links[link.id]["state"] = UNLINKED
        else:
            await self._links.change(link.id, state=UNLINKED, seen_at=self._uow.at)

    async def flush(self) -> None:
        """Write what waits."""
        for module in _ORDER:
            made = self._new[module]
            if made:
                await insert_made(self._core, self._uow, self._rules.services[module], made, self._reason)
                made.clear()
        self._waiting.clear()
        await self._links.add(list(self._new_links.values()))
        self._new_links.clear()
        await self._links.seen(self._seen, self._uow.at)
        self._seen.clear()

    def _refers(self, changes: Mapping[str, Value]) -> bool:
        return any(isinstance(value, Ref) and value.id in self._waiting for value in changes.values())


def _columns(link: SyncLink, record: Ref, raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **linked_to(record),
        "state": LINKED,
        "etag": link.etag,
        "synced": dict(link.synced),
        "raw": dict(raw),
    }
