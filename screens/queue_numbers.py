"""Which number of a queue's record the arrow stands on, and what becomes of it when the record changes."""

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from crm_tui.domain.queue import Offer, Standing
from crm_tui.errors import NotFound

if TYPE_CHECKING:
    from screens.queue_screen import QueueScreen


def best_place(offer: Offer | None) -> int:
    """Return the index of the number to call first, -1 where none may be called."""
    best = offer.best if offer is not None else None
    return offer.numbers.index(best) if offer is not None and best is not None else -1


def kept_place(before: Offer | None, now: Offer, place: int) -> int:
    """Return where the arrow stands after a change: it leaves a number that may not be called any more.

    Args:
        before: The record as it was when the number was chosen.
        place: The index that was chosen; -1 for none.
    """
    if not 0 <= place < len(now.numbers):
        return best_place(now)
    was_usable = before is not None and place < len(before.numbers) and before.numbers[place].is_usable
    return best_place(now) if was_usable and not now.numbers[place].is_usable else place


async def dealt_with(screen: "QueueScreen", offer: Offer, standing: Standing) -> Offer:
    """Return a record that isn't worked on any more; a result may have flagged the number that was called."""
    numbers = offer.numbers
    with suppress(NotFound):
        numbers = await screen.services.queue.numbers(screen.actor, screen.run.id, offer.record)
    return replace(
        offer,
        numbers=numbers,
        attempts=standing.attempts,
        result=standing.result,
        result_at=standing.result_at,
    )
