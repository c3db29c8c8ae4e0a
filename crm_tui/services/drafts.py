"""Drafts: what an agent is typing, kept until it is saved or thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crm_tui.domain.actor import Actor
from crm_tui.services.core import Core
from crm_tui.store.repositories.settings import SettingsRepository
from crm_tui.text import clean_input

_UNSTORABLE = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}
"""NUL and halves of surrogate pairs."""


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
            await SettingsRepository(uow.connection).put_draft(
                actor.id, _key(key), _storable(payload), uow.at
            )
            await uow.commit()

    async def load(self, actor: Actor, key: str) -> Mapping[str, str] | None:
        """Return a draft, None if there is none."""
        async with self._core.store.read() as connection:
            return await SettingsRepository(connection).draft(actor.id, _key(key))

    async def discard(self, actor: Actor, key: str) -> None:
        """Forget a draft."""
        async with self._core.store.write(actor) as uow:
            await SettingsRepository(uow.connection).drop_draft(actor.id, _key(key))
            await uow.commit()

    async def pending(self, actor: Actor) -> tuple[Draft, ...]:
        """Return all drafts, the latest first."""
        async with self._core.store.read() as connection:
            rows = await SettingsRepository(connection).drafts(actor.id)
        return tuple(Draft(*row) for row in rows)


def _key(key: str) -> str:
    return clean_input(key)[:120]


def _storable(payload: Mapping[str, str]) -> dict[str, str]:
    """Leave out only what a store can't hold; everything else stays as it was typed."""
    return {name.translate(_UNSTORABLE): text.translate(_UNSTORABLE) for name, text in payload.items()}
