"""Drafts: what an agent is typing, kept until it is saved or thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crm_tui.domain.actor import Actor
from crm_tui.services.core import Core
from crm_tui.services.draft_holders import end, has_ended, new_holder
from crm_tui.store.repositories.drafts import DraftRepository, StoredDraft
from crm_tui.text import clean_input

HELD: Final = timedelta(seconds=60)
"""How long a console that was last heard of is taken for running where its process can't be looked at."""

_UNSTORABLE = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}
"""NUL and halves of surrogate pairs."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Text that was typed and not saved.

    Attributes:
        key: Which form it belongs to, like ``call:<id>`` or ``contact:new``.
        payload: Text per field name.
        updated_at: When it was last stored; UTC.
        is_live: Whether it is being typed in another console now.
    """

    key: str
    payload: Mapping[str, str]
    updated_at: datetime
    is_live: bool = False


class DraftService:
    """Drafts of one's own; nobody else's can be reached.

    Each console stores its text beside that of the others, and holds it while its form is open. What
    a console holds that still runs is somebody's live text and is offered to no other.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._holder = new_holder()

    async def save(self, actor: Actor, key: str, payload: Mapping[str, str]) -> None:
        """Store what is being typed in the place of what was stored from this console before."""
        async with self._core.store.write(actor) as uow:
            repository = DraftRepository(uow.connection, actor.id)
            await repository.put(_key(key), self._holder, _storable(payload), uow.at, uow.at + HELD)
            await uow.commit()

    async def load(self, actor: Actor, key: str) -> Mapping[str, str] | None:
        """Return the latest text under a key, from whatever console; None if there is none.

        For text that belongs to something that all consoles share, like a running call.
        """
        async with self._core.store.read() as connection:
            found = await DraftRepository(connection, actor.id).all(_key(key))
        return found[0].payload if found else None

    async def take(self, actor: Actor, key: str) -> Mapping[str, str] | None:
        """Return the latest text under a key that no other console is typing, and hold it from now on."""
        if not await self._free(actor, key):
            return None
        async with self._core.store.write(actor) as uow:
            repository = DraftRepository(uow.connection, actor.id)
            # What this console left comes first: it holds one draft of a name.
            found = sorted(await repository.all(_key(key)), key=lambda draft: draft.holder != self._holder)
            for draft in (draft for draft in found if not self._is_live(draft, uow.at)):
                if await repository.take(draft, self._holder, uow.at + HELD):
                    await uow.commit()
                    return draft.payload
        return None

    async def hold(self, actor: Actor, key: str) -> None:
        """Say that the form under a key is still open; to be called well within `HELD`."""
        async with self._core.store.write(actor) as uow:
            await DraftRepository(uow.connection, actor.id).hold(_key(key), self._holder, uow.at + HELD)
            await uow.commit()

    async def release(self, actor: Actor, key: str) -> None:
        """Leave a draft to whoever opens its form next, in whatever console."""
        async with self._core.store.write(actor) as uow:
            await DraftRepository(uow.connection, actor.id).release(_key(key), self._holder, uow.at)
            await uow.commit()

    async def discard(self, actor: Actor, key: str) -> None:
        """Forget the draft that this console holds."""
        async with self._core.store.write(actor) as uow:
            await DraftRepository(uow.connection, actor.id).drop(_key(key), self._holder)
            await uow.commit()

    async def pending(self, actor: Actor) -> tuple[Draft, ...]:
        """Return all drafts, the latest first."""
        now = self._core.clock.now()
        async with self._core.store.read() as connection:
            found = await DraftRepository(connection, actor.id).all()
        return tuple(
            Draft(draft.name, draft.payload, draft.updated_at, self._is_live(draft, now)) for draft in found
        )

    def end(self) -> None:
        """Say that this console has ended; what it held is offered to the next."""
        end(self._holder)

    async def _free(self, actor: Actor, key: str) -> bool:
        """Look before a transaction is begun: mostly there is nothing to take."""
        async with self._core.store.read() as connection:
            found = await DraftRepository(connection, actor.id).all(_key(key))
        return any(not self._is_live(draft, self._core.clock.now()) for draft in found)

    def _is_live(self, draft: StoredDraft, at: datetime) -> bool:
        """Whether another console is typing it; what this one left behind is its own to go on with."""
        if draft.holder == self._holder or draft.held_until <= at:
            return False
        return not has_ended(draft.holder)


def _key(key: str) -> str:
    return clean_input(key)[:120]


def _storable(payload: Mapping[str, str]) -> dict[str, str]:
    """Leave out only what a store can't hold; everything else stays as it was typed."""
    return {name.translate(_UNSTORABLE): text.translate(_UNSTORABLE) for name, text in payload.items()}
