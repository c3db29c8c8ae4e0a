"""Reminders of activities: one per activity, for its owner."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.ids import new_id
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.domain.reminders import Reminder, ReminderState
from crm_tui.store.models.activities import activities, reminders
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.scope import owner_in_scope

NewReminder = tuple[str, str, datetime]
"""Activity, user and moment of a reminder."""

_FIELDS = ("subject", "kind", "status", "who", "related_to", "phone", "due_at", "starts_at")
_UNDEALT = (ReminderState.PENDING.value, ReminderState.FIRED.value)


class ReminderRepository:
    """Statements on reminders."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def plan(self, activity_id: str, user_id: str | None, planned_at: datetime | None) -> set[str]:
        """Let an activity remind one user at one moment; None for no reminder.

        What was planned so already stays as it is, shown, put off or dismissed.

        Returns:
            Ids of the users whose reminders may be others now.
        """
        found = await self._connection.execute(
            select(reminders.c.id, reminders.c.user_id, reminders.c.planned_at).where(
                reminders.c.activity_id == activity_id
            )
        )
        rows = found.all()
        users = {str(row.user_id) for row in rows}
        wanted = None if user_id is None or planned_at is None else (user_id, planned_at)
        outdated = [row.id for row in rows if (row.user_id, row.planned_at) != wanted]
        if outdated:
            await self._connection.execute(delete(reminders).where(reminders.c.id.in_(outdated)))
        if wanted is not None and len(outdated) == len(rows):
            await self.add([(activity_id, *wanted)])
        return users if wanted is None else users | {wanted[0]}

    async def add(self, new: Sequence[NewReminder]) -> None:
        """Add reminders of activities that have none."""
        rows = [
            {
                "id": new_id(),
                "activity_id": activity_id,
                "user_id": user_id,
                "planned_at": planned_at,
                "due_at": planned_at,
                "state": ReminderState.PENDING.value,
            }
            for activity_id, user_id, planned_at in new
        ]
        if rows:
            await self._connection.execute(insert(reminders), rows)

    async def due(self, actor: Actor, at: datetime, limit: int) -> list[Reminder]:
        """Return what the actor has to be reminded of by ``at``; the newest where there are too many."""
        # One that was shown stays, also when somebody sets the clock back.
        shown = reminders.c.state == ReminderState.FIRED.value
        late = and_(reminders.c.state == ReminderState.PENDING.value, reminders.c.due_at <= at)
        return await self._read(actor, or_(shown, late), limit=limit)

    async def next_at(self, actor: Actor, after: datetime) -> datetime | None:
        """Return when the actor's next reminder is due."""
        earliest: datetime | None = await self._connection.scalar(
            select(reminders.c.due_at)
            .join(activities, activities.c.id == reminders.c.activity_id)
            .where(
                *_of_open_activities(actor),
                reminders.c.state == ReminderState.PENDING.value,
                reminders.c.due_at > after,
            )
            .order_by(reminders.c.due_at)
            .limit(1)
        )
        return earliest

    async def find(self, actor: Actor, reminder_id: str) -> Reminder | None:
        """Return an undealt reminder of the actor by its own id or that of its activity."""
        named = or_(reminders.c.id == reminder_id, reminders.c.activity_id == reminder_id)
        found = await self._read(actor, named, reminders.c.state.in_(_UNDEALT), limit=1)
        return found[0] if found else None

    async def claim(self, ids: Collection[str], at: datetime) -> frozenset[str]:
        """Say that the reminders are shown now; return those that nobody has shown before."""
        claimed = await self._connection.execute(
            update(reminders)
            .where(
                reminders.c.id.in_(ids),
                reminders.c.state == ReminderState.PENDING.value,
                reminders.c.due_at <= at,
            )
            .values(state=ReminderState.FIRED.value, fired_at=at)
            .returning(reminders.c.id)
        )
        return frozenset(claimed.scalars())

    async def put_off(self, reminder_id: str, until: datetime) -> bool:
        """Let a reminder come again at ``until``; return whether it was still undealt."""
        values = {"due_at": until, "state": ReminderState.PENDING.value, "fired_at": None}
        return await self._change(reminder_id, values)

    async def dismiss(self, reminder_id: str) -> bool:
        """Let a reminder never come again; return whether it was still undealt."""
        return await self._change(reminder_id, {"state": ReminderState.DISMISSED.value})

    async def _change(self, reminder_id: str, values: dict[str, Any]) -> bool:
        changed = await self._connection.execute(
            update(reminders)
            .where(reminders.c.id == reminder_id, reminders.c.state.in_(_UNDEALT))
            .values(**values)
        )
        return changed.rowcount == 1

    async def _read(self, actor: Actor, *where: ColumnElement[bool], limit: int) -> list[Reminder]:
        fields = FieldMap(Module.CALL)
        columns = fields.selected(_FIELDS)
        own = [
            *(reminders.c[name] for name in ("id", "activity_id", "due_at", "state", "fired_at")),
            *(activities.c[name] for name in ("due_date", "ends_at", "all_day")),
        ]
        source = fields.source(actor).join(reminders, reminders.c.activity_id == activities.c.id)
        rows = await self._connection.execute(
            select(*own, *columns)
            .select_from(source)
            .where(*_of_open_activities(actor), *where)
            .order_by(
                case((reminders.c.state == ReminderState.PENDING.value, 0), else_=1),
                reminders.c.fired_at.desc(),
                reminders.c.due_at,
                reminders.c.id,
            )
            .limit(limit)
        )
        return [_reminder(row, fields) for row in rows]


def _of_open_activities(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions on a reminder of the actor, whose activity is still theirs to be done."""
    return [
        reminders.c.user_id == actor.id,
        activities.c.deleted_at.is_(None),
        owner_in_scope(actor, Module.CALL, activities.c.owner_id),
        activities.c.owner_id == actor.id,
        *FieldMap(Module.CALL).still_open(),
    ]


def _reminder(row: Row[Any], fields: FieldMap) -> Reminder:
    values = fields.read(row, _FIELDS)
    at, who, related = values["due_at"], values["who"], values["related_to"]
    return Reminder(
        id=row.id,
        activity=Ref(Module(str(values["kind"])), row.activity_id, str(values["subject"] or "")),
        due_at=row.due_at,
        activity_at=at if isinstance(at, datetime) else None,
        day=_day(values["starts_at"]) or row.due_date,
        ends_at=row.ends_at.date() if row.all_day and row.ends_at else row.ends_at,
        status=str(values["status"] or ""),
        who=who if isinstance(who, Ref) else None,
        related_to=related if isinstance(related, Ref) else None,
        phone=str(values["phone"] or ""),
        is_pending=row.state == ReminderState.PENDING.value,
        shown_at=row.fired_at,
    )


def _day(value: Value) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
