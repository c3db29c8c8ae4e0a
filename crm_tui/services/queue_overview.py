"""How far a round of a call queue is, and who works on what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm_tui.domain.actor import Actor
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.queries import Count
from crm_tui.domain.queue import AtWork, Overview, Reason, State
from crm_tui.domain.records import Ref
from crm_tui.services.draft_holders import has_ended
from crm_tui.store.repositories.queues import QueueRepository
from crm_tui.store.repositories.records import RecordRepository
from crm_tui.store.store import Connection


async def overview_of(
    connection: Connection, actor: Actor, run_id: str, left: Count, now: datetime
) -> Overview:
    """Return how far a round is.

    Args:
        left: How many may still be offered to the actor.
        now: By which leases are over; UTC.
    """
    repository = QueueRepository(connection)
    done = 0
    skipped: dict[Reason, int] = {}
    waiting: dict[Reason, int] = {}
    results: dict[str, int] = {}
    next_at: datetime | None = None
    for row in await repository.numbers(run_id):
        if row.result:
            results[row.result] = results.get(row.result, 0) + row.number
        if row.state == State.DONE.value:
            done += row.number
        elif row.reason:
            # The records of a list wait from the beginning, for no reason.
            into = skipped if row.state == State.SKIPPED.value else waiting
            into[Reason(row.reason)] = into.get(Reason(row.reason), 0) + row.number
            if row.state == State.WAITING.value and row.next_at is not None:
                next_at = min(next_at or row.next_at, row.next_at)
    locks = [
        one for one in await repository.locks(run_id) if one.locked_until > now and not has_ended(one.holder)
    ]
    agents = await _agents(connection, actor, locks)
    return Overview(done, left, skipped, waiting, next_at, results, agents)


async def _agents(connection: Connection, actor: Actor, locks: Sequence[Any]) -> tuple[AtWork, ...]:
    names: dict[str, Ref] = {}
    for module in PEOPLE:
        ids = [one.record_id for one in locks if one.module == module.value]
        if ids:
            found = await RecordRepository(connection, module).names(actor, ids)
            names |= {ident: Ref(module, ident, name) for ident, name in found.items()}
    return tuple(
        AtWork(Ref(Module.USER, one.user_id, one.user_name), names.get(one.record_id), one.locked_at)
        for one in locks
    )
