"""Calls with their clock marks, and the one running call of an agent."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.call import Call, CallStatus
from crm_tui.domain.modules import Module
from crm_tui.domain.records import Ref, Value
from crm_tui.store.models.activities import activities
from crm_tui.store.repositories.fieldmap import FieldMap
from crm_tui.store.repositories.scope import owner_in_scope, readable_by

_FIELDS = (
    "subject",
    "type",
    "purpose",
    "result",
    "status",
    "who",
    "related_to",
    "owner",
    "phone",
    "starts_at",
    "duration_seconds",
    "wrap_up_seconds",
    "description",
    "reminder",
    "due_at",
)
_COLUMNS = ("stopped_at", "started_mark", "stopped_mark", "completed_at", "source_campaign_id")


class CallRepository:
    """Statements on calls as `Call`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, actor: Actor, call_id: str) -> Call | None:
        """Return a call that the actor may see."""
        found = await self._calls(
            readable_by(actor, Module.CALL, activities), activities.c.id == call_id, limit=1
        )
        return found[0] if found else None

    async def any(self, call_id: str, actor: Actor | None = None) -> Call | None:
        """Return a call whoever may see it; links out of the sight of ``actor`` read as none."""
        living = activities.c.deleted_at.is_(None)
        found = await self._calls(living, activities.c.id == call_id, limit=1, actor=actor)
        return found[0] if found else None

    async def running(self, user_id: str) -> Call | None:
        """Return the call of a user that runs or waits to be saved."""
        found = await self._calls(
            activities.c.owner_id == user_id,
            activities.c.status == CallStatus.IN_PROGRESS.value,
            activities.c.deleted_at.is_(None),
            limit=1,
        )
        return found[0] if found else None

    async def in_progress(self, actor: Actor, limit: int) -> list[Call]:
        """Return the calls of all agents that run or wait to be saved; links out of sight read as none."""
        # By the index of running calls, whose condition stands here word for word; in the order of a list
        # a store would rather look through all calls.
        running = select(activities.c.id).where(
            activities.c.kind == literal_column("'call'"),
            activities.c.status == literal_column("'in_progress'"),
            activities.c.deleted_at.is_(None),
            owner_in_scope(actor, Module.CALL, activities.c.owner_id),
        )
        ids = list(await self._connection.scalars(running.limit(limit)))
        return await self._calls(activities.c.id.in_(ids), limit=limit, actor=actor) if ids else []

    async def recent(self, actor: Actor, who: Ref, limit: int) -> list[Call]:
        """Return the last completed calls with a lead or contact; links out of sight read as none."""
        return await self._calls(
            readable_by(actor, Module.CALL, activities),
            activities.c[f"{who.module.value}_id"] == who.id,
            activities.c.is_closed == true(),
            activities.c.status == CallStatus.COMPLETED.value,
            limit=limit,
            actor=actor,
        )

    async def change(self, call: Call, columns: Mapping[str, Any]) -> bool:
        """Change a call if nobody did since it was read; return whether it was changed."""
        result = await self._connection.execute(
            update(activities)
            .where(activities.c.id == call.id, activities.c.version == call.version)
            .where(activities.c.deleted_at.is_(None))
            .values(**columns, version=activities.c.version + 1)
        )
        return result.rowcount == 1

    async def set_number(self, call_id: str, number: str) -> None:
        """Write the number that a call goes to."""
        await self._connection.execute(
            update(activities).where(activities.c.id == call_id).values(phone=number)
        )

    async def _calls(self, *where: ColumnElement[bool], limit: int, actor: Actor | None = None) -> list[Call]:
        fields = FieldMap(Module.CALL)
        columns = fields.selected(_FIELDS)
        own = [activities.c.id, activities.c.version, *(activities.c[name] for name in _COLUMNS)]
        statement = (
            select(*own, *columns)
            .select_from(fields.source(actor))
            .where(activities.c.kind == Module.CALL.value, *where)
            .order_by(activities.c.sort_at.desc(), activities.c.id.desc())
            .limit(limit)
        )
        rows = await self._connection.execute(statement)
        return [_call(row, fields.read(row, _FIELDS)) for row in rows]


def _call(row: Any, values: Mapping[str, Value]) -> Call:
    owner = values["owner"]
    return Call(
        id=row.id,
        version=row.version,
        status=CallStatus(str(values["status"])),
        type=_text(values["type"]),
        subject=_text(values["subject"]),
        purpose=_text(values["purpose"]),
        result=_text(values["result"]),
        phone=_text(values["phone"]),
        description=_text(values["description"]),
        reminder=_text(values["reminder"]),
        who=_ref(values["who"]),
        related_to=_ref(values["related_to"]),
        owner=owner if isinstance(owner, Ref) else Ref(Module.USER, "", ""),
        starts_at=values["starts_at"],  # type: ignore[arg-type]
        stopped_at=row.stopped_at,
        duration_seconds=values["duration_seconds"],  # type: ignore[arg-type]
        wrap_up_seconds=values["wrap_up_seconds"],  # type: ignore[arg-type]
        due_at=values["due_at"],  # type: ignore[arg-type]
        started_mark=row.started_mark,
        stopped_mark=row.stopped_mark,
        completed_at=row.completed_at,
        campaign_id=row.source_campaign_id,
    )


def _ref(value: Value) -> Ref | None:
    return value if isinstance(value, Ref) else None


def _text(value: Value) -> str:
    return str(value or "")
