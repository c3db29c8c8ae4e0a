"""Reminders of activities."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.ids import new_id
from crm_tui.store.models.activities import reminders

PENDING = "pending"


class ReminderRepository:
    """Statements on reminders."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def replace(self, activity_id: str, user_id: str | None, due_at: datetime | None) -> None:
        """Make ``due_at`` the one reminder of an activity; None for no reminder."""
        await self._connection.execute(delete(reminders).where(reminders.c.activity_id == activity_id))
        if due_at is not None and user_id is not None:
            await self.add([(activity_id, user_id, due_at)])

    async def add(self, new: Sequence[tuple[str, str, datetime]]) -> None:
        """Add reminders of activities that have none: activity, user and moment of each."""
        rows = [
            {
                "id": new_id(),
                "activity_id": activity_id,
                "user_id": user_id,
                "due_at": due_at,
                "state": PENDING,
            }
            for activity_id, user_id, due_at in new
        ]
        if rows:
            await self._connection.execute(insert(reminders), rows)
