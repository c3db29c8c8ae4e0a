"""Who the agents are, and whose scheduled calls are overdue; both by the row scope of whoever looks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy import literal_column as literally
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import Module
from crm_tui.store.models.activities import activities
from crm_tui.store.models.organisation import teams, users
from crm_tui.store.repositories.reports import computed
from crm_tui.store.repositories.scope import owner_in_scope


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An enabled user."""

    id: str
    name: str
    display_name: str
    team: str


class BoardRepository:
    """Statements of the live board."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def agents(self, actor: Actor) -> list[AgentRow]:
        """Return the enabled users whose calls the actor may see."""
        statement = (
            select(users.c.id, users.c.name, users.c.display_name, func.coalesce(teams.c.name, ""))
            .select_from(users)
            .outerjoin(teams, teams.c.id == users.c.team_id)
            .where(users.c.is_active, owner_in_scope(actor, Module.CALL, users.c.id))
        )
        return [AgentRow(*row) for row in await self._connection.execute(statement)]

    async def overdue(self, actor: Actor, now: datetime) -> dict[str, int]:
        """Return the number of scheduled calls that should have been made before ``now``, by owner."""
        owner = computed(activities.c.owner_id)
        statement = select(owner.label("code"), func.count()).where(
            _scheduled(), activities.c.sort_at < now, owner_in_scope(actor, Module.CALL, owner)
        )
        rows = await self._connection.execute(statement.group_by(literally("code")))
        return {str(user): int(number) for user, number in rows}

    async def next_due(self, actor: Actor, now: datetime) -> datetime | None:
        """Return when the next scheduled call becomes overdue."""
        statement = select(func.min(activities.c.sort_at)).where(
            _scheduled(),
            activities.c.sort_at >= now,
            owner_in_scope(actor, Module.CALL, computed(activities.c.owner_id)),
        )
        found: datetime | None = await self._connection.scalar(statement)
        return found


def _scheduled() -> ColumnElement[bool]:
    """The condition of the index, word for word."""
    return and_(
        activities.c.kind == literally("'call'"),
        activities.c.status == literally("'scheduled'"),
        activities.c.deleted_at.is_(None),
    )
