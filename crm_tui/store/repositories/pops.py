"""Announced callers, and who has their number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_tui.domain.modules import Module
from crm_tui.domain.pops import CallerNumber, Pop, PopState
from crm_tui.domain.records import Ref
from crm_tui.store.models.lookup import phone_numbers
from crm_tui.store.models.organisation import users
from crm_tui.store.models.screen_pops import screen_pops

MOST_OWNERS = 500
"""Records with one number that are looked at; a switchboard's number may have thousands."""

_OPEN = screen_pops.c.state == PopState.OFFERED.value


class PopRepository:
    """Statements on announced callers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, columns: Mapping[str, Any]) -> None:
        """Announce a caller."""
        await self._connection.execute(insert(screen_pops).values(**columns))

    async def open(self, user_id: str, now: datetime) -> list[Pop]:
        """Return the callers that are offered to a user at ``now``."""
        offered = and_(screen_pops.c.user_id == user_id, screen_pops.c.expires_at > now, _OPEN)
        rows = await self._connection.execute(_statement().where(offered))
        return [_pop(row) for row in rows]

    async def get(self, user_id: str, pop_id: str) -> Pop | None:
        """Return a caller that was announced to a user."""
        mine = and_(screen_pops.c.user_id == user_id, screen_pops.c.id == pop_id)
        row = (await self._connection.execute(_statement().where(mine))).one_or_none()
        return None if row is None else _pop(row)

    async def claim(self, user_id: str, pop_id: str, state: PopState, now: datetime) -> bool:
        """End the offer of a caller; return whether nobody else was faster and it still stood."""
        changed = await self._connection.execute(
            update(screen_pops)
            .where(
                screen_pops.c.id == pop_id,
                screen_pops.c.user_id == user_id,
                screen_pops.c.expires_at > now,
                _OPEN,
            )
            .values(state=state.value)
        )
        return changed.rowcount == 1

    async def give_back(self, user_id: str, pop_id: str) -> None:
        """Offer a caller again who was taken and could not be answered."""
        await self._connection.execute(
            update(screen_pops)
            .where(
                screen_pops.c.id == pop_id,
                screen_pops.c.user_id == user_id,
                screen_pops.c.state == PopState.TAKEN.value,
            )
            .values(state=PopState.OFFERED.value)
        )

    async def prolong(self, user_id: str, number: CallerNumber, now: datetime, until: datetime) -> Pop | None:
        """Offer a caller longer who rings already, and return them; None if nobody with the number does."""
        same = and_(screen_pops.c.expires_at > now, _rings(user_id, number))
        found = await self._connection.scalar(
            update(screen_pops).where(same).values(expires_at=until).returning(screen_pops.c.id)
        )
        return None if found is None else await self.get(user_id, found)

    async def expire(self, user_id: str, now: datetime, hung_up: CallerNumber | None) -> None:
        """End offers to a user whose time is over, and that of a caller who hung up."""
        over = screen_pops.c.expires_at <= now
        ended = or_(over, _rings(user_id, hung_up)) if hung_up is not None else over
        await self._connection.execute(
            update(screen_pops)
            .where(screen_pops.c.user_id == user_id, _OPEN, ended)
            .values(state=PopState.EXPIRED.value)
        )

    async def forget(self, user_id: str, before: datetime) -> None:
        """Delete what was announced to a user long ago; the calls themselves are records."""
        await self._connection.execute(
            delete(screen_pops).where(screen_pops.c.user_id == user_id, screen_pops.c.expires_at < before)
        )

    async def owners(self, e164: str) -> dict[Module, set[str]]:
        """Return the ids of the records that have exactly this number, by module; in sight or not."""
        if not e164:
            return {}
        rows = await self._connection.execute(
            select(phone_numbers.c.module, phone_numbers.c.record_id)
            .where(phone_numbers.c.e164 == e164)
            .limit(MOST_OWNERS)
        )
        found: dict[Module, set[str]] = {}
        for row in rows:
            found.setdefault(Module(row.module), set()).add(row.record_id)
        return found


def _rings(user_id: str, number: CallerNumber) -> ColumnElement[bool]:
    """Return the condition that a caller with ``number`` is offered to a user and hasn't hung up."""
    same = screen_pops.c.e164 == number.e164
    if not number.e164:
        same = and_(same, screen_pops.c.number == number.text)
    return and_(screen_pops.c.user_id == user_id, _OPEN, screen_pops.c.call_id.is_(None), same)


def _statement() -> Any:
    return select(screen_pops, users.c.display_name).join_from(
        screen_pops, users, users.c.id == screen_pops.c.user_id
    )


def _pop(row: Any) -> Pop:
    return Pop(
        id=row.id,
        agent=Ref(Module.USER, row.user_id, row.display_name),
        number=CallerNumber(row.number, row.e164),
        at=row.at,
        expires_at=row.expires_at,
        state=PopState(row.state),
        call_id=row.call_id or "",
    )
