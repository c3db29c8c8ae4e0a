"""What somebody else gave an agent to do: a call scheduled for them, a task that is theirs now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import ACTIVITIES, Area, Module
from crm_tui.domain.records import Record
from crm_tui.policies.records import can_view
from crm_tui.services.activity_records import CLOSED_STATUSES
from crm_tui.services.core import Core
from crm_tui.store.repositories.audit import AuditRepository, AuditRow
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection

LOOKED_AT = 3
"""Lines of the audit trail among which the handover is looked for; it was only just written."""

MOST = 30
"""Activities of one announcement that are looked at."""


@dataclass(frozen=True, slots=True)
class Handover:
    """An activity that somebody else made the agent's.

    Attributes:
        activity: As it is now.
        who: What the user who did so is called.
    """

    activity: Record
    who: str


class HandoverService:
    """Tells an agent's consoles what others gave them to do."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def received(self, actor: Actor, changed: Collection[tuple[Module, str]]) -> tuple[Handover, ...]:
        """Return which of the records that were changed just now others made the actor's.

        Args:
            changed: As the store announces it; without the actor's own key nothing was.
        """
        keys = sorted(key for key in changed if key[0] in ACTIVITIES)[:MOST]
        if (Module.USER, actor.id) not in changed or can_view(actor, Area.ACTIVITY) is not True:
            return ()
        async with self._core.store.read() as connection:
            found = [await self._received(connection, actor, module, key) for module, key in keys]
        return tuple(one for one in found if one is not None)

    async def _received(
        self, connection: Connection, actor: Actor, module: Module, activity_id: str
    ) -> Handover | None:
        trail = AuditRepository(connection)
        rows = await trail.rows(record_id=activity_id, limit=LOOKED_AT)
        row = next((row for row in rows if "owner" in row.changes), None)
        if row is None or row.user_id in (None, actor.id) or _new_owner(row) != actor.id:
            return None
        activity = await RecordRepository(connection, module).get(actor, activity_id)
        if activity is None or activity.text("status") in CLOSED_STATUSES:
            return None
        people = await trail.people([row])
        return Handover(activity, people.get(row.user_id or "", row.user_name))


def _new_owner(row: AuditRow) -> str:
    """Return the id of the user whom a line of the audit trail makes the owner."""
    change: Any = row.changes["owner"]
    owner = change[1] if isinstance(change, list) and len(change) == 2 else change
    return str(owner.get("id", "")) if isinstance(owner, Mapping) else ""
