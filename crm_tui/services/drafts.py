"""Drafts: what an agent is typing, kept until it is saved or thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.actor import Actor
from crm_tui.services.core import Core
from crm_tui.store.repositories.settings import SettingsRepository


@dataclass(frozen=True, slots=True)
class Draft:
    """Text that was typed and not saved.

    Attributes:
        key: Which form it belongs to, like ``call:<id>`` or ``contact:new``.
        payload: Text per field name.
        updated_at: When it was last stored; UTC.
    """

    key: str
    payload: Mapping[str, str]
    updated_at: datetime


class DraftService:
    """Drafts of one's own; nobody else's can be reached."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def save(self, actor: Actor, key: str, payload: Mapping[str, str]) -> None:
        """Store what is being typed in the place of what was stored before."""
        async with self._core.store.write(actor) as uow:
            await SettingsRepository(uow.connection).put_draft(actor.id, key[:120], payload, uow.at)
            await uow.commit()

    async def load(self, actor: Actor, key: str) -> Mapping[str, str] | None:
        """Return a draft, None if there is none."""
        async with self._core.store.read() as connection:
            return await SettingsRepository(connection).draft(actor.id, key[:120])

    async def discard(self, actor: Actor, key: str) -> None:
        """Forget a draft."""
        async with self._core.store.write(actor) as uow:
            await SettingsRepository(uow.connection).drop_draft(actor.id, key[:120])
            await uow.commit()

    async def pending(self, actor: Actor) -> tuple[Draft, ...]:
        """Return all drafts, the latest first."""
        async with self._core.store.read() as connection:
            rows = await SettingsRepository(connection).drafts(actor.id)
        return tuple(Draft(*row) for row in rows)
