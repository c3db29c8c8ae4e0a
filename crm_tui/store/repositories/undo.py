"""What can be undone: the changes that each user made lately, the latest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.store.images import Operation
from crm_tui.store.models import TABLES
from crm_tui.store.models.journal import undo_steps

CHANGES_KEPT = 50
"""Changes that each user can take back, one after the other."""

TIME_KEPT = timedelta(days=7)
"""How long a change can be taken back."""


PRUNED_EVERY = 8
"""Of how many transactions, whoever makes them, one also forgets what is too old."""

_RECORDS = frozenset(table.name for table in TABLES.values())

BULK = "bulk"
"""Kind of a change that was made record by record, so that it can be taken back in parts."""


@dataclass(frozen=True, slots=True)
class NewStep:
    """What a transaction is called that can be undone.

    Attributes:
        label: English text with places for ``params``; translated when it is shown.
        group: What the transactions of one bulk action share.
        kind: What guards know the change by.
    """

    label: str
    params: Mapping[str, str | int]
    group: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change that can be undone: one transaction, or all of a bulk action.

    Attributes:
        at: When its last transaction was; UTC.
        number: Records that it changed; links where it changed no record.
        steps: Ids of its transactions, the latest first.
    """

    group_id: str
    at: datetime
    label: str
    params: Mapping[str, str | int]
    kind: str
    number: int
    steps: tuple[int, ...]


class UndoRepository:
    """Statements on what can be undone."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, user_id: str, at: datetime, step: NewStep, operations: Sequence[Operation]) -> None:
        """Put a transaction on top of what a user can undo; forget what is too old."""
        if not operations:
            return
        added = await self._connection.execute(
            insert(undo_steps).values(
                user_id=user_id,
                group_id=step.group or new_id(),
                at=at,
                kind=step.kind or (BULK if step.group else ""),
                label=step.label,
                params=dict(step.params),
                operations=[operation.to_json() for operation in operations],
                number=sum(operation.table in _RECORDS for operation in operations) or len(operations),
            )
        )
        if added.inserted_primary_key and added.inserted_primary_key[0] % PRUNED_EVERY == 0:
            await self._prune(user_id, at)

    async def latest(self, user_id: str) -> StoredChange | None:
        """Return the last change of a user that wasn't undone yet."""
        mine = undo_steps.c.user_id == user_id
        last = select(func.max(undo_steps.c.id)).where(mine).scalar_subquery()
        group = select(undo_steps.c.group_id).where(undo_steps.c.id == last).scalar_subquery()
        columns = [c for c in undo_steps.c if c.name != "operations"]
        rows = (
            await self._connection.execute(
                select(*columns).where(mine, undo_steps.c.group_id == group).order_by(undo_steps.c.id.desc())
            )
        ).all()
        if not rows:
            return None
        top = rows[0]
        number, steps = sum(row.number for row in rows), tuple(row.id for row in rows)
        return StoredChange(top.group_id, top.at, top.label, top.params, top.kind, number, steps)

    async def operations(self, user_id: str, step_id: int) -> list[Operation]:
        """Return what a transaction did; nothing if it is gone already."""
        mine = (undo_steps.c.user_id == user_id) & (undo_steps.c.id == step_id)
        stored: Any = await self._connection.scalar(select(undo_steps.c.operations).where(mine))
        return [Operation(*operation) for operation in stored or ()]

    async def take(self, user_id: str, step_id: int) -> list[Operation] | None:
        """Take a transaction off and return what it did; None if it is gone already."""
        operations = await self.operations(user_id, step_id)
        mine = (undo_steps.c.user_id == user_id) & (undo_steps.c.id == step_id)
        taken = await self._connection.execute(delete(undo_steps).where(mine))
        return operations if taken.rowcount else None

    async def _prune(self, user_id: str, at: datetime) -> None:
        mine = undo_steps.c.user_id == user_id
        last = func.max(undo_steps.c.id)
        too_many = (
            select(undo_steps.c.group_id)
            .where(mine)
            .group_by(undo_steps.c.group_id)
            .order_by(last.desc())
            .offset(CHANGES_KEPT)
        )
        too_old = undo_steps.c.at < at - TIME_KEPT
        await self._connection.execute(
            delete(undo_steps).where(mine, or_(undo_steps.c.group_id.in_(too_many), too_old))
        )
