"""When an activity was put to another time, by whom, and from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from crm_tui.domain.actor import Actor
from crm_tui.domain.history import changes_of
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref
from crm_tui.domain.schema import FIELDS
from crm_tui.policies.records import can_view
from crm_tui.services.activity_records import RESCHEDULE
from crm_tui.services.core import Core
from crm_tui.services.references import find_ref
from crm_tui.store.repositories.audit import AuditRepository

MOST = 200
"""Lines of the audit trail that are looked through."""

TIME_OF: Mapping[Module, str] = {
    Module.CALL: "starts_at",
    Module.TASK: "due_date",
    Module.EVENT: "starts_at",
}
"""The field that says when an activity is."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change of the time of an activity.

    Attributes:
        at: When it was made; UTC.
        who: What the user is called.
        old: The time before: a moment in UTC, or a day.
        new: The time since.
    """

    at: datetime
    who: str
    old: date
    new: date


class MoveService:
    """Reads the moves of activities off the audit trail."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def of(self, actor: Actor, activity: Ref) -> tuple[Move, ...]:
        """Return how often an activity was moved, the latest move first.

        Raises:
            NotFound: There is none, or the actor may not see it.
        """
        await self._core.require(
            actor, can_view(actor, activity.module), "view", activity.module, activity.id
        )
        await find_ref(self._core, actor, activity.module, activity.id)
        fields = {field.name: field for field in FIELDS[activity.module]}
        name, moves = TIME_OF[activity.module], []
        async with self._core.store.read() as connection:
            trail = AuditRepository(connection)
            rows = await trail.rows(record_id=activity.id, limit=MOST)
            people = await trail.people(rows)
        for row in rows:
            if row.action not in (RESCHEDULE, "edit") or name not in row.changes:
                continue
            (change,) = changes_of({name: row.changes[name]}, fields)
            if isinstance(change.old, date) and isinstance(change.new, date):
                who = people.get(row.user_id or "", row.user_name)
                moves.append(Move(row.at, who, change.old, change.new))
        return tuple(moves)
